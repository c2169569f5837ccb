package web_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// slow answers each request after a while.
type slow struct {
	http.RoundTripper
	by time.Duration
}

func (s slow) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case <-time.After(s.by):
		return s.RoundTripper.RoundTrip(r)
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// A platform that takes its time at each step: the administrator is told before the connection ends, and the invitation
// is good for another try.
func TestRegistrationEndsBeforeTheConnection(t *testing.T) {
	for by, done := range map[time.Duration]bool{9 * time.Second: true, 14 * time.Second: false} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			_, err := w.db.RemovePlatform(t.Context(), w.moodle)
			must(t, err)
			network := w.lms.Client()
			network.Transport = slow{network.Transport, by}
			w.serve(network)
			token := []byte(strings.Repeat("x", 32))
			must(t, w.db.PutInvitation(t.Context(), sha256.Sum256(token), "Our school", noon.Add(time.Hour)))
			begin := url.Values{"openid_configuration": {w.lms.ConfigURL()}, "registration_token": {"once"}}
			path := "/lti/register/" + base64.RawURLEncoding.EncodeToString(token) + "?" + begin.Encode()

			begun := time.Now()
			page := w.browser().post(path, url.Values{})
			if took := time.Since(begun); took > 25*time.Second {
				t.Errorf("the page came after %v, when the connection was over", took)
			}
			if _, err := w.db.Invitation(t.Context(), sha256.Sum256(token), noon); done != (err != nil) {
				t.Errorf("%v: the invitation: %v\n%s", by, err, page.main())
			}
			if all, err := w.db.Platforms(t.Context()); err != nil || done != (len(all) == 2) {
				t.Errorf("%v: %d platforms, %v\n%s", by, len(all), err, page.main())
			}
		})
	}
}
