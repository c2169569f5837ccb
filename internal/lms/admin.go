package lms

import (
	"net/http"
	"net/url"
	"slices"

	"otrbot/lti/ltitest"
)

// adminPage is how the tool is installed.
type adminPage struct {
	Facts   []option // what the tool has to know of the system
	Clients []ltitest.Client
	Using   string
	Invite  bool // the tool can be asked for a link
	Key     string
}

func (s *Server) admin(w http.ResponseWriter, r *http.Request) {
	c := readChoice(r.URL.Query())
	if !s.mayAdminister(w, c) {
		return
	}
	p := s.platform
	page := adminPage{Invite: s.c.Invite != nil, Key: s.c.ConsumerKey, Facts: []option{
		{p.Issuer, "Issuer"}, {p.AuthURL(), "Authorization endpoint"}, {p.TokenURL(), "Token endpoint"}, {p.JWKSURL(), "Public keys"},
		{p.ConfigURL(), "OpenID configuration"},
	}}
	if using, ok := s.client(); ok {
		page.Using = using.ID
	}
	for _, client := range p.Clients() {
		if client.Login != "" {
			page.Clients = append(page.Clients, client)
		}
	}
	s.render(w, http.StatusOK, "admin.html", view{Title: "Installed tools", Choice: c, Data: page})
}

func (s *Server) mayAdminister(w http.ResponseWriter, c choice) bool {
	if c.As.ID != admin {
		s.fail(w, http.StatusForbidden, "Only the administrator installs tools", "Become the administrator on the course’s page.")
	}
	return c.As.ID == admin
}

// register begins a dynamic registration: "LTI Dynamic Registration", section 3.3. It goes on in a frame.
func (s *Server) register(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxFetch)
	c := readChoice(r.URL.Query())
	if !s.mayAdminister(w, c) {
		return
	}
	link := r.PostFormValue("link")
	if link == "" && s.c.Invite != nil {
		var err error
		if link, err = s.c.Invite(r.Context()); err != nil {
			s.fail(w, http.StatusBadGateway, "The tool gave no link to register with", "Try again, or paste a link that its administrator has made.")
			return
		}
	}
	u, err := url.Parse(link)
	if _, wrong := originOf(link); err != nil || wrong != nil || !loopback(u.Hostname()) {
		s.fail(w, http.StatusBadRequest, "That is not a link of a tool on this machine", "Paste the whole link, from http to its end.")
		return
	}
	q := u.Query()
	q.Set("openid_configuration", s.platform.ConfigURL())
	q.Set("registration_token", s.platform.RegistrationToken())
	u.RawQuery = q.Encode()
	s.mu.Lock()
	s.using = "" // the newest
	s.mu.Unlock()
	// The address in the frame is a secret that works once: it stands in no address of ours.
	v := s.shown(c, "Register the tool", framed{u.String(), "The tool asks whether it shall be registered here. Say yes in its own page."})
	if o, err := originOf(link); err == nil && !slices.Contains(v.Frames, o) {
		v.Frames = append(v.Frames, o)
	}
	v.Script = "frame.js"
	s.render(w, http.StatusOK, "register.html", v)
}

// registering is where a browser goes that reloads the page of register.
func (s *Server) registering(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/admin?"+readChoice(r.URL.Query()).query(), http.StatusSeeOther)
}

// use launches another registration of the tool from now on.
func (s *Server) use(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxFetch)
	c := readChoice(r.URL.Query())
	if !s.mayAdminister(w, c) {
		return
	}
	s.mu.Lock()
	s.using = r.PostFormValue("client")
	s.mu.Unlock()
	http.Redirect(w, r, "/admin?"+c.query(), http.StatusSeeOther)
}
