// Package class is what teachers and administrators of a learning platform see: the class of one link, the test of the
// connection, the choice of a lesson for a new link (deep linking), and the registration of a platform.
//
// Nothing here shows what learners write, their addresses, secrets or fingerprints: steps, times and grades only.
package class

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"html/template"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"otrbot/gettext"
	"otrbot/internal/course"
	"otrbot/internal/web/page"
	"otrbot/lti"
)

// A Store is what this package needs to know and to change. Its methods are those of the store of the bot.
type Store interface {
	// Class lists all who launched a link. Deployment is "" with LTI 1.1. With an error that is record.ErrDamaged it
	// lists the others.
	Class(ctx context.Context, platform int64, deployment, link string) ([]course.Member, error)
	// Enrolment answers course.ErrNone for one that does not exist.
	Enrolment(ctx context.Context, id int64) (course.Enrolment, error)
	// ResendGrade reports whether there was a grade to send again.
	ResendGrade(ctx context.Context, enrolment int64, now time.Time) (bool, error)
	ReleaseAddress(ctx context.Context, enrolment int64) error
	ForgetEnrolment(ctx context.Context, id int64) (bool, error)
	SetLocale(ctx context.Context, enrolment int64, locale string) error

	lti.Keys // sign what has to come back from a form: see ticket

	// Invitation answers course.ErrNone for a token that is unknown, used or too old. TakeInvitation reports whether it
	// was good until then.
	Invitation(ctx context.Context, token [32]byte, now time.Time) (name string, err error)
	TakeInvitation(ctx context.Context, token [32]byte, now time.Time) (bool, error)
	// Platform answers course.ErrNone for one that does not exist.
	Platform(ctx context.Context, id int64) (course.Platform, error)
	// PutPlatform answers course.ErrKnown for one that is registered already.
	PutPlatform(ctx context.Context, p course.Platform) (id int64, err error)
	RemovePlatform(ctx context.Context, id int64) (bool, error)
}

// A Config is what a Class needs.
type Config struct {
	Site  *page.Site
	Store Store
	Tool  *lti.Tool
	// Profile is how the tool presents itself to platforms. Name and Description are those of the lesson, too, when a
	// teacher makes a link to it.
	Profile lti.Profile

	Now  func() time.Time // nil: time.Now
	Rand io.Reader        // nil: crypto/rand
	Log  *slog.Logger     // nil: nowhere
}

// A Class serves the pages. It is safe for concurrent use.
type Class struct {
	c         Config
	templates *template.Template
	roster    *roster
}

//go:embed static
var static embed.FS

//go:embed templates
var templates embed.FS

// Static are the files that the pages load: class.css and class.js. They belong to page.Config.Static.
func Static() fs.FS { return static }

// New makes a Class, or says what is missing.
func New(c Config) (*Class, error) {
	if c.Site == nil || c.Store == nil || c.Tool == nil {
		return nil, errors.New("class: a site, a store and a tool are needed")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	parsed, err := page.Parse(templates, "templates/*.html")
	if err != nil {
		return nil, err
	}
	return &Class{c: c, templates: parsed, roster: newRoster(c.Tool, c.Now)}, nil
}

// A Room is the class that one visit may see.
type Room struct {
	Visit     course.Visit
	Enrolment course.Enrolment // the teacher's own: its platform, deployment and link are the class
	Platform  course.Platform
	Base      string   // path of these pages within the site: "/t/TOKEN"
	Page      string   // path of the teacher's own lesson: "/a/TOKEN"
	Frames    []string // origins that may show the pages in a frame
}

// holds reports whether an enrolment belongs to this very class.
func (r Room) holds(e course.Enrolment) bool {
	ours := r.Enrolment.Key
	return e.Platform == ours.Platform && e.Deployment == ours.Deployment && e.Link == ours.Link
}

// A request is one question of a teacher, with what is needed to answer it.
type request struct {
	*Class
	w    http.ResponseWriter
	r    *http.Request
	room Room
	in   *gettext.Catalogue
	now  time.Time
}

// Serve answers a request of a visit for the page rest below room.Base, "" for the class itself.
func (c *Class) Serve(w http.ResponseWriter, r *http.Request, room Room, rest string) {
	q := request{c, w, r, room, c.c.Site.Language(r, room.Enrolment.Locale), c.c.Now()}
	if !room.Visit.Staff || room.Enrolment.Role != course.Teacher || room.Enrolment.ID != room.Visit.Enrolment || room.Enrolment.Platform != room.Platform.ID {
		q.forbidden()
		return
	}
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	for _, one := range pages {
		if one.rest == rest && one.method == method {
			one.answer(q)
			return
		}
	}
	q.missing()
}

// pages are all there are, by method and what stands behind the base.
var pages = []struct {
	method, rest string
	answer       func(request)
}{
	{http.MethodGet, "", request.class},
	{http.MethodGet, "/class.csv", request.csv},
	{http.MethodGet, "/check", request.check},
	{http.MethodGet, "/learner", request.learner},
	{http.MethodGet, "/forget", request.askForget},
	{http.MethodPost, "/resend", request.resend},
	{http.MethodPost, "/free", request.free},
	{http.MethodPost, "/forget", request.forget},
	{http.MethodPost, "/practice", request.practice},
	{http.MethodPost, "/language", request.language},
}

// show answers with a page of this room.
func (q request) show(name string, title gettext.Msg, data any) {
	q.c.Site.Render(q.w, q.r, page.View{
		In: q.in, Template: q.templates, Name: name, Title: q.in.Text(title), Data: data,
		Course: courseName(q.room.Enrolment), Styles: []string{"class.css"}, Languages: q.room.Base + "/language",
		Frames: q.room.Frames, Framed: q.room.Visit.Framed,
	})
}

// courseName says where the reader is.
func courseName(e course.Enrolment) string {
	in, what := plainName(e.Course), plainName(e.Title)
	if in != "" && what != "" {
		return in + " – " + what
	}
	return in + what
}
