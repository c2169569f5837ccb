package lti_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"otrbot/lti"
)

// oidc-provider, which 1EdTech has nothing to do with and which knows nothing of LTI, as the platform: its login, its
// id_tokens, its key set, its judgement of our client assertions.

// A course is the platform, the tool as a server, and a browser between them.
type course struct {
	t        *testing.T
	issuer   string
	server   *httptest.Server
	tool     *lti.Tool
	reg      lti.Registration
	keys     lti.KeyRing // published
	signer   lti.KeyRing // what signs: the same, but for one test
	browser  *http.Client
	launches []*lti.Launch
	refusals []error
}

func (c *course) Registrations(_ context.Context, issuer, _ string) ([]lti.Registration, error) {
	if issuer != c.issuer {
		return nil, nil
	}
	return []lti.Registration{c.reg}, nil
}

func (c *course) KeyRing(context.Context) (lti.KeyRing, error) { return c.signer, nil }

func openCourse(t *testing.T) *course {
	t.Helper()
	keys, err := lti.NewKeyRing()
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &course{t: t, keys: keys, signer: keys, browser: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	c.server = httptest.NewServer(http.HandlerFunc(c.serve))
	t.Cleanup(c.server.Close)
	c.issuer = startPlatform(t, c.server.URL)
	c.reg = lti.Registration{
		Issuer: c.issuer, ClientID: "tool-1", Deployments: []string{"7"},
		AuthURL: c.issuer + "/auth", TokenURL: c.issuer + "/token", JWKSURL: c.issuer + "/jwks",
	}
	c.tool, err = lti.New(lti.Config{
		Base: c.server.URL, Loopback: true, Registrations: c, States: lti.NewMemory(nil), Keys: c, HTTP: lti.NewHTTPClient(lti.AnyAddress),
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func startPlatform(t *testing.T, tool string) string {
	t.Helper()
	modules, err := filepath.Abs("build/platform")
	if err != nil {
		t.Fatal(err)
	}
	node := exec.Command("node", "platform/platform.mjs", tool, modules)
	in, err1 := node.StdinPipe()
	out, err2 := node.StdoutPipe()
	node.Stderr = t.Output()
	if err := errors.Join(err1, err2, node.Start()); err != nil {
		t.Fatalf("%v (run scripts/install-peers)", err)
	}
	t.Cleanup(func() {
		in.Close() // it ends with its input
		_ = node.Wait()
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	var says struct{ Issuer string }
	if err != nil || json.Unmarshal(line, &says) != nil {
		t.Fatalf("oidc-provider did not start: %q, %v (run scripts/install-peers)", line, err)
	}
	return says.Issuer
}

// serve is a tool like that of package lti's documentation.
func (c *course) serve(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/lti/login":
		l, err := c.tool.Login(r)
		if err != nil {
			c.refusals = append(c.refusals, err)
			return
		}
		http.SetCookie(w, l.Cookie)
		http.Redirect(w, r, l.Redirect, http.StatusFound)
	case "/lti/launch":
		l, err := c.tool.Launch(r)
		if err != nil {
			c.refusals = append(c.refusals, err)
			return
		}
		c.launches = append(c.launches, l)
	case "/lti/jwks.json":
		published, err := c.keys.JWKS()
		if err != nil {
			c.t.Error(err)
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write(published)
	}
}

func (c *course) do(method, address string, form url.Values) (*http.Response, string) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := c.browser.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return response, string(body)
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)

// begin clicks on the activity and goes as far as the form that the platform wants to be posted to the tool.
func (c *course) begin(query string) url.Values {
	c.t.Helper()
	_, body := c.do(http.MethodGet, c.issuer+"/course?"+query, nil)
	var login map[string]string
	if err := json.Unmarshal([]byte(body), &login); err != nil {
		c.t.Fatal(err, body)
	}
	form := url.Values{}
	for name, v := range login {
		form.Set(name, v)
	}
	response, _ := c.do(http.MethodPost, c.server.URL+"/lti/login", form)
	_, page := c.do(http.MethodGet, response.Header.Get("Location"), nil)
	fields := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(page, -1) {
		fields.Set(html.UnescapeString(m[1]), html.UnescapeString(m[2]))
	}
	if len(fields) == 0 {
		c.t.Fatalf("no form from the platform: %s", page)
	}
	return fields
}

func (c *course) launch(query string) *lti.Launch {
	c.t.Helper()
	before := len(c.launches)
	c.do(http.MethodPost, c.server.URL+"/lti/launch", c.begin(query))
	if len(c.launches) == before {
		c.t.Fatalf("no launch: %v", c.refusals)
	}
	return c.launches[before]
}

func TestOIDCProviderLaunches(t *testing.T) {
	c := openCourse(t)
	learner := c.launch("user=ann&role=Learner")
	if learner.User.ID != "ann" || learner.User.Name != "Zoë O'Neill" || !learner.Roles.Learner() || learner.Custom["lesson"] != "otr" || learner.DeploymentID != "7" {
		t.Errorf("%+v", learner)
	}
	if teacher := c.launch("user=tess&role=Instructor"); !teacher.Roles.Staff() {
		t.Errorf("%+v", teacher)
	}

	form := c.begin("user=ann&role=Learner")
	forged := url.Values{"id_token": form["id_token"], "state": {"guess"}}
	c.do(http.MethodPost, c.server.URL+"/lti/launch", forged)
	c.do(http.MethodPost, c.server.URL+"/lti/launch", form)
	c.do(http.MethodPost, c.server.URL+"/lti/launch", form)
	if len(c.launches) != 3 || len(c.refusals) != 2 {
		t.Errorf("%d launches and %v; want the third accepted once", len(c.launches), c.refusals)
	}
}

func TestOIDCProviderLoginRequired(t *testing.T) {
	c := openCourse(t)
	c.do(http.MethodPost, c.server.URL+"/lti/launch", c.begin("user=ann&role=Learner&session=none"))
	refusal, ok := errors.AsType[*lti.Refusal](errors.Join(c.refusals...))
	if !ok || refusal.Reason != lti.LoginRequired || len(c.launches) != 0 {
		t.Errorf("%v, %v", c.refusals, c.launches)
	}
}

func TestOIDCProviderTakesGrades(t *testing.T) {
	c := openCourse(t)
	l := c.launch("user=ann&role=Learner")
	grades := c.tool.Grades(c.reg, *l.Grades)
	score := lti.Score{
		UserID: l.User.ID, Given: new(85.0), Maximum: 100, Activity: lti.Completed, Grading: lti.FullyGraded, Timestamp: time.Now(),
	}
	for range 2 { // the second with the first one's access token
		if err := grades.PostScore(t.Context(), l.Grades.LineItem, score); err != nil {
			t.Fatal(err)
		}
	}
	rotated, err := c.keys.Rotate()
	if err != nil {
		t.Fatal(err)
	}
	c.keys, c.signer = rotated, rotated // the next key was published before: a platform that keeps our set takes it
	if _, err := grades.LineItem(t.Context(), l.Grades.LineItem); err != nil {
		if e, ok := errors.AsType[*lti.ServiceError](err); !ok || e.Op == "token" {
			t.Errorf("a token with the rotated key: %v", err)
		}
	}
	stranger, err := lti.NewKeyRing()
	if err != nil {
		t.Fatal(err)
	}
	c.signer = stranger
	_, _, err = grades.Result(t.Context(), l.Grades.LineItem, "ann")
	if e, ok := errors.AsType[*lti.ServiceError](err); !ok || e.Op != "token" || e.Code != "invalid_client" || e.Temporary() {
		t.Errorf("a token for a key that nobody published: %v", err)
	}

	_, body := c.do(http.MethodGet, c.issuer+"/grades", nil)
	var got []struct {
		Query, Type, UserID string
		ScoreGiven          float64
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil || len(got) != 2 || got[0].Query != "?x=1" || got[0].UserID != "ann" || got[0].ScoreGiven != 85 ||
		got[0].Type != "application/vnd.ims.lis.v1.score+json" {
		t.Errorf("%v %s", err, body)
	}
}
