package lti_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"otrbot/lti"
	"otrbot/lti/ltitest"
)

const (
	toolBase  = "https://tool.example"
	launchURL = toolBase + "/lti/launch"
	issuer    = "https://lms.example"
	key11     = "key 1"
	secret11  = "s3cret & more/%é"
)

// Keys take a tenth of a second each to make; one platform's and one tool's serve all tests.
var (
	platformOnce = sync.OnceValues(func() (*ltitest.Platform, error) { return ltitest.New(issuer) })
	ringOnce     = sync.OnceValues(lti.NewKeyRing)
)

func ring(t testing.TB) lti.KeyRing {
	t.Helper()
	r, err := ringOnce()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// registrations are kept in memory, as consumers are.
type registrations []lti.Registration

func (l registrations) Registrations(_ context.Context, issuer, clientID string) ([]lti.Registration, error) {
	var found []lti.Registration
	for _, r := range l {
		if r.Issuer == issuer && (clientID == "" || r.ClientID == clientID) {
			found = append(found, r)
		}
	}
	return found, nil
}

type consumers []lti.Consumer

func (l consumers) Consumer(_ context.Context, key string) (lti.Consumer, error) {
	for _, c := range l {
		if c.Key == key {
			return c, nil
		}
	}
	return lti.Consumer{}, lti.ErrUnknown
}

// A clock stands still until it is moved.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time      { return c.now }
func (c *clock) add(d time.Duration) { c.now = c.now.Add(d) }

// A world is one tool and one platform.
type world struct {
	t        testing.TB
	clock    *clock
	lms      *ltitest.Platform
	tool     *lti.Tool
	reg      lti.Registration
	consumer lti.Consumer
	memory   *lti.Memory
}

// newWorld makes them; change adjusts the tool's settings.
func newWorld(t testing.TB, change ...func(*lti.Config)) *world {
	t.Helper()
	shared, err := platformOnce()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, clock: &clock{time.Unix(1_800_000_000, 0)}}
	w.lms = ltitest.WithKey(issuer, shared.Key)
	w.lms.Now, w.lms.ToolJWKS = w.clock.Now, ring(t).JWKS
	w.lms.Consumers[key11] = secret11
	w.reg = lti.Registration{
		Issuer: issuer, ClientID: w.lms.ClientID, Deployments: []string{w.lms.Deployment},
		AuthURL: w.lms.AuthURL(), TokenURL: w.lms.TokenURL(), JWKSURL: w.lms.JWKSURL(),
	}
	w.consumer = lti.Consumer{Key: key11, Secrets: []lti.Secret{secret11, "an older one"}}
	w.memory = lti.NewMemory(w.clock.Now)
	c := lti.Config{
		Base: toolBase, Nonces: w.memory, States: w.memory, Keys: ring(t), HTTP: w.lms.Client(), Now: w.clock.Now,
		Consumers:     consumers{w.consumer, {Key: "sha256 only", Secrets: []lti.Secret{"x"}, Methods: []lti.Method{lti.HMACSHA256}}},
		Registrations: registrations{w.reg},
	}
	for _, f := range change {
		f(&c)
	}
	if w.tool, err = lti.New(c); err != nil {
		t.Fatal(err)
	}
	return w
}

// in is the world a minute later, within another test: logins expire.
func (w *world) in(t testing.TB) *world {
	later := *w
	later.t = t
	w.clock.add(time.Minute)
	return &later
}

func post(address string, fields url.Values) *http.Request {
	r := httptest.NewRequest(http.MethodPost, address, strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// login takes a learner as far as the platform's authorization endpoint.
func (w *world) login(change func(url.Values)) *lti.Login {
	w.t.Helper()
	form := w.lms.LoginForm(launchURL)
	if change != nil {
		change(form)
	}
	l, err := w.tool.Login(post(toolBase+"/lti/login", form))
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

// answer is the platform's launch form for a login.
func (w *world) answer(l *lti.Login, change func(ltitest.Claims)) url.Values {
	w.t.Helper()
	form, err := w.lms.Answer(l.Redirect, change)
	if err != nil {
		w.t.Fatal(err)
	}
	return form
}

// launch13 goes all the way.
func (w *world) launch13(change func(ltitest.Claims)) (*lti.Launch, error) {
	w.t.Helper()
	l := w.login(nil)
	return w.submit(l, w.answer(l, change))
}

// submit posts a launch form from the browser of a login.
func (w *world) submit(l *lti.Login, form url.Values) (*lti.Launch, error) {
	r := post(launchURL, form)
	r.AddCookie(l.Cookie)
	return w.tool.Launch(r)
}

// launch11 signs a launch with the first secret and posts it.
func (w *world) launch11(changes url.Values) (*lti.Launch, error) {
	return w.tool.Launch(post(launchURL, w.lms.Launch11(launchURL, key11, secret11, changes)))
}

// refused wants a refusal for that reason.
func refused(t testing.TB, err error, why lti.Reason) *lti.Refusal {
	t.Helper()
	refusal, ok := errors.AsType[*lti.Refusal](err)
	if !ok {
		t.Fatalf("got %v, want a refusal as %s", err, why)
	}
	if refusal.Reason != why {
		t.Fatalf("got %v, want a refusal as %s", err, why)
	}
	return refusal
}

// queryOf is the query of an address that is known to be one.
func queryOf(address string) url.Values {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	return u.Query()
}

func raw(s string) json.RawMessage { return json.RawMessage(s) }

func decoded(s string) []byte {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return nil
	}
	return b
}
