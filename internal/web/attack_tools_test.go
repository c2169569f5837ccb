package web_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"otrbot/internal/course"
	"otrbot/lti"
	"otrbot/lti/ltitest"
)

// How attacks are made of what is right.

var strangersKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// ringKey is a key that is not the platform's.
func ringKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	k, err := strangersKey()
	must(t, err)
	return k
}

// peek reads a request's body and puts it back.
func peek(r *http.Request) string {
	if r.Body == nil {
		return ""
	}
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return ""
	}
	r.Body = io.NopCloser(bytes.NewReader(b))
	return string(b)
}

// crossSite is a form that the platform's page posts to us.
func (b *browser) crossSite(path string, form url.Values) *http.Request {
	r := b.request(http.MethodPost, path, form)
	r.Header.Set("Origin", issuer)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	return r
}

// form13 is a good launch of LTI 1.3 that was changed on its way: in its claims, then in its form.
func form13(claims func(ltitest.Claims), change func(b *browser, f url.Values)) func(*browser) *http.Request {
	return func(b *browser) *http.Request {
		b.Helper()
		f := b.formOf(b.login(), claims)
		if change != nil {
			change(b, f)
		}
		return b.crossSite("/lti/launch", f)
	}
}

// formOf is the platform's launch form for a login.
func (b *browser) formOf(redirect string, claims func(ltitest.Claims)) url.Values {
	b.Helper()
	if claims == nil {
		claims = ltitest.Learner
	}
	f, err := b.lms.Answer(redirect, claims)
	must(b, err)
	return f
}

// claimed is a launch with one claim changed; nil takes it away.
func claimed(name string, value any) func(*browser) *http.Request {
	return form13(func(c ltitest.Claims) { c[name] = value }, nil)
}

// token13 is a launch with a token made by hand for the right nonce.
func token13(token func(b *browser, c ltitest.Claims) string) func(*browser) *http.Request {
	return func(b *browser) *http.Request {
		b.Helper()
		q := queryOf(b.login())
		c := b.lms.Claims(q.Get("nonce"), base+"/lti/launch")
		return b.crossSite("/lti/launch", url.Values{"state": {q.Get("state")}, "id_token": {token(b, c)}})
	}
}

func queryOf(address string) url.Values {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	return u.Query()
}

// signed makes a token with any algorithm, key and headers; headers without kid have none.
func signed(b *browser, c ltitest.Claims, alg jose.SignatureAlgorithm, key any, headers map[jose.HeaderKey]any) string {
	b.Helper()
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, &jose.SignerOptions{ExtraHeaders: headers})
	must(b, err)
	payload, err := json.Marshal(c)
	must(b, err)
	made, err := s.Sign(payload)
	must(b, err)
	compact, err := made.CompactSerialize()
	must(b, err)
	return compact
}

func (b *browser) kid() map[jose.HeaderKey]any { return map[jose.HeaderKey]any{"kid": b.lms.KeyID} }

// bytes13 is a launch whose token, well signed, holds just this.
func bytes13(payload string) func(*browser) *http.Request {
	return token13(func(b *browser, _ ltitest.Claims) string {
		b.Helper()
		token, err := b.lms.SignBytes([]byte(payload))
		must(b, err)
		return token
	})
}

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// form11 is a launch of LTI 1.1: changed before it was signed, then after.
func form11(before url.Values, after func(f url.Values)) func(*browser) *http.Request {
	return func(b *browser) *http.Request {
		b.Helper()
		f := b.lms.Launch11(base+"/", consumer, agreed, before)
		if after != nil {
			after(f)
		}
		return b.crossSite("/", f)
	}
}

// used is a request that was let in once already, in the very browser.
func used(arm func(*browser) *http.Request) func(*browser) *http.Request {
	return func(b *browser) *http.Request {
		b.Helper()
		r := arm(b)
		form, err := url.ParseQuery(peek(r))
		must(b, err)
		again := b.crossSite(strings.TrimPrefix(r.URL.String(), base), form)
		if out := b.do(r); out.Code != http.StatusSeeOther {
			b.Fatalf("was not let in: %d %s", out.Code, out.Body)
		}
		return again
	}
}

// secretsOf changes the secrets of an LTI 1.1 platform.
func secretsOf(secrets ...lti.Secret) func(*course.Platform) error {
	return func(p *course.Platform) error {
		p.Consumer.Secrets = secrets
		return nil
	}
}

// hashOf is what the store keeps of a token.
func hashOf(token [32]byte) [32]byte { return sha256.Sum256(token[:]) }
