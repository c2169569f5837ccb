package otr_test

import (
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

const answersPerMinute = 3

// flood is something that strangers, or the peer, can send again and again.
type flood struct {
	name string
	most int // answers in a minute
	// begin brings Alice where the flood is answered, and returns what makes the next message of it.
	begin func(s *scene) (next func() string)
}

var floods = []flood{
	{"error messages", 1, func(s *scene) func() string {
		return func() string { return "?OTR Error: what was that?" }
	}},
	{"unreadable messages", 1, func(s *scene) func() string {
		s.private()
		return func() string {
			m := parse(s.t, s.bob.data("text", nil)).(*wire.Data)
			m.MAC[0] ^= 1
			return encode(m)
		}
	}},
	{"damaged messages", 1, func(s *scene) func() string {
		s.private()
		return func() string {
			raw := parse(s.t, s.bob.data("text", nil)).Append(nil)
			return wire.Encode(raw[:len(raw)-1])
		}
	}},
	{"queries", answersPerMinute, func(s *scene) func() string { return s.query }},
	{"D-H Commit Messages", answersPerMinute, func(s *scene) func() string { return s.bob.commit }},
	{"D-H Key Messages", answersPerMinute, func(s *scene) func() string {
		commit := s.wantCommit(s.get(s.query()))
		message := s.bob.dhKey(commit)
		only[*wire.RevealSignature](s.t, s.get(message)) // and so again, if the same message comes again
		return func() string { return message }
	}},
	{"wrong steps of SMP", answersPerMinute, func(s *scene) func() string {
		s.private()
		return func() string { return s.bob.data("", []wire.TLV{wellFormed(wire.TLVSMP2)}, unreadableIgnored) }
	}},
}

// inFlood is Alice when a flood begins, a minute after all that led there.
func inFlood(t *testing.T, f flood) (*scene, func() string) {
	t.Helper()
	s := newScene(t, 3, policy(otr.ErrorStartAKE), func(c *otr.Config) { c.Limits.AnswersPerMinute = answersPerMinute })
	next := f.begin(s)
	s.clock.Advance(time.Minute)
	return s, next
}

// answered counts the answers to many messages, with something done between any two.
func (s *scene) answered(next func() string, between func()) (n int) {
	const many = 10
	for range many {
		n += len(s.get(next()).Send)
		between()
	}
	return n
}

// Whoever can make a program restart, or a program that restarts for each message, gets no more answers: what was
// answered in this minute is in the snapshot.
func TestLimitsSurviveRestart(t *testing.T) {
	for _, f := range floods {
		t.Run(f.name, func(t *testing.T) {
			s, next := inFlood(t, f)
			restart := func() { s.alice.Restart(testkit.Bob) }
			for minute := range 2 {
				if n := s.answered(next, restart); n != f.most {
					t.Errorf("minute %d: %d answers, want %d", minute, n, f.most)
				}
				s.clock.Advance(time.Minute)
			}
		})
	}
}

// A clock that is set back, by however little, does not make Alice mute until it has caught up.
func TestClockSetBackIsNotMute(t *testing.T) {
	for _, f := range floods {
		t.Run(f.name, func(t *testing.T) {
			s, next := inFlood(t, f)
			for _, back := range []time.Duration{0, -time.Second, -24 * time.Hour, -10000 * time.Hour} {
				s.clock.Advance(back)
				if n := s.answered(next, func() {}); n != f.most {
					t.Errorf("set back by %v: %d answers, want %d", back, n, f.most)
				}
			}
		})
	}
}

// A flood of one kind leaves the others be: forged queries do not keep the peer from making a private conversation, nor
// forged D-H Commit Messages our own query from leading to one.
func TestFloodStopsNothingElse(t *testing.T) {
	genuineCommit := func(s *scene) {
		s.bob = s.again()
		s.exchange()
		s.talks()
	}
	genuineQuery := func(s *scene) {
		s.bob = s.again()
		commit := s.wantCommit(s.get(s.query()))
		reveal := only[*wire.RevealSignature](s.t, s.get(s.bob.dhKey(commit)))
		event[otr.Secured](s.t, s.get(s.bob.signature(commit, reveal)))
		s.talks()
	}
	for _, f := range floods {
		for _, genuine := range []struct {
			name  string
			stops string // the flood of its own kind
			check func(s *scene)
		}{
			{"D-H Commit Message", "D-H Commit Messages", genuineCommit},
			{"query", "queries", genuineQuery},
		} {
			// The later steps have a common limit, so that these two do stop each other, for a minute.
			if f.name == genuine.stops || f.name == "D-H Key Messages" {
				continue
			}
			t.Run(f.name+", then a genuine "+genuine.name, func(t *testing.T) {
				s, next := inFlood(t, f)
				for range 200 {
					s.get(next())
				}
				genuine.check(s)
			})
		}
	}
}

// After a minute every flood is forgotten.
func TestFloodEndsWithTheMinute(t *testing.T) {
	for _, f := range floods {
		t.Run(f.name, func(t *testing.T) {
			s, next := inFlood(t, f)
			s.answered(next, func() {})
			s.clock.Advance(time.Minute)
			s.bob = s.again()
			s.exchange()
			s.talks()
		})
	}
}
