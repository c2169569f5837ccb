package web

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"otrbot/internal/web/page"
)

const (
	heartbeat   = 20 * time.Second // a comment, so that proxies and we notice a reader who has gone
	streamTime  = 30 * time.Minute // then the browser opens another one, and the visit is looked at again
	writeTime   = 10 * time.Second // a reader who takes longer for a few kB has gone
	reconnectMS = 2000
)

// events is the stream that keeps an open page up to date: "Server-sent events" of the HTML standard. Each event is the
// page's changing part, made by the same template as the page; its id is the hash of it, so that nobody is sent what
// they see already. It ends with the visit.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	who, err := s.visitor(r)
	if err != nil {
		s.endStream(w, err)
		return
	}
	if r.Method == http.MethodHead {
		newStream(w)
		return
	}
	wake, leave, ok := s.hub.wait(who.enrolment.ID)
	if !ok {
		page.Protect(w.Header())
		w.Header().Set("Retry-After", "30")
		http.Error(w, "too many streams", http.StatusServiceUnavailable)
		return
	}
	defer leave()
	now := s.c.Now()
	end := time.NewTimer(min(streamTime, who.visit.Expires.Sub(now)))
	beat := time.NewTicker(heartbeat)
	defer end.Stop()
	defer beat.Stop()

	out := newStream(w)
	out.send(fmt.Sprintf("retry: %d\n\n", reconnectMS))
	seen := r.Header.Get("Last-Event-ID")
	if seen == "" {
		seen = r.URL.Query().Get("at")
	}
	for out.err == nil {
		part, err := s.part(r, who)
		if err != nil {
			out.send("event: over\ndata:\n\n")
			return
		}
		if id := fingerprintOf(part); id != seen {
			out.send("id: " + id + "\nevent: progress\n" + dataLines(part) + "\n")
			seen = id
		}
		select {
		case <-wake:
			if who.enrolment, err = s.c.Store.Enrolment(r.Context(), who.enrolment.ID); err != nil {
				out.send("event: over\ndata:\n\n")
				return
			}
		case <-beat.C:
			out.send(":\n\n")
		case <-end.C:
			return
		case <-r.Context().Done():
			return
		case <-s.hub.closed:
			return
		}
	}
}

// endStream tells a page without a visit to load itself again: then it says why.
func (s *Server) endStream(w http.ResponseWriter, err error) {
	if !errors.Is(err, errVisit) {
		s.c.Log.Error("a stream could not begin", "err", err)
		page.Protect(w.Header())
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	newStream(w).send("event: over\ndata:\n\n")
}

// A stream writes events until one fails.
type stream struct {
	w    http.ResponseWriter
	ctrl *http.ResponseController
	err  error
}

func newStream(w http.ResponseWriter) *stream {
	page.Protect(w.Header())
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // nginx passes each event on at once
	return &stream{w: w, ctrl: http.NewResponseController(w)}
}

func (s *stream) send(text string) {
	if s.err != nil {
		return
	}
	if err := s.ctrl.SetWriteDeadline(time.Now().Add(writeTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		s.err = err
		return
	}
	if _, s.err = s.w.Write([]byte(text)); s.err == nil {
		s.err = s.ctrl.Flush()
	}
}

func dataLines(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("data: " + strings.TrimRight(line, "\r\n") + "\n")
	}
	return b.String()
}

func fingerprintOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}
