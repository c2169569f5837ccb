package otr_test

import (
	"io"
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

// A meter counts the random bytes that were drawn.
type meter struct {
	io.Reader
	drawn int
}

func (m *meter) Read(b []byte) (int, error) {
	n, err := m.Reader.Read(b)
	m.drawn += n
	return n, err
}

// The exponents of SMP are 1536-bit numbers: each step draws as many bits as
// the specification has random exponents.
func TestSMPExponentsAreLong(t *testing.T) {
	const exponent = 1536 / 8
	random := &meter{Reader: testkit.Rand("meter")}
	s := &smpScene{scene: newScene(t, 3, func(c *otr.Config) { c.Rand = random }).private()}
	draws := func(step string, exponents int, do func()) {
		t.Helper()
		before := random.drawn
		do()
		if drawn := random.drawn - before; drawn < exponents*exponent {
			t.Errorf("%s drew %d bytes, want %d exponents of %d", step, drawn, exponents, exponent)
		}
	}
	alice := keyOf(t, testkit.Alice).fingerprint()
	s.run = s.bob.smpStart(false, alice, sharedSecret)
	draws("message 1", 4, func() { s.last = s.one(s.must(s.alice.StartSMP([]byte(sharedSecret))), wire.TLVSMP1) })
	draws("message 3", 4, func() { s.last = s.one(s.tell(s.run.message2(s.last)), wire.TLVSMP3) })
	s.completes(expect4)

	s.enter(asked)
	draws("message 2", 7, func() { s.answer(sharedSecret) })
	draws("message 4", 1, func() { s.completes(expect3) })
}

// One answered question allows one guess: after a failure every further step
// of the run is refused, and only a new request starts another.
func TestSMPAllowsOneGuess(t *testing.T) {
	for _, version := range []int{2, 3} {
		s := smpAt(t, version, asked)
		s.answer("the answer that Mallory wants to guess")
		event[otr.SMPFailed](t, s.tellRead(s.run.message3(s.last)))
		for range 10 {
			s.aborts(s.tell(s.run.message3(s.last)), otr.AbortedOutOfOrder) // with fresh blinding
		}
		if _, err := s.alice.AnswerSMP([]byte("x")); err == nil {
			t.Error("a second answer was accepted without a request")
		}
	}
}

// Success with a question that the peer asked proves us to the peer alone.
func TestSMPTrustOfBothEnds(t *testing.T) {
	cases := []struct {
		question       string
		equal          bool
		before         otr.Trust
		asker, replier otr.Trust
	}{
		{"", true, "", otr.TrustSMP, otr.TrustSMP},
		{"", true, otr.TrustVerified, otr.TrustVerified, otr.TrustVerified},
		{"", false, otr.TrustSMP, "", ""},
		{"", false, otr.TrustVerified, otr.TrustVerified, otr.TrustVerified},
		{"why?", true, "", otr.TrustSMP, ""},
		{"why?", true, otr.TrustSMP, otr.TrustSMP, otr.TrustSMP},
		{"why?", true, otr.TrustVerified, otr.TrustVerified, otr.TrustVerified},
		{"why?", false, "", "", ""},
		{"why?", false, otr.TrustVerified, otr.TrustVerified, otr.TrustVerified},
	}
	for _, version := range []int{2, 3} {
		for _, c := range cases {
			p := testkit.NewPair(t, onlyPolicy(version, 0))
			p.Secure(t)
			trusts(t, p.Alice, testkit.Bob, c.before)
			trusts(t, p.Bob, testkit.Alice, c.before)
			secret := "another secret"
			if c.equal {
				secret = sharedSecret
			}
			p.Verify(t, c.question, sharedSecret, secret)
			asker, replier := trustOf(t, p.Alice, testkit.Bob), trustOf(t, p.Bob, testkit.Alice)
			if asker != c.asker || replier != c.replier {
				t.Errorf("version %d, %+v: trust %q and %q", version, c, asker, replier)
			}
		}
	}
}

func trusts(t *testing.T, c *testkit.Client, peer string, trust otr.Trust) {
	t.Helper()
	if err := c.User.SetTrust(testkit.PeerOf(c.Name, peer), keyOf(t, peer).fingerprint(), trust); err != nil {
		t.Fatal(err)
	}
}

func trustOf(t *testing.T, c *testkit.Client, peer string) otr.Trust {
	t.Helper()
	trust, _ := c.User.Trust(testkit.PeerOf(c.Name, peer), keyOf(t, peer).fingerprint())
	return trust
}
