package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"

	"otrbot/internal/course"
	"otrbot/internal/web/page"
	"otrbot/lti"
)

// login begins a launch of LTI 1.3: the browser goes on to the platform, at once or by way of a page that keeps the
// login's data there.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	login, err := s.c.Tool.Login(r)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	page.Protect(w.Header())
	http.SetCookie(w, login.Cookie)
	if login.Storage != nil {
		s.keepAtPlatform(w, r, login)
		return
	}
	http.Redirect(w, r, login.Redirect, http.StatusSeeOther)
}

// launch lets somebody in: "LTI Core", section 5, or a launch of LTI 1.1. Nothing is kept before all was verified.
func (s *Server) launch(w http.ResponseWriter, r *http.Request) {
	read := remember(r)
	l, err := s.c.Tool.Launch(r)
	if refusal, ok := errors.AsType[*lti.Refusal](err); ok && refusal.Reason == lti.UnknownDeployment && s.welcome(r, refusal) {
		r.Body = io.NopCloser(read) // nothing was used up
		l, err = s.c.Tool.Launch(r)
	}
	if err != nil {
		s.refuse(w, r, err, wishes(read.String())...)
		return
	}
	platform, err := s.platformOf(r, l)
	if err != nil {
		s.refuse(w, r, err, wishesOf(l)...)
		return
	}
	if platform, err = s.greet(r, l, read.String(), platform); err != nil {
		s.refuse(w, r, err, wishesOf(l)...)
		return
	}
	if l.Message == lti.DeepLinkingRequest {
		s.c.Watch.Launched(launched)
		s.choose(w, r, l, platform)
		return
	}
	s.enter(w, r, l, platform)
}

// enter keeps the enrolment and opens a visit.
func (s *Server) enter(w http.ResponseWriter, r *http.Request, l *lti.Launch, platform course.Platform) {
	now := s.c.Now()
	e, err := s.c.Store.Enrol(r.Context(), enrolment(l, platform.ID, s.site.Language(r, wishesOf(l)...).Locale()), now)
	if err != nil {
		s.refuse(w, r, err, wishesOf(l)...)
		return
	}
	token, v, err := s.newVisit(e, l, r, now)
	if err == nil {
		err = s.c.Store.PutVisit(r.Context(), v)
	}
	if err != nil {
		s.refuse(w, r, err, wishesOf(l)...)
		return
	}
	s.c.Watch.Launched(launched)
	page.Protect(w.Header())
	s.setCookie(w, r, token)
	way := "/a/"
	if v.Staff {
		way = "/t/"
	}
	http.Redirect(w, r, s.site.At(way+token.String()), http.StatusSeeOther)
}

// platformOf finds the platform of a launch that was verified. It may have been removed a moment ago.
func (s *Server) platformOf(r *http.Request, l *lti.Launch) (course.Platform, error) {
	find := func() (course.Platform, error) { return s.c.Store.PlatformOfClient(r.Context(), l.Issuer, l.ClientID) }
	if l.Version == lti.LTI11 {
		find = func() (course.Platform, error) { return s.c.Store.PlatformOfKey(r.Context(), l.ConsumerKey) }
	}
	p, err := find()
	if errors.Is(err, course.ErrNone) {
		return p, &lti.Refusal{Reason: lti.UnknownPlatform, Platform: l.Issuer + l.ConsumerKey, Detail: "removed a moment ago", ReturnURL: l.Presentation.ReturnURL}
	}
	return p, err
}

// longestLaunch is how much of a launch is looked at for its language: package lti accepts no longer one.
const longestLaunch = 256 << 10

// remember keeps what is read of a launch: to read it once more, or to answer in the language that it asks for.
func remember(r *http.Request) *bytes.Buffer {
	var read bytes.Buffer
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.TeeReader(io.LimitReader(r.Body, longestLaunch+1), &read), r.Body}
	return &read
}
