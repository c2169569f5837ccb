package ake

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"testing"

	"otrbot/otr/internal/group"
	"otrbot/otr/internal/wire"
)

// A side is one end of an exchange.
type side struct {
	Machine
	t       *testing.T
	header  wire.Header
	key     *group.PrivateKey
	rand    io.Reader
	commit  *Commit
	verdict Verdict
	done    *Established
}

// longTermKeys are two long-term keys.
var longTermKeys = sync.OnceValues(func() ([2]*group.PrivateKey, error) {
	random := rand.NewChaCha8([32]byte{7})
	var pair [2]*group.PrivateKey
	parameters, err := group.GenerateParameters(random)
	for i := range pair {
		if err == nil {
			pair[i], err = group.GenerateKey(parameters, random)
		}
	}
	return pair, err
})

func newSides(t *testing.T, version uint16) (a, b *side) {
	t.Helper()
	both, err := longTermKeys()
	if err != nil {
		t.Fatal(err)
	}
	newSide := func(n byte) *side {
		s := &side{t: t, header: wire.Header{Version: version}, key: both[n], rand: rand.NewChaCha8([32]byte{n})}
		if version == wire.V3 {
			s.header.Sender, s.header.Receiver = 0x100+uint32(n), 0x101-uint32(n)
		}
		return s
	}
	return newSide(0), newSide(1)
}

// commits begins an exchange.
func (s *side) commits() wire.Message {
	s.t.Helper()
	c, err := NewCommit(s.header.Version, s.rand)
	if err != nil {
		s.t.Fatal(err)
	}
	s.commit = c
	s.Adopt(c)
	return c.Message(s.header)
}

// hears hands over a message as the wire carries it, and returns the reply, nil if there is none.
func (s *side) hears(m wire.Message) wire.Message {
	s.t.Helper()
	arrived, err := wire.Parse(m.Append(nil))
	if err != nil {
		s.t.Fatal(err)
	}
	step, err := s.Receive(arrived, s.header, s.key, s.rand)
	if err != nil {
		s.t.Fatal(err)
	}
	s.verdict = step.Verdict
	if step.Done != nil {
		s.done = step.Done
	}
	return step.Reply
}

// agree checks that both sides have completed the same exchange.
func agree(t *testing.T, a, b *side) {
	t.Helper()
	if a.done == nil || b.done == nil {
		t.Fatalf("completed: %v and %v", a.done != nil, b.done != nil)
	}
	if a.done.SSID != b.done.SSID || a.done.Public != b.done.Theirs || a.done.Theirs != b.done.Public {
		t.Fatal("the sides have other keys")
	}
	if a.done.SentReveal == b.done.SentReveal || a.done.PeerStarted == b.done.PeerStarted {
		t.Fatal("both sides think that they did the same")
	}
	if a.State() != None || b.State() != None {
		t.Fatalf("states are %v and %v afterwards", a.State(), b.State())
	}
}

// talk carries messages to and fro until one side is silent.
func talk(a, b *side, m wire.Message) {
	for from, to := a, b; m != nil; from, to = to, from {
		m = to.hears(m)
	}
}

func TestExchange(t *testing.T) {
	for _, version := range []uint16{wire.V2, wire.V3} {
		t.Run(fmt.Sprint("v", version), func(t *testing.T) {
			a, b := newSides(t, version)
			talk(a, b, a.commits())
			agree(t, a, b)
		})
	}
}

// Both commit at once. In version 3 the lower hash gives way; in version 2 some peers give way whatever the hashes.
func TestCrossingCommits(t *testing.T) {
	for _, version := range []uint16{wire.V2, wire.V3} {
		for n := range 8 {
			t.Run(fmt.Sprintf("v%d/%d", version, n), func(t *testing.T) {
				a, b := newSides(t, version)
				for range n {
					a.commits() // so that each hash is the higher one now and then
				}
				fromA, fromB := a.commits(), b.commits()
				replyA, replyB := a.hears(fromB), b.hears(fromA)
				talk(a, b, replyA)
				if a.done == nil {
					talk(b, a, replyB)
				}
				agree(t, a, b)
			})
		}
	}
	t.Run("both give way in version 2", func(t *testing.T) {
		a, b := newSides(t, wire.V2)
		fromA, fromB := a.commits(), b.commits()
		low, high, fromLow, fromHigh := a, b, fromA, fromB
		if string(a.commit.hash[:]) > string(b.commit.hash[:]) {
			low, high, fromLow, fromHigh = b, a, fromB, fromA
		}
		low.hears(fromHigh)
		high.Reset() // it gives way although it need not
		keyOfHigh := high.hears(fromLow)
		reveal := low.hears(keyOfHigh)
		if reveal == nil {
			t.Fatal("the side with the lower hash does not go on with its own commit")
		}
		talk(low, high, reveal)
		agree(t, low, high)
	})
}

// All that comes in the name of a side's own messages, or in another version than the exchange.
func TestNotAccepted(t *testing.T) {
	otherVersion := func(m wire.Message) wire.Message {
		raw := m.Append(nil)
		raw[1] ^= 1 // between 2 and 3, which has tags behind the type
		if raw[1] == 2 {
			raw = append(raw[:3], raw[11:]...)
		} else {
			raw = append(raw[:3:3], append([]byte{0, 0, 1, 0, 0, 0, 1, 1}, raw[3:]...)...)
		}
		changed, err := wire.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		return changed
	}
	for _, version := range []uint16{wire.V2, wire.V3} {
		for _, test := range []struct {
			name    string
			forge   func(a, b *side) (victim *side, forged, genuine wire.Message)
			verdict Verdict
		}{
			{"our commit comes back", func(a, b *side) (*side, wire.Message, wire.Message) {
				commit := a.commits()
				return a, commit, b.hears(commit)
			}, Mirrored},
			{"our g^x as g^y", func(a, b *side) (*side, wire.Message, wire.Message) {
				genuine := b.hears(a.commits())
				return a, &wire.DHKey{Header: b.header, GY: a.commit.public.Bytes()}, genuine
			}, Mirrored},
			{"D-H Key of another version", func(a, b *side) (*side, wire.Message, wire.Message) {
				genuine := b.hears(a.commits())
				return a, otherVersion(genuine), genuine
			}, Refused},
			{"Reveal Signature of another version", func(a, b *side) (*side, wire.Message, wire.Message) {
				genuine := a.hears(b.hears(a.commits()))
				return b, otherVersion(genuine), genuine
			}, Refused},
			{"Signature of another version", func(a, b *side) (*side, wire.Message, wire.Message) {
				genuine := b.hears(a.hears(b.hears(a.commits())))
				return a, otherVersion(genuine), genuine
			}, Refused},
			{"Signature in place of Reveal Signature", func(a, b *side) (*side, wire.Message, wire.Message) {
				genuine := a.hears(b.hears(a.commits()))
				r := genuine.(*wire.RevealSignature)
				return b, &wire.Signature{Header: a.header, EncryptedSignature: r.EncryptedSignature, MAC: r.MAC}, genuine
			}, Ignored},
			{"the Reveal Signature as Signature", func(a, b *side) (*side, wire.Message, wire.Message) {
				r := a.hears(b.hears(a.commits())).(*wire.RevealSignature)
				return a, &wire.Signature{Header: b.header, EncryptedSignature: r.EncryptedSignature, MAC: r.MAC}, b.hears(r)
			}, Refused},
		} {
			t.Run(fmt.Sprintf("v%d/%s", version, test.name), func(t *testing.T) {
				a, b := newSides(t, version)
				a.t, b.t = t, t
				victim, forged, genuine := test.forge(a, b)
				before := string(victim.Append(nil))
				if reply := victim.hears(forged); reply != nil || victim.verdict != test.verdict {
					t.Fatalf("verdict %v with reply %v, want %v without", victim.verdict, reply, test.verdict)
				}
				if string(victim.Append(nil)) != before {
					t.Fatal("the state has changed")
				}
				other := a
				if victim == a {
					other = b
				}
				talk(other, victim, genuine)
				agree(t, a, b)
			})
		}
	}
}

// Without randomness an answer is impossible, and the state is as it was.
func TestNoRandomness(t *testing.T) {
	for n, name := range []string{"D-H Commit", "D-H Key", "Reveal Signature"} {
		t.Run(name, func(t *testing.T) {
			a, b := newSides(t, wire.V3)
			m, to, from := a.commits(), b, a
			for range n {
				m = to.hears(m)
				to, from = from, to
			}
			before := string(to.Append(nil))
			if _, err := to.Receive(m, to.header, to.key, broken{}); !errors.Is(err, errBroken) {
				t.Fatalf("error is %v", err)
			}
			if string(to.Append(nil)) != before {
				t.Fatal("the state has changed")
			}
			talk(from, to, m)
			agree(t, a, b)
		})
	}
}

var errBroken = errors.New("no randomness")

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errBroken }

// In every state a side goes on from its snapshot, which is the same afterwards.
func TestSnapshot(t *testing.T) {
	for _, version := range []uint16{wire.V2, wire.V3} {
		a, b := newSides(t, version)
		restart := func(s *side) {
			t.Helper()
			snapshot := s.Append(nil)
			r := wire.NewReader(snapshot)
			m, err := Read(&r)
			if err == nil {
				err = r.Done()
			}
			if err != nil {
				t.Fatalf("%v: %v", s.State(), err)
			}
			if again := m.Append(nil); string(again) != string(snapshot) {
				t.Fatalf("%v: %x became %x", s.State(), snapshot, again)
			}
			for n := range snapshot {
				r := wire.NewReader(snapshot[:n])
				if _, err := Read(&r); err == nil && r.Err() == nil {
					t.Fatalf("%v: restored from %d bytes of %d", s.State(), n, len(snapshot))
				}
			}
			s.Machine = m
		}
		restart(a)
		m := a.commits()
		for from, to := a, b; m != nil; from, to = to, from {
			restart(from)
			m = to.hears(m)
			restart(to)
		}
		agree(t, a, b)
	}
}
