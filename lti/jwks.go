package lti

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	maxJWKS      = 256 << 10
	maxKeys      = 100
	maxPlatforms = 10_000 // sets in the cache

	jwksDefault   = time.Hour
	jwksAtLeast   = time.Minute
	jwksAtMost    = 24 * time.Hour
	jwksStale     = time.Hour       // how long expired keys serve while the platform does not answer
	jwksAfterFail = 5 * time.Second // before the next attempt
)

// jwksCache holds platforms' public keys by the address they come from.
type jwksCache struct {
	mu   sync.Mutex
	sets map[string]*jwks
}

// jwks is one platform's. Whoever holds gate fetches; the others wait for the result or read what is there.
type jwks struct {
	gate chan struct{}

	mu      sync.Mutex
	keys    map[string]*rsa.PublicKey
	fetched time.Time
	expires time.Time
	tried   time.Time
	err     error // of the last attempt
}

func (c *jwksCache) set(address string) *jwks {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sets == nil || len(c.sets) >= maxPlatforms {
		c.sets = map[string]*jwks{}
	}
	if c.sets[address] == nil {
		c.sets[address] = &jwks{gate: make(chan struct{}, 1)}
	}
	return c.sets[address]
}

// platformKey finds the key of a token's kid. A kid that is not there makes it look again, once a minute at most.
func (t *Tool) platformKey(ctx context.Context, reg Registration, kid string) (*rsa.PublicKey, error) {
	set := t.jwks.set(reg.JWKSURL)
	if key := set.fresh(kid, t.c.Now()); key != nil {
		return key, nil
	}
	select {
	case set.gate <- struct{}{}:
		defer func() { <-set.gate }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if key := set.fresh(kid, t.c.Now()); key != nil { // somebody fetched it while we waited
		return key, nil
	}
	asked := set.due(t.c.Now())
	if asked {
		keys, expires, err := t.fetchJWKS(ctx, reg.JWKSURL)
		if ctx.Err() != nil {
			return nil, ctx.Err() // this launch's end, not the platform's fault
		}
		set.store(keys, expires, err, t.c.Now())
	}
	key, err := set.stale(kid, t.c.Now())
	switch {
	case key != nil:
		return key, nil
	case err != nil:
		return nil, &Refusal{Reason: KeysUnavailable, Platform: reg.Issuer, Detail: "fetching the platform's keys", err: err}
	case !asked: // it may be one that the platform has just begun to use
		return nil, &Refusal{Reason: KeysUnavailable, Platform: reg.Issuer, Detail: "no kid " + quote(kid) + " among the keys fetched less than a minute ago"}
	}
	return nil, &Refusal{Reason: BadToken, Platform: reg.Issuer, Detail: "the platform publishes no RSA key for signing with kid " + quote(kid)}
}

func (s *jwks) fresh(kid string, now time.Time) *rsa.PublicKey {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Before(s.expires) {
		return s.keys[kid]
	}
	return nil
}

// due reports whether the platform may be asked now.
func (s *jwks) due(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return now.Sub(s.tried) >= jwksAfterFail
	}
	return now.Sub(s.fetched) >= jwksAtLeast
}

func (s *jwks) store(keys map[string]*rsa.PublicKey, expires time.Time, err error, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tried, s.err = now, err
	if err == nil {
		s.keys, s.expires, s.fetched = keys, expires, now
	}
}

// stale finds a key also among those that expired not long ago, and tells what the last attempt came to.
func (s *jwks) stale(kid string, now time.Time) (*rsa.PublicKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Before(s.expires.Add(jwksStale)) {
		return s.keys[kid], s.err
	}
	return nil, s.err
}

func (t *Tool) fetchJWKS(ctx context.Context, address string) (map[string]*rsa.PublicKey, time.Time, error) {
	u, err := t.address(address)
	if err != nil {
		return nil, time.Time{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, time.Time{}, err
	}
	req.Header.Set("Accept", "application/json, application/jwk-set+json")
	a, err := t.send(t.following, req, "jwks", maxJWKS)
	if err != nil {
		return nil, time.Time{}, err
	}
	if a.status != http.StatusOK {
		return nil, time.Time{}, a.failed("jwks")
	}
	keys, err := parseJWKS(a.body)
	return keys, a.now.Add(a.freshness()), err
}

// freshness is how long an answer may be kept: RFC 9111, section 4.2.1, within our own bounds.
func (a answer) freshness() time.Duration {
	keep := jwksDefault
	if at, err := http.ParseTime(a.header.Get("Expires")); err == nil {
		keep = at.Sub(a.now)
	}
	for directive := range strings.SplitSeq(a.header.Get("Cache-Control"), ",") {
		name, value, _ := strings.Cut(strings.ToLower(strings.TrimSpace(directive)), "=")
		seconds, err := strconv.ParseUint(strings.Trim(value, `"`), 10, 31)
		switch {
		case name == "no-store" || name == "no-cache":
			return jwksAtLeast
		case name == "max-age" && err == nil:
			keep = time.Duration(seconds) * time.Second
		}
	}
	return max(jwksAtLeast, min(keep, jwksAtMost))
}

var errNoKeys = errors.New("not a JSON Web Key Set")

// parseJWKS keeps the keys that an id_token can be signed with: RSA of 2048 bits or more, for signatures. Platforms
// leave out use and alg. Of two keys with one kid neither can be meant.
func parseJWKS(b []byte) (map[string]*rsa.PublicKey, error) {
	object, err := parseObject(b)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoKeys, err)
	}
	var members []json.RawMessage
	if json.Unmarshal(object["keys"], &members) != nil || len(members) > maxKeys {
		return nil, errNoKeys
	}
	keys := map[string]*rsa.PublicKey{}
	for _, member := range members {
		id, key := parseJWK(member)
		if key == nil {
			continue
		}
		if other, twice := keys[id]; twice && (other == nil || !other.Equal(key)) {
			key = nil
		}
		keys[id] = key
	}
	return keys, nil
}

func parseJWK(b []byte) (string, *rsa.PublicKey) {
	var k jose.JSONWebKey
	if k.UnmarshalJSON(b) != nil {
		return "", nil
	}
	key, ok := k.Key.(*rsa.PublicKey)
	if !ok || key.N.BitLen() < keyBits || key.E < 3 || key.E%2 == 0 || k.KeyID == "" || len(k.KeyID) > maxKeyID {
		return "", nil
	}
	if k.Use != "" && k.Use != "sig" || k.Algorithm != "" && k.Algorithm != string(jose.RS256) {
		return "", nil
	}
	var ops struct {
		Ops []string `json:"key_ops"`
	}
	if json.Unmarshal(b, &ops) != nil || ops.Ops != nil && !slices.Contains(ops.Ops, "verify") {
		return "", nil
	}
	return k.KeyID, key
}
