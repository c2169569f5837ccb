package browser_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"otrbot/interop/browser"
)

// serve is a site of one page for each path.
func serve(t *testing.T, name string, pages map[string]string) *browser.Host {
	t.Helper()
	return browser.Serve(t, name, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'unsafe-inline'; img-src *; frame-src *")
		fmt.Fprint(w, page)
	}))
}

const clean = `<!DOCTYPE html><html lang="en"><title>A clean page</title><meta name="viewport" content="width=device-width">
<main><h1>Everything in order</h1><form><label for="a">Your address</label> <input id="a" name="a" autocomplete="email"> <button>Go on</button></form></main>`

// axe finds what was put in its way, and nothing on a page without faults: under a policy that lets no foreign script
// in, with the page's own scripts and without.
func TestAxe(t *testing.T) {
	site := serve(t, "tool.localhost", map[string]string{
		"/clean": clean,
		"/faulty": strings.NewReplacer(`<label for="a">Your address</label>`, "Your address", ` lang="en"`, "",
			"<h1>", `<h1 style="color: #999; background: #fff">`).Replace(clean),
	})
	for _, off := range []bool{false, true} {
		b := browser.Start(t, browser.Options{NoScript: off, Trust: []string{site.Trust}})
		if found := b.Open(site.URL + "/clean").Violations(); len(found) > 0 {
			t.Errorf("clean page, script off %v: %q", off, found)
		}
		var rules []string
		for _, v := range b.Open(site.URL + "/faulty").Violations() {
			rule, _, _ := strings.Cut(v, ":")
			rules = append(rules, rule)
		}
		slices.Sort(rules)
		if want := []string{"color-contrast", "html-has-lang", "label"}; !slices.Equal(rules, want) {
			t.Errorf("faulty page, script off %v: found %q, not %q", off, rules, want)
		}
	}
}

// What a user does, by mouse and by keyboard, reaches the page; also in a frame of another site.
func TestActions(t *testing.T) {
	const form = `<!DOCTYPE html><html lang="en"><title>Form</title><body style="margin:0"><div style="height:2000px">far down:</div>
<label>Name <input id="n" value="nobody"></label> <button type="button" onclick="said.textContent = 'Hello ' + n.value">Greet</button>
<label><input type="checkbox" onchange="said.textContent = 'agreed'"> Agree</label> <a href="/next">Further</a>
<p id="said" role="status"></p>`
	tool := serve(t, "tool.localhost", map[string]string{"/": form, "/next": "<title>Next</title><h1>The next page</h1>"})
	lms := serve(t, "lms.localhost", map[string]string{"/": `<!DOCTYPE html><html lang="en"><title>Course</title><h1>Course</h1>
<iframe name="activity" title="Activity" width="600" height="300" src="` + tool.URL + `/"></iframe>`})
	b := browser.Start(t, browser.Options{Trust: []string{tool.Trust, lms.Trust}})
	for name, p := range map[string]*browser.Page{
		"alone":            b.Open(tool.URL + "/"),
		"frame by name":    b.Open(lms.URL + "/").Frame("activity"),
		"frame by address": b.Open(lms.URL + "/").Frame("tool.localhost"),
	} {
		t.Run(name, func(t *testing.T) {
			p.Type("Name", "Zoë Ωμέγα")
			p.Click("button", "Greet")
			p.Sees("Hello Zoë Ωμέγα")
			if got := p.Names("status"); len(got) != 1 {
				t.Errorf("%d elements with the role status", len(got))
			}
			p.Press("Tab")
			if e := p.Focused(); e.Role != "checkbox" || e.Name != "Agree" {
				t.Errorf("after Tab the focus is on %+v", e)
			}
			p.Press("Space")
			p.Sees("agreed")
			p.TabTo("link", "Further")
			p.Press("Enter")
			p.Element("heading", "The next page")
		})
	}
}

// A third party's cookie: plain, and partitioned by the site on top, as CHIPS has it.
func TestCookiesInFrames(t *testing.T) {
	var lms *browser.Host
	tool := browser.Serve(t, "tool.localhost", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/set" {
			w.Header().Add("Set-Cookie", "__Host-plain=1; Path=/; Secure; HttpOnly; SameSite=None")
			w.Header().Add("Set-Cookie", "__Host-apart=1; Path=/; Secure; HttpOnly; SameSite=None; Partitioned")
			fmt.Fprint(w, `<title>Set</title><a href="/show">Show</a>`)
			return
		}
		var names []string
		for _, c := range r.Cookies() {
			names = append(names, c.Name)
		}
		slices.Sort(names)
		fmt.Fprintf(w, "<title>Shown</title><p>Cookies: %s.", strings.Join(names, " "))
	}))
	lms = serve(t, "lms.localhost", map[string]string{"/": `<!DOCTYPE html><html lang="en"><title>Course</title>
<iframe name="activity" title="Activity" src="` + tool.URL + `/set"></iframe>`})
	const none, apart, both = "Cookies: .", "Cookies: __Host-apart.", "Cookies: __Host-apart __Host-plain."
	for _, c := range []struct {
		name          string
		cookies       browser.Cookies
		framed, alone string
	}{
		{"all", browser.AllCookies, both, both},
		{"no third party", browser.NoThirdParty, apart, both},
		{"first party only", browser.FirstPartyOnly, none, both},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := browser.Start(t, browser.Options{Cookies: c.cookies, Frames: []string{"tool.localhost"}, Trust: []string{tool.Trust, lms.Trust}})
			frame := b.Open(lms.URL + "/").Frame("activity")
			frame.Click("link", "Show")
			frame.Sees(c.framed)
			alone := b.Open(tool.URL + "/set")
			alone.Click("link", "Show")
			alone.Sees(c.alone)
		})
	}
}

// Without script a page shows its noscript part; the tests can still look at it.
func TestNoScript(t *testing.T) {
	site := serve(t, "tool.localhost", map[string]string{"/": `<!DOCTYPE html><html lang="en"><title>Either</title>
<p id="x">still</p><noscript><p>Please load this page again.</p></noscript><script>x.textContent = "moved"</script>`})
	for off, want := range map[bool]string{false: "moved", true: "still Please load this page again."} {
		p := browser.Start(t, browser.Options{NoScript: off, Trust: []string{site.Trust}}).Open(site.URL)
		p.Sees(want)
		if got := p.Text(); got != want {
			t.Errorf("script off %v: %q", off, got)
		}
	}
}

// The browser stays on this machine, believes only the keys that it was given, and asks for the language that it was told.
func TestSurroundings(t *testing.T) {
	asked := make(chan string, 10)
	site := browser.Serve(t, "tool.localhost", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Header.Get("Accept-Language")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!DOCTYPE html><title>Out</title><body><script>
for (const u of ["https://example.org/", "https://192.0.2.1/"])
	fetch(u, {mode: "no-cors"}).then(() => document.body.append("reached " + u), () => document.body.append("blocked " + u + " "));
</script>`)
	}))
	stranger := serve(t, "other.localhost", map[string]string{"/": "<title>x</title><p>strange"})
	b := browser.Start(t, browser.Options{Language: "ar", Trust: []string{site.Trust}})
	p := b.Open(site.URL)
	p.Sees("blocked https://example.org/", "blocked https://192.0.2.1/")
	if got := <-asked; !strings.HasPrefix(got, "ar") {
		t.Errorf("Accept-Language: %q", got)
	}
	if err := p.Visit(stranger.URL); err == nil {
		t.Error("a certificate of a stranger was taken")
	}
}

// A window that a page opens is a page like others. An audit leaves pictures of three widths, and sees what is too wide.
func TestWindowsAndAudits(t *testing.T) {
	site := serve(t, "tool.localhost", map[string]string{"/": clean + `<p><a href="/new" target="_blank">Open in a new window</a>`, "/new": clean})
	b := browser.Start(t, browser.Options{Trust: []string{site.Trust}})
	p := b.Open(site.URL)
	w := b.Window(func() { p.Click("link", "Open in a new window") })
	w.Sees("Everything in order")
	if !strings.HasSuffix(w.Address(), "/new") {
		t.Errorf("the window shows %s", w.Address())
	}
	w.Audit("clean")
	browser.Value[any](w, `document.querySelector("input").style.width = "400px"`)
	if faults := w.Faults("wide"); len(faults) == 0 || !strings.Contains(faults[0], "wide at 320 pixels: the page is") {
		t.Errorf("of a page that is too wide: %q", faults)
	}
	w.Close()
	p.Sees("Everything in order")
}

// What goes wrong in a page does not go unseen.
func TestComplaints(t *testing.T) {
	site := serve(t, "tool.localhost", map[string]string{
		"/script": `<title>x</title><script>nothing.there()</script>`,
		"/policy": `<title>x</title><script src="https://elsewhere.localhost/x.js"></script>`,
	})
	b := browser.Start(t, browser.Options{Trust: []string{site.Trust}})
	for path, want := range map[string]string{"/script": "nothing is not defined", "/policy": "Content Security Policy"} {
		b.Open(site.URL + path)
		if got := b.Complaints(); !strings.Contains(got[0], want) {
			t.Errorf("%s: %q", path, got)
		}
	}
}
