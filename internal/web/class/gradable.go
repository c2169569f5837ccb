package class

import (
	"slices"

	"otrbot/internal/course"
	"otrbot/lti"
)

// A verdict is whether grades can go from this link to the gradebook.
type verdict int

// The verdicts.
const (
	unsure  verdict = iota // nobody has opened the link as a learner yet, and only that would show it
	graded                 // they can
	without                // the platform has no place for them, perhaps because the teacher wants none
	nowhere                // the platform does not let us send them
)

// gradedHere tells whether this link is graded, and why not. A teacher is told at once, a learner never.
func gradedHere(room Room, class []course.Member) (verdict, words) {
	e := room.Enrolment
	learners := slices.DeleteFunc(slices.Clone(class), func(m course.Member) bool { return m.Role.Practice() })
	someGraded := slices.ContainsFunc(learners, func(m course.Member) bool { return m.Gradable() })
	switch {
	case someGraded || e.Outcome != nil || e.Grades != nil && e.Grades.CanScore():
		return graded, words{}
	case e.Grades != nil && !slices.Contains(e.Grades.Scopes, lti.ScopeScore):
		return nowhere, words{"Your learning platform does not let this tool send grades.",
			"Ask the administrator to allow “Assignment and Grade Services” for this tool, with the right to send scores. Then open the activity again."}
	case e.Grades != nil:
		return without, words{"This link has no column in the gradebook.",
			"If it should be graded, make it a graded activity or an assignment in your learning platform. Then open it again."}
	case room.Platform.Registration != nil:
		return without, words{"Your learning platform names no place for the grades of this link.",
			"If it should be graded, give it points or a grade in the course and open it again. If that does not help, ask the administrator to allow “Assignment and Grade Services” for this tool."}
	case len(learners) == 0:
		return unsure, words{"Whether this link is graded will show when the first learner opens it.", ""}
	}
	return without, words{"Your learning platform names no place for the grades of this link.",
		"If it should be graded, make it an assignment with points, or let the tool’s settings accept grades. A preview is never graded."}
}
