package class

import (
	"errors"
	"net/http"
	"strconv"

	"otrbot/gettext"
	"otrbot/internal/course"
)

// mostForm is the size of a form with a few short fields.
const mostForm = 16 << 10

// What a button has done, as it stands in the address of the page that follows.
const (
	saidResent    = "resent"
	saidNotResent = "not-resent"
	saidFreed     = "freed"
	saidForgotten = "forgotten"
)

// saidText tells what a button has done; "" for anything else that stands in the address.
func saidText(in *gettext.Catalogue, said string) string {
	switch said {
	case saidResent:
		return say(in, "The grade is on its way again. Refresh the page in a moment to see what came of it.")
	case saidNotResent:
		return say(in, "There is no grade that could be sent again: it has arrived meanwhile, or none was earned.")
	case saidFreed:
		return say(in, "The address is free. The learner can enter another one, and somebody else can enter this one.")
	case saidForgotten:
		return say(in, "The learner is forgotten. Opening the page again begins anew.")
	}
	return ""
}

// chosen is the learner that a request is about: of this class, or the answer is given already.
func (q request) chosen(id string) (course.Enrolment, bool) {
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil || number <= 0 {
		q.noLearner()
		return course.Enrolment{}, false
	}
	e, err := q.c.Store.Enrolment(q.r.Context(), number)
	switch {
	case errors.Is(err, course.ErrNone) || err == nil && !q.room.holds(e):
		q.noLearner()
	case err != nil:
		q.broken("finding a learner", err)
	default:
		return e, true
	}
	return course.Enrolment{}, false
}

// form reads the posted learner and the view to go back to.
func (q request) form() (course.Enrolment, bool) {
	q.r.Body = http.MaxBytesReader(q.w, q.r.Body, mostForm)
	if err := q.r.ParseForm(); err != nil {
		q.noLearner()
		return course.Enrolment{}, false
	}
	return q.chosen(q.r.PostForm.Get("id"))
}

// back goes to the class as it was looked at, or to the learner's page when the button stood there.
func (q request) back(said string, id int64) {
	values := viewOf(q.r.PostForm).values()
	path := q.room.Base
	if q.r.PostForm.Get("from") == "learner" && id != 0 {
		path += "/learner"
		values.Set("id", strconv.FormatInt(id, 10))
	}
	values.Set("said", said)
	http.Redirect(q.w, q.r, q.c.Site.At(path)+"?"+values.Encode(), http.StatusSeeOther)
}

func (q request) resend() {
	e, ok := q.form()
	if !ok {
		return
	}
	sent, err := q.c.Store.ResendGrade(q.r.Context(), e.ID, q.now)
	switch {
	case err != nil:
		q.broken("sending a grade again", err)
	case sent:
		q.back(saidResent, e.ID)
	default:
		q.back(saidNotResent, e.ID)
	}
}

func (q request) free() {
	e, ok := q.form()
	if !ok {
		return
	}
	if err := q.c.Store.ReleaseAddress(q.r.Context(), e.ID); err != nil && !errors.Is(err, course.ErrNone) {
		q.broken("freeing an address", err)
		return
	}
	q.back(saidFreed, e.ID)
}

func (q request) forget() {
	e, ok := q.form()
	if !ok {
		return
	}
	if e.ID == q.room.Enrolment.ID {
		q.noLearner() // this very visit hangs on it
		return
	}
	if _, err := q.c.Store.ForgetEnrolment(q.r.Context(), e.ID); err != nil {
		q.broken("forgetting a learner", err)
		return
	}
	q.back(saidForgotten, 0)
}

// practice goes to the teacher's own lesson.
func (q request) practice() {
	http.Redirect(q.w, q.r, q.c.Site.At(q.room.Page), http.StatusSeeOther)
}

// language keeps the language that was chosen.
func (q request) language() {
	q.r.Body = http.MaxBytesReader(q.w, q.r.Body, mostForm)
	if locale := q.r.PostFormValue("locale"); q.c.Site.Offers(locale) {
		if err := q.c.Store.SetLocale(q.r.Context(), q.room.Enrolment.ID, locale); err != nil {
			q.broken("keeping a language", err)
			return
		}
	}
	http.Redirect(q.w, q.r, q.c.Site.At(q.room.Base), http.StatusSeeOther)
}
