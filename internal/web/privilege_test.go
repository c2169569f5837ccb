package web_test

import (
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/lti/ltitest"
)

// whoIs makes a launch that of a user with a role, in a link.
func whoIs(user, role, link string) func(ltitest.Claims) {
	return func(c ltitest.Claims) {
		if role == "Instructor" {
			ltitest.Instructor(c)
		}
		c["sub"], c["name"] = user, "Name of "+user
		c[ltitest.ResourceLink] = map[string]any{"id": link, "title": "Talk"}
	}
}

var classPages = []string{"", "/class.csv", "/check", "/learner?id=1", "/forget?id=1"}

// The teacher of one link sees and changes nothing of another one's learners, whatever the address says.
func TestTeacherOfAnotherCourse(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	learner := b.launch13(whoIs("ana-7", "Learner", "link-A")).self()
	b.post(learner+"/address", one("address", ana))
	w.pass()
	id := w.enrolled(ana).ID
	own := w.browser().launch13(whoIs("teacher-A", "Instructor", "link-A"))
	if !strings.Contains(own.Body.String(), "Name of ana-7") {
		t.Fatalf("the class's own teacher does not see the learner: %s", own.main())
	}
	other := w.browser()
	room := other.launch13(whoIs("teacher-B", "Instructor", "link-B")).self()
	for _, rest := range []string{"", "/class.csv", "/check", "/learner?id=" + itoa(id), "/forget?id=" + itoa(id)} {
		other.get(room+rest).silent("Name of ana-7", ana)
	}
	before := w.enrolled(ana)
	for _, act := range []string{"/resend", "/free", "/forget"} {
		if page := other.post(room+act, url.Values{"id": {itoa(id)}, "sure": {"yes"}}); page.Code < 400 {
			t.Errorf("%s: %d", act, page.Code)
		}
	}
	if after := w.enrolled(ana); !reflect.DeepEqual(after, before) {
		t.Errorf("changed: %v", after)
	}
}

// What the newest launch says of somebody counts, also in a tab that was opened before.
func TestRoleOfTheLastLaunch(t *testing.T) {
	for version, launch := range map[string]func(b *browser, role string) string{
		"1.3": func(b *browser, role string) string { return b.launch13(whoIs("u", role, "l")).self() },
		"1.1": func(b *browser, role string) string {
			return b.launch11(url.Values{"user_id": {"u"}, "roles": {role}}).self()
		},
	} {
		t.Run(version, func(t *testing.T) {
			w := newWorld(t)
			b := w.browser()
			room := launch(b, "Instructor")
			if page := b.get(room); page.Code != http.StatusOK {
				t.Fatalf("%d %s", page.Code, page.main())
			}
			self := launch(b, "Learner") // in the course the teacher has become a learner
			for _, rest := range classPages {
				for _, at := range []string{room, "/t" + strings.TrimPrefix(self, "/a")} {
					if page := b.get(at + rest).at("This page is for teachers"); page.Code != http.StatusForbidden {
						t.Errorf("%s%s: %d", at, rest, page.Code)
					}
				}
			}
			launch(b, "Instructor") // and is a teacher again; the learner's visit stays a learner's
			if page := b.get(room); page.Code != http.StatusOK {
				t.Errorf("%d %s", page.Code, page.main())
			}
			b.get("/t" + strings.TrimPrefix(self, "/a")).at("This page is for teachers")
		})
	}
}

// Roles of the institution or the system, and of a platform's try-out user, open no class; and there are no pages of an
// administrator that a launch could open.
func TestRolesThatOpenNothing(t *testing.T) {
	const lis = "http://purl.imsglobal.org/vocab/lis/v2/"
	for _, roles := range [][]string{
		{lis + "institution/person#Instructor"}, {lis + "institution/person#Administrator"}, {lis + "system/person#Administrator", lis + "system/person#SysAdmin"},
		{lis + "membership#Instructor", "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"}, {"http://evil.example/membership#Instructor"},
	} {
		w := newWorld(t)
		b := w.browser()
		self := b.launch13(func(c ltitest.Claims) { c[ltitest.Roles] = roles }).at(askAddress).self()
		b.get("/t" + strings.TrimPrefix(self, "/a")).at("This page is for teachers")
		for _, path := range []string{"/admin", "/lti/register", "/lti/register/x", "/lti/keys", "/lti/outbox", self + "/admin"} {
			if page := b.get(path); page.Code == http.StatusOK && page.heading() != askAddress {
				t.Errorf("%v: %s: %s", roles, path, page.main())
			}
		}
	}
}

// A try-out user of the platform does the lesson and is never graded; nor is a teacher.
func TestPracticeIsNotGraded(t *testing.T) {
	const tryOut = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
	for what, launch := range map[string]func(b *browser) *seen{
		"a test user": func(b *browser) *seen {
			return b.launch13(func(c ltitest.Claims) {
				c[ltitest.Roles] = []string{"http://purl.imsglobal.org/vocab/lis/v2/membership#Learner", tryOut}
			})
		},
		"a teacher": func(b *browser) *seen { return b.launch13(ltitest.Instructor) },
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t)
			b := w.browser()
			self := "/a/" + strings.SplitN(launch(b).self(), "/", 3)[2]
			b.post(self+"/address", one("address", ana))
			w.pass()
			g, err := w.db.Grade(t.Context(), w.enrolled(ana).ID)
			if err == nil && g.State != course.GradeNowhere {
				t.Errorf("a grade is on its way: %+v", g)
			}
			if open, err := w.db.OpenGrades(t.Context()); err != nil || len(open) > 0 {
				t.Errorf("%v %v", open, err)
			}
		})
	}
}

// Where a grade goes is what the learner's own launch has said: another's launch changes nothing of it, nor one of
// another link, nor a launch that was refused.
func TestAGradesPlaceIsTheLearnersOwn(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	launch := func(user, link, sourced string) *seen {
		return w.browser().launch11(url.Values{"user_id": {user}, "resource_link_id": {link}, "lis_result_sourcedid": {sourced}})
	}
	self := b.launch11(url.Values{"user_id": {"u1"}, "lis_result_sourcedid": {"first"}}).self()
	b.post(self+"/address", one("address", ana))
	launch("u2", "link-1", "another user's")
	launch("u1", "link-2", "another link's")
	forged := w.lms.Launch11(base+"/", consumer, agreed, url.Values{"user_id": {"u1"}})
	forged.Set("lis_result_sourcedid", "forged")
	w.browser().from("/", forged)
	if e := w.enrolled(ana); e.Outcome == nil || e.Outcome.SourcedID != "first" || e.User != "u1" || e.Link != "link-1" {
		t.Errorf("%+v goes to %+v", e.Key, e.Outcome)
	}
	launch("u1", "link-1", "the newest")
	if e := w.enrolled(ana); e.Outcome.SourcedID != "the newest" {
		t.Errorf("goes to %+v", e.Outcome)
	}
}

// Forms that are forged bring no code, no secret, no grade; and a relaunch never lowers a grade.
func TestNoGradeOnAForgedForm(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	self := b.launch13(ltitest.Learner).self()
	b.post(self+"/address", one("address", ana))
	before := len(w.notes())
	for what, headers := range map[string]map[string]string{
		"another site":          {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
		"the learning platform": {"Origin": issuer, "Sec-Fetch-Site": "cross-site"},
		"a site beside ours":    {"Origin": "https://evil.bot.example", "Sec-Fetch-Site": "same-site"},
	} {
		for _, form := range [][2]string{{"code", "K4TE-77QX"}, {"secret", goodWords}, {"fingerprint", strings.Repeat("A", 40)}, {"address", "thief@example.org"}, {"again", ""}} {
			r := b.request(http.MethodPost, self+"/"+form[0], one(form[0], form[1]))
			for name, value := range headers {
				r.Header.Set(name, value)
			}
			if out := b.do(r); out.Code != http.StatusForbidden {
				t.Errorf("%s: %s: %d", what, form[0], out.Code)
			}
		}
	}
	stranger := w.browser() // has no cookie of the visit
	for _, form := range []string{"code", "secret", "fingerprint", "again"} {
		stranger.post(self+"/"+form, one(form, "K4TE-77QX")).at(expired)
	}
	if after := len(w.notes()); after != before {
		t.Errorf("the bot was told of %v", w.notes())
	}
	w.pass()
	passed := w.enrolled(ana)
	b.launch13(ltitest.Learner)
	w.commit(record.Change{JID: ana, Session: []byte("s"), Progress: &record.Progress{Step: record.StepChatting, Since: w.now, Active: w.now},
		Grade: &record.Grade{Enrolment: passed.ID, Score: .25, At: w.now}})
	g, err := w.db.Grade(t.Context(), passed.ID)
	if err != nil || g.Score != 1 || w.enrolled(ana).Passed.IsZero() {
		t.Errorf("after a relaunch: %+v, %v", g, err)
	}
}

// Opening a page from another site sets no cookie, and gives none away that would be read there.
func TestNoCookiesOnForeignGET(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	self := b.launch13(ltitest.Learner).self()
	for _, path := range []string{"/", "/is_up", self, self + "/events", "/lti/jwks.json", "/lti/config.xml", "/lti/canvas.json", "/lti/launch", "/t/x", "/static/page.css", "/nowhere"} {
		fresh := w.browser()
		r := fresh.request(http.MethodGet, path, nil)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		out := fresh.do(r)
		if len(out.Result().Cookies()) > 0 || out.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %v", path, out.Header())
		}
	}
}
