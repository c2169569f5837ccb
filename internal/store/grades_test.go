package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/store"
)

// A course of grades, told in words:
//
//	earn S            the bot commits a grade of score S
//	claim             what is due is claimed
//	hold              what was claimed is about to be sent
//	settle STATE      what was claimed ends so; waiting and doubtful for another hour
//	resend            somebody asks for it
//	relaunch [how]    the learner comes back: gradable, or how it is not
//	heard             the bot takes its notes
//	later             an hour passes
//	grades WORDS      what is kept, the oldest first: score state, with * when it is due now
func TestGradesGoTheirWay(t *testing.T) {
	tests := map[string]string{
		"one grade":                              "earn 1; grades 1 waiting*; claim 1; grades 1 waiting; hold yes; grades 1 doubtful; settle confirmed; grades 1 confirmed; claim; resend no",
		"the same twice":                         "earn 1; earn 1; grades 1 waiting*",
		"the same after it arrived":              "earn 1; claim 1; hold yes; settle confirmed; earn 1; grades 1 confirmed",
		"never lowered on the way":               "earn 1; earn .5; grades 1 waiting*",
		"never lowered after it arrived":         "earn .75; claim .75; hold yes; settle confirmed; earn .5; grades .75 confirmed",
		"never lowered after the platform's own": "earn .75; claim .75; hold yes; settle kept; earn .5; earn .75; grades .75 kept; earn 1; grades .75 kept, 1 waiting",
		"a better one in its place":              "earn .25; later; earn .5; later; earn 1; grades .25 superseded, .5 superseded, 1 waiting*; claim 1",
		"a better one after it arrived":          "earn .25; claim .25; hold yes; settle confirmed; earn .5; grades .25 confirmed, .5 waiting; later; claim .5",

		"superseded before it is sent":        "earn .25; claim .25; earn 1; hold no; grades .25 superseded, 1 waiting; settle confirmed; grades .25 superseded, 1 waiting; later; claim 1",
		"a better one waits for one in doubt": "earn .25; claim .25; hold yes; earn .5; later; grades .25 doubtful*, .5 waiting; claim .25; settle confirmed; grades .25 confirmed, .5 waiting*; claim .5",
		"the better one goes instead":         "earn .25; claim .25; hold yes; earn .5; settle waiting; grades .25 superseded, .5 waiting; later; claim .5",
		"in doubt all the while":              "earn .25; claim .25; hold yes; earn .5; settle doubtful; claim; later; claim .25; settle refused; grades .25 refused, .5 waiting*; claim .5",
		"three of them":                       "earn .25; claim .25; hold yes; earn .5; earn 1; grades .25 doubtful, .5 superseded, 1 waiting; settle kept; later; claim 1",

		"failed for a while": "earn 1; claim 1; hold yes; settle waiting; grades 1 waiting; claim; later; grades 1 waiting*; claim 1; hold yes; settle confirmed",
		"the lease ends":     "earn 1; claim 1; claim; later; grades 1 waiting*; claim 1",
		"held too long":      "earn 1; claim 1; hold yes; later; grades 1 doubtful*; claim 1; settle confirmed; grades 1 confirmed",
		"settled twice":      "earn 1; claim 1; hold yes; settle confirmed; settle waiting; grades 1 confirmed",

		"refused":                         "earn 1; claim 1; hold yes; settle refused; later; claim; resend yes; grades 1 waiting*; claim 1",
		"refused, and earned again":       "earn 1; claim 1; hold yes; settle refused; later; earn .5; earn 1; grades 1 refused, 1 waiting*",
		"refused, and launched again":     "earn 1; claim 1; hold yes; settle refused; relaunch; grades 1 waiting*; claim 1",
		"refused, and launched elsewhere": "earn 1; claim 1; hold yes; settle refused; relaunch ungraded; grades 1 refused",
		"arrived, and launched again":     "earn 1; claim 1; hold yes; settle confirmed; relaunch; grades 1 confirmed",
		"resent while it waits":           "earn 1; claim 1; hold yes; settle waiting; grades 1 waiting; resend yes; grades 1 waiting*",
		"resent while it is sent":         "earn 1; claim 1; resend yes; claim; settle waiting; later; claim 1",
		"resent while it is in doubt":     "earn 1; claim 1; hold yes; settle doubtful; resend yes; grades 1 doubtful*",
		"resent behind one in doubt":      "earn .25; claim .25; hold yes; settle doubtful; earn 1; resend yes; grades .25 doubtful*, 1 waiting; claim .25; settle kept; claim 1",
		"resent without any":              "resend no",

		"nowhere to go":             "relaunch ungraded; earn 1; grades 1 nowhere; later; claim; resend no; earn 1; grades 1 nowhere",
		"nowhere, then somewhere":   "relaunch ungraded; earn 1; relaunch; grades 1 waiting*; claim 1",
		"nowhere, then a better":    "relaunch ungraded; earn .5; earn 1; grades .5 nowhere, 1 nowhere; relaunch; later; grades .5 nowhere, 1 waiting*",
		"practice":                  "relaunch teacher; earn 1; grades 1 nowhere; claim",
		"somewhere, earned anew":    "relaunch ungraded; earn .5; grades .5 nowhere; relaunch; grades .5 waiting*; earn .5; grades .5 waiting*",
		"on its way, then practice": "earn .5; relaunch teacher; grades .5 waiting*; earn 1; grades .5 waiting*, 1 nowhere; relaunch; heard; grades .5 waiting*; earn .75; grades .5 superseded, .75 waiting",
		"practice, then a learner":  "relaunch teacher; earn 1; grades 1 nowhere; relaunch; grades ; heard; earn 1; grades 1 waiting*; claim 1",
		"practice on no link":       "relaunch ungraded teacher; earn 1; grades 1 nowhere; relaunch ungraded; relaunch; grades ",
		"practice as a tester":      "relaunch tester; earn 1; relaunch teacher; grades 1 nowhere; relaunch; grades ",
		"nowhere, then practice":    "relaunch ungraded; earn .5; relaunch teacher; earn 1; grades .5 nowhere, 1 nowhere; relaunch; grades .5 waiting*",
		"practice that goes on":     "relaunch teacher; relaunch; earn 1; grades ; heard; earn 1; grades 1 waiting*",

		"no place any more":         "earn 1; relaunch ungraded; grades 1 waiting*; claim 1",
		"no place, in doubt":        "earn .25; claim .25; hold yes; relaunch ungraded; earn 1; settle confirmed; grades .25 confirmed, 1 waiting; relaunch ungraded; later; claim 1",
		"no place, nothing is open": "earn .5; claim .5; hold yes; settle confirmed; relaunch ungraded; earn 1; grades .5 confirmed, 1 nowhere",
		"no place for a teacher":    "earn 1; relaunch ungraded teacher; relaunch ungraded; claim 1",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, d *store.DB) { play(t, d, text) })
		})
	}
}

// play plays a course of grades.
func play(t *testing.T, d *store.DB, text string) {
	p := put(t, d, campus())
	e, now := seated(t, d, p.ID, "ana", ann.JID), noon
	var claimed course.Delivery
	for line := range strings.SplitSeq(text, ";") {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch word {
		case "later":
			now = now.Add(time.Hour)
		case "earn":
			var score float64
			fmt.Sscan(rest, &score)
			earn(t, d, e, score, now)
		case "claim":
			got := ""
			for _, one := range claim(t, d, now) {
				claimed, got = one, got+short(one.Grade.Score)
				if !one.Enrolment.Role.Practice() && !one.Enrolment.Gradable() {
					t.Errorf("%s: it has nowhere to go", line)
				}
			}
			same(t, line, got, rest)
		case "hold":
			held, err := d.HoldGrade(t.Context(), claimed.Grade.ID, now.Add(time.Minute))
			must(t, err)
			same(t, line, held, rest == "yes")
		case "settle":
			g := claimed.Grade
			if g.State = course.GradeState(rest); g.State.Open() {
				g.Next = now.Add(time.Hour)
			}
			must(t, d.SettleGrade(t.Context(), g, now))
		case "resend":
			found, err := d.ResendGrade(t.Context(), e.ID, now)
			must(t, err)
			same(t, line, found, rest == "yes")
		case "relaunch":
			l := launch(p.ID, "ana")
			for how := range strings.FieldsSeq(rest) {
				switch how {
				case "ungraded":
					l.Outcome, l.Grades = nil, nil
				case "teacher":
					l.Role = course.Teacher
				case "tester":
					l.Role = course.Tester
				}
			}
			enrol(t, d, l, now)
		case "heard":
			heard(t, d)
		case "grades":
			same(t, line, kept(t, d, e, now), rest)
		default:
			t.Fatalf("what is %q?", line)
		}
	}
}

func short(score float64) string { return strings.TrimPrefix(fmt.Sprint(score), "0") }

// kept is what a test says of all grades of an enrolment.
func kept(t *testing.T, d *store.DB, e course.Enrolment, now time.Time) string {
	t.Helper()
	next, err := d.NextGrade(t.Context())
	must(t, err)
	due := !next.IsZero() && !next.After(now)
	var words []string
	for _, g := range gradesOf(t, d, e.ID) {
		text := short(g.Score) + " " + string(g.State)
		if due && g.State.Open() { // the oldest one
			text, due = text+"*", false
		}
		words = append(words, text)
	}
	return strings.Join(words, ", ")
}

func TestAGradesTimeNeverChangesAndNoTwoAreAlike(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		e := seated(t, d, put(t, d, campus()).ID, "ana", ann.JID)
		at := noon.Add(1_999_990).In(time.FixedZone("", 3600))
		for _, score := range []float64{.25, .5, .75, 1} {
			earn(t, d, e, score, at)
		}
		want := noon.Truncate(time.Millisecond).Add(time.Millisecond)
		for i, g := range gradesOf(t, d, e.ID) {
			same(t, "time", g.At, want.Add(time.Duration(i)*time.Second))
		}
		g := claim(t, d, noon.Add(time.Hour))[0].Grade
		same(t, "until", g.Until, g.At.AddDate(0, 0, 3))
		g.State, g.Tries, g.Next, g.Why, g.Until = course.GradeWaiting, 7, noon.AddDate(0, 0, 1).Truncate(time.Millisecond), course.WhyUnreachable, g.Until.Add(1)
		must(t, d.SettleGrade(t.Context(), g, noon.Add(time.Hour)))
		got, err := d.Grade(t.Context(), e.ID)
		must(t, err)
		g.Until = got.Until // to the millisecond
		same(t, "settled", got, g)
		_, err = d.ResendGrade(t.Context(), e.ID, noon.Add(time.Hour))
		must(t, err)
		got, err = d.Grade(t.Context(), e.ID)
		must(t, err)
		g.Tries, g.Next, g.Why, g.Until = 0, noon.Add(time.Hour).Truncate(time.Millisecond), "", noon.Add(73*time.Hour).Truncate(time.Millisecond)
		same(t, "sent again", got, g)
	})
}

func TestPassingIsNotedOnce(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		p := put(t, d, campus())
		e := seated(t, d, p.ID, "ana", ann.JID)
		earn(t, d, e, .75, noon)
		same(t, "after some of it", known(t, d, e.ID).Passed, time.Time{})
		earn(t, d, e, 1, noon.Add(time.Minute))
		earn(t, d, e, 1, noon.Add(time.Hour))
		same(t, "after all of it", known(t, d, e.ID).Passed, noon.Add(time.Minute).Truncate(time.Millisecond))

		teacher := launch(p.ID, "ida")
		teacher.Role = course.Teacher
		ida := enrol(t, d, teacher, noon)
		_, err := d.Commit(t.Context(), record.Change{JID: ben.JID, Grade: &record.Grade{Enrolment: ida.ID, Score: 1, Done: true, At: noon}})
		must(t, err)
		same(t, "a teacher's", known(t, d, ida.ID).Passed, noon.Truncate(time.Millisecond))
		_, err = d.Commit(t.Context(), record.Change{JID: ben.JID, Session: []byte("s"), Grade: &record.Grade{Enrolment: 99, Score: 1, At: noon}})
		must(t, err)
		sessions, err := d.Sessions(t.Context())
		must(t, err)
		same(t, "sessions kept with grades of nobody", sessions[len(sessions)-1].JID, ben.JID)
	})
}
