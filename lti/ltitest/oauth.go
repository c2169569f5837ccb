package ltitest

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash"
	"net/url"
	"sort"
	"strconv"
	"strings"
)

// Launch11 is a signed launch of LTI 1.1. Changes replace the usual fields; one with no values takes a field away.
func (p *Platform) Launch11(address, key, secret string, changes url.Values) url.Values {
	f := url.Values{
		"lti_message_type": {"basic-lti-launch-request"}, "lti_version": {"LTI-1p0"},
		"resource_link_id": {"link-1"}, "resource_link_title": {"Talk to the bot"}, "user_id": {"user-1"}, "roles": {"Learner"},
		"context_id": {"course-1"}, "context_title": {"Course"}, "lis_person_name_full": {"Zoë O'Neill"}, "custom_lesson": {"otr"},
		"launch_presentation_return_url": {p.Issuer + "/return?x=1"}, "launch_presentation_locale": {"de-DE"},
		"lis_outcome_service_url": {p.OutcomeURL()}, "lis_result_sourcedid": {`{"user":"1","x":"<&>"}`},
		"oauth_callback": {"about:blank"}, "oauth_consumer_key": {key}, "oauth_version": {"1.0"}, "oauth_signature_method": {"HMAC-SHA1"},
		"oauth_nonce": {random()}, "oauth_timestamp": {strconv.FormatInt(p.Now().Unix(), 10)},
	}
	for name, values := range changes {
		if f[name] = values; len(values) == 0 {
			delete(f, name)
		}
	}
	f.Set("oauth_signature", Sign11("POST", address, f, secret))
	return f
}

// Sign11 is the signature of OAuth 1.0a over the address with its query and the fields.
func Sign11(method, address string, fields url.Values, secret string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	var pairs [][2]string
	for _, from := range []url.Values{u.Query(), fields} {
		for name, values := range from {
			for _, v := range values {
				if name != "oauth_signature" {
					pairs = append(pairs, [2]string{encode(name), encode(v)})
				}
			}
		}
	}
	sort.Slice(pairs, func(i, j int) bool {
		if pairs[i][0] != pairs[j][0] {
			return pairs[i][0] < pairs[j][0]
		}
		return pairs[i][1] < pairs[j][1]
	})
	joined := make([]string, len(pairs))
	for i, pair := range pairs {
		joined[i] = pair[0] + "=" + pair[1]
	}
	base := method + "&" + encode(u.Scheme+"://"+u.Host+u.EscapedPath()) + "&" + encode(strings.Join(joined, "&"))
	mac := hmac.New(hashOf(fields.Get("oauth_signature_method")), []byte(encode(secret)+"&"))
	mac.Write([]byte(base))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func hashOf(method string) func() hash.Hash {
	if method == "HMAC-SHA256" {
		return sha256.New
	}
	return sha1.New
}

// encode is RFC 5849, section 3.6, by way of what package url leaves alone.
func encode(s string) string {
	return strings.NewReplacer("+", "%20", "*", "%2A", "%7E", "~").Replace(url.QueryEscape(s))
}

// verify11 checks a request whose body is not a form, and gives its consumer's key.
func (p *Platform) verify11(method, address, header string, body []byte) error {
	fields := url.Values{}
	rest, ok := strings.CutPrefix(header, "OAuth ")
	if !ok {
		return fmt.Errorf("no OAuth header")
	}
	for _, part := range strings.Split(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		plain, err := url.PathUnescape(strings.Trim(value, `"`))
		if err != nil {
			return err
		}
		fields.Set(name, plain)
	}
	h := hashOf(fields.Get("oauth_signature_method"))()
	h.Write(body)
	secret, known := p.Consumers[fields.Get("oauth_consumer_key")]
	switch {
	case !known:
		return fmt.Errorf("unknown consumer")
	case fields.Get("oauth_body_hash") != base64.StdEncoding.EncodeToString(h.Sum(nil)):
		return fmt.Errorf("body hash")
	case fields.Get("oauth_signature") != Sign11(method, address, fields, secret):
		return fmt.Errorf("signature")
	case p.nonces[fields.Get("oauth_nonce")]:
		return fmt.Errorf("nonce used before")
	}
	p.nonces[fields.Get("oauth_nonce")] = true
	return nil
}
