package otr_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

// strangersCommit lets so many instances of nobody begin a key exchange.
func (s *scene) strangersCommit(count int) (results []otr.Result) {
	s.t.Helper()
	stranger := newHandmade(s.t, 3, testkit.Mallory, "stranger")
	for n := range count {
		s.clock.Advance(time.Second)
		stranger.tag = 0x1000 + uint32(n)
		results = append(results, s.get(stranger.commit()))
	}
	return results
}

// knows reports whether Alice remembers the client of Bob.
func (s *scene) knows() bool {
	return slices.ContainsFunc(s.alice.Instances(), func(i otr.Instance) bool { return uint32(i.Tag) == s.bob.tag })
}

// The instance that a person selected is in clear still. Strangers who come in Bob's name, more than can be remembered,
// do not drive it out: it stays selected, and its key exchange goes on.
func TestSelectedInstanceIsNotDrivenOut(t *testing.T) {
	for _, limit := range []int{1, 2, 5} {
		t.Run(fmt.Sprintf("%d instances", limit), func(t *testing.T) {
			s := newScene(t, 3, func(c *otr.Config) { c.Limits.Instances, c.Limits.AnswersPerMinute = limit, 1000 })
			key := only[*wire.DHKey](t, s.get(s.bob.commit()))
			s.chosen()
			refused := 0
			for _, r := range s.strangersCommit(20) {
				if len(r.Send) == 0 {
					wantRejected(t, r, otr.TooMany)
					refused++
				}
			}
			if known := len(s.alice.Instances()); !s.knows() || known > limit {
				t.Fatalf("%d instances are known, Bob's %v", known, s.knows())
			}
			if wantAll := limit == 1; (refused == 20) != wantAll {
				t.Errorf("%d strangers were refused", refused)
			}
			s.bob.finish(only[*wire.Signature](t, s.get(s.bob.reveal(key))))
			s.is(otr.Encrypted)
			s.talks()
		})
	}
}

// One that is not selected gives way, as it must: otherwise strangers could keep everybody else out.
func TestUnselectedInstanceGivesWay(t *testing.T) {
	s := newScene(t, 3, func(c *otr.Config) { c.Limits.Instances, c.Limits.AnswersPerMinute = 2, 1000 })
	only[*wire.DHKey](t, s.get(s.bob.commit()))
	s.strangersCommit(2)
	if s.knows() {
		t.Fatal("the oldest instance in clear is remembered")
	}
	s.private().talks()
}
