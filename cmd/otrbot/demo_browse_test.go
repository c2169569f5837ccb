package main

import (
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// A textBrowser is what scripts have for the demo's pages: it follows redirects, frames of the course and forms that post
// themselves, as a browser does, and keeps cookies.
type textBrowser struct {
	client  http.Client
	address *url.URL
	body    string
}

// browserKey is where a script's browser is kept.
type browserKey struct{}

func browserOf(ts *testscript.TestScript) *textBrowser {
	b, ok := ts.Value(browserKey{}).(*textBrowser)
	if !ok {
		ts.Fatalf("this script has no browser")
	}
	return b
}

func newTextBrowser() (*textBrowser, error) {
	jar, err := cookiejar.New(nil)
	return &textBrowser{client: http.Client{Jar: jar, Timeout: time.Minute}}, err
}

// browse ADDRESS: opens a page, and what its frame shows. The address may be relative to the page before.
func browse(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: browse address")
	}
	ts.Check(browserOf(ts).open(args[0]))
}

// fill [NAME=VALUE...]: sends the first form of the page that has fields of these names.
func fill(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: fill [name=value...]")
	}
	ts.Check(browserOf(ts).fill(args))
}

// sees REGEXP: the page says this, or will as soon as it is loaded anew. "! sees" is about the page as it is.
func sees(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: [!] sees regexp")
	}
	what, err := regexp.Compile(args[0])
	ts.Check(err)
	b := browserOf(ts)
	if neg {
		if what.MatchString(b.text()) {
			ts.Fatalf("the page says %s:\n%s", what, b.text())
		}
		return
	}
	const limit = 30 * time.Second // of a page that hangs; no script depends on it
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(limit); !what.MatchString(b.text()); <-tick.C {
		if time.Now().After(end) {
			ts.Fatalf("%s in %v does not say %s:\n%s", b.address, limit, what, b.text())
		}
		ts.Check(b.get(b.address.String()))
	}
}

// learn VARIABLE FILE REGEXP: the variable is what the group of the expression finds in the file.
func learn(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: learn variable file regexp")
	}
	await(ts, false, args[1:])
	m := regexp.MustCompile(args[2]).FindStringSubmatch(ts.ReadFile(args[1]))
	if len(m) != 2 {
		ts.Fatalf("%s needs one group", args[2])
	}
	ts.Setenv(args[0], m[1])
}

var (
	formTags  = regexp.MustCompile(`(?s)<form\b([^>]*)>(.*?)</form>`)
	inputTags = regexp.MustCompile(`<input\b[^>]*>`)
	toolFrame = regexp.MustCompile(`<iframe class="tool"[^>]*>`)
	anyTag    = regexp.MustCompile(`(?s)<(script|style)\b.*?</(script|style)>|<[^>]*>`)
)

func attribute(tag, name string) string {
	m := regexp.MustCompile(`\b` + name + `="([^"]*)"`).FindStringSubmatch(tag)
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}

// text is the page as a person reads it.
func (b *textBrowser) text() string {
	return strings.Join(strings.Fields(html.UnescapeString(anyTag.ReplaceAllString(b.body, " "))), " ")
}

func (b *textBrowser) load(r *http.Request) error {
	a, err := b.client.Do(r)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	b.address, b.body = a.Request.URL, string(body)
	if err == nil && a.StatusCode >= http.StatusInternalServerError {
		err = fmt.Errorf("%s: %s", b.address.Path, a.Status)
	}
	return err
}

func (b *textBrowser) get(address string) error {
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	return b.load(r)
}

// open goes where the page leads without anybody doing anything.
func (b *textBrowser) open(address string) error {
	if b.address != nil {
		address = b.from(address)
	}
	if err := b.get(address); err != nil {
		return err
	}
	return b.goOn()
}

// goOn follows frames of the course, and forms that post themselves.
func (b *textBrowser) goOn() (err error) {
	for range 10 {
		if err != nil {
			return err
		}
		if frame := toolFrame.FindString(b.body); frame != "" {
			err = b.get(b.from(attribute(frame, "src")))
			continue
		}
		form := formTags.FindStringSubmatch(b.body)
		if form == nil || attribute(form[1], "id") != "launch" && !strings.Contains(form[1], "data-auto") {
			return nil
		}
		err = b.post(form, nil)
	}
	return errors.New("pages without end")
}

func (b *textBrowser) from(address string) string {
	u, err := b.address.Parse(address)
	if err != nil {
		return address
	}
	return u.String()
}

func (b *textBrowser) fill(pairs []string) error {
	values := url.Values{}
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		values.Set(name, value)
	}
	for _, form := range formTags.FindAllStringSubmatch(b.body, -1) {
		has := func(name string) bool {
			return slices.ContainsFunc(inputTags.FindAllString(form[2], -1), func(tag string) bool { return attribute(tag, "name") == name })
		}
		all := true
		for name := range values {
			all = all && has(name)
		}
		if all {
			if err := b.post(form, values); err != nil {
				return err
			}
			return b.goOn()
		}
	}
	return fmt.Errorf("%s has no form with these fields:\n%s", b.address.Path, b.text())
}

func (b *textBrowser) post(form []string, values url.Values) error {
	fields := url.Values{}
	for _, tag := range inputTags.FindAllString(form[2], -1) {
		if name := attribute(tag, "name"); name != "" {
			fields.Set(name, attribute(tag, "value"))
		}
	}
	for name, value := range values {
		fields[name] = value
	}
	to := b.from(attribute(form[1], "action"))
	r, err := http.NewRequest(http.MethodPost, to, strings.NewReader(fields.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if r.URL.Host == b.address.Host {
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return b.load(r)
}
