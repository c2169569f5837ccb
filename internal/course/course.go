// Package course holds what is known of platforms, of those who launched from
// them, and of their grades, as plain data with the rules that go with it. It
// performs nothing and asks no clock.
package course

import (
	"time"

	"otrbot/internal/record"
	"otrbot/lti"
)

// A Platform is a learning management system that may launch: by LTI 1.1, or by LTI 1.3.
type Platform struct {
	ID   int64  // given by the store
	Name string // as the administrator calls it; shown to teachers and administrators
	// Consumer or Registration: exactly one of them.
	Consumer     *lti.Consumer
	Registration *lti.Registration

	Family, Version string   // "moodle", "4.5", as the platform says
	Pending         []string // deployments that have launched and wait for approval
	// Frames are the origins that show our pages in a frame, "https://lms.example", learnt from verified launches
	// beside those that the registration names.
	Frames []string
	Added  time.Time
	Seen   time.Time // when it launched last; zero: never
}

// Key is a link on a platform and one of its users: what an enrolment is found by.
type Key struct {
	Platform         int64
	Deployment, Link string // Deployment is empty with LTI 1.1
	User             string
}

// An Enrolment is one user's part in one link of a course.
type Enrolment struct {
	ID int64 // given by the store; never 0 once kept
	Key
	Context string // the course, as the platform names it; empty: it does not say
	Course  string // title of the course
	Title   string // of the link
	Name    string // of the user, for teachers; empty: the platform keeps it to itself
	Role    Role
	// Locale is the language of pages and chat; Chosen means that the user chose it.
	Locale string
	Chosen bool

	JID      string // canonical bare JID; empty: not entered, or now with another enrolment
	Progress record.Progress
	Passed   time.Time // when the lesson was done; zero: not yet

	// Where grades go: at most one of the two. Without both this link is not graded.
	Outcome *lti.Outcome
	Grades  *lti.GradeService
	Roster  *lti.RosterService // who else is in the course; only kept for teachers

	Launched time.Time // first
	Seen     time.Time // last launch
}

// Role says what somebody is in the course, for us.
type Role string

// The roles.
const (
	Learner Role = "learner"
	Teacher Role = "teacher" // sees the class; does the lesson for practice only
	Tester  Role = "tester"  // the platform's try-out user: practice only
)

// Practice reports whether the role is never graded.
func (r Role) Practice() bool { return r != Learner }

// RoleOf is what the platform's roles come to. A try-out user is one even as a teacher's.
func RoleOf(roles lti.Roles) Role {
	switch {
	case roles.TestUser():
		return Tester
	case roles.Staff():
		return Teacher
	}
	return Learner
}

// Gradable reports whether a grade can reach the platform.
func (e *Enrolment) Gradable() bool {
	return !e.Role.Practice() && (e.Outcome != nil || e.Grades != nil && e.Grades.CanScore())
}

// A Visit is what a launch opens: whoever has its token sees the pages of one
// enrolment, as long as it lasts.
type Visit struct {
	Token     [32]byte // SHA-256 of the token in the address
	Enrolment int64
	Staff     bool     // may see the class
	Cookie    [32]byte // SHA-256 of a cookie that must come along; zero: none was ever seen
	ReturnURL string   // the way back to the platform; may be empty
	Framed    bool     // shown in a frame, as far as the platform says
	Begun     time.Time
	Expires   time.Time
}
