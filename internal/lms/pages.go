package lms

import (
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"otrbot/lti/ltitest"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed static
var static embed.FS

func parsePages() (*template.Template, error) {
	return template.New("").Funcs(template.FuncMap{
		"points": func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) },
		"clock":  func(t time.Time) string { return t.Local().Format("15:04:05") },
		"stamp":  func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	}).ParseFS(templates, "templates/*.html")
}

// A view is a page to be shown.
type view struct {
	Title   string
	Choice  choice
	Data    any
	Frames  []string // origins that are shown in it
	FormTo  []string // origins that its forms, and what follows them, lead to
	Origins string   // that may keep data with the page; "": storage is not offered
	Script  string
}

func (s *Server) render(w http.ResponseWriter, status int, name string, v view) {
	var b strings.Builder
	if err := s.pages.ExecuteTemplate(&b, name, v); err != nil {
		http.Error(w, "This page could not be made: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Security-Policy", policy(v.Frames, v.FormTo))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write([]byte(b.String()))
}

// fail is the page for what does not work: what happened, and what to do next.
func (s *Server) fail(w http.ResponseWriter, status int, what, next string) {
	s.render(w, status, "fail.html", view{Title: what, Data: next})
}

// routes are the pages; everything else is the platform's.
func (s *Server) routes() http.Handler {
	files, err := fs.Sub(static, "static")
	if err != nil {
		files = static
	}
	own := http.NewServeMux()
	own.Handle("GET /static/", http.StripPrefix("/static/", http.FileServerFS(files)))
	own.HandleFunc("GET /{$}", s.course)
	own.HandleFunc("GET /activity/{link}", s.activity)
	own.HandleFunc("GET /launch/{link}", s.open)
	own.HandleFunc("GET /return", s.back)
	own.HandleFunc("GET /storage", s.storage)
	own.HandleFunc("GET /gradebook", s.gradebook)
	own.HandleFunc("GET /events", s.events)
	own.HandleFunc("GET /choose", s.choose)
	own.HandleFunc("GET /choose/launch", s.chooseLaunch)
	own.HandleFunc("GET /admin", s.admin)
	own.HandleFunc("GET /admin/register", s.registering)
	own.HandleFunc("POST /admin/register", s.register)
	own.HandleFunc("POST /admin/use", s.use)
	own.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, http.StatusNotFound, "There is no such page", "Go back to the course.")
	})
	pages := http.NewCrossOriginProtection().Handler(own)

	all := http.NewServeMux()
	all.HandleFunc("/auth", s.auth)             // the tool sends the browser here
	all.HandleFunc("POST /deep-link", s.chosen) // and posts here; what it posts is signed
	all.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if s.platform.Serves(r.Method, r.URL) {
			s.platform.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
	return s.guard(all)
}

// ServeHTTP answers browsers and tools.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// shown is a view of a page that may hold the tool in a frame.
func (s *Server) shown(c choice, title string, data any) view {
	v := view{Title: title, Choice: c, Data: data}
	origins := []string{}
	for _, address := range append([]string{s.c.Tool.Launch}, s.logins()...) {
		if o, err := originOf(address); err == nil && !slices.Contains(origins, o) {
			origins = append(origins, o)
		}
	}
	v.Frames = origins
	if c.Storage != "" && c.Version == "1.3" {
		v.Origins = strings.Join(origins, " ")
	}
	return v
}

func (s *Server) logins() (all []string) {
	for _, c := range s.platform.Clients() {
		all = append(all, c.Login)
	}
	return all
}

// coursePage is the course.
type coursePage struct {
	People                           []person
	Versions, Shows, Storages, Langs []option
	Activities                       []activityRow
}

type activityRow struct {
	ltitest.Link
	Open string
	Mark *ltitest.Mark
}

func (s *Server) course(w http.ResponseWriter, r *http.Request) {
	c := readChoice(r.URL.Query())
	p := coursePage{People: people(), Versions: versions, Shows: shows, Storages: storages, Langs: langs}
	for _, l := range s.platform.Activities() {
		row := activityRow{Link: l, Open: "/activity/"}
		if c.Show == "window" {
			row.Open = "/launch/"
		}
		row.Open += url.PathEscape(l.ID) + "?" + c.query()
		if m, ok := s.platform.Mark(l.ID, c.As.ID); ok {
			row.Mark = &m
		}
		p.Activities = append(p.Activities, row)
	}
	s.render(w, http.StatusOK, "course.html", s.shown(c, courseTitle, p))
}

// framed is a page with the tool in it.
type framed struct {
	Source string // of the frame
	Text   string
}

func (s *Server) activity(w http.ResponseWriter, r *http.Request) {
	c := readChoice(r.URL.Query())
	l, ok := s.platform.Link(r.PathValue("link"))
	if !ok {
		s.fail(w, http.StatusNotFound, "There is no such activity", "Go back to the course and open one that is there.")
		return
	}
	v := s.shown(c, l.Title, framed{"/launch/" + url.PathEscape(l.ID) + "?" + c.query(), l.Text})
	v.Script = "frame.js"
	s.render(w, http.StatusOK, "frame.html", v)
}

// back is where the tool sends people who are done: "LTI Core", "Launch presentation claim".
func (s *Server) back(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	var said []string
	for _, name := range []string{"lti_errormsg", "lti_msg"} {
		if text := q.Get(name); text != "" {
			said = append(said, text)
		}
	}
	s.render(w, http.StatusOK, "return.html", view{Title: "Back in the course", Choice: readChoice(q), Data: said})
}

// storage is the frame that keeps data for the tool in the page's place.
func (s *Server) storage(w http.ResponseWriter, r *http.Request) {
	c := readChoice(r.URL.Query())
	c.Storage, c.Version = "frame", "1.3"
	s.render(w, http.StatusOK, "storage.html", s.shown(c, "Storage", nil))
}
