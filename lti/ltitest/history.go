package ltitest

import (
	"net/http"
	"slices"
	"time"
)

// An Event is one thing that happened between platform and tool, as an administrator would see it.
type Event struct {
	At     time.Time
	What   string // "score", "access token", "launch" ...
	User   string // whose; ""
	Link   string
	OK     bool
	Status int    // of HTTP; 0: there was no answer to give
	Detail string // in words; ""
}

// maxHistory is how many events are kept: the newest.
const maxHistory = 500

// History is what happened, the newest last.
func (p *Platform) History() []Event {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.history)
}

// Note adds an event to the history. Its time is now.
func (p *Platform) Note(e Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.note(e)
}

func (p *Platform) note(e Event) {
	e.At = p.Now()
	p.history = append(p.history, e)
	if n := len(p.history); n > maxHistory {
		p.history = slices.Clone(p.history[n-maxHistory:])
	}
	p.wake()
}

// Changed is closed as soon as anything happens: a score arrives, an activity is added. Ask for it before looking.
func (p *Platform) Changed() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.changed
}

func (p *Platform) wake() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// noting keeps the status of an answer for the history.
type noting struct {
	http.ResponseWriter
	event Event
}

func (n *noting) WriteHeader(status int) {
	n.event.Status = status
	n.ResponseWriter.WriteHeader(status)
}

// about says what an answer is about; it may be called several times.
func about(w http.ResponseWriter, change func(*Event)) {
	if n, ok := w.(*noting); ok {
		change(&n.event)
	}
}

// because refuses a request and says why.
func because(w http.ResponseWriter, status int, why string) {
	about(w, func(e *Event) { e.Detail = why })
	w.WriteHeader(status)
}
