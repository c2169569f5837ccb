package otr_test

import (
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

// sessionOf is the session that the instance of an event leads to.
func (s *scene) sessionOf(tag otr.InstanceTag) otr.Session {
	s.t.Helper()
	session, ok := s.alice.SessionOf(tag)
	if !ok {
		s.t.Fatalf("no session of the instance %x", tag)
	}
	return session
}

// noSessionOf checks that there is none.
func (s *scene) noSessionOf(tag otr.InstanceTag) {
	s.t.Helper()
	if session, ok := s.alice.SessionOf(tag); ok || session != (otr.Session{}) {
		s.t.Errorf("session of the instance %x: %+v", tag, session)
	}
}

// Mallory logs in under Bob's name, with a key of his own. Alice, whose selected instance is the Bob she verified, must
// not take Mallory's words for Bob's: the instance of the event leads to the key that spoke.
func TestSessionOfTellsWhoSpoke(t *testing.T) {
	bob := newScene(t, 3).private()
	bob.setTrust(otr.TrustVerified)
	bob.chosen()
	posing := *bob
	mallory := &posing
	mallory.bob = newHandmade(t, 3, testkit.Mallory, "mallory")
	mallory.bob.tag = 0xbad00bad
	mallory.private()

	for _, c := range []struct {
		who   *scene
		trust otr.Trust
	}{{mallory, ""}, {bob, otr.TrustVerified}, {mallory, ""}} {
		r := c.who.get(c.who.bob.data("Send the money.", nil))
		got := c.who.sessionOf(event[otr.Received](t, r).Instance)
		if got.Fingerprint != c.who.bob.key.fingerprint() || got.Trust != c.trust || uint32(got.Instance) != c.who.bob.tag {
			t.Errorf("the words of %x belong to the session %+v", c.who.bob.tag, got)
		}
		if got.SSID != c.who.bob.ssid() {
			t.Errorf("the session of %x has the id %x", c.who.bob.tag, got.SSID)
		}
	}
	if selected, ok := bob.alice.Session(); !ok || selected != bob.sessionOf(otr.InstanceTag(bob.bob.tag)) {
		t.Errorf("the selected session is %+v", selected)
	}
	mallory.setTrust(otr.TrustSMP) // the trust is that of the moment
	if got := mallory.sessionOf(otr.InstanceTag(mallory.bob.tag)); got.Trust != otr.TrustSMP {
		t.Errorf("trust %q", got.Trust)
	}
}

// There is no session of an instance that is unknown, in clear or ended, nor of a rule of selection.
func TestSessionOfNobody(t *testing.T) {
	s := newScene(t, 3).private()
	tag := otr.InstanceTag(s.bob.tag)
	for _, unknown := range []otr.InstanceTag{0, otr.Best, otr.Recent, otr.RecentReceived, otr.RecentSent, tag + 1} {
		s.noSessionOf(unknown)
	}
	other := s.beside()
	only[*wire.DHKey](t, other.get(other.bob.commit()))
	other.noSessionOf(otr.InstanceTag(other.bob.tag))

	s.sessionOf(tag)
	event[otr.Ended](t, s.get(s.bob.data("", disconnected)))
	s.noSessionOf(tag)

	s = newScene(t, 3).private()
	s.must(s.alice.End())
	s.noSessionOf(tag)

	s = newScene(t, 3).private()
	s.alice.Close()
	s.noSessionOf(tag)
}

// Version 2 has no tags; its events and its session have the instance 0.
func TestSessionOfVersion2(t *testing.T) {
	s := newScene(t, 2)
	s.noSessionOf(0)
	s.private()
	e := event[otr.Received](t, s.get(s.bob.data("text", nil)))
	if got := s.sessionOf(e.Instance); got.Version != 2 || got.Fingerprint != s.bob.key.fingerprint() {
		t.Errorf("%+v", got)
	}
}
