package store

import (
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
)

// relaunched is what a launch makes of an enrolment.
func relaunched(old, e course.Enrolment, now time.Time) course.Enrolment {
	e.ID, e.JID, e.Progress, e.Passed, e.Launched, e.Seen = old.ID, old.JID, old.Progress, old.Passed, old.Launched, now.UTC()
	if e.Launched.IsZero() {
		e.Launched = e.Seen
	}
	if old.Chosen {
		e.Locale, e.Chosen = old.Locale, true
	}
	if e.Role != course.Teacher {
		e.Roster = nil
	}
	return e
}

// keepPlace keeps where grades go while one is on its way: some platforms say it only to learners, or only once.
func keepPlace(c *connection, old course.Enrolment, e *course.Enrolment) error {
	if reachable(*e) || !reachable(old) {
		return nil
	}
	open, err := c.number("SELECT count(*) FROM grade WHERE enrolment = ? AND state IN (?, ?)", old.ID, course.GradeWaiting, course.GradeDoubtful)
	if err == nil && open > 0 {
		e.Outcome, e.Grades = old.Outcome, old.Grades
	}
	return err
}

// reachable reports whether a grade of a learner with this place would reach the platform.
func reachable(e course.Enrolment) bool {
	e.Role = course.Learner
	return e.Gradable()
}

// endPractice takes from a learner what was earned in practice, and reports whether the lesson at the address has to
// begin anew: nothing of it may lead to a grade.
func endPractice(c *connection, who []byte, old course.Enrolment, e *course.Enrolment, now time.Time) (anew bool, err error) {
	if e.Role.Practice() {
		return false, nil
	}
	if err := c.exec("DELETE FROM grade WHERE practice = 1 AND enrolment = (SELECT id FROM enrolment WHERE who = ?)", who); err != nil {
		return false, err
	}
	if old.ID == 0 || !old.Role.Practice() {
		return false, nil
	}
	passed, err := c.number("SELECT count(*) FROM grade WHERE enrolment = ? AND done = 1", old.ID)
	if err != nil || passed > 0 {
		return false, err
	}
	e.Passed, e.Progress = time.Time{}, startOver(record.Progress{Active: old.Progress.Active}, record.StepLaunched, now)
	if e.JID == "" {
		return false, nil
	}
	e.Progress = startOver(e.Progress, record.StepInvited, now)
	return true, nil
}
