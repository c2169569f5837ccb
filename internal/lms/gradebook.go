package lms

import (
	"fmt"
	"net/http"
	"slices"

	"otrbot/lti/ltitest"
)

// gradebookPage is everybody's grades for staff, one's own for learners.
type gradebookPage struct {
	Activities []ltitest.Link
	Rows       []gradeRow
	Staff      bool
	History    []historyRow // the newest first
}

type gradeRow struct {
	Who   person
	Marks []*ltitest.Mark // one for each activity; nil: none
}

type historyRow struct {
	ltitest.Event
	Who, Activity string
}

func (s *Server) gradebook(w http.ResponseWriter, r *http.Request) {
	c := readChoice(r.URL.Query())
	p := gradebookPage{Staff: c.As.Staff()}
	for _, l := range s.platform.Activities() {
		if l.Maximum > 0 {
			p.Activities = append(p.Activities, l)
		}
	}
	for _, who := range people() {
		row := gradeRow{Who: who}
		graded := false
		for _, l := range p.Activities {
			m, ok := s.platform.Mark(l.ID, who.ID)
			if graded = graded || ok; !ok {
				row.Marks = append(row.Marks, nil)
				continue
			}
			row.Marks = append(row.Marks, &m)
		}
		// Staff is not graded: if it is, that is to be seen.
		if who.ID == c.As.ID && !who.Staff() || p.Staff && (!who.Staff() || graded) {
			p.Rows = append(p.Rows, row)
		}
	}
	if p.Staff {
		p.History = s.history()
	}
	s.render(w, http.StatusOK, "gradebook.html", view{Title: "Gradebook", Choice: c, Data: p, Script: "live.js"})
}

func (s *Server) history() (rows []historyRow) {
	titles := map[string]string{}
	for _, l := range s.platform.Activities() {
		titles[l.ID] = l.Title
	}
	for _, e := range s.platform.History() {
		row := historyRow{Event: e, Activity: titles[e.Link]}
		for _, who := range people() {
			if who.ID == e.User {
				row.Who = who.Label
			}
		}
		rows = append(rows, row)
	}
	slices.Reverse(rows)
	return rows
}

// events tells a page each time that something happened: server-sent events without any content.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	for n := 0; ; n++ {
		changed := s.platform.Changed()
		if _, err := fmt.Fprintf(w, "data: %d\n\n", n); err != nil || out.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
	}
}
