// Package ltitest is a small learning management system for the tests of LTI tools: it launches by LTI 1.1 and 1.3 and
// keeps a gradebook, all in memory. It shares no code with package lti, so that one checks the other.
//
// A Platform plays the browser's part as well: LoginForm is what it would post to the tool, and Answer turns the tool's
// redirect into the launch form.
//
//	lms, err := ltitest.New("https://lms.example")
//	form := lms.Launch11("https://tool.example/lti/launch", "key", "secret", nil)
//	// LTI 1.3
//	login := lms.LoginForm("https://tool.example/lti/launch")
//	// ... let the tool answer it ...
//	form, err = lms.Answer(redirect, ltitest.Learner)
//
// With Users and Links it is a course of several, whose gradebook is read by Mark: package lms of the demo is one.
package ltitest

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Claims are members of an id_token, or changes to the usual ones: nil takes a claim away.
type Claims map[string]any

// The prefix of LTI's own claims, and those that tests change most.
const (
	Claim        = "https://purl.imsglobal.org/spec/lti/claim/"
	Roles        = Claim + "roles"
	ResourceLink = Claim + "resource_link"
	MessageType  = Claim + "message_type"
	Deployment   = Claim + "deployment_id"
	TargetLink   = Claim + "target_link_uri"
	Version      = Claim + "version"
	Grades       = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
	Roster       = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
	DeepLinking  = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
)

// A Platform with one course. The exported fields are for changing before its first use.
type Platform struct {
	Issuer     string // its address; all others are below it
	ClientID   string // of the client that is there from the beginning
	Deployment string
	Key        *rsa.PrivateKey
	KeyID      string
	ToolJWKS   func() ([]byte, error) // the tool's public keys; nil: client assertions are not verified
	Consumers  map[string]string      // keys and secrets of LTI 1.1, for outcomes
	Now        func() time.Time

	// Users are who there is; nil: four of whom little is known, and grades of anybody are taken.
	Users []User
	// Links are the course's activities; nil: one, "link-1", whose column is given to whoever asks for a new one.
	Links []Link
	// FetchJWKS gets what a tool publishes at its jwks_uri. With it each dynamic registration needs a token of
	// RegistrationToken and makes a client of its own; nil: each is answered with ClientID.
	FetchJWKS func(address string) ([]byte, error)

	mu        sync.Mutex
	tokens    map[string]string       // access token: scope
	assertion map[string]bool         // jti used, of assertions and of deep linking
	scores    map[cell]map[string]any // the last of each cell, as it was sent
	posted    int
	grades    map[string]string // by sourcedid, LTI 1.1
	sources   map[string]cell   // sourcedids that Fields11 has made
	nonces    map[string]bool
	columns   []column
	clients   []Client
	invited   map[string]bool // registration tokens that were not used
	history   []Event
	changed   chan struct{}
}

// New makes a platform with a fresh key.
func New(issuer string) (*Platform, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	return WithKey(issuer, key), nil
}

// WithKey makes a platform with a key that is there already.
func WithKey(issuer string, key *rsa.PrivateKey) *Platform {
	return &Platform{
		Issuer: issuer, ClientID: "tool-1", Deployment: "1", Key: key, KeyID: "platform-1", Now: time.Now,
		Consumers: map[string]string{}, tokens: map[string]string{}, assertion: map[string]bool{},
		scores: map[cell]map[string]any{}, grades: map[string]string{}, sources: map[string]cell{}, nonces: map[string]bool{},
		invited: map[string]bool{}, changed: make(chan struct{}),
	}
}

// AuthURL is the authorization endpoint, which Answer plays.
func (p *Platform) AuthURL() string { return p.Issuer + "/auth?site=1" }

// TokenURL is the token endpoint.
func (p *Platform) TokenURL() string { return p.Issuer + "/token" }

// JWKSURL is where the platform publishes its keys.
func (p *Platform) JWKSURL() string { return p.Issuer + "/jwks" }

// ConfigURL begins a dynamic registration.
func (p *Platform) ConfigURL() string { return p.Issuer + "/.well-known/openid-configuration" }

// LineItem is the first column of the gradebook; it has a query, as Moodle's has.
func (p *Platform) LineItem() string { return p.lineItem(1) }

func (p *Platform) lineItem(n int) string { return fmt.Sprintf("%s/items/%d?type_id=4", p.Issuer, n) }

// LineItems are the course's columns.
func (p *Platform) LineItems() string { return p.Issuer + "/items" }

// MembersURL lists the course, in pages of two.
func (p *Platform) MembersURL() string { return p.Issuer + "/members" }

// OutcomeURL is the outcome service of LTI 1.1.
func (p *Platform) OutcomeURL() string { return p.Issuer + "/outcomes?site=1" }

// Sign makes a token of claims, leaving out those that are nil.
func (p *Platform) Sign(claims Claims) (string, error) {
	present := map[string]any{}
	for name, v := range claims {
		if v != nil {
			present[name] = v
		}
	}
	payload, err := json.Marshal(present)
	if err != nil {
		return "", err
	}
	return p.SignBytes(payload)
}

// SignBytes makes a token of anything.
func (p *Platform) SignBytes(payload []byte) (string, error) {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: p.Key, KeyID: p.KeyID}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", err
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}

// JWKS are the platform's public keys.
func (p *Platform) JWKS() []byte {
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &p.Key.PublicKey, KeyID: p.KeyID, Algorithm: "RS256", Use: "sig"}}}
	b, err := json.Marshal(set)
	if err != nil {
		return nil
	}
	return b
}

func random() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
