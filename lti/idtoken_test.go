package lti_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/url"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"otrbot/lti"
	"otrbot/lti/ltitest"
)

// signedWith makes the token of a good launch with another algorithm, key or header.
func signedWith(t *testing.T, claims ltitest.Claims, alg jose.SignatureAlgorithm, key any, headers map[jose.HeaderKey]any) string {
	t.Helper()
	o := &jose.SignerOptions{ExtraHeaders: headers}
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, o)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := s.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	compact, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return compact
}

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func TestTokensRefused(t *testing.T) {
	w := newWorld(t)
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&w.lms.Key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	publicPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	kid := map[jose.HeaderKey]any{"kid": w.lms.KeyID}
	private := w.lms.Key
	for _, c := range []struct {
		what  string
		token func(ltitest.Claims) string
	}{
		{"none", func(ltitest.Claims) string { return b64(`{"alg":"none","kid":"platform-1"}`) + "." + b64(`{}`) + "." }},
		{"nothing", func(ltitest.Claims) string { return "" }},
		{"not a token", func(ltitest.Claims) string { return "../../etc/passwd" }},
		{"200 KiB", func(ltitest.Claims) string { return strings.Repeat("A", 200<<10) }},
		{"HS256 with the public key for a secret", func(c ltitest.Claims) string { return signedWith(t, c, jose.HS256, publicPEM, kid) }},
		{"PS256", func(c ltitest.Claims) string { return signedWith(t, c, jose.PS256, private, kid) }},
		{"RS512", func(c ltitest.Claims) string { return signedWith(t, c, jose.RS512, private, kid) }},
		{"ES256", func(c ltitest.Claims) string { return signedWith(t, c, jose.ES256, curve, kid) }},
		{"rs256", func(c ltitest.Claims) string {
			parts := strings.Split(signedWith(t, c, jose.RS256, private, kid), ".")
			return b64(`{"alg":"rs256","kid":"platform-1"}`) + "." + parts[1] + "." + parts[2]
		}},
		{"certification: no kid", func(c ltitest.Claims) string { return signedWith(t, c, jose.RS256, private, nil) }},
		{"certification: unknown kid", func(c ltitest.Claims) string {
			return signedWith(t, c, jose.RS256, private, map[jose.HeaderKey]any{"kid": "../../etc/passwd"})
		}},
		{"a kid of 10 kB", func(c ltitest.Claims) string {
			return signedWith(t, c, jose.RS256, private, map[jose.HeaderKey]any{"kid": strings.Repeat("x", 10_000)})
		}},
		{"a kid of 30 kB", func(c ltitest.Claims) string {
			return signedWith(t, c, jose.RS256, private, map[jose.HeaderKey]any{"kid": strings.Repeat("x", 30_000)})
		}},
		{"a stranger's key", func(c ltitest.Claims) string { return signedWith(t, c, jose.RS256, stranger, kid) }},
		{"a stranger's key, brought along", func(c ltitest.Claims) string {
			return signedWith(t, c, jose.RS256, stranger, map[jose.HeaderKey]any{
				"kid": w.lms.KeyID, "jwk": jose.JSONWebKey{Key: &stranger.PublicKey}, "jku": "https://evil.example/jwks",
			})
		}},
		{"an extension to understand", func(c ltitest.Claims) string {
			return signedWith(t, c, jose.RS256, private, map[jose.HeaderKey]any{"kid": w.lms.KeyID, "crit": []string{"exp"}, "exp": 1})
		}},
		{"a token of three parts and a half", func(c ltitest.Claims) string { return signedWith(t, c, jose.RS256, private, kid) + ".x" }},
		{"JSON instead of compact", func(c ltitest.Claims) string {
			parts := strings.Split(signedWith(t, c, jose.RS256, private, kid), ".")
			return `{"protected":"` + parts[0] + `","payload":"` + parts[1] + `","signature":"` + parts[2] + `"}`
		}},
		{"encrypted", func(c ltitest.Claims) string {
			return b64(`{"alg":"RSA-OAEP","enc":"A128GCM","kid":"platform-1"}`) + "." + b64("k") + "." + b64("i") + "." + b64("c") + "." + b64("t")
		}},
		{"one byte of the payload", func(c ltitest.Claims) string {
			parts := strings.Split(signedWith(t, c, jose.RS256, private, kid), ".")
			return parts[0] + "." + strings.Replace(parts[1], "A", "B", 1) + "." + parts[2]
		}},
		{"certification: not a JSON object", func(ltitest.Claims) string { return signBytes(t, w, `["LTI"]`) }},
		{"a name twice", func(ltitest.Claims) string {
			return signBytes(t, w, `{"iss":"`+issuer+`","iss":"https://evil.example"}`)
		}},
		{"a name twice, deep", func(ltitest.Claims) string { return signBytes(t, w, `{"a":[{"b":{"c":1,"c":2}}]}`) }},
		{"deep", func(ltitest.Claims) string {
			return signBytes(t, w, `{"a":`+strings.Repeat("[", 50)+strings.Repeat("]", 50)+`}`)
		}},
		{"two objects", func(ltitest.Claims) string { return signBytes(t, w, `{}{}`) }},
	} {
		t.Run(c.what, func(t *testing.T) {
			l := w.login(nil)
			u := parsed(t, l.Redirect).Query()
			token := c.token(w.lms.Claims(u.Get("nonce"), launchURL))
			_, err := w.submit(l, url.Values{"state": {u.Get("state")}, "id_token": {token}})
			refusal := refused(t, err, lti.BadToken)
			if token != "" && len(token) > 20 && strings.Contains(refusal.Error(), token) {
				t.Error("the log shows the token")
			}
		})
	}
}

// Forms that are longer than any launch are not read to their end.
func TestTokensTooLong(t *testing.T) {
	w := newWorld(t)
	for what, token := range map[string]func(ltitest.Claims) string{
		"3 MB": func(ltitest.Claims) string { return strings.Repeat("A", 3<<20) },
		"a kid of 1 MB": func(c ltitest.Claims) string {
			return signedWith(t, c, jose.RS256, w.lms.Key, map[jose.HeaderKey]any{"kid": strings.Repeat("x", 1<<20)})
		},
	} {
		t.Run(what, func(t *testing.T) {
			l := w.login(nil)
			u := parsed(t, l.Redirect).Query()
			_, err := w.submit(l, url.Values{"state": {u.Get("state")}, "id_token": {token(w.lms.Claims(u.Get("nonce"), launchURL))}})
			refused(t, err, lti.Malformed)
		})
	}
}

func signBytes(t *testing.T, w *world, payload string) string {
	t.Helper()
	token, err := w.lms.SignBytes([]byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	return token
}
