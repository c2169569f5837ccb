package lti

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // HMAC-SHA1 is what LTI 1.1 signs with; the HMAC is not broken
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Method of signing in OAuth 1.0a. PLAINTEXT and RSA-SHA1 do not exist here.
type Method string

// The methods. Platforms sign with HMAC-SHA1, almost all of them.
const (
	HMACSHA1   Method = "HMAC-SHA1"
	HMACSHA256 Method = "HMAC-SHA256"
)

func (m Method) hash() func() hash.Hash {
	if m == HMACSHA256 {
		return sha256.New
	}
	return sha1.New
}

// BaseString is what OAuth 1.0a signs: RFC 5849, section 3.4.1. The address must be absolute; its query counts as
// parameters, oauth_signature does not. It is exported for those who look for the byte in which two sides differ.
func BaseString(httpMethod, address string, params []Param) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "", errors.New("lti: a signature covers an absolute address")
	}
	query, refusal := parseForm(u.RawQuery)
	if refusal != nil {
		return "", refusal
	}
	return escape(strings.ToUpper(httpMethod)) + "&" + escape(baseURI(u)) + "&" + escape(normalize(append(query, params...))), nil
}

// baseURI is section 3.4.1.2: lower case, no default port, the path as it was sent.
func baseURI(u *url.URL) string {
	scheme, host := strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	return scheme + "://" + withoutDefaultPort(scheme, host) + path
}

func withoutDefaultPort(scheme, host string) string {
	switch scheme {
	case "http":
		return strings.TrimSuffix(host, ":80")
	case "https":
		return strings.TrimSuffix(host, ":443")
	}
	return host
}

// normalize is section 3.4.1.3.2: encoded, then sorted by name, then by value, as bytes.
func normalize(params []Param) string {
	encoded := make([]Param, 0, len(params))
	for _, p := range params {
		if p.Name != "oauth_signature" {
			encoded = append(encoded, Param{escape(p.Name), escape(p.Value)})
		}
	}
	slices.SortFunc(encoded, func(a, b Param) int {
		if c := strings.Compare(a.Name, b.Name); c != 0 {
			return c
		}
		return strings.Compare(a.Value, b.Value)
	})
	var b strings.Builder
	for i, p := range encoded {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(p.Name + "=" + p.Value)
	}
	return b.String()
}

// escape is section 3.6: everything but the unreserved characters, in upper-case hexadecimal.
func escape(s string) string {
	const upper = "0123456789ABCDEF"
	var b strings.Builder
	b.Grow(len(s))
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_', c == '~':
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', upper[c>>4], upper[c&15]})
		}
	}
	return b.String()
}

// sign is section 3.4.2: the token's secret is always empty in LTI.
func (m Method) sign(secret Secret, base string) []byte {
	h := hmac.New(m.hash(), []byte(escape(string(secret))+"&"))
	h.Write([]byte(base))
	return h.Sum(nil)
}

// authorization signs a request whose body is not a form, by OAuth Request Body Hash, and gives the header's value.
func (m Method) authorization(c Consumer, httpMethod, address string, body []byte, nonce string, now time.Time) (string, error) {
	if len(c.Secrets) == 0 {
		return "", fmt.Errorf("%w: consumer %s has no secret to sign with", ErrUnusable, quote(c.Key))
	}
	h := m.hash()()
	h.Write(body)
	params := []Param{
		{"oauth_body_hash", base64.StdEncoding.EncodeToString(h.Sum(nil))},
		{"oauth_consumer_key", c.Key},
		{"oauth_nonce", nonce},
		{"oauth_signature_method", string(m)},
		{"oauth_timestamp", strconv.FormatInt(now.Unix(), 10)},
		{"oauth_version", "1.0"},
	}
	base, err := BaseString(httpMethod, address, params)
	if err != nil {
		return "", err
	}
	signature := base64.StdEncoding.EncodeToString(m.sign(c.Secrets[0], base))
	var b strings.Builder
	b.WriteString("OAuth ")
	for _, p := range append(params, Param{"oauth_signature", signature}) {
		b.WriteString(p.Name + `="` + escape(p.Value) + `",`)
	}
	return strings.TrimSuffix(b.String(), ","), nil
}
