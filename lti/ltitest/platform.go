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
package ltitest

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
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

const membership = "http://purl.imsglobal.org/vocab/lis/v2/membership#"

// Learner changes nothing: a launch is a learner's.
func Learner(Claims) {}

// Instructor makes it a teacher's.
func Instructor(c Claims) {
	c["sub"], c["name"], c[Roles] = "teacher-1", "Tess", []string{membership + "Instructor"}
}

// DeepLink makes it a teacher's request to choose a link.
func DeepLink(c Claims) {
	Instructor(c)
	c[MessageType] = "LtiDeepLinkingRequest"
	c[ResourceLink] = nil
	c[DeepLinking] = map[string]any{
		"deep_link_return_url": c["iss"].(string) + "/deep-link", "accept_types": []string{"ltiResourceLink"}, "accept_multiple": true,
		"accept_presentation_document_targets": []string{"iframe"}, "data": "opaque <&> éé",
	}
}

// A Platform with one course and one client. The exported fields are for changing before its first use.
type Platform struct {
	Issuer     string // its address; all others are below it
	ClientID   string
	Deployment string
	Key        *rsa.PrivateKey
	KeyID      string
	ToolJWKS   func() ([]byte, error) // the tool's public keys; nil: client assertions are not verified
	Consumers  map[string]string      // keys and secrets of LTI 1.1, for outcomes
	Now        func() time.Time

	mu        sync.Mutex
	tokens    map[string]string         // access token: scope
	assertion map[string]bool           // jti used
	scores    map[string]map[string]any // by user: the last
	posted    int
	grades    map[string]string // by sourcedid, LTI 1.1
	nonces    map[string]bool
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
		scores: map[string]map[string]any{}, grades: map[string]string{}, nonces: map[string]bool{},
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

// LineItem is the link's column in the gradebook; it has a query, as Moodle's has.
func (p *Platform) LineItem() string { return p.Issuer + "/items/1?type_id=4" }

// LineItems are the course's columns.
func (p *Platform) LineItems() string { return p.Issuer + "/items" }

// MembersURL lists the course, in two pages.
func (p *Platform) MembersURL() string { return p.Issuer + "/members" }

// OutcomeURL is the outcome service of LTI 1.1.
func (p *Platform) OutcomeURL() string { return p.Issuer + "/outcomes?site=1" }

// LoginForm is the third-party login: by POST, or as the query of a GET.
func (p *Platform) LoginForm(target string) url.Values {
	return url.Values{
		"iss": {p.Issuer}, "client_id": {p.ClientID}, "login_hint": {"user-1"}, "lti_deployment_id": {p.Deployment},
		"lti_message_hint": {`{"cmid":4,"launch":"a b"}`}, "target_link_uri": {target},
	}
}

// Answer is the authorization endpoint: it checks the tool's redirect and gives the form that the browser posts to
// the redirect_uri.
func (p *Platform) Answer(redirect string, change func(Claims)) (url.Values, error) {
	u, err := url.Parse(redirect)
	if err != nil {
		return nil, err
	}
	q := u.Query()
	for name, want := range map[string]string{
		"site": "1", "scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none",
		"client_id": p.ClientID, "login_hint": "user-1", "lti_message_hint": `{"cmid":4,"launch":"a b"}`,
	} {
		if q.Get(name) != want {
			return nil, fmt.Errorf("ltitest: the redirect has %s=%q, want %q", name, q.Get(name), want)
		}
	}
	if q.Get("state") == "" || q.Get("nonce") == "" {
		return nil, errors.New("ltitest: the redirect has no state or no nonce")
	}
	claims := p.Claims(q.Get("nonce"), q.Get("redirect_uri"))
	change(claims)
	token, err := p.Sign(claims)
	return url.Values{"id_token": {token}, "state": {q.Get("state")}}, err
}

// Claims are those of a learner's launch.
func (p *Platform) Claims(nonce, target string) Claims {
	now := p.Now()
	return Claims{
		"iss": p.Issuer, "aud": p.ClientID, "sub": "user-1", "nonce": nonce,
		"iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
		"name": "Zoë O'Neill", "given_name": "Zoë", "family_name": "O'Neill", "email": "zoe@example.org", "locale": "nl-NL",
		Version: "1.3.0", MessageType: "LtiResourceLinkRequest", Deployment: p.Deployment, TargetLink: target,
		Roles:                         []string{membership + "Learner"},
		ResourceLink:                  map[string]any{"id": "link-1", "title": "Talk to the bot"},
		Claim + "context":             map[string]any{"id": "course-1", "label": "C1", "title": "Course", "type": []string{"CourseSection"}},
		Claim + "custom":              map[string]any{"lesson": "otr", "left_over": "$Context.id.history", "number": 7},
		Claim + "launch_presentation": map[string]any{"locale": "de-DE", "document_target": "iframe", "return_url": p.Issuer + "/return?x=1"},
		Claim + "tool_platform":       map[string]any{"guid": "lms-1", "product_family_code": "ltitest", "name": "LMS"},
		Grades: map[string]any{
			"scope":    []string{scopeScore, scopeResult, scopeLineItem},
			"lineitem": p.LineItem(), "lineitems": p.LineItems(),
		},
		Roster: map[string]any{"context_memberships_url": p.MembersURL(), "service_versions": []string{"2.0"}},
	}
}

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
