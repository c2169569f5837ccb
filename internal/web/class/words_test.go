package class

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"time"

	"otrbot/gettext"
	"otrbot/internal/course"
	"otrbot/internal/record"
)

// constants are the values of a file's constants of one type, so that a new one cannot be forgotten here.
func constants(t *testing.T, file, kind string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || len(v.Values) != 1 {
			return true
		}
		name, ok := v.Type.(*ast.Ident)
		text, isText := v.Values[0].(*ast.BasicLit)
		if ok && isText && name.Name == kind {
			value, err := strconv.Unquote(text.Value)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, value)
		}
		return true
	})
	if len(all) < 5 {
		t.Fatalf("%s has %d constants of type %s", file, len(all), kind)
	}
	return all
}

func TestEveryTroubleHasWordsOfItsOwn(t *testing.T) {
	seen := map[gettext.Msg]string{}
	unknown := troubleWords("unheard-of")
	for _, one := range constants(t, "../../record/progress.go", "Trouble") {
		w := troubleWords(record.Trouble(one))
		if one == "" {
			if w != (words{}) {
				t.Error("no trouble has words")
			}
			continue
		}
		if w.What == "" || w.Do == "" || w == unknown || seen[w.What] != "" {
			t.Errorf("%s: %+v, as %s", one, w, seen[w.What])
		}
		seen[w.What] = one
	}
	if unknown.What == "" || unknown.Do == "" {
		t.Error("a trouble of a newer bot has no words")
	}
}

func TestEveryWhyHasWordsOfItsOwn(t *testing.T) {
	seen := map[gettext.Msg]bool{}
	for _, one := range constants(t, "../../course/grade.go", "Why") {
		w := whyWords(course.Why(one))
		if w.What == "" || w.Do == "" || seen[w.What] {
			t.Errorf("%s: %+v", one, w)
		}
		seen[w.What] = true
	}
}

func TestEveryStepHasWordsOfItsOwn(t *testing.T) {
	seen := map[gettext.Msg]bool{}
	for _, one := range constants(t, "../../record/progress.go", "Step") {
		w := stepWords(record.Step(one))
		if w == "" || seen[w] {
			t.Errorf("%q: %q", one, w)
		}
		seen[w] = true
	}
	for _, s := range record.Steps() {
		quiet := quietWords(s)
		if middle := s != record.StepLaunched && s != record.StepDone; (quiet.What != "" && quiet.Do != "") != middle {
			t.Errorf("quiet at %q: %+v", s, quiet)
		}
	}
}

func TestGradeWords(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	finished := person{Status: done, Gradable: true, Expected: true}
	with := func(g course.Grade) person { p := finished; p.Grade = &g; return p }
	for _, c := range []struct {
		name     string
		p        person
		what, do string // a part of each; "" is nothing at all
		again    bool
	}{
		{"nobody was here", person{Status: absent}, "", "", false},
		{"nothing earned", person{Status: working, Gradable: true}, "None yet", "", false},
		{"not graded", person{Status: working}, "Not graded here", "", false},
		{"a teacher's", person{Practice: true, Status: done, Grade: &course.Grade{State: course.GradeNowhere}}, "Practice: never graded", "", false},
		{"waiting", with(course.Grade{State: course.GradeWaiting}), "On its way", "", false},
		{"tried", with(course.Grade{State: course.GradeWaiting, Tries: 2, Why: course.WhyUnreachable, Next: now.Add(10 * time.Minute)}),
			"does not answer. We try again in 10 minutes.", "tell the administrator", true},
		{"to be tried", with(course.Grade{State: course.GradeWaiting, Tries: 2, Why: course.WhyUnreachable, Next: now}), "We try again now.", "tell the administrator", true},
		{"doubtful", with(course.Grade{State: course.GradeDoubtful, Tries: 1}), "checking whether it arrived", "", false},
		{"there", with(course.Grade{State: course.GradeConfirmed, Score: 1, Done: true}), "In the gradebook", "", false},
		{"a part", with(course.Grade{State: course.GradeConfirmed, Score: .25}), "In the gradebook so far: 25 %", "", false},
		{"a better one", with(course.Grade{State: course.GradeKept}), "has a better one, which stays", "", false},
		{"superseded", with(course.Grade{State: course.GradeSuperseded}), "A later grade", "", false},
		{"refused", with(course.Grade{State: course.GradeRefused, Why: course.WhyNotAllowed}), "Refused. Your learning platform does not let", "then send it again", true},
		{"refused, who knows why", with(course.Grade{State: course.GradeRefused}), "Refused. Your learning platform refused", "by hand", true},
		{"nowhere", with(course.Grade{State: course.GradeNowhere}), "Not graded here", "Check the connection", false},
	} {
		what, do := gradeText(nil, c.p, now)
		if !says(what, c.what) || !says(do, c.do) || c.p.resendable() != c.again {
			t.Errorf("%s: %q, %q, again %v", c.name, what, do, c.p.resendable())
		}
	}
	for _, one := range constants(t, "../../course/grade.go", "GradeState") {
		if what, _ := gradeText(nil, with(course.Grade{State: course.GradeState(one)}), now); what == "" {
			t.Errorf("%s has no words", one)
		}
	}
}

func says(text, part string) bool {
	return (text == "") == (part == "") && strings.Contains(text, part)
}

func TestWhereSomebodyStands(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	for _, c := range []struct {
		name              string
		e                 course.Enrolment
		state, step, what string
		since             time.Time
	}{
		{"opened", course.Enrolment{Seen: ago(time.Hour)}, "Not started", "Opened the page", "", time.Time{}},
		{"address lost", course.Enrolment{Progress: record.Progress{Best: record.StepChatting, Trouble: record.TroubleLeft}},
			"Not started", "Chats with the bot", "No Jabber address", time.Time{}},
		{"address taken by somebody else", course.Enrolment{Progress: record.Progress{Best: record.StepChatting, Trouble: record.TroubleAddressLost, Since: ago(time.Minute)}},
			"Stuck", "Chats with the bot", "somebody else has entered it", ago(time.Minute)},
		{"address taken along", course.Enrolment{Progress: record.Progress{Best: record.StepChatting, Trouble: record.TroubleAddressMoved, Since: ago(time.Hour)}},
			"Not started", "Chats with the bot", "in another activity", time.Time{}},
		{"address entered, the bot has said nothing", course.Enrolment{JID: "j", Seen: ago(time.Minute)},
			"At work", "Entered a Jabber address", "waits for its turn", time.Time{}},
		{"waits for the invitation", course.Enrolment{JID: "j", Progress: record.Progress{Step: record.StepInvited, Since: ago(59 * time.Minute)}},
			"At work", "Entered a Jabber address", "waits for its turn", time.Time{}},
		{"waits too long", course.Enrolment{JID: "j", Progress: record.Progress{Step: record.StepInvited, Since: ago(time.Hour)}},
			"Stuck", "Entered a Jabber address", "has not sent its invitation yet", ago(time.Hour)},
		{"invited late", course.Enrolment{JID: "j", Progress: record.Progress{Step: record.StepInvited, Since: ago(time.Hour), Invited: ago(14 * time.Minute)}},
			"At work", "Entered a Jabber address", "", time.Time{}},
		{"does not answer", course.Enrolment{JID: "j", Progress: record.Progress{Step: record.StepInvited, Since: ago(time.Hour), Invited: ago(15 * time.Minute)}},
			"Stuck", "Entered a Jabber address", "has sent an invitation", ago(15 * time.Minute)},
		{"a session that was ended", course.Enrolment{JID: "j", Progress: record.Progress{Step: record.StepChatting, Best: record.StepVerified, Since: ago(time.Hour), Ended: true}},
			"Stuck", "Verified the bot", "is over", ago(time.Hour)},
		{"a session that ran out", course.Enrolment{JID: "j", Progress: record.Progress{Step: record.StepChatting, Since: ago(time.Hour), Ended: true, Trouble: record.TroubleExpired}},
			"Stuck", "Chats with the bot", "Nothing was said", ago(time.Hour)},
		{"quiet in another session", course.Enrolment{JID: "j", Progress: record.Progress{Step: record.StepChatting, Best: record.StepVerified, Since: ago(time.Hour)}},
			"Stuck", "Verified the bot", "OTR has not been started", ago(time.Hour)},
		{"at work", course.Enrolment{JID: "j", Progress: record.Progress{Step: record.StepEncrypted, Since: ago(time.Hour), Active: ago(14 * time.Minute)}},
			"At work", "Chats encrypted", "", time.Time{}},
		{"quiet", course.Enrolment{JID: "j", Progress: record.Progress{Step: record.StepEncrypted, Since: ago(time.Hour), Active: ago(15 * time.Minute)}},
			"Stuck", "Chats encrypted", "has not been verified", ago(15 * time.Minute)},
		{"quiet, and back on the page", course.Enrolment{JID: "j", Seen: ago(time.Minute), Progress: record.Progress{Step: record.StepEncrypted, Active: ago(time.Hour)}},
			"At work", "Chats encrypted", "", time.Time{}},
		{"stopped", course.Enrolment{JID: "j", Progress: record.Progress{Step: record.StepChatting, Best: record.StepVerified, Trouble: record.TroubleEnded, Since: ago(time.Minute)}},
			"Stuck", "Verified the bot", "was ended", ago(time.Minute)},
		{"done", course.Enrolment{JID: "j", Passed: ago(time.Hour), Progress: record.Progress{Step: record.StepChatting, Trouble: record.TroubleLeft}},
			"Done", "Finished the lesson", "", time.Time{}},
		{"done, address freed", course.Enrolment{Passed: ago(time.Hour)}, "Done", "Finished the lesson", "", time.Time{}},
		{"practice", course.Enrolment{JID: "j", Role: course.Tester, Progress: record.Progress{Step: record.StepCode, Active: now}}, "Practice", "Was told the code", "", time.Time{}},
	} {
		if c.e.Role == "" {
			c.e.Role = course.Learner
		}
		p := personOf(course.Member{Enrolment: c.e}, now)
		what, do := troubleText(nil, p)
		if stateText(nil, p) != c.state || stepText(nil, p) != c.step || !says(what, c.what) || (what == "") != (do == "") || !p.Since.Equal(c.since) {
			t.Errorf("%s: %q %q %q %q since %v", c.name, stateText(nil, p), stepText(nil, p), what, do, p.Since)
		}
	}
}

func TestNamesAndLabels(t *testing.T) {
	now := time.Time{}
	one := course.Member{Enrolment: course.Enrolment{ID: 1, Key: course.Key{User: "u1"}, Role: course.Learner, Name: "From the launch"}}
	name := func(members ...member) string { return people(nil, 7, []course.Member{one}, members, now)[0].Name }
	if got := name(member{User: "u1", Name: "From the list"}); got != "From the list" {
		t.Error(got)
	}
	if got := name(member{User: "u1"}); got != "From the launch" {
		t.Error(got)
	}
	one.Name = ""
	got := name()
	if !strings.HasPrefix(got, "Learner ") || len(got) != len("Learner ")+6 || got != name() || strings.Contains(got, "u1") {
		t.Error(got)
	}
	if label(nil, 8, "u1") == got || label(nil, 7, "u2") == got {
		t.Error("two people have one label")
	}
}

func TestDurations(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "less than a minute", time.Minute: "1 minute", 59 * time.Minute: "59 minutes", time.Hour: "1 hour", 47 * time.Hour: "47 hours", 50 * time.Hour: "2 days",
	} {
		if got := duration(nil, d); got != want {
			t.Errorf("%v is %q, not %q", d, got, want)
		}
		now := time.Now()
		if got := ago(nil, now.Add(-d), now); d >= time.Minute && got != want+" ago" {
			t.Errorf("%v ago is %q", d, got)
		}
	}
	if ago(nil, time.Time{}, time.Now()) != "" {
		t.Error("never was once")
	}
}
