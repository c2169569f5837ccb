package bot_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"otrbot/internal/testkit/learner"
	"otrbot/internal/tutor"
	"otrbot/internal/xmpp"
	"otrbot/interop/servers"
	"otrbot/otrxmpp"
)

// reaches wants the learner to get from the greeting to the end, where what is done to the line or the server comes
// in the middle of a step: when the learner's side has spoken, and the bot's answer is on its way or was never given.
func (s *script) reaches(trouble func(step string)) {
	s.t.Helper()
	s.must(s.StartOTR())
	trouble("the key exchange")
	s.wait(learner.Is[otrxmpp.OTREnabled])
	s.wait(says(s.t, "otr_on"))
	s.must(s.Verify(shared))
	trouble("the check")
	s.wait(learner.Is[otrxmpp.CorrectSecretReceived])
	s.wait(says(s.t, "code"))
	s.must(s.Say(s.code()))
	trouble("the last word")
	s.wait(says(s.t, "congratulations"))
}

// through sends the bot's connections through a line that can be cut and stalled.
func (h *house) through() *servers.Link {
	line := servers.Proxy(h.t, h.server.Addr())
	h.config.XMPP.Server = line.Addr()
	return line
}

// The bot's connection is cut in the middle of each step.
func TestCutInTheMiddle(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, server *servers.Instance) {
		h := newHouse(t, server, options)
		line := h.through()
		h.start()
		s := h.greeted(t, "ana")
		s.reaches(func(string) {
			line.Cut()
		})
		if n := strings.Count(h.log.String(), "resumed=true"); n == 0 {
			t.Error("the bot has never resumed its stream")
		}
	})
}

const gone = "offline; trying again"

// The line holds everything back in the middle of each step, and the bot gives it up.
func TestStallInTheMiddle(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, server *servers.Instance) {
		h := newHouse(t, server, options)
		h.config.XMPP.Timers = xmpp.Timers{Read: 600 * time.Millisecond, Ack: 200 * time.Millisecond, Login: time.Second}
		line := h.through()
		h.start()
		s := h.greeted(t, "ana")
		s.reaches(func(step string) {
			first := strings.Count(h.log.String(), gone)
			line.Stall()
			h.logged(s, gone, first)
			line.Resume()
		})
		if n := strings.Count(h.log.String(), "resumed=true"); n == 0 {
			t.Error("the bot has never resumed its stream")
		}
	})
}

// logged waits until the bot has logged something once more than at first.
func (h *house) logged(s *script, what string, first int) {
	h.t.Helper()
	for {
		more := h.log.more()
		if strings.Count(h.log.String(), what) > first {
			return
		}
		select {
		case <-more:
		case <-s.ctx.Done():
			h.t.Fatalf("the bot has not logged %q", what)
		}
	}
}

// The server is restarted in the middle of each step and has forgotten the streams. The learner tries again, as people
// do, and gets to the end.
func TestServerRestarted(t *testing.T) {
	t.Parallel()
	own := servers.Prosody(t, servers.Options{})
	h := newHouse(t, own.Instance, options)
	h.start()
	s := h.greeted(t, "ana")
	s.must(s.StartOTR())
	own.Restart()
	s.until(says(t, "otr_on"), s.StartOTR)
	s.must(s.Verify(shared))
	own.Restart()
	s.until(says(t, "code"), s.inTurn(func() error { return errors.Join(s.Abort(), s.Verify(shared)) }))
	s.must(s.Say("help"))
	own.Restart()
	s.until(says(t, "congratulations"), s.inTurn(func() error { return s.Say(s.code()) }, func() error { return s.Verify(shared) }))
}

// inTurn are things to try; when they do not help, the learner switches OTR off and on, and begins anew.
func (s *script) inTurn(tries ...func() error) func() error {
	tries = append(tries, func() error { return errors.Join(s.EndOTR(), s.StartOTR()) })
	n := 0
	return func() error { n++; return tries[(n-1)%len(tries)]() }
}

// until does something again and again until the learner sees what it is for, or has seen it already.
func (s *script) until(seen func(learner.Seen) bool, do func() error) {
	s.t.Helper()
	for s.ctx.Err() == nil {
		patience, cancel := context.WithTimeout(s.ctx, time.Second)
		n, err := s.Wait(patience, s.n, seen)
		cancel()
		if err == nil {
			s.n = n
			return
		}
		if err := do(); err != nil {
			s.t.Logf("the learner tries in vain: %v", err)
		}
	}
	s.t.Fatalf("never seen: %v", s)
}

// What the bot says is lost on the way, and the server gives up its stream before it is back: nobody knows what came, so
// the step is told again.
func TestStepIsToldAgain(t *testing.T) {
	t.Parallel()
	own := servers.Prosody(t, servers.Options{Hold: time.Second})
	h := newHouse(t, own.Instance, tutor.Options{NoTyping: true})
	h.config.XMPP.Timers.Login = time.Second
	line := h.through()
	h.start()
	s := h.greeted(t, "ana")
	s.wait(says(t, "start_1")) // her hello was answered too
	line.Stall()
	s.must(h.desk.PutSecret(t.Context(), s.JID(), []byte(ownSecret))) // the bot says that it has it, into the dead line
	h.logged(s, "event=secret_received", 0)
	line.Cut()
	s.wait(learner.Shows("unavailable"))
	line.Resume()
	s.wait(learner.Shows("available"))
	s.must(s.Say("help"))
	s.wait(says(t, "start_2"))
	steps, kept := 0, 0
	for _, seen := range s.Seen() {
		if says(t, "first_step")(seen) {
			steps++
		}
		if says(t, "secret_kept_plain")(seen) {
			kept++
		}
	}
	// Cut before it was written, the text comes when the line is there again; after that, nobody knows.
	if lost := kept == 0; lost && steps != 2 || !lost && (kept != 1 || steps != 1) {
		t.Errorf("the first step was told %d times, the news %d times: %v", steps, kept, s)
	}
}
