package page_test

import (
	"bytes"
	"html/template"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"otrbot/gettext"
	"otrbot/internal/web/page"
)

func site(t *testing.T, change ...func(*page.Config)) *page.Site {
	t.Helper()
	arabic, err := gettext.NewCatalogue("ar", &gettext.File{Entries: []*gettext.Entry{
		{Key: gettext.Key{ID: "Hello {name}"}, Str: []string{"مرحبا {name}"}},
		{Key: gettext.Key{ID: "No way"}, Str: []string{"لا"}},
		{Key: gettext.Key{Context: "between the names of a list", HasContext: true, ID: ", "}, Str: []string{"، "}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	c := page.Config{Base: "https://bot.example/otr", Title: "Sibyl", Languages: gettext.NewSet("en_GB", arabic), Locale: "en_GB"}
	for _, f := range change {
		f(&c)
	}
	s, err := page.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// parsed is a template "x".
func parsed(t *testing.T, text string) *template.Template {
	t.Helper()
	all, err := page.Parse(fstest.MapFS{"x.html": {Data: []byte(`{{define "x"}}` + text + `{{end}}`)}}, "*.html")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func render(s *page.Site, v page.View) *httptest.ResponseRecorder {
	out := httptest.NewRecorder()
	s.Render(out, httptest.NewRequest(http.MethodGet, "/", nil), v)
	return out
}

func TestTexts(t *testing.T) {
	type data struct {
		Name  string
		HTML  template.HTML
		N     int
		Msg   gettext.Msg
		Names []string
	}
	s := site(t)
	for _, c := range []struct {
		template string
		data     data
		want     string
	}{
		{`{{.T "Hello {name}" "name" .Data.Name}}`, data{Name: "<b>\u202e"}, "Hello <bdi>&lt;b&gt;\u202e</bdi>"},
		{`{{.T "Hello {name}" "name" (.Code .Data.Name)}}`, data{Name: "a&b"}, `Hello <code dir="ltr">a&amp;b</code>`},
		{`{{.T "Hello {name}" "name" (.Strong .Data.Name)}}`, data{Name: "A > B"}, `Hello <strong><bdi>A &gt; B</bdi></strong>`},
		{`{{.T "Hello {name}" "name" .Data.HTML}}`, data{HTML: "<i>x</i>"}, "Hello <i>x</i>"},
		{`{{.T "Hello {name}" "name" .Data.Name}}`, data{Name: "{name}"}, "Hello <bdi>{name}</bdi>"},
		{`{{.T "1 < 2 & so on"}}`, data{}, "1 &lt; 2 &amp; so on"},
		{`{{.N "{n} try" "{n} tries" .Data.N}}`, data{N: 1}, "1 try"},
		{`{{.N "{n} try for {name}" "{n} tries for {name}" .Data.N "name" "Ana"}}`, data{N: 2}, "2 tries for <bdi>Ana</bdi>"},
		{`{{.X "a menu" "Open"}}`, data{}, "Open"},
		{`{{.Say .Data.Msg}}`, data{Msg: "Go <on>"}, "Go &lt;on&gt;"},
		{`{{with .Data}}{{$.T "Hello {name}" "name" .Name}}{{end}}`, data{Name: "x"}, "Hello <bdi>x</bdi>"},
		{`<input value="{{.T "Hello {name}" "name" .Data.Name}}">`, data{Name: `"><i>`}, `<input value="Hello &#34;&gt;&lt;i&gt;">`},
		{`{{.At "/a/b"}}`, data{}, "/otr/a/b"},
		{`{{.T "Hello {name}" "name" (.List .Data.Names)}}`, data{Names: []string{"A", "<b>"}}, "Hello <bdi>A</bdi>, <bdi>&lt;b&gt;</bdi>"},
		{`{{.List .Data.Names}}`, data{}, ""},
	} {
		got, err := s.Part(nil, parsed(t, c.template), "x", c.data)
		if err != nil || string(got) != c.want {
			t.Errorf("%s\nis  %s (%v)\nnot %s", c.template, got, err, c.want)
		}
	}
	if list, err := s.Part(s.Language(asking("ar")), parsed(t, `{{.List .Data.Names}}`), "x", data{Names: []string{"A", "B"}}); err != nil || list != "<bdi>A</bdi>، <bdi>B</bdi>" {
		t.Errorf("%s, %v", list, err)
	}
	got, err := s.Part(s.Language(asking("ar")), parsed(t, `{{.T "Hello {name}" "name" .Data.Name}}`), "x", data{Name: "Ana"})
	if want := "مرحبا <bdi>Ana</bdi>"; err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
}

// What cannot be extracted for translators, or would be shown half filled in, is an error of the template.
func TestBadTemplates(t *testing.T) {
	var log bytes.Buffer
	s := site(t, func(c *page.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	for what, text := range map[string]string{
		"a variable for a text":   `{{.T .Data.Text}}`,
		"a value without a name":  `{{.T "Hello {name}" "name"}}`,
		"a name that is no text":  `{{.T "Hello {name}" 1 2}}`,
		"a value that is no text": `{{.T "Hello {name}" "name" .Data}}`,
		"a key that is not there": `{{.Data.Nothing}}`,
		"a file that is missing":  `{{.File "none.css"}}`,
	} {
		t.Run(what, func(t *testing.T) {
			log.Reset()
			out := render(s, page.View{Template: parsed(t, text), Name: "x", Data: map[string]string{"Text": "secret words"}})
			if out.Code != http.StatusInternalServerError || strings.Contains(out.Body.String(), "secret") || !strings.Contains(log.String(), "level=ERROR") {
				t.Errorf("%d %s\n%s", out.Code, out.Body, log.String())
			}
		})
	}
}

func asking(languages string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Accept-Language", languages)
	return r
}

func TestLanguage(t *testing.T) {
	s := site(t)
	for _, c := range []struct {
		accept string
		wanted []string
		want   string
	}{
		{"", nil, "en_GB"},
		{"ar-EG,en;q=0.5", nil, "ar"},
		{"fr", nil, "en_GB"},
		{"ar", []string{"en_GB"}, "en_GB"},
		{"en", []string{"", "fr-FR", "ar"}, "ar"},
		{strings.Repeat("ar,", 1000), nil, "en_GB"},
		{"\xff;;q=", nil, "en_GB"},
	} {
		if got := s.Language(asking(c.accept), c.wanted...).Locale(); got != c.want {
			t.Errorf("%q, %q: %s, not %s", c.accept, c.wanted, got, c.want)
		}
	}
	without := site(t, func(c *page.Config) { c.Languages = nil })
	if out := render(without, page.View{Template: parsed(t, `{{.T "Hello"}}`), Name: "x", Languages: "/l"}); !strings.Contains(out.Body.String(), "Hello") {
		t.Errorf("without catalogues: %d %s", out.Code, out.Body)
	}
}

func TestPageRightToLeft(t *testing.T) {
	s := site(t)
	out := render(s, page.View{In: s.Language(asking("ar")), Template: parsed(t, "x"), Name: "x", Languages: "/language"})
	for _, want := range []string{`<html lang="ar" dir="rtl">`, `action="/otr/language"`, `<option value="ar" lang="ar" selected>العربية</option>`, `<option value="en_GB" lang="en-GB">English</option>`} {
		if !strings.Contains(out.Body.String(), want) {
			t.Errorf("%s is missing in\n%s", want, out.Body)
		}
	}
	if got := out.Header().Get("Content-Language"); got != "ar" {
		t.Errorf("Content-Language %q", got)
	}
}

// How high the page is, is told to nobody whom the server does not know.
func TestFrameThatIsTold(t *testing.T) {
	for _, c := range []struct {
		frames []string
		want   string
	}{
		{[]string{"https://lms.example", "https://*.lms.example", "http://localhost:8080"}, `data-framed="https://lms.example http://localhost:8080"`},
		{[]string{"*"}, `data-framed=""`},
		{[]string{"https:"}, `data-framed=""`},
	} {
		body := render(site(t), page.View{Template: parsed(t, "x"), Name: "x", Frames: c.frames, Framed: true}).Body.String()
		if !strings.Contains(body, c.want) {
			t.Errorf("%q: no %s in\n%s", c.frames, c.want, body)
		}
	}
	script := httptest.NewRecorder()
	site(t).ServeStatic(script, httptest.NewRequest(http.MethodGet, "/static/page.js", nil))
	if strings.Contains(script.Body.String(), `"*"`) {
		t.Error("a message goes to any page")
	}
}

// An origin with a blank or a semicolon would end the policy's list and begin another directive.
func TestPolicyCannotBeEscaped(t *testing.T) {
	out := render(site(t), page.View{Template: parsed(t, "x"), Name: "x",
		Frames: []string{"https://lms.example", "https://x; script-src *", "https://a b", "a,b", ""}, FormTo: []string{"https://form.example"}})
	csp := out.Header().Get("Content-Security-Policy")
	if !strings.Contains(csp, "frame-ancestors 'self' https://lms.example; ") || strings.Contains(csp, "script-src *") {
		t.Error(csp)
	}
	if !strings.Contains(csp, "form-action 'self' https://form.example; ") {
		t.Error(csp)
	}
}

func TestFail(t *testing.T) {
	s := site(t)
	out := httptest.NewRecorder()
	s.Fail(out, asking("ar"), page.Failure{
		Status: http.StatusForbidden, Title: "No way", What: "The {thing} is <closed>.", Next: "Try the door.",
		Pairs: []string{"thing", "<gate>"}, ID: "0123abcd",
		Links: []page.Link{{Text: "Out", URL: "https://lms.example/x", Host: "lms.example", Top: true}, {Text: "New", URL: "/n", NewWindow: true}},
	})
	body := out.Body.String()
	for _, want := range []string{"<h1>لا</h1>", "The &lt;gate&gt; is &lt;closed&gt;.", "Try the door.", "0123abcd",
		`href="https://lms.example/x" target="_top" rel="noreferrer"`, "(lms.example)", `href="/n" target="_blank" rel="noopener noreferrer"`} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is missing in\n%s", want, body)
		}
	}
	if out.Code != http.StatusForbidden || !strings.Contains(out.Header().Get("Content-Security-Policy"), "frame-ancestors 'self' *") {
		t.Errorf("%d %v", out.Code, out.Header())
	}
	out = httptest.NewRecorder()
	s.Fail(out, asking(""), page.Failure{Status: 400, Title: "No way", Next: "Go", Links: []page.Link{{Text: "x", URL: "javascript:alert(1)"}}})
	if strings.Contains(out.Body.String(), "javascript:") {
		t.Errorf("a link runs a script:\n%s", out.Body)
	}
}

func TestStaticFiles(t *testing.T) {
	s := site(t, func(c *page.Config) {
		c.Static = append(c.Static, fstest.MapFS{"deep/own.js": {Data: []byte("1")}, "notes.txt": {Data: []byte("x")}})
	})
	get := func(path string) *httptest.ResponseRecorder {
		out := httptest.NewRecorder()
		s.ServeStatic(out, httptest.NewRequest(http.MethodGet, path, nil))
		return out
	}
	if out := get("/static/own.js"); out.Body.String() != "1" || out.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v %s", out.Code, out.Header(), out.Body)
	}
	for _, path := range []string{"/static/notes.txt", "/static/", "/static/../page.css", "/static/deep/own.js"} {
		if out := get(path); out.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, out.Code)
		}
	}
}

func TestQR(t *testing.T) {
	svg, err := page.QR("xmpp:bot@example.org?roster")
	if err != nil || !strings.HasPrefix(string(svg), `<svg class="qr" viewBox="0 0 `) || strings.Count(string(svg), "<path") != 1 {
		t.Errorf("%.200s, %v", svg, err)
	}
	if strings.Contains(string(svg), "style=") {
		t.Error("the policy forbids style in the page")
	}
	if _, err := page.QR(strings.Repeat("x", 601)); err == nil {
		t.Error("a code that nobody can photograph")
	}
}

func TestNewID(t *testing.T) {
	if got := page.NewID(bytes.NewReader([]byte{0, 1, 0xab, 0xff})); got != "0001abff" {
		t.Errorf("%q", got)
	}
	if got := page.NewID(bytes.NewReader(nil)); len(got) != 8 {
		t.Errorf("without randomness: %q", got)
	}
}
