package grades

import (
	"errors"
	"net/http"
	"time"

	"otrbot/internal/course"
	"otrbot/lti"
)

// kind is what an answer means for a grade.
type kind int

const (
	done    kind = iota // the platform did what it was asked
	later               // nobody knows, or not now: try again
	stale               // the platform has a score of this time, or of a later one
	blind               // the gradebook cannot be read
	refused             // the platform does not want this grade
)

// A verdict is what became of one request.
type verdict struct {
	kind  kind
	why   course.Why
	after time.Duration // how long the platform asks to wait; 0: it does not say
	sent  bool          // the grade may have reached the platform
	down  bool          // the next grade for this platform would fare no better
}

// judge judges the answer to a grade.
func judge(err error) verdict {
	failed, answered := errors.AsType[*lti.ServiceError](err)
	switch {
	case err == nil:
		return verdict{kind: done, sent: true}
	case errors.Is(err, errNoPlatform):
		return verdict{kind: refused, why: course.WhyNoPlatform}
	case errors.Is(err, lti.ErrForeignHost):
		return verdict{kind: refused, why: course.WhyForeignHost}
	case errors.Is(err, lti.ErrUnusable):
		return verdict{kind: refused, why: course.WhyRefused}
	case !answered: // ours: no key, no randomness, or we have to stop
		return verdict{kind: later, why: course.WhyUnreachable}
	case failed.Op == "token":
		return judgeToken(failed)
	}
	v := judgeStatus(failed)
	v.sent, v.after = true, failed.RetryAfter
	return v
}

// judgeToken: without a token nothing was sent. What is wrong with it concerns us and not the grade, and may mend: the
// platform has not yet fetched our new key, an administrator has not yet switched us on.
func judgeToken(failed *lti.ServiceError) verdict {
	why := course.WhyNotAllowed
	if failed.Temporary() || failed.Status/100 == 3 {
		why = course.WhyUnreachable
	}
	return verdict{kind: later, why: why, after: failed.RetryAfter, down: true}
}

func judgeStatus(failed *lti.ServiceError) verdict {
	status := failed.Status
	switch {
	case failed.Unwrap() != nil: // the answer was cut, or too long: its status alone says little
		return verdict{kind: later, why: course.WhyUnreachable, down: true}
	case failed.Stale():
		return verdict{kind: stale, why: course.WhyRefused}
	case failed.Code == "processing": // "Basic Outcomes Service", imsx_codeMajor: it has been taken in and not yet carried out
		return verdict{kind: later, why: course.WhyUnreachable}
	case status == http.StatusUnauthorized: // after a second token: about us too
		return verdict{kind: later, why: course.WhyNotAllowed, down: true}
	case status >= 500, status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests:
		return verdict{kind: later, why: course.WhyUnreachable, down: true}
	case failed.Code != "":
		return verdict{kind: refused, why: why11(status)}
	case status/100 == 4:
		return verdict{kind: refused, why: why13(status)}
	}
	// No answer, or one that is none: the page of whatever stands in front of a platform, too much, a way elsewhere.
	return verdict{kind: later, why: course.WhyUnreachable, down: true}
}

// why13 says what the answers to scores mean: Moodle has 400 and Canvas 422 for users who are not learners.
func why13(status int) course.Why {
	switch status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return course.WhyNotLearner
	}
	return why11(status)
}

// why11: Canvas answers every failure of LTI 1.1 with 422, and Moodle with 200, so that these say nothing.
func why11(status int) course.Why {
	switch status {
	case http.StatusForbidden:
		return course.WhyNotAllowed
	case http.StatusNotFound, http.StatusGone:
		return course.WhyGone
	}
	return course.WhyRefused
}

// judgeOpen judges the answer to the search for a column.
func judgeOpen(err error) verdict {
	v := judge(err)
	if v.sent = false; v.kind == stale {
		v.kind = later // somebody else is at it
	}
	return v
}

// blindAfter is the number of tries, some twenty minutes, after which a gradebook that answers every question with
// something else is taken for one that cannot be read, so that the grade arrives all the same.
const blindAfter = 8

// judgeRead judges the answer to a question for the grade. Only what may well be different next time is waited for.
func judgeRead(err error, tries int) verdict {
	failed, answered := errors.AsType[*lti.ServiceError](err)
	if err != nil && !mayRead(err, failed, tries) {
		return verdict{kind: blind}
	}
	v := judge(err)
	v.sent = false
	if answered && v.kind != later {
		v.kind, v.why = later, course.WhyUnreachable
	}
	return v
}

// mayRead reports whether reading may go well at the next try.
func mayRead(err error, failed *lti.ServiceError, tries int) bool {
	switch {
	case failed == nil:
		return !errors.Is(err, lti.ErrUnusable)
	case failed.Op == "token":
		return failed.Code != "insufficient_scope" && failed.Code != "invalid_scope"
	case failed.Status == http.StatusUnauthorized, failed.Temporary() && failed.Status < 500: // 429, or no whole answer
		return true
	case failed.Status/100 == 4, failed.Status == http.StatusNotImplemented, failed.Code != "" && failed.Status < 500:
		return false
	}
	return tries < blindAfter
}
