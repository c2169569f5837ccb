package web

import (
	"context"
	"errors"
	"net/url"

	"otrbot/gettext"
	"otrbot/internal/course"
)

// done is what the last page says.
type done struct {
	Grade gettext.Msg // where it is
	Next  gettext.Msg // what the learner should do about it; "" nothing
	Way   string      // back to the course; "" not known
	Host  string      // where that leads
}

// finish fills in the last page.
func (s *Server) finish(ctx context.Context, who *visitor, f *flow) error {
	g, err := s.c.Store.Grade(ctx, who.enrolment.ID)
	if err != nil && !errors.Is(err, course.ErrNone) {
		return err
	}
	f.Done.Grade, f.Done.Next = aboutGrade(&who.enrolment, g)
	if u, err := url.Parse(who.visit.ReturnURL); err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") {
		f.Done.Way, f.Done.Host = who.visit.ReturnURL, u.Host
	}
	return nil
}

// aboutGrade says where the grade is; the zero grade is one that is not there yet.
func aboutGrade(e *course.Enrolment, g course.Grade) (what, next gettext.Msg) {
	if e.Role.Practice() {
		return "This was practice: no grade is sent.", ""
	}
	switch g.State {
	case course.GradeConfirmed, course.GradeKept:
		return "Your grade is in the gradebook of your course.", ""
	case course.GradeRefused:
		return "You have passed, but your course did not take the grade. That is not your fault.",
			"Tell your teacher: the class page shows why, and the grade can be sent again from there."
	case course.GradeNowhere:
		return "This activity is not graded. Nothing is missing.", ""
	}
	if !e.Gradable() {
		return "This activity is not graded. Nothing is missing.", ""
	}
	if g.Why == course.WhyUnreachable {
		return "Your grade is on its way. Your course does not answer at present; we try again by ourselves.",
			"You need not wait: you may close this page."
	}
	return "Your grade is on its way to your course.", ""
}
