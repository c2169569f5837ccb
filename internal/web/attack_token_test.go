package web_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"otrbot/lti"
	"otrbot/lti/ltitest"
)

// headed is a well signed token with these headers.
func headed(headers map[jose.HeaderKey]any) func(*browser) *http.Request {
	return token13(func(b *browser, c ltitest.Claims) string { return signed(b, c, jose.RS256, b.lms.Key, headers) })
}

// reheaded is a well signed token whose header was written anew afterwards.
func reheaded(header string) func(*browser) *http.Request {
	return token13(func(b *browser, c ltitest.Claims) string {
		parts := strings.Split(signed(b, c, jose.RS256, b.lms.Key, b.kid()), ".")
		return b64(header) + "." + parts[1] + "." + parts[2]
	})
}

// The id_token's form, algorithm and key.
func TestAttacksOnTheToken(t *testing.T) {
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	raw := func(token string) func(*browser) *http.Request {
		return token13(func(*browser, ltitest.Claims) string { return token })
	}
	public := func(b *browser) []byte {
		der, err := x509.MarshalPKIXPublicKey(&b.lms.Key.PublicKey)
		must(b, err)
		return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	}
	stranger := func(header jose.HeaderKey, value any) func(*browser) *http.Request {
		return token13(func(b *browser, c ltitest.Claims) string {
			return signed(b, c, jose.RS256, ringKey(b.TB), map[jose.HeaderKey]any{"kid": b.lms.KeyID, header: value})
		})
	}
	besiege(t, []attack{
		{what: "alg none", reason: lti.BadToken, arm: token13(func(b *browser, c ltitest.Claims) string {
			payload, err := json.Marshal(c)
			must(b, err)
			return b64(`{"alg":"none","kid":"platform-1"}`) + "." + b64(string(payload)) + "."
		})},
		{what: "alg none beside a good signature", reason: lti.BadToken, arm: reheaded(`{"alg":"none","kid":"platform-1"}`)},
		{what: "no alg", reason: lti.BadToken, arm: reheaded(`{"kid":"platform-1"}`)},
		{what: "HS256 with the public key as secret", reason: lti.BadToken, arm: token13(func(b *browser, c ltitest.Claims) string {
			return signed(b, c, jose.HS256, public(b), b.kid())
		})},
		{what: "PS256", reason: lti.BadToken, arm: token13(func(b *browser, c ltitest.Claims) string { return signed(b, c, jose.PS256, b.lms.Key, b.kid()) })},
		{what: "RS512", reason: lti.BadToken, arm: token13(func(b *browser, c ltitest.Claims) string { return signed(b, c, jose.RS512, b.lms.Key, b.kid()) })},
		{what: "ES256", reason: lti.BadToken, arm: token13(func(b *browser, c ltitest.Claims) string { return signed(b, c, jose.ES256, curve, b.kid()) })},
		{what: "alg in lower case", reason: lti.BadToken, arm: reheaded(`{"alg":"rs256","kid":"platform-1"}`)},
		{what: "crit", reason: lti.BadToken, arm: headed(map[jose.HeaderKey]any{"kid": "platform-1", "crit": []string{"exp"}, "exp": 1})},
		{what: "b64", reason: lti.BadToken, arm: headed(map[jose.HeaderKey]any{"kid": "platform-1", "b64": false})},
		{what: "jwk: a stranger's key, brought along", reason: lti.BadToken, arm: stranger("jwk", jose.JSONWebKey{Key: &ringKey(t).PublicKey})},
		{what: "jku: a stranger's keys, named", reason: lti.BadToken, arm: stranger("jku", "https://evil.example/jwks")},
		{what: "x5u: a stranger's certificate, named", reason: lti.BadToken, arm: stranger("x5u", "https://evil.example/cert")},
		{what: "no kid", reason: lti.BadToken, arm: headed(nil)},
		{what: "an unknown kid", reason: lti.BadToken, arm: headed(map[jose.HeaderKey]any{"kid": "platform-99"})},
		{what: "kid twice", reason: lti.BadToken, arm: reheaded(`{"alg":"RS256","kid":"platform-1","kid":"platform-1"}`)},
		{what: "kid ../../etc/passwd", reason: lti.BadToken, arm: headed(map[jose.HeaderKey]any{"kid": "../../etc/passwd"})},
		{what: "kid of 10 kB", reason: lti.BadToken, arm: headed(map[jose.HeaderKey]any{"kid": strings.Repeat("x", 10_000)})},
		{what: "kid of 1 MB", reason: lti.Malformed, status: 400, arm: headed(map[jose.HeaderKey]any{"kid": strings.Repeat("x", 1<<20)})},
		{what: "kid as a number", reason: lti.BadToken, arm: reheaded(`{"alg":"RS256","kid":7}`)},
		{what: "a stranger's signature", reason: lti.BadToken, arm: token13(func(b *browser, c ltitest.Claims) string {
			return signed(b, c, jose.RS256, ringKey(b.TB), b.kid())
		})},
		{what: "JWE instead of JWS", reason: lti.BadToken, arm: raw(b64(`{"alg":"RSA-OAEP","enc":"A128GCM","kid":"platform-1"}`) + "." + b64("k") + "." + b64("i") + "." + b64("c") + "." + b64("t"))},
		{what: "a real JWE to our own published key", reason: lti.BadToken, arm: token13(func(b *browser, c ltitest.Claims) string {
			e, err := jose.NewEncrypter(jose.A128GCM, jose.Recipient{Algorithm: jose.RSA_OAEP, Key: &b.lms.Key.PublicKey, KeyID: b.lms.KeyID}, nil)
			must(b, err)
			payload, err := json.Marshal(c)
			must(b, err)
			o, err := e.Encrypt(payload)
			must(b, err)
			token, err := o.CompactSerialize()
			must(b, err)
			return token
		})},
		{what: "JSON serialization", reason: lti.BadToken, arm: token13(func(b *browser, c ltitest.Claims) string {
			parts := strings.Split(signed(b, c, jose.RS256, b.lms.Key, b.kid()), ".")
			return `{"protected":"` + parts[0] + `","payload":"` + parts[1] + `","signature":"` + parts[2] + `"}`
		})},
		{what: "one letter of the payload", reason: lti.BadToken, arm: token13(func(b *browser, c ltitest.Claims) string {
			parts := strings.Split(signed(b, c, jose.RS256, b.lms.Key, b.kid()), ".")
			return parts[0] + "." + strings.Replace(parts[1], "J", "K", 1) + "." + parts[2]
		})},
		{what: "a token of 3 MB", reason: lti.Malformed, status: 400, arm: raw(strings.Repeat("A", 3<<20))},
		{what: "a token of 100 kB", reason: lti.BadToken, arm: raw(strings.Repeat("A", 100<<10))},
		{what: "an empty token", reason: lti.BadToken, arm: raw("")},
		{what: "two tokens", reason: lti.Malformed, status: 400, arm: form13(nil, func(_ *browser, f url.Values) { f.Add("id_token", "x.y.z") })},
		{what: "a member twice", reason: lti.BadToken, arm: bytes13(`{"iss":"https://lms.example","iss":"https://evil.example"}`)},
		{what: "a member twice, deep", reason: lti.BadToken, arm: bytes13(`{"a":[{"b":{"c":1,"c":2}}]}`)},
		{what: "payload not LTI: a list", reason: lti.BadToken, arm: bytes13(`["LTI"]`)},
		{what: "payload not LTI: no JSON", reason: lti.BadToken, arm: bytes13(`LTI`)},
		{what: "payload not LTI: any JWT", reason: lti.Malformed, status: 400, arm: bytes13(`{"iss":"https://lms.example","sub":"1234567890"}`)},
	})
}

// Headers that name keys are not followed, be they ever so well signed.
func TestHeadersThatNameKeysAreIgnored(t *testing.T) {
	s := newSiege(t)
	b := s.browser()
	r := headed(map[jose.HeaderKey]any{
		"kid": s.lms.KeyID, "jku": "https://evil.example/jwks", "x5u": "https://evil.example/cert", "jwk": jose.JSONWebKey{Key: &ringKey(t).PublicKey},
	})(b)
	if out := b.do(r); out.Code != http.StatusSeeOther {
		t.Errorf("%d %s", out.Code, out.Body)
	}
	for _, host := range s.asked {
		if "https://"+host != issuer {
			t.Errorf("%s was asked", host)
		}
	}
}

// weakKey is a key of 1024 bits, which Go makes for nobody any more.
func weakKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	for {
		p, err := rand.Prime(rand.Reader, 512)
		must(t, err)
		q, err := rand.Prime(rand.Reader, 512)
		must(t, err)
		one, e := big.NewInt(1), big.NewInt(65537)
		phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		d := new(big.Int).ModInverse(e, phi)
		n := new(big.Int).Mul(p, q)
		if d == nil || n.BitLen() != 1024 || p.Cmp(q) == 0 {
			continue
		}
		k := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n, E: 65537}, D: d, Primes: []*big.Int{p, q}}
		k.Precompute()
		return k
	}
}

// answering is a host that says the same to everybody.
type answering struct {
	status int
	body   string
	then   func(*http.Request)
}

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	if a.then != nil {
		a.then(r)
	}
	return &http.Response{StatusCode: a.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(a.body)), Request: r}, nil
}

// The platform's keys: which of them count, and what is made of a platform that publishes something else.
func TestAttacksByTheKeySet(t *testing.T) {
	weak := weakKey(t)
	set := func(keys ...jose.JSONWebKey) string {
		b, err := json.Marshal(jose.JSONWebKeySet{Keys: keys})
		must(t, err)
		return string(b)
	}
	lms, err := platformOnce()
	must(t, err)
	good := jose.JSONWebKey{Key: &lms.Key.PublicKey, KeyID: lms.KeyID}
	encryption, twin := good, jose.JSONWebKey{Key: &ringKey(t).PublicKey, KeyID: lms.KeyID}
	encryption.Use = "enc"
	for _, c := range []struct {
		what, set string
		key       *rsa.PrivateKey
		status    int
		reason    lti.Reason
	}{
		{"RSA 1024", set(jose.JSONWebKey{Key: &weak.PublicKey, KeyID: lms.KeyID}), weak, 403, lti.BadToken},
		{"a key with use=enc", set(encryption), lms.Key, 403, lti.BadToken},
		{"two keys of one kid", set(good, twin), lms.Key, 403, lti.BadToken},
		{"HTML", "<html>", lms.Key, 503, lti.KeysUnavailable},
		{"members twice", `{"keys":[],"keys":[]}`, lms.Key, 503, lti.KeysUnavailable},
		{"300 kB", `{"keys":[],"x":"` + strings.Repeat("x", 300<<10) + `"}`, lms.Key, 503, lti.KeysUnavailable},
	} {
		t.Run(c.what, func(t *testing.T) {
			s := newSiege(t)
			s.also = map[string]http.RoundTripper{"keys.example": answering{status: 200, body: c.set}}
			must(t, s.db.UpdatePlatform(t.Context(), s.moodle, keysAt("https://keys.example/jwks")))
			b := s.browser()
			r := token13(func(b *browser, claims ltitest.Claims) string { return signed(b, claims, jose.RS256, c.key, b.kid()) })(b)
			tokens, before := tokensOf(r), s.kept()
			s.log.Reset()
			s.refused(attack{reason: c.reason, status: c.status}, b.do(r), before, tokens)
		})
	}
	t.Run("the same with a good one", func(t *testing.T) {
		s := newSiege(t)
		s.also = map[string]http.RoundTripper{"keys.example": answering{status: 200, body: set(good)}}
		must(t, s.db.UpdatePlatform(t.Context(), s.moodle, keysAt("https://keys.example/jwks")))
		b := s.browser()
		if out := b.do(headed(b.kid())(b)); out.Code != http.StatusSeeOther {
			t.Errorf("%d %s", out.Code, out.Body)
		}
	})
}

// Who the token is from and for, when, and what it asks: with the bad launches of 1EdTech's certification.
func TestAttacksByTheClaims(t *testing.T) {
	at := func(name string, off time.Duration) func(*browser) *http.Request {
		return func(b *browser) *http.Request { return claimed(name, b.now.Add(off).Unix())(b) }
	}
	besiege(t, []attack{
		{what: "certification: wrong version", reason: lti.WrongVersion, status: 400, arm: claimed(ltitest.Version, "1.2.0")},
		{what: "certification: no version", reason: lti.Malformed, status: 400, arm: claimed(ltitest.Version, nil)},
		{what: "certification: missing claims", reason: lti.Malformed, status: 400, arm: form13(func(c ltitest.Claims) {
			for name := range c {
				if strings.HasPrefix(name, "https://purl") {
					c[name] = nil
				}
			}
		}, nil)},
		{what: "certification: iat missing", reason: lti.Malformed, status: 400, arm: claimed("iat", nil)},
		{what: "certification: exp missing", reason: lti.Malformed, status: 400, arm: claimed("exp", nil)},
		{what: "certification: no message_type", reason: lti.Malformed, status: 400, arm: claimed(ltitest.MessageType, nil)},
		{what: "certification: no roles", reason: lti.Malformed, status: 400, arm: claimed(ltitest.Roles, nil)},
		{what: "certification: no deployment_id", reason: lti.Malformed, status: 400, arm: claimed(ltitest.Deployment, nil)},
		{what: "certification: no resource_link id", reason: lti.Malformed, status: 400, arm: claimed(ltitest.ResourceLink, map[string]any{"title": "x"})},
		{what: "certification: no sub", reason: lti.Anonymous, arm: claimed("sub", nil)},
		{what: "another message", reason: lti.WrongMessage, status: 400, arm: claimed(ltitest.MessageType, "LtiSubmissionReviewRequest")},

		{what: "aud array without us", reason: lti.BadToken, arm: claimed("aud", []string{"tool-8", "tool-9"})},
		{what: "aud empty", reason: lti.BadToken, arm: claimed("aud", []string{})},
		{what: "aud of another client of ours", reason: lti.BadToken, arm: claimed("aud", "tenant-2")},
		{what: "azp other", reason: lti.BadToken, arm: claimed("azp", "tool-9")},
		{what: "two in aud and no azp", reason: lti.BadToken, arm: form13(func(c ltitest.Claims) { c["aud"] = []string{c["aud"].(string), "tool-9"} }, nil)},
		{what: "iss with a slash", reason: lti.BadToken, arm: claimed("iss", issuer+"/")},
		{what: "iss of another site", reason: lti.BadToken, arm: claimed("iss", otherIssuer)},
		{what: "no iss", reason: lti.Malformed, status: 400, arm: claimed("iss", nil)},
		{what: "deployment of another client_id", reason: lti.UnknownDeployment, arm: claimed(ltitest.Deployment, "tenant-2-deployment")},
		{what: "deployment of 300 bytes", reason: lti.Malformed, status: 400, arm: claimed(ltitest.Deployment, strings.Repeat("x", 300))},
		{what: "exp past", reason: lti.WrongTime, arm: at("exp", -time.Hour)},
		{what: "exp past by 60 s", reason: lti.WrongTime, arm: at("exp", -60*time.Second)},
		{what: "iat future by 61 s", reason: lti.WrongTime, arm: at("iat", 61*time.Second)},
		{what: "a token for a year", reason: lti.WrongTime, arm: at("exp", 365*24*time.Hour)},
		{what: "numbers as strings", reason: lti.Malformed, status: 400, arm: claimed("exp", "1800000000")},
		{what: "a number as deployment", reason: lti.Malformed, status: 400, arm: claimed(ltitest.Deployment, 1)},

		{what: "target on another host", reason: lti.WrongTarget, status: 400, arm: claimed(ltitest.TargetLink, "https://evil.example/lti/launch")},
		{what: "target //evil", reason: lti.WrongTarget, status: 400, arm: claimed(ltitest.TargetLink, "//evil.example/lti/launch")},
		{what: "target https:evil", reason: lti.WrongTarget, status: 400, arm: claimed(ltitest.TargetLink, "https:evil.example")},
		{what: "target javascript:", reason: lti.WrongTarget, status: 400, arm: claimed(ltitest.TargetLink, "javascript:alert(document.domain)")},
		{what: "target with userinfo", reason: lti.WrongTarget, status: 400, arm: claimed(ltitest.TargetLink, "https://bot.example@evil.example/lti/launch")},
		{what: "target with a backslash", reason: lti.WrongTarget, status: 400, arm: claimed(ltitest.TargetLink, `https://bot.example\@evil.example/lti/launch`)},
		{what: "target with a fragment", reason: lti.WrongTarget, status: 400, arm: claimed(ltitest.TargetLink, base+"/lti/launch#x")},
		{what: "target with control characters", reason: lti.WrongTarget, status: 400, arm: claimed(ltitest.TargetLink, base+"/lti/launch\r\nX: y")},
		{what: "target with a zero byte", reason: lti.WrongTarget, status: 400, arm: claimed(ltitest.TargetLink, base+"/lti/launch\x00")},
		{what: "target: our own page of somebody", reason: lti.WrongTarget, status: 400, arm: claimed(ltitest.TargetLink, base+"/lti/logout")},
	})
}

// The clocks of platform and tool may differ by 59 seconds.
func TestClocksThatDifferALittle(t *testing.T) {
	for what, change := range map[string]func(ltitest.Claims){
		"exp 59 s past": func(c ltitest.Claims) { c["exp"] = noon.Add(-59 * time.Second).Unix() },
		"iat in 59 s":   func(c ltitest.Claims) { c["iat"] = noon.Add(59 * time.Second).Unix() },
	} {
		t.Run(what, func(t *testing.T) { newWorld(t).browser().launch13(change).at(askAddress) })
	}
}

// Of a deployment that is not known something is noted, once: its name, at its own platform and nowhere else.
func TestAnotherClientsDeployment(t *testing.T) {
	s := newSiege(t)
	for range 2 {
		b := s.browser()
		b.do(claimed(ltitest.Deployment, "tenant-2-deployment")(b))
	}
	all, err := s.db.Platforms(t.Context())
	must(t, err)
	for _, p := range all {
		if want := p.ID == s.moodle; want != (len(p.Pending) == 1) || p.Registration != nil && len(p.Registration.Deployments) != 1 {
			t.Errorf("%s waits for %v and knows %v", p.Name, p.Pending, p.Registration.Deployments)
		}
	}
}
