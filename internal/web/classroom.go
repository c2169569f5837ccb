package web

import (
	"context"
	"net/http"

	"otrbot/internal/course"
	"otrbot/internal/web/class"
	"otrbot/internal/web/page"
	"otrbot/lti"
)

// classroom serves the pages of teachers, for those whose visit says that they are, and whose last launch does too: who
// teaches no longer has no use of an older tab.
func (s *Server) classroom(w http.ResponseWriter, r *http.Request, who *visitor) {
	if !who.visit.Staff || who.enrolment.Role != course.Teacher {
		f := staffOnly
		f.In = s.view(who).In
		f.Links = []page.Link{{Text: "Back to your own lesson", URL: s.site.At(who.path(""))}}
		s.fail(w, r, f, nil)
		return
	}
	rest := r.PathValue("rest")
	if rest != "" {
		rest = "/" + rest
	}
	s.class.Serve(w, r, class.Room{
		Visit: who.visit, Enrolment: who.enrolment, Platform: who.platform,
		Base: "/t/" + who.token.String(), Page: who.path(""), Frames: s.frames(who.platform),
	}, rest)
}

// choose lets a teacher choose what a new link opens.
func (s *Server) choose(w http.ResponseWriter, r *http.Request, l *lti.Launch, platform course.Platform) {
	s.class.Choose(w, r, l, platform)
}

// register is the page of a one-time link by which a platform makes itself known.
func (s *Server) register(w http.ResponseWriter, r *http.Request) {
	token, ok := parseToken(r.PathValue("token"))
	if !ok {
		s.fail(w, r, noSuchPage, nil)
		return
	}
	// The administrator waits for two answers of the platform. An answer of ours that came after the connection's time
	// would be lost, and with it whether the invitation was used.
	ctx, cancel := context.WithTimeout(r.Context(), registerTime)
	defer cancel()
	s.class.Register(w, r.WithContext(ctx), token.hash())
}
