package lms

import (
	"net/http"
	"strconv"

	"otrbot/lti/ltitest"
)

// choose lets a teacher choose an activity within the tool: "LTI Deep Linking".
func (s *Server) choose(w http.ResponseWriter, r *http.Request) {
	c := readChoice(r.URL.Query())
	if !s.mayChoose(w, c) {
		return
	}
	c.Version = "1.3"
	v := s.shown(c, "Add an activity from the tool", framed{"/choose/launch?" + c.query(), ""})
	v.Script = "frame.js"
	s.render(w, http.StatusOK, "frame.html", v)
}

func (s *Server) chooseLaunch(w http.ResponseWriter, r *http.Request) {
	c := readChoice(r.URL.Query())
	switch {
	case !ownPage(r):
		s.fail(w, http.StatusForbidden, "Another site wanted to open this", "Go back to the course.")
	case s.mayChoose(w, c):
		s.open13(w, launch{choice: c, choosing: true})
	}
}

func (s *Server) mayChoose(w http.ResponseWriter, c choice) bool {
	if !c.As.Staff() {
		s.fail(w, http.StatusForbidden, "Only teachers add activities", "Become the teacher on the course’s page.")
	}
	return c.As.Staff()
}

// maxChosen is how many activities fit into a course that is for trying out.
const maxChosen = 50

// chosen takes what the tool's page posts. It comes from another site on purpose: the signature counts.
func (s *Server) chosen(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxFetch)
	answer, err := s.platform.ReadChosen(r.PostFormValue("JWT"))
	l, known := s.launched(answer.Data)
	if err != nil || !known || !l.choosing || l.client != answer.Client.ID {
		detail := "data that was not given away, or long ago"
		if err != nil {
			detail = err.Error()
		}
		s.platform.Note(ltitest.Event{What: "deep linking", Detail: detail})
		s.fail(w, http.StatusBadRequest, "The tool’s answer is not to be trusted", "Nothing was added: "+detail+". Go back to the course and try again.")
		return
	}
	for _, link := range answer.Links {
		s.mu.Lock()
		s.added++
		n := s.added
		s.mu.Unlock()
		if n > maxChosen {
			break
		}
		if link.ID = "link-" + strconv.Itoa(n+len(links())); link.Title == "" {
			link.Title = "Activity " + strconv.Itoa(n)
		}
		s.platform.AddLink(link)
	}
	s.platform.Note(ltitest.Event{What: "deep linking", User: l.As.ID, OK: true, Detail: strconv.Itoa(len(answer.Links)) + " added"})
	s.render(w, http.StatusOK, "chosen.html", view{Title: "Added to the course", Choice: l.choice, Data: answer})
}
