package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/store"
	"otrbot/internal/web"
	"otrbot/locales"
	"otrbot/lti"
	"otrbot/lti/ltitest"
)

// The platform knows the tool by this address, as if a proxy stood before it.
const (
	publicURL   = "http://127.0.0.1:8000/otr"
	consumerKey = "benchbot"
	signing     = "brass-kettles-sign-launches"
)

// courseOrders is what the bot's process is told of the platform; without an issuer it serves no pages.
type courseOrders struct {
	Issuer, ClientID, Deployment, AuthURL, TokenURL, JWKSURL string
}

// servePages is the web server of the bot's process. It gives the address at which it listens.
func servePages(ctx context.Context, db *store.DB, o orders) (address string, run func(context.Context) error, err error) {
	c := o.Course
	for _, p := range []course.Platform{
		{Name: "by 1.1", Consumer: &lti.Consumer{Key: consumerKey, Secrets: []lti.Secret{signing}}},
		{Name: "by 1.3", Registration: &lti.Registration{
			Issuer: c.Issuer, ClientID: c.ClientID, Deployments: []string{c.Deployment}, AuthURL: c.AuthURL, TokenURL: c.TokenURL, JWKSURL: c.JWKSURL,
		}},
	} {
		if _, err := db.PutPlatform(ctx, p); err != nil {
			return "", nil, err
		}
	}
	tool, err := lti.New(lti.Config{
		Base: publicURL, Loopback: true, HTTP: lti.NewHTTPClient(lti.AnyAddress),
		Consumers: db, Registrations: db, Nonces: db, States: db, Keys: db,
	})
	if err != nil {
		return "", nil, err
	}
	languages, err := locales.All()
	if err != nil {
		return "", nil, err
	}
	site, err := web.New(web.Config{Tool: tool, Store: db, Base: publicURL, Bot: o.JID, Options: web.Options{Languages: languages}})
	if err != nil {
		return "", nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	return l.Addr().String(), func(ctx context.Context) error { return site.Serve(ctx, l) }, nil
}

// school is the platform with its pupils' browsers.
type school struct {
	platform *ltitest.Platform
	server   *httptest.Server
	tool     string // where the bot's process serves its pages
	client   *http.Client
	open     sync.WaitGroup // pages that follow the chat
}

func newSchool() (*school, error) {
	s := &school{client: &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 256},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.platform.ServeHTTP(w, r) }))
	var err error
	s.platform, err = ltitest.New(s.server.URL)
	return s, err
}

func (s *school) orders() courseOrders {
	p := s.platform
	return courseOrders{p.Issuer, p.ClientID, p.Deployment, p.AuthURL(), p.TokenURL(), p.JWKSURL()}
}

// A visit is what one pupil's browser did and how long each part took.
type visit struct{ launch, page time.Duration }

// visit launches as one pupil, every second one by LTI 1.1, and opens the page. The page is then followed until ctx
// ends.
func (s *school) visit(ctx context.Context, n int) (v visit, err error) {
	start := time.Now()
	answer, err := s.launch(ctx, n)
	if err != nil {
		return v, err
	}
	v.launch = time.Since(start)
	at := answer.Header.Get("Location")
	if answer.StatusCode != http.StatusSeeOther || !strings.Contains(at, "/a/") {
		return v, fmt.Errorf("launch %d: %s", n, answer.Status)
	}
	start = time.Now()
	page, err := s.do(ctx, http.MethodGet, at, nil, answer.Cookies())
	if err != nil {
		return v, err
	}
	v.page = time.Since(start)
	if page.StatusCode != http.StatusOK {
		return v, fmt.Errorf("page %d: %s", n, page.Status)
	}
	s.open.Go(func() { s.follow(ctx, at, answer.Cookies()) })
	return v, nil
}

func (s *school) launch(ctx context.Context, n int) (*http.Response, error) {
	user := fmt.Sprintf("pupil-%d", n)
	if n%2 == 0 {
		form := s.platform.Launch11(publicURL+"/lti/launch", consumerKey, signing, url.Values{"user_id": {user}, "lis_result_sourcedid": {user}})
		return s.do(ctx, http.MethodPost, "/lti/launch", form, nil)
	}
	login, err := s.do(ctx, http.MethodPost, "/lti/login", s.platform.LoginForm(publicURL+"/lti/launch"), nil)
	if err != nil {
		return nil, err
	}
	form, err := s.platform.Answer(login.Header.Get("Location"), func(c ltitest.Claims) { c["sub"] = user })
	if err != nil {
		return nil, fmt.Errorf("login %d: %s: %w", n, login.Status, err)
	}
	return s.do(ctx, http.MethodPost, "/lti/launch", form, login.Cookies())
}

// do makes one request of a browser and reads the answer to its end.
func (s *school) do(ctx context.Context, method, at string, form url.Values, cookies []*http.Cookie) (*http.Response, error) {
	r, err := s.request(ctx, method, at, form, cookies)
	if err != nil {
		return nil, err
	}
	answer, err := s.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return answer, err
}

func (s *school) request(ctx context.Context, method, at string, form url.Values, cookies []*http.Cookie) (*http.Request, error) {
	at = strings.TrimPrefix(strings.TrimPrefix(at, publicURL), "/otr")
	r, err := http.NewRequestWithContext(ctx, method, "http://"+s.tool+at, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return r, nil
}

// follow holds a page's stream of events open.
func (s *school) follow(ctx context.Context, at string, cookies []*http.Cookie) {
	r, err := s.request(ctx, http.MethodGet, at+"/events", nil, cookies)
	if err != nil {
		return
	}
	if answer, err := s.client.Do(r); err == nil {
		_, _ = io.Copy(io.Discard, answer.Body) // ends with ctx
		answer.Body.Close()
	}
}
