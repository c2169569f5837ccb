package lti_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"testing"

	"otrbot/lti"
	"otrbot/lti/ltitest"
)

func proof(text, secret string) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// A site changed over from LTI 1.1, and tells who its users were.
func TestMigration(t *testing.T) {
	// The example of 1EdTech's guide.
	if got := proof("179248902&689302&https://lmsvendor.com&PM48OJSfGDTAzAo&1551290856&172we8671fd8z", "my-lti11-secret"); got != "lWd54kFo5qU7xshAna6v8BwoBm6tmUjc6GTax6+12ps=" {
		t.Fatalf("the guide's example gives %s", got)
	}
	signed := func(c ltitest.Claims, key string) string {
		return fmt.Sprintf("%s&%s&%s&%s&%d&%s", key, c[ltitest.Deployment], c["iss"], "tool-1", c["exp"], c["nonce"])
	}
	for _, c := range []struct {
		what  string
		claim func(ltitest.Claims) any
		want  *lti.Migrated
	}{
		{"all of it", func(c ltitest.Claims) any {
			return map[string]any{
				"oauth_consumer_key": key11, "oauth_consumer_key_sign": proof(signed(c, key11), secret11),
				"user_id": "old-1", "resource_link_id": "old-link", "context_id": "old-course",
			}
		}, &lti.Migrated{ConsumerKey: key11, UserID: "old-1", ResourceLinkID: "old-link", ContextID: "old-course"}},
		{"nothing changed, the older secret", func(c ltitest.Claims) any {
			return map[string]any{"oauth_consumer_key": key11, "oauth_consumer_key_sign": proof(signed(c, key11), "an older one")}
		}, &lti.Migrated{ConsumerKey: key11, UserID: "user-1", ResourceLinkID: "link-1", ContextID: "course-1"}},
		{"another secret", func(c ltitest.Claims) any {
			return map[string]any{"oauth_consumer_key": key11, "oauth_consumer_key_sign": proof(signed(c, key11), "guess"), "user_id": "victim"}
		}, nil},
		{"another launch's proof", func(c ltitest.Claims) any {
			return map[string]any{"oauth_consumer_key": key11, "oauth_consumer_key_sign": proof(signed(c, key11)+"x", secret11), "user_id": "victim"}
		}, nil},
		{"no proof", func(ltitest.Claims) any { return map[string]any{"oauth_consumer_key": key11, "user_id": "victim"} }, nil},
		{"unknown key", func(ltitest.Claims) any {
			return map[string]any{"oauth_consumer_key": "nobody", "oauth_consumer_key_sign": "AAAA", "user_id": "victim"}
		}, nil},
		{"no base64", func(ltitest.Claims) any {
			return map[string]any{"oauth_consumer_key": key11, "oauth_consumer_key_sign": "?"}
		}, nil},
		{"of another type", func(ltitest.Claims) any { return "x" }, nil},
	} {
		t.Run(c.what, func(t *testing.T) {
			l, err := newWorld(t).launch13(func(claims ltitest.Claims) { claims[ltitest.Claim+"lti1p1"] = c.claim(claims) })
			if err != nil {
				t.Fatal(err)
			}
			if got, want := fmt.Sprint(l.Migrated), fmt.Sprint(c.want); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
}
