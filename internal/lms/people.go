package lms

import "otrbot/lti/ltitest"

// A person is one that somebody may be in the course.
type person struct {
	ltitest.User
	Label string // what the system calls them: it knows more than it tells the tool
	Hint  string
}

// The people by their IDs.
const (
	ana      = "ana"
	ben      = "ben"
	nameless = "learner-3"
	teacher  = "teacher"
	tester   = "test-student"
	admin    = "admin"
)

func people() []person {
	learner := []string{ltitest.RoleLearner}
	return []person{
		{ltitest.User{ID: ana, Name: "Ana", GivenName: "Ana", Roles: learner}, "Ana", "a learner"},
		{ltitest.User{ID: ben, Name: "Ben", GivenName: "Ben", Roles: learner}, "Ben", "another learner"},
		{ltitest.User{ID: nameless, Roles: learner}, "Learner 3", "a learner whose name the tool is not told"},
		{ltitest.User{ID: teacher, Name: "Teacher of the course", Roles: []string{ltitest.RoleInstructor}}, "Teacher", "sees the class and adds activities"},
		{ltitest.User{ID: tester, Name: "Test student", Roles: []string{ltitest.RoleLearner, ltitest.RoleTestUser}}, "Test student", "how a teacher tries things out: nobody to grade"},
		{ltitest.User{ID: admin, Name: "Administrator", Roles: []string{ltitest.RoleAdmin, ltitest.RoleInstructor}}, "Administrator", "registers the tool"},
	}
}

func users() (all []ltitest.User) {
	for _, p := range people() {
		all = append(all, p.User)
	}
	return all
}

// personOf finds one by ID, else the first.
func personOf(id string) person {
	all := people()
	for _, p := range all {
		if p.ID == id {
			return p
		}
	}
	return all[0]
}

// Staff reports whether the person sees everybody's grades.
func (p person) Staff() bool { return p.ID == teacher || p.ID == admin }

// Installs reports whether the person registers tools.
func (p person) Installs() bool { return p.ID == admin }

// The activities that are there from the beginning.
func links() []ltitest.Link {
	return []ltitest.Link{
		{ID: "link-1", Title: "Chat in private", Text: "The lesson with the bot. It counts.", Maximum: 20},
		{ID: "link-2", Title: "Chat in private, for practice", Text: "The same lesson, without a grade."},
	}
}

const (
	courseID    = "private-chat"
	courseTitle = "Private chat"
)
