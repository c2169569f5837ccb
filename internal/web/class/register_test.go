package class_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otrbot/lti"
)

var invited = [32]byte{7}

// register opens or confirms the one-time address, as the platform's administrator does.
func (w *world) register(method, query string) reply {
	if query != "" {
		query = "?" + query
	}
	return w.serve(method, "/lti/register/INVITATION"+query, nil, func(rw http.ResponseWriter, r *http.Request) {
		w.class.Register(rw, r, invited)
	})
}

func (w *world) begin() string {
	return url.Values{"openid_configuration": {w.lms.ConfigURL()}, "registration_token": {"once"}}.Encode()
}

func TestRegisterAPlatform(t *testing.T) {
	w := newWorld(t)
	delete(w.store.platforms, 1)
	w.store.invitations[invited] = "Our Moodle"

	r := w.register(http.MethodGet, w.begin())
	r.says(t, "Register Our Moodle ?", "Go on only if lms.example is your learning platform")
	if len(w.store.platforms) != 0 || len(w.store.invitations) != 1 {
		t.Error("looking at it has registered it")
	}
	if csp := r.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'self' https://lms.example https:;") || strings.Contains(csp, "http: ") {
		t.Error(csp)
	}
	if !strings.Contains(r.raw, "data-framed") {
		t.Error("the platform's frame is not told how high the page is")
	}

	r = w.register(http.MethodPost, w.begin())
	r.says(t, "Our Moodle is registered", "What to do next", "Check the connection", "Close this window")
	if !strings.Contains(r.raw, "data-close") || !strings.Contains(r.raw, "/static/class.js") {
		t.Error("the window cannot be closed")
	}
	if len(w.store.platforms) != 1 || len(w.store.invitations) != 0 {
		t.Fatalf("%v %v", w.store.platforms, w.store.invitations)
	}
	p := w.store.platforms[1]
	if p.Name != "Our Moodle" || p.Consumer != nil || p.Registration == nil || p.Registration.Issuer != w.lms.Issuer || p.Registration.ClientID == "" || p.Family != "ltitest" || !p.Added.Equal(noon) {
		t.Errorf("%+v", p)
	}

	for _, method := range []string{http.MethodGet, http.MethodPost} {
		r = w.register(method, w.begin())
		r.says(t, "This link is used up", "ask the administrator of this tool for another link")
		if r.StatusCode != http.StatusGone || len(w.store.platforms) != 1 {
			t.Errorf("%d %v", r.StatusCode, w.store.platforms)
		}
	}
}

func TestInvitationOpenedByHand(t *testing.T) {
	w := newWorld(t)
	w.store.invitations[invited] = "Our Moodle"
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		r := w.register(method, "")
		r.says(t, "This address is for your learning platform, not for a browser", "Moodle", "Canvas")
		if !strings.Contains(r.raw, `value="`+base+`/lti/register/INVITATION"`) || len(w.store.invitations) != 1 {
			t.Error(r.raw)
		}
	}
}

// What fails can be mended and tried again with the same link.
func TestRegistrationFails(t *testing.T) {
	for _, c := range []struct {
		name   string
		http   transport
		query  string
		status int
		says   string
	}{
		{"no answer", answering(http.StatusBadGateway, ""), "", http.StatusBadGateway, "did not answer"},
		{"not found", answering(http.StatusNotFound, ""), "", http.StatusBadGateway, "no registration"},
		{"nonsense", answering(http.StatusOK, "<html>"), "", http.StatusBadRequest, "not complete"},
		{"a private address", func(*http.Request) (*http.Response, error) { return nil, lti.ErrPrivateAddress }, "", http.StatusBadGateway, "inside a private network"},
		{"no https", nil, "openid_configuration=http://lms.example/x", http.StatusBadRequest, "not complete"},
		{"twice", nil, "openid_configuration=https://a.example&openid_configuration=https://b.example", http.StatusBadRequest, "not complete"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.store.invitations[invited] = "Our Moodle"
			if c.http != nil {
				w.http = c.http
			}
			if c.query == "" {
				c.query = w.begin()
			}
			r := w.register(http.MethodPost, c.query)
			if r.StatusCode != c.status || len(w.store.platforms) != 1 || len(w.store.invitations) != 1 {
				t.Errorf("%d %v %v", r.StatusCode, w.store.platforms, w.store.invitations)
			}
			r.says(t, "The registration did not work", c.says, "again", "mention this number")
			if !strings.Contains(w.log.String(), "a request was refused") || strings.Contains(w.log.String(), "once") {
				t.Error(w.log.String())
			}
		})
	}
}

// Two administrators press the button at the same time: one registration is kept.
func TestInvitationUsedMeanwhile(t *testing.T) {
	w := newWorld(t)
	w.store.invitations[invited] = "Our Moodle"
	w.http = transport(func(r *http.Request) (*http.Response, error) {
		delete(w.store.invitations, invited)
		return w.lms.Client().Transport.RoundTrip(r)
	})
	r := w.register(http.MethodPost, w.begin())
	r.says(t, "This link is used up")
	if r.StatusCode != http.StatusGone || len(w.store.platforms) != 1 {
		t.Errorf("%d %v", r.StatusCode, w.store.platforms)
	}
}

// Our own store fails before or after the platform is kept: nothing is kept, and the link still works.
func TestRegistrationCannotBeKept(t *testing.T) {
	for what, breakIt := range map[string]func(*memory){
		"the platform":   func(m *memory) { m.fails = true },
		"the invitation": func(m *memory) { m.full = true },
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t)
			w.store.invitations[invited] = "Our Moodle"
			breakIt(w.store)
			w.register(http.MethodPost, w.begin()).says(t, "The fault is ours. Nothing was changed.")
			if len(w.store.platforms) != 1 || len(w.store.invitations) != 1 {
				t.Errorf("%v %v", w.store.platforms, w.store.invitations)
			}
			w.store.fails, w.store.full = false, false
			w.register(http.MethodPost, w.begin()).says(t, "Our Moodle is registered")
		})
	}
}

// The platform is waited for no longer than the request may last; then there is an answer, and the link still works.
func TestPlatformThatIsTooSlow(t *testing.T) {
	keys() // outside, for all tests
	platformKey()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.store.invitations[invited] = "Our Moodle"
		w.http = transport(func(r *http.Request) (*http.Response, error) {
			select {
			case <-time.After(11 * time.Second): // for each of two answers
				return w.lms.Client().Transport.RoundTrip(r)
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		})
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		r := w.serve(http.MethodPost, "/lti/register/INVITATION?"+w.begin(), nil, func(rw http.ResponseWriter, r *http.Request) {
			w.class.Register(rw, r.WithContext(ctx), invited)
		})
		r.says(t, "did not answer", "The same link still works")
		if len(w.store.platforms) != 1 || len(w.store.invitations) != 1 {
			t.Errorf("%v %v", w.store.platforms, w.store.invitations)
		}
	})
}

// The browser has gone when the platform has answered: what it has registered is kept all the same.
func TestRegistrationOfSomebodyWhoHasGone(t *testing.T) {
	w := newWorld(t)
	w.store.invitations[invited] = "Our Moodle"
	ctx, cancel := context.WithCancel(t.Context())
	w.http = transport(func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodPost {
			defer cancel()
		}
		return w.lms.Client().Transport.RoundTrip(r)
	})
	w.serve(http.MethodPost, "/lti/register/INVITATION?"+w.begin(), nil, func(rw http.ResponseWriter, r *http.Request) {
		w.class.Register(rw, r.WithContext(ctx), invited)
	})
	if len(w.store.platforms) != 2 || len(w.store.invitations) != 0 {
		t.Errorf("%v %v", w.store.platforms, w.store.invitations)
	}
}

// The platform says who it is, and refuses the registration.
func TestTokenTooOld(t *testing.T) {
	w := newWorld(t)
	w.store.invitations[invited] = "Our Moodle"
	w.http = transport(func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodPost {
			return answering(http.StatusUnauthorized, "")(r)
		}
		return w.lms.Client().Transport.RoundTrip(r)
	})
	w.register(http.MethodPost, w.begin()).says(t, "did not accept its own token", "begin the registration in the platform again")
}

func TestWhatToDoNext(t *testing.T) {
	for family, want := range map[string]string{
		"moodle": "Choose “Activate” there", "canvas": "Switch the tool on, for the whole account", "sakai": "allow it to send grades", "": "allow it to send grades",
	} {
		w := newWorld(t)
		w.store.invitations[invited] = ""
		w.http = transport(func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodPost {
				return answering(http.StatusOK, `{"client_id":"c","scope":"openid"}`)(r)
			}
			return answering(http.StatusOK, `{"issuer":"https://lms.example","authorization_endpoint":"https://lms.example/a","token_endpoint":"https://lms.example/t",
				"jwks_uri":"https://lms.example/j","registration_endpoint":"https://lms.example/r",
				"https://purl.imsglobal.org/spec/lti-platform-configuration":{"product_family_code":"`+family+`"}}`)(r)
		})
		r := w.register(http.MethodPost, w.begin())
		r.says(t, "lms.example is registered", want, "has not allowed this tool to send grades", "may have to be approved")
	}
}
