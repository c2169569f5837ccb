package class

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"otrbot/gettext"
	"otrbot/internal/course"
	"otrbot/internal/record"
)

// quietAfter is how long somebody in the middle of the lesson may do nothing before the teacher is told; waitAfter how
// long the bot may take to invite somebody, of a large class that begins at the same time.
const (
	quietAfter = 15 * time.Minute
	waitAfter  = time.Hour
)

// A status is what a teacher wants to know of somebody first.
type status int

// The statuses, in the order of the lesson.
const (
	absent  status = iota // in the list of the course, and has never opened the page
	opened                // has not entered a Jabber address
	working               // does the lesson
	stuck                 // was stopped, or has done nothing for a while
	done
)

// A person is somebody of the class, or of the course when the platform lists it.
type person struct {
	ID       int64 // of the enrolment; 0: absent
	Name     string
	Status   status
	Practice bool        // a teacher or a try-out user: never graded, and not counted
	Step     record.Step // the farthest that was reached
	Now      record.Step // that of the session at present, which may be another one
	Waiting  bool        // for the bot's invitation
	Ended    bool        // the session is over
	Trouble  record.Trouble
	Since    time.Time // when it became stuck; zero: it is not
	Active   time.Time // when something was done last; zero: never
	Address  bool      // a Jabber address is entered
	Gradable bool      // the platform takes grades of this person here
	Expected bool      // the link is graded, at least for somebody
	Grade    *course.Grade
}

// people are those of a class and those of the course's list who have not opened the page. Members may be nil.
func people(in *gettext.Catalogue, platform int64, class []course.Member, members []member, now time.Time) []person {
	names := map[string]string{}
	for _, m := range members {
		names[m.User] = m.Name
	}
	all := make([]person, 0, len(class)+len(members))
	launched := map[string]bool{}
	graded := slices.ContainsFunc(class, func(m course.Member) bool { return m.Gradable() })
	for _, m := range class {
		launched[m.User] = true
		if p := personOf(m, now); p.shown() {
			p.Expected = graded
			p.Name = cmp.Or(names[m.User], plainName(m.Name), label(in, platform, m.User))
			all = append(all, p)
		}
	}
	for _, m := range members {
		if m.Learner && !launched[m.User] {
			launched[m.User] = true // platforms may name somebody twice
			all = append(all, person{Name: cmp.Or(m.Name, label(in, platform, m.User))})
		}
	}
	return all
}

func personOf(m course.Member, now time.Time) person {
	p := person{
		ID: m.ID, Practice: m.Role.Practice(), Step: farther(m.Progress.Step, m.Progress.Best), Trouble: m.Progress.Trouble,
		Active: latest(m.Progress.Active, m.Seen), Address: m.JID != "", Gradable: m.Gradable(), Grade: m.Grade,
		Now: farther(m.Progress.Step, record.StepInvited), Ended: m.Progress.Ended,
	}
	p.Waiting = p.Address && p.Now == record.StepInvited && m.Progress.Invited.IsZero()
	quiet, patience := latest(latest(p.Active, m.Progress.Since), m.Progress.Invited), quietAfter
	if p.Waiting {
		patience = waitAfter
	}
	switch {
	case !m.Passed.IsZero() || p.Step == record.StepDone:
		p.Status, p.Step, p.Trouble = done, record.StepDone, record.NoTrouble
	case !p.Address && p.Trouble == record.TroubleAddressLost:
		p.Status, p.Since = stuck, cmp.Or(m.Progress.Since, quiet)
	case !p.Address && p.Trouble == record.TroubleAddressMoved:
		p.Status = opened
	case !p.Address:
		p.Status, p.Trouble = opened, record.NoTrouble
	case p.Trouble != record.NoTrouble:
		p.Status, p.Since = stuck, cmp.Or(m.Progress.Since, quiet)
	case now.Sub(quiet) >= patience:
		p.Status, p.Since = stuck, quiet
	default:
		p.Status = working
	}
	if p.Status == working || p.Status == stuck {
		// The address is entered, whether or not the bot has said so.
		p.Step = farther(p.Step, record.StepInvited)
	}
	return p
}

// shown leaves out staff who only look.
func (p person) shown() bool { return !p.Practice || p.Address || p.Step != record.StepLaunched }

func farther(a, b record.Step) record.Step {
	if b.Number() > a.Number() {
		return b
	}
	return a
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// graded reports whether the platform has the grade, or a better one.
func (p person) graded() bool {
	return p.Grade != nil && (p.Grade.State == course.GradeConfirmed || p.Grade.State == course.GradeKept)
}

// late reports whether a grade was earned and is not in the gradebook.
func (p person) late() bool {
	return p.Expected && !p.Practice && !p.graded() && (p.Status == done || p.Grade != nil)
}

// resendable reports whether sending the grade again may help.
func (p person) resendable() bool {
	return !p.Practice && p.Grade != nil && (p.Grade.State == course.GradeRefused || p.Grade.State == course.GradeWaiting && p.Grade.Tries > 0)
}

// urgency is the place in the order of what needs attention, from 0.
func (p person) urgency() int {
	switch {
	case p.Practice:
		return 7
	case p.Grade != nil && p.Grade.State == course.GradeRefused:
		return 0
	case p.Status == stuck:
		return 1
	case p.resendable():
		return 2
	case p.Status == working:
		return 3
	case p.Status == opened:
		return 4
	case p.Status == absent:
		return 5
	}
	return 6
}

// An order of the class.
type order string

// The orders, as they stand in an address.
const (
	byUrgency order = ""
	byName    order = "name"
)

func sortPeople(all []person, by order) {
	slices.SortStableFunc(all, func(a, b person) int {
		name := cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.ID, b.ID))
		if by == byName {
			return name
		}
		return cmp.Or(cmp.Compare(a.urgency(), b.urgency()), a.Since.Compare(b.Since), name)
	})
}

// A filter picks some of the class.
type filter string

// The filters, as they stand in an address.
const (
	showAll        filter = ""
	showNotStarted filter = "not-started"
	showStuck      filter = "stuck"
	showDone       filter = "done"
	showLate       filter = "late"
)

func filters() []filter { return []filter{showAll, showNotStarted, showStuck, showDone, showLate} }

func (f filter) picks(p person) bool {
	switch f {
	case showNotStarted:
		return !p.Practice && p.Status <= opened
	case showStuck:
		return !p.Practice && p.Status == stuck
	case showDone:
		return !p.Practice && p.Status == done
	case showLate:
		return p.late()
	}
	return true
}

func pick(all []person, f filter) []person {
	return slices.DeleteFunc(slices.Clone(all), func(p person) bool { return !f.picks(p) })
}

func count(all []person, f filter) int { return len(pick(all, f)) }
