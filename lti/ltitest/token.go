package ltitest

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

const (
	scopeScore        = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
	scopeResult       = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
	scopeLineItem     = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
	scopeLineItemRead = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
	scopeMembers      = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
)

var allScopes = []string{scopeScore, scopeResult, scopeLineItem, scopeLineItemRead, scopeMembers}

// token is the token endpoint: it checks a client assertion in full. It runs without the lock, for it may have to fetch
// the tool's keys.
func (p *Platform) token(w http.ResponseWriter, body []byte) {
	fail := func(code, why string) {
		because(w, http.StatusUnauthorized, code+": "+why)
		answer(w, "application/json", map[string]any{"error": code})
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || form.Get("grant_type") != "client_credentials" ||
		form.Get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
		fail("invalid_request", "not client credentials with an assertion")
		return
	}
	c, err := p.asserted(form.Get("client_assertion"))
	if err != nil {
		fail("invalid_client", err.Error())
		return
	}
	scopes := strings.Fields(form.Get("scope"))
	if c.Scopes != nil {
		scopes = slices.DeleteFunc(scopes, func(s string) bool { return !slices.Contains(c.Scopes, s) })
	}
	if len(scopes) == 0 {
		fail("invalid_scope", "none that the tool may have")
		return
	}
	token := random()
	p.mu.Lock()
	p.tokens[token] = strings.Join(scopes, " ")
	p.mu.Unlock()
	about(w, func(e *Event) { e.Detail = "for " + shortScopes(scopes) })
	answer(w, "text/html", map[string]any{"access_token": token, "token_type": "bearer", "expires_in": 3600, "scope": strings.Join(scopes, " ")})
}

func shortScopes(scopes []string) string {
	short := make([]string, len(scopes))
	for i, s := range scopes {
		short[i] = s[strings.LastIndex(s, "/")+1:]
	}
	return strings.Join(short, ", ")
}

// asserted finds the client that signed the assertion: RFC 7523, section 3.
func (p *Platform) asserted(assertion string) (Client, error) {
	var a struct {
		Iss, Sub, Aud, Jti string
		Exp, Iat           int64
	}
	c, err := p.verify(assertion, &a, func() string { return a.Iss })
	if err != nil {
		return c, err
	}
	now := p.Now().Unix()
	switch {
	case a.Sub != c.ID || a.Aud != p.TokenURL():
		return c, errors.New("sub or aud")
	case a.Exp <= now || a.Iat > now || a.Exp-a.Iat > 300:
		return c, errors.New("iat or exp")
	case !p.useOnce(a.Jti):
		return c, errors.New("jti is missing or was used before")
	}
	return c, nil
}

// verify checks the signature of the client that the payload names, and reads the payload into v.
func (p *Platform) verify(jwt string, v any, client func() string) (Client, error) {
	token, err := jose.ParseSignedCompact(jwt, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return Client{}, errors.New("not a JWT signed with RS256")
	}
	if json.Unmarshal(token.UnsafePayloadWithoutVerification(), v) != nil {
		return Client{}, errors.New("claims of other types")
	}
	c, known := p.Client13(client())
	if !known {
		return c, errors.New("unknown client")
	}
	if c.JWKS == nil {
		return c, nil
	}
	b, err := c.JWKS()
	var set jose.JSONWebKeySet
	if err != nil || json.Unmarshal(b, &set) != nil {
		return c, errors.New("the tool's keys cannot be had")
	}
	keys := set.Key(token.Signatures[0].Protected.KeyID)
	if len(keys) != 1 {
		return c, errors.New("the tool does not publish this key")
	}
	if _, err := token.Verify(keys[0]); err != nil {
		return c, errors.New("signature")
	}
	return c, nil
}

// useOnce reports whether an id is there and new.
func (p *Platform) useOnce(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if id == "" || p.assertion[id] {
		return false
	}
	p.assertion[id] = true
	return true
}

func (p *Platform) allowed(w http.ResponseWriter, r *http.Request, scopes ...string) bool {
	granted, known := p.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	switch {
	case !known:
		because(w, http.StatusUnauthorized, "no valid access token")
	case !slices.ContainsFunc(strings.Fields(granted), func(s string) bool { return slices.Contains(scopes, s) }):
		because(w, http.StatusForbidden, "the access token is for something else")
	default:
		return true
	}
	return false
}

// ForgetTokens makes all access tokens invalid.
func (p *Platform) ForgetTokens() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.tokens)
}
