package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/web/page"
	"otrbot/lti"
)

// A visitToken opens one visit. It stands in addresses of pages and nowhere else.
type visitToken [32]byte

// String is the token as it stands in an address.
func (t visitToken) String() string { return base64.RawURLEncoding.EncodeToString(t[:]) }

// hash is what the store keeps.
func (t visitToken) hash() [32]byte { return sha256.Sum256(t[:]) }

func parseToken(text string) (t visitToken, ok bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != len(t) {
		return t, false
	}
	return visitToken(b), true
}

func (s *Server) newVisit(e course.Enrolment, l *lti.Launch, r *http.Request, now time.Time) (visitToken, course.Visit, error) {
	var token visitToken
	if _, err := io.ReadFull(s.c.Rand, token[:]); err != nil {
		return token, course.Visit{}, fmt.Errorf("web: drawing a token: %w", err)
	}
	target := l.Presentation.DocumentTarget
	v := course.Visit{
		Token: token.hash(), Enrolment: e.ID, Staff: e.Role == course.Teacher, ReturnURL: l.Presentation.ReturnURL,
		Framed: target == "iframe" || target == "frame" || r.Header.Get("Sec-Fetch-Dest") == "iframe",
		Begun:  now,
	}
	v.Expires = s.lasting(v, now)
	return token, v, nil
}

// A visitor is somebody with a visit, and all that a page of theirs needs.
type visitor struct {
	token     visitToken
	visit     course.Visit
	enrolment course.Enrolment
	platform  course.Platform
}

// errVisit says that no visit belongs to the request: it is over, or is another browser's.
var errVisit = errors.New("web: no such visit")

// visitor finds who the request is from: by the token in its address, and by the cookie if the visit is bound to one.
func (s *Server) visitor(r *http.Request) (*visitor, error) {
	token, ok := parseToken(r.PathValue("token"))
	if !ok {
		return nil, errVisit
	}
	now := s.c.Now()
	v, err := s.c.Store.Visit(r.Context(), token.hash(), now)
	switch {
	case errors.Is(err, course.ErrNone):
		return nil, errVisit
	case err != nil:
		return nil, err
	case !now.Before(v.Expires):
		return nil, errVisit
	}
	if v.Cookie, err = s.bound(r, token, v); err != nil {
		return nil, err
	}
	if longer := s.lasting(v, now); longer.Sub(v.Expires) > s.c.VisitTime/4 {
		v.Expires = longer
		if err := s.c.Store.PutVisit(r.Context(), v); err != nil {
			return nil, err
		}
	}
	who := &visitor{token: token, visit: v}
	if who.enrolment, err = s.c.Store.Enrolment(r.Context(), v.Enrolment); err == nil {
		who.platform, err = s.c.Store.Platform(r.Context(), who.enrolment.Platform)
	}
	if errors.Is(err, course.ErrNone) {
		return nil, errVisit
	}
	return who, err
}

// longestVisit is when a visit ends in any case: a tab stays open for longer on a computer that others use too.
const longestVisit = 7 * 24 * time.Hour

// lasting is how long a visit lasts that is used now.
func (s *Server) lasting(v course.Visit, now time.Time) time.Time {
	end, most := now.Add(s.c.VisitTime), v.Begun.Add(longestVisit)
	if end.After(most) {
		return most
	}
	return end
}

// visited is a handler for those who have a visit.
func (s *Server) visited(next func(http.ResponseWriter, *http.Request, *visitor)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		who, err := s.visitor(r)
		switch {
		case errors.Is(err, errVisit):
			s.fail(w, r, visitOver, nil)
		case err != nil:
			s.fail(w, r, storeFailed, err)
		default:
			next(w, r, who)
		}
	}
}

// The cookie of a visit cannot be made up by somebody who only has the address: it is computed from the token with a key
// that this process drew. A visit that was not bound before a restart stays without.

func (s *Server) cookieValue(t visitToken) []byte {
	mac := hmac.New(sha256.New, s.cookieKey[:])
	mac.Write(t[:])
	return mac.Sum(nil)
}

// cookieName is another one for each visit: several may be open in one browser.
func (s *Server) cookieName(t visitToken) string {
	hash := t.hash()
	return s.cookiePrefix() + hex.EncodeToString(hash[:4])
}

func (s *Server) cookiePrefix() string {
	if s.open {
		return "otrbot-"
	}
	return "__Host-otrbot-"
}

// bound checks the cookie of a visit that has one, binds the visit when its cookie is seen for the first time, and gives
// the hash that the visit is bound to.
func (s *Server) bound(r *http.Request, t visitToken, v course.Visit) ([32]byte, error) {
	var value []byte
	if c, err := r.Cookie(s.cookieName(t)); err == nil {
		value, _ = base64.RawURLEncoding.DecodeString(c.Value)
	}
	hash := sha256.Sum256(value)
	switch {
	case v.Cookie != [32]byte{}:
		if subtle.ConstantTimeCompare(hash[:], v.Cookie[:]) != 1 {
			return v.Cookie, errVisit
		}
		return v.Cookie, nil
	case !hmac.Equal(value, s.cookieValue(t)):
		return v.Cookie, nil // blocked, or somebody's own invention
	}
	if _, err := s.c.Store.BindVisit(r.Context(), v.Token, hash); err != nil {
		return v.Cookie, err
	}
	return hash, nil
}

// mostCookies is how many visits one browser has cookies for: a request's headers have a limit.
const mostCookies = 20

func (s *Server) setCookie(w http.ResponseWriter, r *http.Request, t visitToken) {
	var ours []string // oldest first: RFC 6265, section 5.4
	for _, c := range r.Cookies() {
		if strings.HasPrefix(c.Name, s.cookiePrefix()) {
			ours = append(ours, c.Name)
		}
	}
	for _, name := range ours[:max(0, len(ours)+1-mostCookies)] {
		http.SetCookie(w, s.cookie(name, "", -1))
	}
	http.SetCookie(w, s.cookie(s.cookieName(t), base64.RawURLEncoding.EncodeToString(s.cookieValue(t)), 0))
}

// cookie comes back within a frame of the platform too, where the browser allows it at all.
func (s *Server) cookie(name, value string, age int) *http.Cookie {
	c := &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, MaxAge: age}
	if s.open {
		c.SameSite = http.SameSiteLaxMode
		return c
	}
	c.SameSite, c.Secure, c.Partitioned = http.SameSiteNoneMode, true, true
	return c
}

// view is a page for a visitor.
func (s *Server) view(who *visitor) page.View {
	e := who.enrolment
	return page.View{
		In: s.c.Languages.For(e.Locale), Template: s.templates, Course: placeOf(e),
		Languages: "/a/" + who.token.String() + "/language",
		Frames:    s.frames(who.platform), Framed: who.visit.Framed,
	}
}

// placeOf names course and activity, as far as the platform does.
func placeOf(e course.Enrolment) string {
	switch {
	case e.Course == "" || e.Course == e.Title:
		return e.Title
	case e.Title == "":
		return e.Course
	}
	return e.Course + " · " + e.Title
}
