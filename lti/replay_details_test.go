package lti_test

import (
	"testing"
	"time"

	"otrbot/lti"
)

// What single lines of the recordings show: the reading of them, by platform and line.

func (p *replay) line(t *testing.T, n int) *lti.Launch {
	t.Helper()
	e := p.lines[n-1]
	p.clock.now = time.Unix(e.Unix, 0)
	if e.path() == "/lti13/launch" {
		for i := n - 2; ; i-- {
			if p.lines[i].path() == "/lti13/login" {
				p.seed(t, p.lines[i])
				break
			}
		}
	}
	l, err := p.launch(e)
	if err != nil {
		t.Fatalf("line %d: %v", n, err)
	}
	return l
}

func TestRecordedMoodle(t *testing.T) {
	p := newReplay(t, recordings(t)[0])
	learner := p.line(t, 1)
	if learner.User.Name != "Bob Müller" || !learner.Roles.Learner() || learner.Roles.Staff() || learner.Custom["user_name"] != "bob" ||
		learner.Outcome.SourcedID != `{"data":{"instanceid":"1","userid":"4","typeid":"3","launchid":1182086370},"hash":"09916aa7ed8f17bc137c9e4c6d60b087c90d1257740b0df1dcd1880bc2ba3a26"}` {
		t.Errorf("LTI 1.1: %+v %+v", learner, learner.Outcome)
	}
	if teacher := p.line(t, 7); !teacher.Roles.Staff() || !teacher.Roles.Instructor() || teacher.Roles.Learner() {
		t.Errorf("the teacher's roles: %v", teacher.Roles)
	}
	l := p.line(t, 10)
	if _, there := l.Custom["duedate"]; there || l.DeploymentID != "4" || l.Presentation.DocumentTarget != "window" ||
		!l.Grades.CanScore() || l.Roster == nil || l.Outcome == nil || l.Locale() != "en" {
		t.Errorf("LTI 1.3: %+v", l)
	}
	deep := p.line(t, 28)
	if deep.Message != lti.DeepLinkingRequest || deep.ResourceLink.ID != "" || deep.DeepLink.Data != nil || deep.Grades.LineItem != "" {
		t.Errorf("deep linking: %+v %+v", deep, deep.DeepLink)
	}
}

func TestRecordedOpenEdX(t *testing.T) {
	p := newReplay(t, recordings(t)[1])
	if l := p.line(t, 1); l.Presentation.ReturnURL != "" || l.Locale() != "es-419" || !l.Roles.Learner() ||
		l.Outcome.SourcedID != "course-v1%3ASpike%2BOTR%2B2026:127.0.0.1-0123456789abcdef0123456789abcdef:anon-ann" {
		t.Errorf("LTI 1.1: %+v", l)
	}
	if l := p.line(t, 9); l.User.Name != "" || l.User.Email != "" || !l.Roles.Learner() || l.Roles.Staff() {
		t.Errorf("LTI 1.3: %+v", l)
	}
	if l := p.line(t, 17); !l.Roles.Staff() || l.Roles.Learner() || l.Roles.SystemAdministrator() {
		t.Errorf("the teacher's roles: %v", l.Roles)
	}
}

func TestRecordedLTIPHP(t *testing.T) {
	p := newReplay(t, recordings(t)[2])
	for line, method := range map[int]lti.Method{1: lti.HMACSHA1, 5: lti.HMACSHA256} {
		l := p.line(t, line)
		if l.Custom["plus"] != "a+b c%20d & e=f" || l.User.FamilyName != "O'Neill" || l.Outcome.Method != method || l.Outcome.SourcedID != "rl-1:u-1:<&>" {
			t.Errorf("line %d: %+v %+v", line, l, l.Outcome)
		}
	}
	if l := p.line(t, 11); len(l.Roles) != 1 || !l.Roles.Learner() || l.Custom["empty"] != "" {
		t.Errorf("LTI 1.3: %+v", l)
	}
	if l := p.line(t, 20); !l.Roles.Staff() || l.DeepLink.Data == nil || *l.DeepLink.Data != "opaque-éé" {
		t.Errorf("deep linking: %+v", l.DeepLink)
	}
}
