package lms_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"otrbot/internal/lms"
	"otrbot/lti"
)

const (
	key    = "demo"
	secret = "a secret & more"
)

// Keys take their time; one platform's and one tool's serve all tests.
var (
	signing = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })
	ring    = sync.OnceValues(lti.NewKeyRing)
)

// A world is the system and a tool, each on a port of this machine, and a browser.
type world struct {
	t       *testing.T
	lms     *lms.Server
	base    string // of the system
	tool    *lti.Tool
	toolURL string
	keys    lti.KeyRing
	jar     http.CookieJar

	mu        sync.Mutex
	regs      []lti.Registration
	consumer  lti.Consumer
	launches  []*lti.Launch
	refused   []error
	links     []lti.DeepLink // that the tool offers
	loginForm url.Values     // that came last
}

func newWorld(t *testing.T, change ...func(*lms.Config)) *world {
	t.Helper()
	w := &world{t: t, consumer: lti.Consumer{Key: key, Secrets: []lti.Secret{secret}}}
	var err error
	if w.keys, err = ring(); err != nil {
		t.Fatal(err)
	}
	if w.jar, err = cookiejar.New(nil); err != nil {
		t.Fatal(err)
	}
	tool := httptest.NewServer(http.HandlerFunc(w.serveTool))
	t.Cleanup(tool.Close)
	w.toolURL = tool.URL

	system := httptest.NewUnstartedServer(nil)
	w.base = "http://" + system.Listener.Addr().String()
	k, err := signing()
	if err != nil {
		t.Fatal(err)
	}
	c := lms.Config{
		Base: w.base, Key: k, ConsumerKey: key, ConsumerSecret: secret,
		Tool:   lms.ToolURLs{Launch: tool.URL + "/lti/launch", Login: tool.URL + "/lti/login", JWKS: tool.URL + "/lti/jwks.json"},
		Invite: func(context.Context) (string, error) { return tool.URL + "/register/once?x=1", nil },
	}
	for _, f := range change {
		f(&c)
	}
	if w.lms, err = lms.New(c); err != nil {
		t.Fatal(err)
	}
	system.Config.Handler = w.lms
	system.Start()
	t.Cleanup(system.Close)
	w.know()
	return w
}

// know makes the tool, which knows the system by both versions.
func (w *world) know() {
	p := w.lms.Platform()
	w.regs = []lti.Registration{{
		Issuer: p.Issuer, ClientID: p.ClientID, Deployments: []string{p.Deployment}, AuthURL: p.AuthURL(), TokenURL: p.TokenURL(), JWKSURL: p.JWKSURL(),
	}}
	memory := lti.NewMemory(nil)
	var err error
	w.tool, err = lti.New(lti.Config{
		Base: w.toolURL, Consumers: w, Registrations: w, Nonces: memory, States: memory, Keys: w.keys, Loopback: true,
		HTTP: lti.NewHTTPClient(lti.AnyAddress),
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) Consumer(_ context.Context, k string) (lti.Consumer, error) {
	if k != key {
		return lti.Consumer{}, lti.ErrUnknown
	}
	return w.consumer, nil
}

func (w *world) Registrations(_ context.Context, issuer, client string) ([]lti.Registration, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var found []lti.Registration
	for _, r := range w.regs {
		if r.Issuer == issuer && (client == "" || client == r.ClientID) {
			found = append(found, r)
		}
	}
	return found, nil
}

// serveTool is the tool's side.
func (w *world) serveTool(rw http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/lti/jwks.json":
		b, err := w.keys.JWKS()
		if err != nil {
			w.t.Error(err)
		}
		rw.Write(b)
	case "/lti/login":
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		w.mu.Lock()
		w.loginForm, _ = url.ParseQuery(string(body))
		w.mu.Unlock()
		login, err := w.tool.Login(r)
		if err != nil {
			w.refuse(rw, err)
			return
		}
		http.SetCookie(rw, login.Cookie)
		http.Redirect(rw, r, login.Redirect, http.StatusFound)
	case "/lti/launch":
		l, err := w.tool.Launch(r)
		if err != nil {
			w.refuse(rw, err)
			return
		}
		w.mu.Lock()
		w.launches = append(w.launches, l)
		w.mu.Unlock()
		if l.DeepLink != nil {
			w.offer(rw, l)
		}
	case "/register/once":
		w.register(rw, r)
	}
}

func (w *world) refuse(rw http.ResponseWriter, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refused = append(w.refused, err)
	rw.WriteHeader(http.StatusBadRequest)
}

// offer answers deep linking with a form, as a tool's page does after the teacher has chosen.
func (w *world) offer(rw http.ResponseWriter, l *lti.Launch) {
	reg, _ := w.Registrations(context.Background(), l.Issuer, l.ClientID)
	reply, err := w.tool.DeepLinkReply(context.Background(), l, reg[0], "Well chosen <b>", w.links...)
	if err != nil {
		w.t.Error(err)
		return
	}
	io.WriteString(rw, `<form id="launch" method="post" action="`+html.EscapeString(reply.URL)+`"><input type="hidden" name="JWT" value="`+reply.JWT+`"></form>`)
}

func (w *world) register(rw http.ResponseWriter, r *http.Request) {
	req, err := lti.ReadRegisterRequest(r)
	if err != nil {
		w.refuse(rw, err)
		return
	}
	got, err := w.tool.Register(r.Context(), req, lti.Profile{
		Name: "Tool", Scopes: []string{lti.ScopeScore, lti.ScopeRoster}, Claims: []string{"name"}, DeepLinking: true,
	})
	if err != nil {
		w.refuse(rw, err)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.regs = append(w.regs, got.Registration)
}

// A page is what a browser shows.
type page struct {
	Address string
	Status  int
	Header  http.Header
	Body    string
}

// says reports whether a page has all these words, after its HTML was undone.
func (p page) says(t *testing.T, words ...string) {
	t.Helper()
	text := strings.Join(strings.Fields(html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(p.Body, " "))), " ")
	for _, one := range words {
		if !strings.Contains(text, one) {
			t.Errorf("%s does not say %q:\n%s", p.Address, one, text)
		}
	}
}

func (w *world) do(r *http.Request) page {
	w.t.Helper()
	browser := &http.Client{Jar: w.jar}
	a, err := browser.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return page{a.Request.URL.String(), a.StatusCode, a.Header, string(body)}
}

// get opens a page of the system, such as "/gradebook?as=ana".
func (w *world) get(path string) page {
	w.t.Helper()
	r, err := http.NewRequest(http.MethodGet, w.base+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.do(r)
}

func (w *world) post(address string, fields url.Values) page {
	w.t.Helper()
	r, err := http.NewRequest(http.MethodPost, address, strings.NewReader(fields.Encode()))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.do(r)
}

var (
	formTag  = regexp.MustCompile(`(?s)<form id="launch" method="post" action="([^"]*)">(.*?)</form>`)
	inputTag = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
	frameTag = regexp.MustCompile(`<iframe class="tool" src="([^"]*)"`)
)

// form reads the form that a page posts at once.
func (p page) form() (action string, fields url.Values, ok bool) {
	m := formTag.FindStringSubmatch(p.Body)
	if m == nil {
		return "", nil, false
	}
	fields = url.Values{}
	for _, i := range inputTag.FindAllStringSubmatch(m[2], -1) {
		fields.Add(html.UnescapeString(i[1]), html.UnescapeString(i[2]))
	}
	return html.UnescapeString(m[1]), fields, true
}

// frame is the address of the tool's frame in the page.
func (p page) frame() string {
	if m := frameTag.FindStringSubmatch(p.Body); m != nil {
		return html.UnescapeString(m[1])
	}
	return ""
}

// follow posts forms as the script of the pages does, until there is none.
func (w *world) follow(p page) page {
	w.t.Helper()
	for range 5 {
		action, fields, ok := p.form()
		if !ok {
			return p
		}
		p = w.post(action, fields)
	}
	w.t.Fatal("forms without end")
	return p
}

// launch opens an activity and gives what the tool got; it must be one.
func (w *world) launch(path string) *lti.Launch {
	w.t.Helper()
	before := len(w.launches)
	p := w.follow(w.get(path))
	if len(w.launches) != before+1 {
		w.t.Fatalf("%s: %d %s; the tool refused %v", path, p.Status, p.Body, w.refused)
	}
	return w.launches[before]
}
