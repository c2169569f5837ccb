package lti

import "crypto/rsa"

// What tests cannot reach otherwise.
var (
	HashedForTest   = hashed
	NextLinkForTest = nextLink
)

// CookieNameForTest is that of a login's cookie.
func CookieNameForTest(t *Tool, state string) string { return t.cookieName(state) }

// SignForTest is one signature of OAuth 1.0a.
func SignForTest(m Method, s Secret, base string) []byte { return m.sign(s, base) }

// ParsePOXForTest reads an answer of Basic Outcomes.
func ParsePOXForTest(b []byte) (major, score string, err error) {
	a, err := parsePOX(b)
	return a.Major, a.Score, err
}

// ParseJWKSForTest reads a key set.
func ParseJWKSForTest(b []byte) (map[string]*rsa.PublicKey, error) { return parseJWKS(b) }

// PlatformConfigForTest reads an OpenID configuration.
func PlatformConfigForTest(t *Tool, b []byte, address string) (issuer, jwks string, err error) {
	c, err := t.readPlatformConfig(b, address)
	return c.Issuer, c.JWKSURL, err
}
