package page

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"otrbot/gettext"
)

// A Config is what all pages of a site share.
type Config struct {
	Base      string       // public URL, perhaps with a path
	Title     string       // what the bot is called; in the title and at the top of every page
	CSSURL    string       // one more stylesheet after ours, anywhere; "" none
	Languages *gettext.Set // nil: the source's only
	Locale    string       // language for those who wish for none that we have
	Static    []fs.FS      // files of other packages, served beside our own under /static/
	Log       *slog.Logger // nil: nowhere
}

// A Site renders pages. It does not change, and any number of goroutines may use it at once.
type Site struct {
	c      Config
	base   *url.URL
	files  map[string]file
	layout *template.Template
}

// New makes a site, or says what is wrong with its configuration.
func New(c Config) (*Site, error) {
	base, err := url.Parse(c.Base)
	if err != nil || base.Host == "" || base.RawQuery != "" || base.Fragment != "" {
		return nil, fmt.Errorf("page: %q is no public URL; write one as in https://bot.example.org", c.Base)
	}
	if u, err := url.Parse(c.CSSURL); err != nil || c.CSSURL != "" && u.Host == "" {
		return nil, errors.New("page: the address of the stylesheet is not a whole URL")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	layout, err := Parse(templates, "templates/*.html")
	if err != nil {
		return nil, err
	}
	s := &Site{c: c, base: base, layout: layout}
	s.files, err = readStatic(append([]fs.FS{static}, c.Static...))
	return s, err
}

// Parse reads templates for Render. It is html/template with the functions of this package, and stops at keys that do
// not exist.
func Parse(files fs.FS, patterns ...string) (*template.Template, error) {
	return template.New("").Option("missingkey=error").ParseFS(files, patterns...)
}

// At is the address within the site, path and all, for a path that begins with a slash: what a reverse proxy takes away
// is in front of it.
func (s *Site) At(path string) string { return strings.TrimSuffix(s.base.EscapedPath(), "/") + path }

// URL is the whole public address for a path that begins with a slash.
func (s *Site) URL(path string) string { return strings.TrimSuffix(s.c.Base, "/") + path }

// A View is one page to be shown.
type View struct {
	Status   int                // of HTTP; 0: 200
	In       *gettext.Catalogue // the language; nil is the source's
	Template *template.Template // from Parse
	Name     string             // the template in it that stands in <main>; its dot is a Dot with Data
	Title    string             // in the reader's language; for the browser's tab
	Data     any
	Course   string // where the reader is: names of course and activity, written by others; "" none

	Styles, Scripts []string // names of static files, beside page.css and page.js
	Languages       string   // path where the choice of language is posted, as "locale"; "" offers none
	Frames          []string // origins that may show the page in a frame, as Content-Security-Policy has them
	FormTo          []string // other origins that forms go to
	Framed          bool     // it may be in a frame: tell that frame how high the page is, if it is one of Frames
	OwnReferrer     bool     // Referrer-Policy same-origin instead of no-referrer
}

// Render answers with a page. When a template fails the answer is a bare 500, and the log says why.
func (s *Site) Render(w http.ResponseWriter, r *http.Request, v View) {
	main, err := s.Part(v.In, v.Template, v.Name, v.Data)
	if err != nil {
		s.broken(w, v, err)
		return
	}
	var whole bytes.Buffer
	if err := s.layout.ExecuteTemplate(&whole, "layout", layoutDot{Dot: s.dot(v.In, v.Data), View: v, Main: main}); err != nil {
		s.broken(w, v, err)
		return
	}
	s.protect(w.Header(), v)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", s.language(v.In).Tag())
	if v.Status != 0 {
		w.WriteHeader(v.Status)
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write(whole.Bytes()) // the reader has gone: nobody to tell
	}
}

func (s *Site) broken(w http.ResponseWriter, v View, err error) {
	s.c.Log.Error("a page could not be made", "page", v.Name, "err", err)
	s.protect(w.Header(), View{})
	http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
}

// Part is one template as HTML, without the frame around it: for what is put into a page that is open.
func (s *Site) Part(in *gettext.Catalogue, t *template.Template, name string, data any) (template.HTML, error) {
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, name, s.dot(in, data)); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil // #nosec G203 -- html/template has escaped it
}

// layoutDot is the dot of the frame around a page.
type layoutDot struct {
	Dot
	View View
	Main template.HTML
}

// Title is what the browser's tab says.
func (d layoutDot) Title() string { return d.site.tab(d.View.Title) }

// tab is the title of a page, with the site's.
func (s *Site) tab(title string) string {
	if title == "" || title == s.c.Title {
		return s.c.Title
	}
	return title + " – " + s.c.Title
}

// Site is the bot's name.
func (d layoutDot) Site() string { return d.site.c.Title }

// CSSURL is the stylesheet of whoever runs the bot.
func (d layoutDot) CSSURL() string { return d.site.c.CSSURL }

// Around are the origins that are told how high the page is: only those that Frames names in full.
func (d layoutDot) Around() string {
	var known []string
	for _, one := range d.View.Frames {
		if u, err := url.Parse(one); err == nil && u.Host != "" && u.Path == "" && !strings.Contains(one, "*") {
			known = append(known, one)
		}
	}
	return sources(known)
}

// Choices are the languages to choose from; none when there is nothing to choose.
func (d layoutDot) Choices() []choice {
	if d.View.Languages == "" {
		return nil
	}
	return d.site.choices(d.In)
}
