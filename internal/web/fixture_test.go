package web_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"otrbot/gettext"
	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/store"
	"otrbot/internal/web"
	"otrbot/lti"
	"otrbot/lti/ltitest"
)

const (
	base   = "https://bot.example"
	issuer = "https://lms.example"

	presentation = ltitest.Claim + "launch_presentation"

	consumer  = "school-key"
	agreed    = "a secret of two administrators"
	ana       = "ana@example.org"
	botJID    = "bot@example.org"
	goodWords = "violet kettle orbits Madrid"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// A key takes a tenth of a second to make; one platform's serves all tests.
var platformOnce = sync.OnceValues(func() (*ltitest.Platform, error) { return ltitest.New(issuer) })

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A world is a bot's pages over a real store, and a platform whose browser the tests play.
type world struct {
	testing.TB
	db     *store.DB
	lms    *ltitest.Platform
	tool   *lti.Tool
	web    *web.Server
	log    bytes.Buffer
	now    time.Time
	moodle int64 // LTI 1.3
	school int64 // LTI 1.1
	config web.Config
}

// dutch is a catalogue of one text, to see languages by.
func dutch(t testing.TB) *gettext.Set {
	t.Helper()
	set := make([]*gettext.Catalogue, 0, 2)
	for locale, text := range map[string]string{"nl": "Wat is je Jabberadres?", "ar": "ما عنوان جابر الخاص بك؟"} {
		c, err := gettext.NewCatalogue(locale, &gettext.File{Entries: []*gettext.Entry{
			{Key: gettext.Key{ID: "What is your Jabber address?"}, Str: []string{text}},
			{Key: gettext.Key{ID: "This has been used already"}, Str: []string{"[" + locale + "] gebruikt"}},
			{Key: gettext.Key{ID: "Open this from your course"}, Str: []string{"[" + locale + "] openen"}},
		}})
		must(t, err)
		set = append(set, c)
	}
	return gettext.NewSet("en_GB", set...)
}

func newWorld(t testing.TB, change ...func(*web.Config)) *world {
	t.Helper()
	db, err := store.Open(t.Context(), ":memory:", store.Key{1})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	w := worldOf(t, db)
	w.register()
	w.serve(w.lms.Client(), change...)
	return w
}

// worldOf is a platform and a store, without pages as yet.
func worldOf(t testing.TB, db *store.DB) *world {
	t.Helper()
	lms, err := platformOnce()
	must(t, err)
	w := &world{TB: t, db: db, lms: ltitest.WithKey(issuer, lms.Key), now: noon}
	w.lms.KeyID = lms.KeyID
	w.lms.Now = w.clock
	return w
}

// register makes the platform known, by both versions of LTI.
func (w *world) register() {
	w.Helper()
	var err error
	w.moodle, err = w.db.PutPlatform(w.Context(), course.Platform{Name: "Moodle", Added: noon, Registration: &lti.Registration{
		Issuer: issuer, ClientID: w.lms.ClientID, Deployments: []string{w.lms.Deployment},
		AuthURL: w.lms.AuthURL(), TokenURL: w.lms.TokenURL(), JWKSURL: w.lms.JWKSURL(),
	}})
	must(w, err)
	w.school, err = w.db.PutPlatform(w.Context(), course.Platform{Name: "School", Added: noon, Consumer: &lti.Consumer{
		Key: consumer, Secrets: []lti.Secret{agreed},
	}})
	must(w, err)
}

// serve starts the pages over the store. network is what reaches platforms.
func (w *world) serve(network *http.Client, change ...func(*web.Config)) {
	w.Helper()
	var err error
	w.tool, err = lti.New(lti.Config{
		Base: base, Targets: []string{base}, Consumers: w.db, Registrations: w.db, Nonces: w.db, States: w.db, Keys: w.db,
		HTTP: network, Now: w.clock,
	})
	must(w, err)
	w.config = web.Config{
		Tool: w.tool, Store: w.db, Base: base, Bot: botJID,
		Options: web.Options{BotTitle: "Sibyl", BotDescription: "A lesson in OTR", Languages: dutch(w), Locale: "en_GB"},
		Now:     w.clock, Log: slog.New(slog.NewTextHandler(&w.log, nil)),
	}
	for _, c := range change {
		c(&w.config)
	}
	w.web, err = web.New(w.config)
	must(w, err)
}

func (w *world) clock() time.Time { return w.now }

// A browser keeps cookies and goes where it is sent, as long as that is to the bot.
type browser struct {
	*world
	cookies map[string]string
	headers http.Header // sent with every request
}

func (w *world) browser() *browser {
	return &browser{world: w, cookies: map[string]string{}, headers: http.Header{"Accept-Language": {"en"}}}
}

// do sends one request.
func (b *browser) do(r *http.Request) *httptest.ResponseRecorder {
	for name, values := range b.headers {
		r.Header[name] = values
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	out := httptest.NewRecorder()
	b.web.ServeHTTP(out, r)
	for _, c := range out.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
			continue
		}
		b.cookies[c.Name] = c.Value
	}
	return out
}

func (b *browser) request(method, path string, form url.Values) *http.Request {
	var body io.Reader = http.NoBody
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequestWithContext(b.Context(), method, base+path, body)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "null") // as from a page with no-referrer
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return r
}

// get opens a page, following redirects.
func (b *browser) get(path string) *seen {
	b.Helper()
	return b.follow(path, b.do(b.request(http.MethodGet, path, nil)))
}

// post fills in a form of a page.
func (b *browser) post(path string, form url.Values) *seen {
	b.Helper()
	return b.follow(path, b.do(b.request(http.MethodPost, path, form)))
}

func (b *browser) follow(path string, out *httptest.ResponseRecorder) *seen {
	b.Helper()
	for range 5 {
		to := out.Header().Get("Location")
		if out.Code != http.StatusSeeOther || !strings.HasPrefix(to, "/") {
			break
		}
		path = to
		out = b.do(b.request(http.MethodGet, to, nil))
	}
	return newSeen(b.TB, path, out)
}

// from makes a request that comes from the platform's page.
func (b *browser) from(path string, form url.Values) *httptest.ResponseRecorder {
	r := b.request(http.MethodPost, path, form)
	r.Header.Set("Origin", issuer)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	return b.do(r)
}

// launch13 opens the activity by LTI 1.3.
func (b *browser) launch13(change func(ltitest.Claims)) *seen {
	b.Helper()
	return b.answer(b.login(), change)
}

// login is where the browser is sent by the first half of a launch.
func (b *browser) login() string {
	b.Helper()
	out := b.from("/lti/login", b.lms.LoginForm(base+"/lti/launch"))
	if out.Code != http.StatusSeeOther {
		b.Fatalf("login: %d\n%s", out.Code, out.Body)
	}
	return out.Header().Get("Location")
}

func (b *browser) answer(redirect string, change func(ltitest.Claims)) *seen {
	b.Helper()
	form, err := b.lms.Answer(redirect, func(c ltitest.Claims) {
		c[presentation], c["locale"] = map[string]any{"return_url": issuer + "/return"}, nil // the language is the browser's
		change(c)
	})
	must(b, err)
	return b.follow("/lti/launch", b.from("/lti/launch", form))
}

// launch11 opens the activity by LTI 1.1.
func (b *browser) launch11(changes url.Values) *seen {
	b.Helper()
	return b.follow("/", b.from("/", b.lms.Launch11(base+"/", consumer, agreed, changes)))
}

// The bot's part, as package bot plays it: it hears of notes, and commits progress and grades.

func (w *world) commit(c record.Change) {
	w.Helper()
	notes, err := w.db.Notes(w.Context())
	must(w, err)
	for _, n := range notes { // one change answers one note
		_, err := w.db.Commit(w.Context(), record.Change{JID: n.JID, Noted: n.ID})
		must(w, err)
	}
	_, err = w.db.Commit(w.Context(), c)
	must(w, err)
}

func (w *world) progress(p record.Progress) {
	w.Helper()
	p.Since, p.Active = w.now, w.now
	w.commit(record.Change{JID: ana, Session: []byte("s"), Progress: &p})
}

func (w *world) step(s record.Step) { w.Helper(); w.progress(record.Progress{Step: s}) }

// notes are what waits for the bot, by kind.
func (w *world) notes() map[record.NoteKind]record.Note {
	w.Helper()
	all, err := w.db.Notes(w.Context())
	must(w, err)
	found := map[record.NoteKind]record.Note{}
	for _, n := range all {
		found[n.Kind] = n
	}
	return found
}

// enrolled is who holds an address.
func (w *world) enrolled(jid string) course.Enrolment {
	w.Helper()
	id, _, err := w.db.Enrolled(w.Context(), jid)
	must(w, err)
	if id == 0 {
		w.Fatalf("nobody holds %s", jid)
	}
	e, err := w.db.Enrolment(context.Background(), id)
	must(w, err)
	return e
}

// pass lets the bot find everything right.
func (w *world) pass() {
	w.Helper()
	e := w.enrolled(ana)
	w.commit(record.Change{JID: ana, Session: []byte("s"), Progress: &record.Progress{Step: record.StepDone, Since: w.now, Active: w.now},
		Grade: &record.Grade{Enrolment: e.ID, Score: 1, Done: true, At: w.now}})
}
