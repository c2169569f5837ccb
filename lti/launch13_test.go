package lti_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"otrbot/lti"
	"otrbot/lti/ltitest"
)

func TestLaunch13(t *testing.T) {
	w := newWorld(t)
	l, err := w.launch13(ltitest.Learner)
	if err != nil {
		t.Fatal(err)
	}
	if l.Version != lti.LTI13 || l.User.ID != "user-1" || l.User.Name != "Zoë O'Neill" || l.ResourceLink.ID != "link-1" || l.Context.ID != "course-1" ||
		l.DeploymentID != "1" || l.NewDeployment || l.Custom["lesson"] != "otr" || l.Custom["number"] != "7" || l.Locale() != "de-DE" ||
		!l.Grades.CanScore() || l.TargetLinkURI.String() != launchURL || l.Presentation.ReturnURL == "" {
		t.Errorf("%+v", l)
	}
	if _, there := l.Custom["left_over"]; there {
		t.Error("a variable that the platform did not fill in is taken for a value")
	}
}

// The bad launches of 1EdTech's certification, and more: each changes one thing of a good one.
func TestLaunch13ClaimsRefused(t *testing.T) {
	set := func(name string, v any) func(ltitest.Claims) { return func(c ltitest.Claims) { c[name] = v } }
	at := int64(1_800_000_000)
	for _, c := range []struct {
		what   string
		change func(ltitest.Claims)
		why    lti.Reason
	}{
		{"certification: wrong version", set(ltitest.Version, "1.2.0"), lti.WrongVersion},
		{"certification: no version", set(ltitest.Version, nil), lti.Malformed},
		{"certification: no claims of LTI", func(c ltitest.Claims) {
			for name := range c {
				if strings.HasPrefix(name, "https://purl") {
					c[name] = nil
				}
			}
		}, lti.Malformed},
		{"certification: no message type", set(ltitest.MessageType, nil), lti.Malformed},
		{"certification: no roles", set(ltitest.Roles, nil), lti.Malformed},
		{"certification: no deployment", set(ltitest.Deployment, nil), lti.Malformed},
		{"certification: no link's id", set(ltitest.ResourceLink, map[string]any{"title": "x"}), lti.Malformed},
		{"certification: no user", set("sub", nil), lti.Anonymous},
		{"certification: iat missing", set("iat", nil), lti.Malformed},
		{"certification: iat in the future", set("iat", at+61), lti.WrongTime},
		{"certification: exp missing", set("exp", nil), lti.Malformed},
		{"certification: exp past", set("exp", at-60), lti.WrongTime},
		{"another message", set(ltitest.MessageType, "LtiSubmissionReviewRequest"), lti.WrongMessage},
		{"no link at all", set(ltitest.ResourceLink, nil), lti.Malformed},
		{"a long link", set(ltitest.ResourceLink, map[string]any{"id": strings.Repeat("x", 256)}), lti.Malformed},
		{"empty user", set("sub", ""), lti.Anonymous},
		{"a long user", set("sub", strings.Repeat("x", 256)), lti.Malformed},
		{"roles as text", set(ltitest.Roles, "Learner"), lti.Malformed},
		{"unknown deployment", set(ltitest.Deployment, "2"), lti.UnknownDeployment},
		{"empty deployment", set(ltitest.Deployment, ""), lti.Malformed},
		{"deployment as a number", set(ltitest.Deployment, 1), lti.Malformed},
		{"another issuer", set("iss", "https://other.example"), lti.BadToken},
		{"the issuer with a slash", set("iss", issuer+"/"), lti.BadToken},
		{"no issuer", set("iss", nil), lti.Malformed},
		{"for another tool", set("aud", "tool-2"), lti.BadToken},
		{"for other tools", set("aud", []string{"tool-2", "tool-3"}), lti.BadToken},
		{"for nobody", set("aud", []string{}), lti.BadToken},
		{"audience of another type", set("aud", 1), lti.Malformed},
		{"several audiences without azp", set("aud", []string{"tool-1", "tool-2"}), lti.BadToken},
		{"another authorized party", set("azp", "tool-2"), lti.BadToken},
		{"another nonce", set("nonce", "guess"), lti.BadToken},
		{"no nonce", set("nonce", nil), lti.Malformed},
		{"exp as text", set("exp", "1800000060"), lti.Malformed},
		{"a token for a year", set("exp", at+365*86400), lti.WrongTime},
		{"target elsewhere", set(ltitest.TargetLink, "https://evil.example/lti/launch"), lti.WrongTarget},
		{"target: our own logout", set(ltitest.TargetLink, toolBase+"/logout"), lti.WrongTarget},
		{"target without scheme", set(ltitest.TargetLink, "//tool.example/lti/launch"), lti.WrongTarget},
		{"target without host", set(ltitest.TargetLink, "https:/lti/launch"), lti.WrongTarget},
		{"target with a user", set(ltitest.TargetLink, "https://x@tool.example/lti/launch"), lti.WrongTarget},
		{"target with a fragment", set(ltitest.TargetLink, launchURL+"#x"), lti.WrongTarget},
		{"target with a backslash", set(ltitest.TargetLink, `https://tool.example\lti\launch`), lti.WrongTarget},
		{"target: a script", set(ltitest.TargetLink, "javascript:alert(1)"), lti.WrongTarget},
		{"target with a line end", set(ltitest.TargetLink, launchURL+"\n"), lti.WrongTarget},
		{"no target", set(ltitest.TargetLink, nil), lti.Malformed},
		{"deep linking without an address", func(c ltitest.Claims) { ltitest.DeepLink(c); c[ltitest.DeepLinking] = map[string]any{} }, lti.Malformed},
	} {
		t.Run(c.what, func(t *testing.T) {
			w := newWorld(t)
			_, err := w.launch13(c.change)
			refusal := refused(t, err, c.why)
			if refusal.Platform != issuer {
				t.Errorf("the log does not say of which platform: %+v", refusal)
			}
			if c.why == lti.UnknownDeployment && (refusal.Deployment != "2" || refusal.ClientID == "") {
				t.Errorf("deployment %q", refusal.Deployment)
			}
		})
	}
}

// The good launches of 1EdTech's certification, and what real platforms send.
func TestLaunch13Accepted(t *testing.T) {
	lis := "http://purl.imsglobal.org/vocab/lis/v2/"
	without := func(names ...string) func(ltitest.Claims) {
		return func(c ltitest.Claims) {
			for _, name := range names {
				c[name] = nil
			}
		}
	}
	roles := func(r ...string) func(ltitest.Claims) {
		return func(c ltitest.Claims) { c[ltitest.Roles] = append([]string{}, r...) }
	}
	for _, c := range []struct {
		what   string
		change func(ltitest.Claims)
		staff  bool
	}{
		{"certification: a student", ltitest.Learner, false},
		{"certification: a teacher", ltitest.Instructor, true},
		{"certification: several roles", roles(lis+"membership#Instructor", lis+"institution/person#Faculty", lis+"membership#Learner"), true},
		{"certification: a short role", roles("Instructor"), true},
		{"certification: an unknown role beside a known one", roles("http://example.org/role#Wizard", lis+"membership#Learner"), false},
		{"certification: no role", roles(), false},
		{"certification: email only", without("name", "given_name", "family_name"), false},
		{"certification: names only", without("email"), false},
		{"certification: no personal data", without("name", "given_name", "family_name", "email", "locale"), false},
		{"certification: no context", without(ltitest.Claim + "context"), false},
		{"an assistant", roles(lis + "membership/Instructor#TeachingAssistant"), true},
		{"an administrator of the system", roles(lis+"system/person#Administrator", lis+"institution/person#Instructor"), false},
		{"audience in an array, with azp", func(c ltitest.Claims) { c["aud"], c["azp"] = []string{"tool-1"}, "tool-1" }, false},
		{"two audiences, with azp", func(c ltitest.Claims) { c["aud"], c["azp"] = []string{"other", "tool-1"}, "tool-1" }, false},
		{"exp within the leeway", func(c ltitest.Claims) { c["exp"] = c["iat"].(int64) - 59 }, false},
		{"iat within the leeway", func(c ltitest.Claims) { c["iat"] = c["iat"].(int64) + 59 }, false},
		{"dates with fractions", func(c ltitest.Claims) { c["iat"] = 1800000000.25 }, false},
		{"a target with a query", func(c ltitest.Claims) { c[ltitest.TargetLink] = launchURL + "?lesson=otr" }, false},
		{"odd optional claims", func(c ltitest.Claims) {
			c[ltitest.Claim+"context"], c["name"] = map[string]any{"id": "c", "type": "text"}, 7
			c[ltitest.Claim+"launch_presentation"] = map[string]any{"width": "100", "return_url": "javascript:alert(1)"}
			c[ltitest.Claim+"custom"] = map[string]any{"null": nil, "list": []int{1}, "yes": true}
		}, false},
	} {
		t.Run(c.what, func(t *testing.T) {
			l, err := newWorld(t).launch13(c.change)
			if err != nil {
				t.Fatal(err)
			}
			if l.Roles.Staff() != c.staff || l.Roles.Learner() == (c.staff && c.what != "certification: several roles") {
				t.Errorf("roles %v: staff %v, learner %v", l.Roles, l.Roles.Staff(), l.Roles.Learner())
			}
			if strings.HasPrefix(l.Presentation.ReturnURL, "javascript") {
				t.Error("a script to return to")
			}
		})
	}
}

func TestLaunch13StateRefused(t *testing.T) {
	w := newWorld(t)
	form := func() url.Values { return w.answer(w.login(nil), ltitest.Learner) }
	l := w.login(nil)
	for _, c := range []struct {
		what string
		form url.Values
		why  lti.Reason
	}{
		{"no state", with(form(), "state"), lti.Malformed},
		{"unknown state", with(form(), "state", "guess"), lti.StateGone},
		{"two states", with(form(), "state", "a", "b"), lti.Malformed},
		{"another login's state", with(form(), "state", parsed(t, l.Redirect).Query().Get("state")), lti.BadToken},
		{"login required", url.Values{"error": {"login_required"}, "state": {"x"}, "error_description": {"<script>"}}, lti.LoginRequired},
		{"launch over", url.Values{"error": {"launch_no_longer_valid"}, "state": {"x"}, "iss": {issuer}}, lti.LaunchOver},
		{"another error", url.Values{"error": {"server_error\x00"}}, lti.PlatformRefused},
	} {
		t.Run(c.what, func(t *testing.T) {
			_, err := w.submit(l, c.form)
			refused(t, err, c.why)
		})
	}
}

func TestLaunch13Once(t *testing.T) {
	w := newWorld(t)
	l := w.login(nil)
	form := w.answer(l, ltitest.Learner)
	var good atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := w.submit(l, form); err == nil {
				good.Add(1)
			}
		})
	}
	all.Wait()
	if good.Load() != 1 {
		t.Errorf("%d of eight posts of one launch were accepted", good.Load())
	}
	_, err := w.submit(l, form)
	if refused(t, err, lti.StateGone); !lti.StateGone.Relaunch() {
		t.Error("opening the activity again would help")
	}
}

func TestLaunch13TooLate(t *testing.T) {
	w := newWorld(t)
	l := w.login(nil)
	form := w.answer(l, func(c ltitest.Claims) { c["exp"] = c["iat"].(int64) + 3600 })
	w.clock.add(10 * time.Minute)
	_, err := w.submit(l, form)
	refused(t, err, lti.StateGone)
}

// Login CSRF: a launch that somebody else began.
func TestLaunch13OtherBrowser(t *testing.T) {
	w := newWorld(t)
	attacker := w.login(nil)
	form := w.answer(attacker, ltitest.Learner)

	_, err := w.tool.Launch(post(launchURL, form))
	if refusal := refused(t, err, lti.OtherBrowser); !strings.HasPrefix(refusal.NewWindow, toolBase+"/lti/login?") {
		t.Errorf("new window: %q", refusal.NewWindow)
	}
	victim := w.login(nil)
	_, err = w.submit(victim, form)
	refused(t, err, lti.OtherBrowser)

	for _, cookie := range []string{"", "x", strings.Repeat("A", 43)} {
		r := post(launchURL, form)
		r.AddCookie(&http.Cookie{Name: attacker.Cookie.Name, Value: cookie})
		_, err = w.tool.Launch(r)
		refused(t, err, lti.OtherBrowser)
	}
	if _, err := w.submit(attacker, form); err != nil {
		t.Errorf("refused in its own browser: %v", err)
	}
}

// Two platforms of one tool: the token of one does not fit the state of the other.
func TestLaunch13MixUp(t *testing.T) {
	other := ltitest.WithKey(issuer, newWorld(t).lms.Key)
	w := newWorld(t, func(c *lti.Config) {
		r := c.Registrations.(registrations)[0]
		r.ClientID, r.Deployments = "tool-2", []string{"7"}
		c.Registrations = append(c.Registrations.(registrations), r)
	})
	other.ClientID, other.Deployment, other.Now = "tool-2", "7", w.clock.Now
	l, err := w.tool.Login(post(toolBase+"/lti/login", other.LoginForm(launchURL)))
	if err != nil {
		t.Fatal(err)
	}
	own := w.login(nil)
	theirs, err := other.Answer(l.Redirect, ltitest.Learner)
	if err != nil {
		t.Fatal(err)
	}
	mixed := with(theirs, "state", parsed(t, own.Redirect).Query().Get("state"))
	_, err = w.submit(own, mixed)
	refused(t, err, lti.BadToken)

	_, err = w.tool.Login(httptest.NewRequest(http.MethodGet, toolBase+"/lti/login?"+with(w.lms.LoginForm(launchURL), "client_id").Encode(), nil))
	refused(t, err, lti.UnknownPlatform)
}

func TestNewDeployment(t *testing.T) {
	w := newWorld(t, func(c *lti.Config) { c.Registrations.(registrations)[0].AnyDeployment = true })
	l, err := w.launch13(func(c ltitest.Claims) { c[ltitest.Deployment] = "2" })
	if err != nil || !l.NewDeployment || l.DeploymentID != "2" {
		t.Error(l, err)
	}
}
