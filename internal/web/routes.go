package web

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"otrbot/internal/web/page"
)

// longestForm is how many bytes the forms of our own pages may have. Launches have package lti's limit.
const longestForm = 64 << 10

func (s *Server) routes(base *url.URL) (http.Handler, error) {
	m := http.NewServeMux()
	m.HandleFunc("GET /{$}", s.index)
	m.HandleFunc("GET /is_up", s.isUp)
	m.HandleFunc("GET /static/", s.site.ServeStatic)

	m.HandleFunc("GET /lti/login", s.limited(s.login))
	m.HandleFunc("POST /lti/login", s.limited(s.login))
	m.HandleFunc("POST /lti/launch", s.limited(s.launch))
	m.HandleFunc("POST /{$}", s.limited(s.launch)) // where the original bot was launched
	m.HandleFunc("GET /lti/launch", s.launch)      // is refused, in words
	m.HandleFunc("GET /lti/jwks.json", s.jwks)
	m.HandleFunc("GET /lti/key.pem", s.publicKey)
	m.HandleFunc("GET /lti/config.xml", s.cartridge)
	m.HandleFunc("GET /lti/canvas.json", s.canvas)
	m.HandleFunc("GET /lti/storage.js", s.storageScript)

	m.HandleFunc("POST /lti/choose", s.class.Chosen)
	m.HandleFunc("GET /lti/register/{token}", s.register)
	m.HandleFunc("POST /lti/register/{token}", s.register)

	m.HandleFunc("GET /t/{token}", s.visited(s.classroom))
	m.HandleFunc("GET /t/{token}/{rest...}", s.visited(s.classroom))
	m.HandleFunc("POST /t/{token}/{rest...}", s.visited(s.classroom))

	m.HandleFunc("GET /a/{token}", s.visited(s.learnerPage))
	m.HandleFunc("GET /a/{token}/events", s.events)
	m.HandleFunc("GET /a/{token}/{act}", s.visited(s.backToPage))
	m.HandleFunc("POST /a/{token}/address", s.visited(s.postAddress))
	m.HandleFunc("POST /a/{token}/secret", s.visited(s.postSecret))
	m.HandleFunc("POST /a/{token}/code", s.visited(s.postCode))
	m.HandleFunc("POST /a/{token}/fingerprint", s.visited(s.postFingerprint))
	m.HandleFunc("POST /a/{token}/language", s.visited(s.postLanguage))
	m.HandleFunc("POST /a/{token}/invite", s.visited(s.postInvite))
	m.HandleFunc("POST /a/{token}/again", s.visited(s.postAgain))

	m.HandleFunc("/", s.nothingHere)
	return s.sameOrigin(m, base)
}

// sameOrigin refuses forms that other sites post in a visitor's name. Launches and logins come from other sites by their
// nature and are protected by package lti.
//
// Our pages say "Referrer-Policy: no-referrer", and then a browser sends "Origin: null" with our own forms. Most of
// today's say with Sec-Fetch-Site that the form is ours; in a frame that has no origin, as some platforms make it, they
// say that it is not. So a form without an origin is believed where it holds a token: whoever can make such a form knows
// the token, and needs no form.
func (s *Server) sameOrigin(next http.Handler, base *url.URL) (http.Handler, error) {
	guard := http.NewCrossOriginProtection()
	if err := guard.AddTrustedOrigin(base.Scheme + "://" + base.Host); err != nil {
		return nil, err
	}
	for _, p := range []string{"POST /lti/login", "POST /lti/launch", "POST /{$}"} {
		guard.AddInsecureBypassPattern(p)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := guard.Check(r); err != nil && !(r.Header.Get("Origin") == "null" && holdsToken(r.URL.Path)) {
			s.fail(w, r, foreignForm, nil)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, longestBody(r.URL.Path))
		next.ServeHTTP(w, r)
	}), nil
}

// holdsToken reports whether what is posted there needs a token in the address, or a ticket in the form.
func holdsToken(path string) bool {
	return strings.HasPrefix(path, "/a/") || strings.HasPrefix(path, "/t/") || strings.HasPrefix(path, "/lti/register/") ||
		path == "/lti/choose"
}

func longestBody(path string) int64 {
	if strings.HasPrefix(path, "/lti/") || path == "/" {
		return 1 << 20
	}
	return longestForm
}

func (s *Server) nothingHere(w http.ResponseWriter, r *http.Request) { s.fail(w, r, noSuchPage, nil) }

// fail shows the page of a failure and writes one line to the log, both with the same number.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, f page.Failure, err error) {
	f.ID = page.NewID(s.c.Rand)
	level := slog.LevelWarn
	switch f.Status {
	case http.StatusInternalServerError:
		level = slog.LevelError
	case http.StatusNotFound, http.StatusGone: // anybody can ask for what is not there, as often as they like
		level = slog.LevelDebug
	}
	attrs := []slog.Attr{slog.String("id", f.ID), slog.String("what", string(f.Title))}
	if err != nil {
		attrs = append(attrs, slog.Any("err", err))
	}
	s.c.Log.LogAttrs(r.Context(), level, "a request was refused", attrs...)
	s.site.Fail(w, r, f)
}
