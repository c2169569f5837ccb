package lms

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"time"

	"otrbot/lti/ltitest"
)

// A launch is one on its way through LTI 1.3. Its key is the lti_message_hint: whoever knows it was sent by this
// system. It may be used again for an hour, for the tool may have to begin anew in another window.
type launch struct {
	choice
	client   string
	link     ltitest.Link
	choosing bool // a teacher looks for links: link is empty
	begun    time.Time
}

const (
	launchLife  = time.Hour
	maxLaunches = 1000 // kept; the oldest go
)

// remember keeps a launch and gives its key.
func (s *Server) remember(l launch) string {
	key := rand.Text()
	l.begun = s.c.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.launches[key] = l
	s.newest = append(s.newest, key)
	if len(s.newest) > maxLaunches {
		delete(s.launches, s.newest[0])
		s.newest = s.newest[1:]
	}
	return key
}

func (s *Server) launched(key string) (launch, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, ok := s.launches[key]
	return l, ok && s.c.Now().Sub(l.begun) < launchLife
}

// client is the registration of the tool that is launched.
func (s *Server) client() (ltitest.Client, bool) {
	s.mu.Lock()
	using := s.using
	s.mu.Unlock()
	all := s.platform.Clients()
	newest := all[len(all)-1]
	for _, c := range all {
		if c.ID == using {
			newest = c
		}
	}
	return newest, newest.Login != ""
}

// form is a page that posts a form at once, or by a button.
type form struct {
	Action string
	Fields url.Values
	What   string // for the button
}

func (s *Server) open(w http.ResponseWriter, r *http.Request) {
	c := readChoice(r.URL.Query())
	link, ok := s.platform.Link(r.PathValue("link"))
	switch {
	case !ok:
		s.fail(w, http.StatusNotFound, "There is no such activity", "Go back to the course and open one that is there.")
	case !ownPage(r):
		s.fail(w, http.StatusForbidden, "Another site wanted to open this", "Open the activity from the course.")
	case c.Version == "1.1":
		s.open11(w, c, link)
	default:
		s.open13(w, launch{choice: c, link: link})
	}
}

func (s *Server) open11(w http.ResponseWriter, c choice, link ltitest.Link) {
	if s.c.ConsumerKey == "" {
		s.fail(w, http.StatusNotFound, "LTI 1.1 is switched off here", "Choose LTI 1.3 on the course’s page.")
		return
	}
	to := s.c.Tool.Launch
	if link.Target != "" {
		to = link.Target
	}
	f := s.platform.Fields11(c.As.User, link)
	f.Set("context_id", courseID)
	f.Set("context_title", courseTitle)
	f.Set("launch_presentation_return_url", s.returnURL(c))
	f.Set("launch_presentation_document_target", c.document())
	f.Set("tool_consumer_info_product_family_code", "otrbot-demo")
	f.Set("tool_consumer_instance_name", courseTitle)
	if c.Lang != "" {
		f.Set("launch_presentation_locale", c.Lang)
	}
	s.platform.Note(ltitest.Event{What: "launch by LTI 1.1", User: c.As.ID, Link: link.ID, OK: true})
	s.post(w, form{to, s.platform.Launch11(to, s.c.ConsumerKey, string(s.c.ConsumerSecret), f), "Open the activity"})
}

func (s *Server) open13(w http.ResponseWriter, l launch) {
	client, ok := s.client()
	if !ok {
		s.fail(w, http.StatusNotFound, "The tool is not registered for LTI 1.3", "Become the administrator on the course’s page and register it, or choose LTI 1.1.")
		return
	}
	l.client = client.ID
	target := client.Target
	if l.link.Target != "" {
		target = l.link.Target
	}
	f := s.platform.LoginFields(client, l.As.ID, s.remember(l), target)
	if t := l.target(); t != "" {
		f.Set("lti_storage_target", t)
	}
	s.post(w, form{client.Login, f, "Open the activity"})
}

// post sends the page that posts the form. The tool answers it with redirects, which the browser holds against the same
// policy: they lead back here.
func (s *Server) post(w http.ResponseWriter, f form) {
	origin, err := originOf(f.Action)
	if err != nil {
		s.fail(w, http.StatusBadGateway, "The tool has no address that can be opened", "Have the administrator register it anew.")
		return
	}
	s.render(w, http.StatusOK, "post.html", view{Title: f.What, Data: f, FormTo: []string{origin}, Script: "launch.js"})
}

// auth is the authorization endpoint of OpenID Connect: "1EdTech Security Framework", section 5.1.1.3. Who launches is
// what the hints say that this system gave away.
func (s *Server) auth(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxFetch)
	if r.ParseForm() != nil {
		s.fail(w, http.StatusBadRequest, "The tool asked for something that cannot be read", "Open the activity again from the course.")
		return
	}
	a, err := s.platform.ReadAuth(r.Form)
	if err != nil {
		s.platform.Note(ltitest.Event{What: "launch by LTI 1.3", Detail: err.Error()})
		s.fail(w, http.StatusBadRequest, "The tool asked for something that is not allowed", err.Error())
		return
	}
	l, known := s.launched(a.MessageHint)
	if !known || l.As.ID != a.LoginHint || l.client != a.Client.ID {
		s.platform.Note(ltitest.Event{What: "launch by LTI 1.3", Detail: "hints that were not given away, or long ago"})
		s.post(w, form{a.RedirectURI, url.Values{
			"error": {"launch_no_longer_valid"}, "error_description": {"Open the activity again from the course."}, "state": {a.State},
		}, "Go on"})
		return
	}
	var claims ltitest.Claims
	if l.choosing {
		claims = s.platform.ChooseClaims(a, l.As.User, s.c.Base+"/deep-link", a.MessageHint)
	} else {
		claims = s.platform.LaunchClaims(a, l.As.User, l.link)
	}
	s.present(claims, l)
	f, err := s.platform.Respond(a, claims)
	if err != nil {
		s.fail(w, http.StatusInternalServerError, "The launch could not be signed", "Open the activity again from the course.")
		return
	}
	s.platform.Note(ltitest.Event{What: "launch by LTI 1.3", User: l.As.ID, Link: l.link.ID, OK: true})
	s.post(w, form{a.RedirectURI, f, "Open the activity"})
}

// present adds what is said of the course and of the place where the tool is shown.
func (s *Server) present(claims ltitest.Claims, l launch) {
	claims[ltitest.Claim+"context"] = map[string]any{"id": courseID, "title": courseTitle, "type": []string{"http://purl.imsglobal.org/vocab/lis/v2/course#CourseOffering"}}
	claims[ltitest.Claim+"tool_platform"] = map[string]any{"guid": s.base.Host, "product_family_code": "otrbot-demo", "name": courseTitle}
	shown := map[string]any{"document_target": l.document(), "return_url": s.returnURL(l.choice)}
	if l.Lang != "" {
		shown["locale"] = l.Lang
	}
	claims[ltitest.Claim+"launch_presentation"] = shown
}

func (s *Server) returnURL(c choice) string { return s.c.Base + "/return?" + c.query() }
