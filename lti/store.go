package lti

import (
	"context"
	"errors"
	"slices"
	"time"
)

// ErrUnknown is what Consumers and States answer when they do not have what was asked for.
var ErrUnknown = errors.New("lti: unknown")

// A Consumer is an LTI 1.1 platform: a key and a shared secret.
type Consumer struct {
	Key     string
	Secrets []Secret // each verifies a launch, so that a secret can be changed without a gap; the first signs
	Methods []Method // what a launch may be signed with; none: HMAC-SHA1 and HMAC-SHA256
	// ServiceHosts are where grades may go, as with Registration. None: any host, at port 443; others only with
	// Config.Loopback.
	ServiceHosts []string
}

func (c Consumer) allows(m Method) bool {
	if len(c.Methods) == 0 {
		return m == HMACSHA1 || m == HMACSHA256
	}
	return slices.Contains(c.Methods, m)
}

// Consumers finds LTI 1.1 platforms. It is called from many goroutines.
type Consumers interface {
	// Consumer answers ErrUnknown for a key that it does not have.
	Consumer(ctx context.Context, key string) (Consumer, error)
}

// A Registration is an LTI 1.3 platform as it was registered. Issuer and ClientID together name it: the tenants
// of one cloud share an issuer.
type Registration struct {
	Issuer        string
	ClientID      string
	AuthURL       string // OpenID Connect authorization endpoint; may have a query
	TokenURL      string // OAuth 2.0 token endpoint
	TokenAudience string // audience of our client assertions where it is not TokenURL
	JWKSURL       string // the platform's public keys

	Deployments   []string // known deployment_ids
	AnyDeployment bool     // accept new ones: see Launch.NewDeployment

	// ServiceHosts may get our access tokens: "lms.example", "lms.example:8443", ".lms.example" with all below it.
	// None: the hosts of Issuer, AuthURL, TokenURL and JWKSURL. Canvas' cloud needs ".instructure.com" here, and the
	// school's own domain where it has one. A host without a port means the usual one, 443: what a launch names leads to
	// another port only if host and port stand here, or in the registered addresses. Those themselves may have any port:
	// somebody has chosen them.
	ServiceHosts []string
}

// Registrations finds LTI 1.3 platforms. It is called from many goroutines.
type Registrations interface {
	// Registrations lists those of an issuer, byte for byte; clientID narrows it to one unless it is "".
	Registrations(ctx context.Context, issuer, clientID string) ([]Registration, error)
}

// Nonces remembers what may be used only once. It must outlive the process, and be one for all processes that
// serve the tool: otherwise a launch can be replayed after a restart or elsewhere.
type Nonces interface {
	// Use notes nonce for the owner until it expires and reports whether it was new. Of two calls at the same time
	// exactly one gets true.
	Use(ctx context.Context, owner, nonce string, expires time.Time) (bool, error)
}

// A State is a login on its way: what came in with third-party login and must fit the launch that follows.
type State struct {
	Value     string // the state parameter; unguessable
	Nonce     string
	Issuer    string
	ClientID  string
	Browser   string // SHA-256 of the browser's cookie, in base64url
	Storage   string // lti_storage_target: the frame that keeps data for us; "" without
	NewWindow string // see Refusal.NewWindow
	Expires   time.Time
}

// States keeps logins on their way, some minutes each. What is said of Nonces holds here too.
type States interface {
	PutState(ctx context.Context, s State) error
	// State answers ErrUnknown for a value that it does not have (any more).
	State(ctx context.Context, value string) (State, error)
	// TakeState removes the state and reports whether it was there. Of two calls exactly one gets true.
	TakeState(ctx context.Context, value string) (bool, error)
}

// Keys holds the tool's own keys. It is asked each time, so that another process may rotate them.
type Keys interface {
	KeyRing(ctx context.Context) (KeyRing, error)
}
