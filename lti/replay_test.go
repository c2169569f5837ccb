package lti_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"otrbot/lti"
)

// The recorded exchanges of testdata/recordings, with the clock at the second of each.

type exchange struct {
	Dir      string            `json:"dir"`
	Unix     int64             `json:"unix"`
	Method   string            `json:"method"`
	URL      string            `json:"url"`
	Headers  map[string]string `json:"headers"`
	Body     string            `json:"body"`
	Status   int               `json:"status"`
	Response string            `json:"response"`
	Got      map[string]string `json:"response_headers"`
	Answered map[string]string `json:"answer_headers"`
}

func (e exchange) path() string {
	u, err := url.Parse(e.URL)
	if err != nil {
		return ""
	}
	return u.Path
}

type recording struct {
	name     string
	consumer lti.Consumer
	reg      lti.Registration
	lines    []exchange
}

const recordedTool = "http://127.0.0.1:8090"

func recordings(t testing.TB) []*recording {
	t.Helper()
	all := []*recording{
		{
			name:     "moodle-4.5.6",
			consumer: lti.Consumer{Key: "spike-key", Secrets: []lti.Secret{"spike-secret"}},
			reg: lti.Registration{
				Issuer: "http://127.0.0.1:8081", ClientID: "6OvMLymwHGK6gUg", Deployments: []string{"4"},
				AuthURL: "http://127.0.0.1:8081/mod/lti/auth.php", TokenURL: "http://127.0.0.1:8081/mod/lti/token.php",
				JWKSURL: "http://127.0.0.1:8081/mod/lti/certs.php",
			},
		}, {
			name:     "openedx-xblock-lti-consumer-11.4.0",
			consumer: lti.Consumer{Key: "edx-key", Secrets: []lti.Secret{"edx-secret"}},
			reg: lti.Registration{
				Issuer: "http://127.0.0.1:8083", ClientID: "64353927-e0e9-471a-b002-19dc01464f93", Deployments: []string{"1"},
				AuthURL:  "http://127.0.0.1:8083/api/lti_consumer/v1/launch/",
				TokenURL: "http://127.0.0.1:8083/api/lti_consumer/v1/token/eb4a72e7-5331-40a5-be29-3a2593931647",
				JWKSURL:  "http://127.0.0.1:8083/api/lti_consumer/v1/public_keysets/eb4a72e7-5331-40a5-be29-3a2593931647",
			},
		}, {
			name:     "lti-php-5.4.3",
			consumer: lti.Consumer{Key: "php-key", Secrets: []lti.Secret{"php-secret & more"}},
			reg: lti.Registration{
				Issuer: "http://127.0.0.1:8082", ClientID: "php-client", Deployments: []string{"1"},
				AuthURL: "http://127.0.0.1:8082/auth", TokenURL: "http://127.0.0.1:8082/token", JWKSURL: "http://127.0.0.1:8082/jwks",
			},
		},
	}
	for _, r := range all {
		b, err := os.ReadFile("testdata/recordings/" + r.name + ".jsonl")
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(bytes.NewReader(b))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var e exchange
			if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
				t.Fatal(err)
			}
			r.lines = append(r.lines, e)
		}
	}
	return all
}

// player answers for a platform, by method and address; where an address repeats, in the order of the file.
type player struct {
	lines []exchange
	used  map[int]bool
	only  func(line int) bool // which lines answer, as often as they are asked for; nil: each of them once
	asked []*http.Request
	body  []string
}

func (p *player) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	p.asked, p.body = append(p.asked, r), append(p.body, string(body))
	for i, e := range p.lines {
		free := !p.used[i]
		if p.only != nil {
			free = p.only(i)
		}
		if e.Dir == "tool-to-platform" && free && e.Method == r.Method && e.URL == r.URL.String() {
			p.used[i] = true
			h := http.Header{}
			for name, v := range e.Got {
				h.Set(name, v)
			}
			return &http.Response{StatusCode: e.Status, Header: h, Body: io.NopCloser(strings.NewReader(e.Response)), Request: r}, nil
		}
	}
	return nil, fmt.Errorf("nothing recorded for %s %s", r.Method, r.URL)
}

// last is the request that was made last.
func (p *player) last() (*http.Request, string) {
	return p.asked[len(p.asked)-1], p.body[len(p.body)-1]
}

type replay struct {
	*recording
	clock  *clock
	player *player
	memory *lti.Memory
	tool   *lti.Tool
}

// fixedDice repeats what it was given; for the rest it counts.
type fixedDice struct{ n byte }

func (d *fixedDice) Read(b []byte) (int, error) {
	for i := range b {
		d.n++
		b[i] = d.n
	}
	return len(b), nil
}

func newReplay(t testing.TB, r *recording) *replay {
	t.Helper()
	p := &replay{recording: r, clock: &clock{time.Unix(r.lines[0].Unix, 0)}, player: &player{lines: r.lines, used: map[int]bool{}}}
	p.memory = lti.NewMemory(p.clock.Now)
	tool, err := lti.New(lti.Config{
		Base: recordedTool, Launch: recordedTool + "/lti13/launch", Login: recordedTool + "/lti13/login", JWKS: recordedTool + "/jwks", Loopback: true,
		Consumers: consumers{r.consumer}, Registrations: registrations{r.reg}, Nonces: p.memory, States: p.memory, Keys: ring(t),
		HTTP: &http.Client{Transport: p.player}, Now: p.clock.Now, Rand: &fixedDice{},
	})
	if err != nil {
		t.Fatal(err)
	}
	p.tool = tool
	return p
}

// request is the line as the tool gets it.
func (p *replay) request(e exchange) *http.Request {
	r := httptest.NewRequest(e.Method, e.URL, strings.NewReader(e.Body))
	for name, v := range e.Headers {
		r.Header.Set(name, v)
	}
	return r
}

const browser = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// seed puts the login's state and nonce where the launch will look for them.
func (p *replay) seed(t testing.TB, login exchange) {
	t.Helper()
	u, err := url.Parse(login.Answered["Location"])
	if err != nil {
		t.Fatal(err)
	}
	err = p.memory.PutState(t.Context(), lti.State{
		Value: u.Query().Get("state"), Nonce: u.Query().Get("nonce"), Issuer: p.reg.Issuer, ClientID: p.reg.ClientID,
		Browser: lti.HashedForTest(browser), Expires: p.clock.Now().Add(time.Minute),
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (p *replay) launch(e exchange) (*lti.Launch, error) {
	r := p.request(e)
	form, err := url.ParseQuery(e.Body)
	if err != nil {
		return nil, err
	}
	r.AddCookie(&http.Cookie{Name: lti.CookieNameForTest(p.tool, form.Get("state")), Value: browser})
	return p.tool.Launch(r)
}

func forEachRecording(t *testing.T, f func(*testing.T, *replay)) {
	for _, r := range recordings(t) {
		t.Run(r.name, func(t *testing.T) { f(t, newReplay(t, r)) })
	}
}

func TestRecordedLaunches(t *testing.T) {
	total11, total13 := 0, 0
	forEachRecording(t, func(t *testing.T, p *replay) {
		var login exchange
		for i, e := range p.lines {
			p.clock.now = time.Unix(e.Unix, 0)
			switch {
			case e.path() == "/lti13/login":
				login = e
				continue
			case e.path() == "/lti13/launch":
				p.seed(t, login)
				total13++
			case e.path() == "/lti11/launch":
				total11++
			default:
				continue
			}
			l, err := p.launch(e)
			if err != nil {
				t.Fatalf("line %d: %v", i+1, err)
			}
			if l.User.ID == "" || l.Context.ID == "" || l.Message == lti.ResourceLinkRequest && (l.Custom["lesson"] != "otr" || l.ResourceLink.ID == "") {
				t.Errorf("line %d: %+v", i+1, l)
			}
			again, err := p.launch(e)
			if err == nil {
				t.Errorf("line %d: a second time it gave %+v", i+1, again)
			}
		}
	})
	if total11 != 6 || total13 != 8 {
		t.Errorf("%d launches of LTI 1.1 and %d of 1.3, want 6 and 8", total11, total13)
	}
}

// A byte more or less anywhere in a launch, another second, another secret: none of them is let in.
func TestRecordedLaunchesChanged(t *testing.T) {
	forEachRecording(t, func(t *testing.T, p *replay) {
		for i, e := range p.lines {
			if e.path() != "/lti11/launch" {
				continue
			}
			p.clock.now = time.Unix(e.Unix, 0)
			for pair := range strings.SplitSeq(e.Body, "&") {
				name, _, _ := strings.Cut(pair, "=")
				if name == "oauth_signature" {
					continue
				}
				changed := e
				changed.Body = strings.Replace(e.Body, pair, pair+"x", 1)
				if _, err := p.launch(changed); err == nil {
					t.Errorf("line %d: accepted with another %s", i+1, name)
				}
			}
			for _, off := range []time.Duration{-601 * time.Second, 601 * time.Second} {
				p.clock.now = time.Unix(e.Unix, 0).Add(off)
				_, err := p.launch(e)
				refused(t, err, lti.WrongTime)
			}
		}
	})
}

func TestRecordedLogins(t *testing.T) {
	forEachRecording(t, func(t *testing.T, p *replay) {
		for i, e := range p.lines {
			if e.path() != "/lti13/login" {
				continue
			}
			p.clock.now = time.Unix(e.Unix, 0)
			got, err := p.tool.Login(p.request(e))
			if err != nil {
				t.Fatalf("line %d: %v", i+1, err)
			}
			if e.Answered["Location"] == "" { // the login with storage: answered with a page
				if got.Storage == nil || got.Storage.Target != "_parent" || got.Storage.Origin != p.reg.Issuer {
					t.Errorf("line %d: storage %+v", i+1, got.Storage)
				}
				continue
			}
			want, have := parsed(t, e.Answered["Location"]), parsed(t, got.Redirect)
			for _, fresh := range []string{"state", "nonce"} {
				if len(have.Query().Get(fresh)) < 32 {
					t.Errorf("line %d: %s is %q", i+1, fresh, have.Query().Get(fresh))
				}
			}
			if a, b := withoutFresh(want), withoutFresh(have); a != b {
				t.Errorf("line %d: redirect\n%s, want\n%s", i+1, b, a)
			}
		}
	})
}

func parsed(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func withoutFresh(u *url.URL) string {
	q := u.Query()
	q.Del("state")
	q.Del("nonce")
	return u.Host + u.Path + "?" + q.Encode()
}
