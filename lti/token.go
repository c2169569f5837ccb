package lti

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// The scopes of the services.
const (
	ScopeScore            = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
	ScopeResultReadonly   = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
	ScopeLineItem         = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
	ScopeLineItemReadonly = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
	ScopeRoster           = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
)

const (
	assertionLife = time.Minute
	tokenDefault  = 5 * time.Minute // life of a token whose platform does not say
	tokenAtMost   = 24 * time.Hour
	tokenMargin   = time.Minute // before its end a token is not used any more
	maxTokens     = 10_000
	maxAnswer     = 64 << 10
)

// tokenCache holds access tokens by registration and scope.
type tokenCache struct {
	mu     sync.Mutex
	tokens map[tokenName]*accessToken
}

type tokenName struct{ issuer, client, tokenURL, scope string }

type accessToken struct {
	gate chan struct{} // held by whoever asks the platform

	mu      sync.Mutex
	text    Secret
	expires time.Time
}

func (c *tokenCache) token(n tokenName) *accessToken {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tokens == nil || len(c.tokens) >= maxTokens {
		c.tokens = map[tokenName]*accessToken{}
	}
	if c.tokens[n] == nil {
		c.tokens[n] = &accessToken{gate: make(chan struct{}, 1)}
	}
	return c.tokens[n]
}

func (a *accessToken) valid(now time.Time) (Secret, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.text, now.Before(a.expires)
}

func (a *accessToken) set(text Secret, expires time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.text, a.expires = text, expires
}

// drop forgets the token if it still is this one.
func (a *accessToken) drop(text Secret) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.text == text {
		a.expires = time.Time{}
	}
}

// accessToken gets a token for one scope: "1EdTech Security Framework", section 4.1, client credentials with an
// assertion of RFC 7523. One scope each: a token that leaks is worth little.
func (t *Tool) accessToken(ctx context.Context, reg Registration, scope string) (*accessToken, Secret, error) {
	cached := t.tokens.token(tokenName{reg.Issuer, reg.ClientID, reg.TokenURL, scope})
	if text, ok := cached.valid(t.c.Now()); ok {
		return cached, text, nil
	}
	select {
	case cached.gate <- struct{}{}:
		defer func() { <-cached.gate }()
	case <-ctx.Done():
		return nil, "", ctx.Err()
	}
	if text, ok := cached.valid(t.c.Now()); ok {
		return cached, text, nil
	}
	text, life, err := t.requestToken(ctx, reg, scope)
	if err != nil {
		return nil, "", err
	}
	cached.set(text, t.c.Now().Add(life-tokenMargin))
	return cached, text, nil
}

func (t *Tool) requestToken(ctx context.Context, reg Registration, scope string) (Secret, time.Duration, error) {
	u, err := t.address(reg.TokenURL)
	if err != nil {
		return "", 0, err
	}
	assertion, err := t.assertion(ctx, reg)
	if err != nil {
		return "", 0, err
	}
	body := url.Values{
		"grant_type":            {"client_credentials"},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion":      {assertion},
		"scope":                 {scope},
	}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), strings.NewReader(body))
	if err != nil {
		return "", 0, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	a, err := t.send(t.straight, req, "token", maxAnswer)
	if err != nil {
		return "", 0, err
	}
	return a.token(scope)
}

// assertion is the client's own signature in place of a password: RFC 7523, section 3.
func (t *Tool) assertion(ctx context.Context, reg Registration) (string, error) {
	id, err := t.dice()
	if err != nil {
		return "", err
	}
	now := t.c.Now()
	return t.signJWT(ctx, map[string]any{
		"iss": reg.ClientID,
		"sub": reg.ClientID,
		"aud": orElse(reg.TokenAudience, reg.TokenURL),
		"iat": now.Unix(),
		"exp": now.Add(assertionLife).Unix(),
		"jti": id,
	})
}

// token reads the answer by its JSON, whatever its media type says: two of three platforms label it wrongly.
func (a answer) token(scope string) (Secret, time.Duration, error) {
	var v struct {
		Token   string  `json:"access_token"`
		Type    string  `json:"token_type"`
		Expires float64 `json:"expires_in"`
		Scope   string  `json:"scope"`
		Error   string  `json:"error"`
	}
	err := json.Unmarshal(a.body, &v)
	failure := a.failed("token")
	switch {
	case a.status/100 != 2:
		if len(v.Error) < 60 && !strings.ContainsFunc(v.Error, isControl) {
			failure.Code = v.Error
		}
		return "", 0, failure
	case err != nil:
		failure.Detail = "the answer is not the JSON of OAuth 2.0"
		return "", 0, failure
	case v.Token == "" || strings.ContainsFunc(v.Token, func(r rune) bool { return r <= ' ' || r > '~' }):
		failure.Detail = "no access_token in the answer"
		return "", 0, failure
	case v.Type != "" && !strings.EqualFold(v.Type, "Bearer"):
		failure.Detail = "the token is of type " + quote(v.Type)
		return "", 0, failure
	case v.Scope != "" && !granted(strings.Fields(v.Scope), scope):
		failure.Code = "insufficient_scope"
		failure.Detail = "the platform did not grant " + scope
		return "", 0, failure
	}
	life := tokenDefault
	if v.Expires > 0 {
		life = min(time.Duration(min(v.Expires, 1e6))*time.Second, tokenAtMost)
	}
	return Secret(v.Token), life, nil
}

// granted reports whether the scope is among those of a token. Who may write line items may read them.
func granted(scopes []string, scope string) bool {
	return slices.Contains(scopes, scope) || scope == ScopeLineItemReadonly && slices.Contains(scopes, ScopeLineItem)
}

// A call is one request to a service of LTI 1.3.
type call struct {
	op          string
	scope       string
	method      string
	url         *url.URL
	accept      string
	contentType string
	body        []byte
}

// authorized makes the call with an access token; when the platform does not take it any more, once again with a new one.
func (t *Tool) authorized(ctx context.Context, reg Registration, c call) (answer, error) {
	for attempt := 1; ; attempt++ {
		cached, token, err := t.accessToken(ctx, reg, c.scope)
		if err != nil {
			return answer{}, err
		}
		req, err := http.NewRequestWithContext(ctx, c.method, c.url.String(), strings.NewReader(string(c.body)))
		if err != nil {
			return answer{}, err
		}
		req.Header.Set("Authorization", "Bearer "+string(token))
		if c.accept != "" {
			req.Header.Set("Accept", c.accept)
		}
		if c.contentType != "" {
			req.Header.Set("Content-Type", c.contentType)
		}
		a, err := t.send(t.straight, req, c.op, maxServiceAnswer)
		switch {
		case err != nil:
			return answer{}, err
		case a.status == http.StatusUnauthorized:
			cached.drop(token)
			if attempt == 1 {
				continue
			}
		case a.status/100 == 2:
			return a, nil
		}
		failure := a.failed(c.op)
		failure.stale = a.aboutTimestamp()
		return answer{}, failure
	}
}

// aboutTimestamp recognises the answers to a score that is not newer: 409, or 400 with words about it.
func (a answer) aboutTimestamp() bool {
	if a.status == http.StatusConflict {
		return true
	}
	text := strings.ToLower(string(a.body))
	return a.status == http.StatusBadRequest && (strings.Contains(text, "timestamp") || strings.Contains(text, "already exists"))
}

var errNoService = fmt.Errorf("%w: the platform did not offer this service, or not this part of it", ErrUnusable)
