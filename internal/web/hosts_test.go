package web_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"otrbot/internal/course"
	"otrbot/internal/grades"
	"otrbot/lti"
	"otrbot/lti/ltitest"
)

// What launches name is asked on the platform's own hosts only, and nowhere inside our own network.

// delivered lets the courier try to send the learner's grade, once.
func (w *world) delivered() course.Grade {
	w.Helper()
	courier, err := grades.New(grades.Config{Store: w.db, Tool: w.tool, Now: w.clock, Log: slog.New(slog.DiscardHandler)})
	must(w, err)
	e := w.enrolled(ana)
	g, err := w.db.Grade(w.Context(), e.ID)
	must(w, err)
	p, err := w.db.Platform(w.Context(), e.Platform)
	must(w, err)
	return courier.Deliver(w.Context(), course.Delivery{Grade: g, Enrolment: e, Platform: p})
}

// hosts are those that an LTI 1.1 platform's grades may go to.
func (w *world) hosts() []string {
	w.Helper()
	p, err := w.db.Platform(w.Context(), w.school)
	must(w, err)
	return p.Consumer.ServiceHosts
}

func outcomeAt(address, user string) url.Values {
	return url.Values{"lis_outcome_service_url": {address}, "user_id": {user}}
}

// The outcome service of LTI 1.1 is pinned with the first learner's launch that names one.
func TestOutcomeServiceIsPinned(t *testing.T) {
	const elsewhere = "https://evil.example/outcomes"
	s := newSiege(t)
	s.lms.Consumers[consumer] = agreed
	s.browser().launch11(url.Values{"lis_outcome_service_url": {"https://studio.lms.example/preview"}, "roles": {"Instructor"}, "user_id": {"author"}})
	s.browser().launch11(outcomeAt("", "u0"))
	s.browser().launch11(outcomeAt("nothing of an address", "u0"))
	s.browser().launch11(outcomeAt("file:///etc/passwd", "u0"))
	s.browser().launch11(outcomeAt("https://lms.example:22/outcomes", "u0"))
	if got := s.hosts(); len(got) != 0 {
		t.Fatalf("pinned by staff, or by what is no address: %v", got)
	}
	s.browser().launch11(outcomeAt("https://LMS.example:443/outcomes?site=1", "u1"))
	if got := s.hosts(); !slices.Equal(got, []string{"lms.example"}) {
		t.Fatalf("pinned: %v", got)
	}

	b := s.browser()
	self := b.launch11(outcomeAt(elsewhere, "u2")).at(askAddress).self() // learns all the same
	b.post(self+"/address", one("address", ana))
	if got := s.hosts(); !slices.Equal(got, []string{"lms.example"}) {
		t.Errorf("a later launch has moved it: %v", got)
	}
	s.pass()
	g := s.delivered()
	if g.State != course.GradeRefused || g.Why != course.WhyForeignHost || len(s.asked) > 0 {
		t.Errorf("the grade is %s, %s; asked %v", g.State, g.Why, s.asked)
	}
	must(t, s.db.SettleGrade(t.Context(), g, s.now))
	s.browser().launch11(url.Values{"roles": {"Instructor"}, "user_id": {"author"}}).
		says("The place for grades is on another server than your learning platform’s.", "Ask the administrator of this tool to allow that server")

	// The administrator: otrbot lti hosts School --add evil.example, a platform that has moved.
	must(t, s.db.UpdatePlatform(t.Context(), s.school, func(p *course.Platform) error {
		p.Consumer.ServiceHosts = append(p.Consumer.ServiceHosts, "evil.example")
		return nil
	}))
	s.also = map[string]http.RoundTripper{"evil.example": answering{status: 503}}
	if g := s.delivered(); g.Why == course.WhyForeignHost || !slices.Contains(s.asked, "evil.example") {
		t.Errorf("after it was allowed: %s, %s, asked %v", g.State, g.Why, s.asked)
	}
}

// What is named at registration stays: no launch adds to it.
func TestNamedHostsStay(t *testing.T) {
	s := newSiege(t)
	must(t, s.db.UpdatePlatform(t.Context(), s.school, func(p *course.Platform) error {
		p.Consumer.ServiceHosts = []string{".school.example"}
		return nil
	}))
	s.browser().launch11(outcomeAt("https://evil.example/outcomes", "u1"))
	if got := s.hosts(); !slices.Equal(got, []string{".school.example"}) {
		t.Errorf("%v", got)
	}
}

// A class in which everybody is first: one host is pinned.
func TestOfTwoFirstLaunchesOneDecides(t *testing.T) {
	s := newSiege(t)
	second := s.restarted(t)
	done := make(chan bool)
	for i, w := range []*world{s.world, second} {
		host := []string{"a.example", "b.example"}[i]
		f := s.lms.Launch11(base+"/", consumer, agreed, outcomeAt("https://"+host+"/o", host))
		r := s.browser().crossSite("/", f)
		go func() {
			w.web.ServeHTTP(httptest.NewRecorder(), r)
			done <- true
		}()
	}
	<-done
	<-done
	if got := s.hosts(); len(got) != 1 {
		t.Errorf("%v", got)
	}
}

// The addresses of services in a launch of LTI 1.3 get no token, and are not even looked at, on other hosts; nor is
// anything fetched by letting somebody in.
func TestAddressesOfALaunchAreNotFollowed(t *testing.T) {
	for _, address := range []string{
		"https://evil.example/x", "https://127.0.0.1/x", "https://[::1]/x", "https://169.254.169.254/latest/meta-data", "https://10.0.0.1/x",
		"https://[fd00::1]/x", "https://lms.example:8443/x", "http://lms.example/x", "file:///etc/passwd", "https://lms.example@evil.example/",
	} {
		t.Run(address, func(t *testing.T) {
			s := newSiege(t)
			hostile := func(c ltitest.Claims) {
				c[ltitest.Grades] = map[string]any{"scope": []string{lti.ScopeScore, lti.ScopeLineItem, lti.ScopeResultReadonly}, "lineitem": address, "lineitems": address}
				c[ltitest.Roster] = map[string]any{"context_memberships_url": address}
				c["picture"], c["profile"], c["website"] = address, address, address
				c["https://purl.imsglobal.org/spec/lti-bo/claim/basicoutcome"] = map[string]any{"lis_outcome_service_url": address, "lis_result_sourcedid": "x"}
			}
			b := s.browser()
			self := b.launch13(hostile).at(askAddress).self()
			b.post(self+"/address", one("address", ana))
			s.pass()
			if g := s.delivered(); g.State != course.GradeRefused && g.State != course.GradeNowhere {
				t.Errorf("the grade is %s, %s", g.State, g.Why)
			}
			teacher := s.browser()
			room := teacher.launch13(func(c ltitest.Claims) { ltitest.Instructor(c); hostile(c) }).self()
			for _, rest := range []string{"", "/check"} {
				if page := teacher.get(room + rest); page.Code != http.StatusOK {
					t.Errorf("%s: %d", rest, page.Code)
				}
			}
			for _, host := range s.asked {
				if host != "lms.example" {
					t.Errorf("%s was asked", host)
				}
			}
		})
	}
}

// On hosts that are the platform's own by name, but are in a private network: the guard is at the dialling.
func TestPrivateNetworks(t *testing.T) {
	inside := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a server inside was reached") }))
	defer inside.Close()
	here := strings.Replace(inside.URL, "127.0.0.1", "localhost", 1) // a name that leads inside
	w := newWorld(t)
	w.serve(lti.NewHTTPClient(lti.PublicOnly))
	must(t, w.db.UpdatePlatform(t.Context(), w.moodle, func(p *course.Platform) error {
		p.Registration.JWKSURL, p.Registration.TokenURL = here+"/jwks", here+"/token"
		return nil
	}))
	b := w.browser()
	page := b.launch13(ltitest.Learner).says("does not answer at present")
	if page.Code != http.StatusServiceUnavailable {
		t.Errorf("%d", page.Code)
	}

	b = w.browser()
	self := b.launch11(outcomeAt(here+"/outcomes", "u1")).self()
	b.post(self+"/address", one("address", ana))
	w.pass()
	if g := w.delivered(); g.State == course.GradeConfirmed {
		t.Errorf("the grade is %s, %s", g.State, g.Why)
	}

	var token [32]byte
	must(t, w.db.PutInvitation(context.Background(), hashOf(token), "Moodle", w.now.Add(1e12)))
	register := "/lti/register/" + strings.Repeat("A", 43) + "?openid_configuration=" + url.QueryEscape(here+"/config")
	b.get(register)
	if page := b.post(register, url.Values{}); page.Code != http.StatusBadGateway || !strings.Contains(page.main(), "private network") {
		t.Errorf("%d %s", page.Code, page.main())
	}
}
