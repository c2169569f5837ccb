package otr_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

var disconnected = []wire.TLV{{Type: wire.TLVDisconnected}}

// forged is a Data Message whose MAC is wrong.
func (s *scene) forged(changes ...dataChange) string {
	m := parse(s.t, s.bob.data("forged", nil, changes...)).(*wire.Data)
	m.MAC[7] ^= 0x10
	return encode(m)
}

// Section "Receiving a Data Message".
func messageDataCells() cells {
	// outside is a Data Message of a session that Alice no longer has, or never had.
	outside := func(state otr.MessageState, changes ...dataChange) func(*testing.T, int) {
		return func(t *testing.T, version int) {
			s := newScene(t, version).private()
			late := s.bob.data("late", nil, changes...)
			if state == otr.Plaintext {
				s.must(s.alice.End())
			} else {
				s.get(s.bob.data("", disconnected))
			}
			s.is(state)
			r := s.get(late)
			silent(t, r)
			none[otr.Received](t, r)
			if len(changes) == 0 {
				wantRejected(t, r, otr.NotInPrivate)
			} else if len(r.Events) != 0 {
				t.Errorf("events %+v, want none", r.Events)
			}
			s.is(state)
		}
	}
	return cells{
		"M-44": inState(otr.Encrypted, 0, func(s *scene) {
			r := s.get(s.bob.data("Grüß Gott", nil))
			wantText(s.t, r, "Grüß Gott")
			silent(s.t, r)
			s.is(otr.Encrypted)
		}),
		"M-45": inState(otr.Encrypted, 0, func(s *scene) {
			r := s.get(s.bob.data("", nil))
			none[otr.Received](s.t, r)
			if e := event[otr.Heartbeat](s.t, r); e.Sent {
				s.t.Error("the heartbeat is reported as ours")
			}
			s.is(otr.Encrypted)
		}),
		"M-46": inState(otr.Encrypted, 0, func(s *scene) {
			s.reads(s.must(s.alice.Send("before the silence")), "before the silence")
			s.clock.Advance(61 * time.Second)
			r := s.get(s.bob.data("still there?", nil))
			wantText(s.t, r, "still there?")
			m := only[*wire.Data](s.t, r)
			if text, _ := s.bob.read(m); text != "" || m.Flags != wire.FlagIgnoreUnreadable {
				s.t.Errorf("heartbeat with text %q and flags %#x", text, m.Flags)
			}
			if e := event[otr.Heartbeat](s.t, r); !e.Sent {
				s.t.Error("the heartbeat is not reported as ours")
			}
			silent(s.t, s.get(s.bob.data("there you are", nil)))
		}),
		"M-47": inState(otr.Encrypted, 0, func(s *scene) {
			late := s.bob.data("under the keys that are forgotten", nil)
			r := s.get(s.bob.data("", disconnected))
			if e := event[otr.Ended](s.t, r); !e.ByPeer {
				s.t.Error("the end is reported as ours")
			}
			s.is(otr.Finished)
			none[otr.Received](s.t, s.get(late))
			if _, has := s.alice.Session(); has {
				s.t.Error("there is still a session")
			}
		}),
		"M-48": inState(otr.Encrypted, 0, func(s *scene) {
			r := s.get(s.forged())
			wantRejected(s.t, r, otr.Unreadable)
			wantError(s.t, r)
			s.is(otr.Encrypted)
			s.talks()
		}),
		"M-49": inState(otr.Encrypted, 0, func(s *scene) {
			r := s.get(s.forged(unreadableIgnored))
			silent(s.t, r)
			if len(r.Events) != 0 {
				s.t.Errorf("events %+v, want none", r.Events)
			}
			s.is(otr.Encrypted)
		}),
		"M-50": inState(otr.Encrypted, 0, func(s *scene) {
			wantError(s.t, s.get(s.forged()))
			r := s.get(s.forged())
			wantRejected(s.t, r, otr.Unreadable)
			silent(s.t, r)
			s.clock.Advance(61 * time.Second)
			wantError(s.t, s.get(s.forged()))
		}),
		"M-51": outside(otr.Plaintext),
		"M-52": outside(otr.Plaintext, unreadableIgnored),
		"M-53": outside(otr.Finished),
		"M-54": outside(otr.Finished, unreadableIgnored),
		"M-55": inState(otr.Encrypted, 0, func(s *scene) {
			r := s.get(s.bob.data("Farewell", disconnected))
			wantText(s.t, r, "Farewell")
			if e := event[otr.Ended](s.t, r); !e.ByPeer {
				s.t.Error("the end is reported as ours")
			}
			s.is(otr.Finished)
		}),
		"M-56": inState(otr.Encrypted, 0, func(s *scene) {
			r := s.get(s.bob.data("padded", []wire.TLV{{Type: wire.TLVPadding, Value: make([]byte, 99)}, {Type: 0x1234, Value: []byte("?")}}))
			wantText(s.t, r, "padded")
			silent(s.t, r)
			s.is(otr.Encrypted)
		}),
	}
}

// The three user actions.
func userCells() cells {
	starts := func(state otr.MessageState) func(*testing.T, int) {
		return func(t *testing.T, version int) {
			s := newScene(t, version, onlyPolicy(version, 0)).in(state)
			r := s.must(s.alice.Start())
			wantQuery(t, r)
			if !strings.Contains(r.Send[0], s.query()) {
				t.Errorf("query %q does not contain %q", r.Send[0], s.query())
			}
			s.is(state)
		}
	}
	return cells{
		"M-57": starts(otr.Plaintext),
		"M-58": starts(otr.Encrypted),
		"M-59": starts(otr.Finished),
		"M-60": inState(otr.Plaintext, 0, func(s *scene) {
			silent(s.t, s.must(s.alice.End()))
			s.is(otr.Plaintext)
		}),
		"M-61": inState(otr.Encrypted, 0, func(s *scene) {
			r := s.must(s.alice.End())
			text, tlvs := s.bob.read(only[*wire.Data](s.t, r))
			if text != "" || len(tlvs) != 1 || tlvs[0].Type != wire.TLVDisconnected || len(tlvs[0].Value) != 0 {
				s.t.Errorf("text %q with TLVs %v", text, tlvs)
			}
			s.is(otr.Plaintext)
			if r := s.must(s.alice.Send("in clear")); len(r.Send) != 1 || r.Send[0] != "in clear" {
				s.t.Errorf("sent %q", r.Send)
			}
		}),
		"M-62": inState(otr.Finished, 0, func(s *scene) {
			silent(s.t, s.must(s.alice.End()))
			s.is(otr.Plaintext)
		}),
		"M-63": inState(otr.Plaintext, 0, func(s *scene) {
			if r := s.must(s.alice.Send("hello")); len(r.Send) != 1 || r.Send[0] != "hello" {
				s.t.Errorf("sent %q", r.Send)
			}
		}),
		"M-64": inState(otr.Plaintext, otr.SendWhitespaceTag, wantTagged),
		"M-65": inState(otr.Plaintext, otr.SendWhitespaceTag, func(s *scene) {
			s.get("a plain word of the peer")
			if r := s.must(s.alice.Send("hello")); len(r.Send) != 1 || r.Send[0] != "hello" {
				s.t.Errorf("sent %q", r.Send)
			}
		}),
		"M-66": inState(otr.Plaintext, otr.RequireEncryption, func(s *scene) {
			r := s.must(s.alice.Send("a secret"))
			wantQuery(s.t, r)
			if e := event[otr.Held](s.t, r); e.Text != "a secret" || strings.Contains(r.Send[0], "secret") {
				s.t.Errorf("held %q, sent %q", e.Text, r.Send)
			}
			s.is(otr.Plaintext)
		}),
		"M-68": inState(otr.Encrypted, 0, func(s *scene) {
			r := s.must(s.alice.Send("grüße"))
			only[*wire.Data](s.t, r)
			s.reads(r, "grüße")
			s.is(otr.Encrypted)
		}),
		"M-69": inState(otr.Finished, 0, func(s *scene) {
			r, err := s.alice.Send("too late")
			if !errors.Is(err, otr.ErrFinished) {
				s.t.Errorf("error %v, want ErrFinished", err)
			}
			silent(s.t, r)
			s.is(otr.Finished)
			s.bob = s.again()
			held := s.exchangeSends()
			if len(held) != 0 {
				s.t.Errorf("after the next key exchange Alice sent %q", held)
			}
		}),
		"M-70": inState(otr.Plaintext, otr.SendWhitespaceTag, func(s *scene) {
			s.get("a plain word of the peer")
			s.finished()
			s.must(s.alice.End())
			wantTagged(s)
		}),
		"M-75": inState(otr.Encrypted, 0, func(s *scene) {
			r := s.must(s.alice.Send("with a record", otr.TLV{Type: 0x101, Value: []byte{1, 2}}))
			text, tlvs := s.bob.read(only[*wire.Data](s.t, r))
			if text != "with a record" || len(tlvs) != 1 || tlvs[0].Type != 0x101 || string(tlvs[0].Value) != "\x01\x02" {
				s.t.Errorf("text %q with TLVs %v", text, tlvs)
			}
			got := event[otr.Received](s.t, s.get(s.bob.data("back", []wire.TLV{{Type: 0x102, Value: []byte{3}}})))
			if len(got.TLVs) != 1 || got.TLVs[0].Type != 0x102 || string(got.TLVs[0].Value) != "\x03" {
				s.t.Errorf("received %+v", got)
			}
		}),
		"M-76": inState(otr.Plaintext, 0, func(s *scene) {
			r, err := s.alice.Send("with a record", otr.TLV{Type: 0x101})
			if !errors.Is(err, otr.ErrNotEncrypted) {
				s.t.Errorf("error %v, want ErrNotEncrypted", err)
			}
			silent(s.t, r)
		}),
		"M-77": func(t *testing.T, version int) {
			s := newScene(t, version, testkit.Policy(otr.Never))
			donor := newScene(t, version).private()
			for _, text := range []string{s.query(), "tagged" + s.tag(), donor.bob.data("x", nil), "?OTR Error: y"} {
				r := s.get(text)
				wantClear(t, r, text, false)
				silent(t, r)
				if r := s.must(s.alice.Send(text)); len(r.Send) != 1 || r.Send[0] != text {
					t.Errorf("sent %.80q, want %.80q", r.Send, text)
				}
			}
		},
		"M-78": inState(otr.Plaintext, 0, func(s *scene) {
			r := s.get("?OTR:AAEKAAAA.") // version 1, Key Exchange Message
			wantRejected(s.t, r, otr.UnsupportedVersion)
			silent(s.t, r)
			s.is(otr.Plaintext)
		}),
	}
}

// wantTagged checks that the next text goes out with a tag of both versions.
func wantTagged(s *scene) {
	s.t.Helper()
	r := s.must(s.alice.Send("hello"))
	if len(r.Send) != 1 {
		s.t.Fatalf("sent %q", r.Send)
	}
	c := wire.Classify(r.Send[0])
	if c.Kind != wire.KindTagged || c.Body != "hello" || c.Versions != wire.Version2|wire.Version3 {
		s.t.Errorf("sent %q, want it with the whitespace tag of versions 2 and 3", r.Send[0])
	}
}

// exchangeSends runs the AKE, begun by Bob, and returns what Alice sent after her Signature Message.
func (s *scene) exchangeSends() []string {
	s.t.Helper()
	r := s.get(s.bob.reveal(only[*wire.DHKey](s.t, s.get(s.bob.commit()))))
	s.bob.finish(first[*wire.Signature](s.t, r))
	return r.Send[1:]
}

// Stored messages: "If there is a recent stored message, encrypt it and send
// it as a Data Message."
func storedCells() cells {
	// resent lets Alice send a text, Bob report an error, and returns what comes of the text after
	// the key exchange that follows.
	resent := func(name string, meanwhile func(*scene, *wire.Data)) func(t *testing.T, version int) []string {
		return func(t *testing.T, version int) []string {
			s := newScene(t, version, policy(otr.ErrorStartAKE)).private()
			meanwhile(s, s.says("can you read this?"))
			s.get("?OTR Error: no")
			s.bob = s.again()
			s.bob.key = keyOf(t, name)
			sends := s.exchangeSends()
			var texts []string
			for _, message := range sends {
				text, _ := s.bob.read(parse(t, message).(*wire.Data))
				texts = append(texts, text)
			}
			return texts
		}
	}
	nothing := func(name string, meanwhile func(*scene, *wire.Data)) func(t *testing.T, version int) {
		return func(t *testing.T, version int) {
			if texts := resent(name, meanwhile)(t, version); len(texts) != 0 {
				t.Errorf("sent %q, want nothing", texts)
			}
		}
	}
	return cells{
		"M-67": func(t *testing.T, version int) {
			s := newScene(t, version, policy(otr.RequireEncryption))
			want := []string{"one", "two", "three", "four", "five"}
			for _, text := range want {
				s.must(s.alice.Send(text))
			}
			sends := s.exchangeSends()
			if len(sends) != len(want) {
				t.Fatalf("%d texts sent, want %d", len(sends), len(want))
			}
			for i, message := range sends {
				if text, _ := s.bob.read(parse(t, message).(*wire.Data)); text != want[i] {
					t.Errorf("text %d is %q, want %q", i, text, want[i])
				}
			}
			s.bob = s.again()
			if more := s.exchangeSends(); len(more) != 0 {
				t.Errorf("%d texts sent a second time", len(more))
			}
		},
		"M-71": func(t *testing.T, version int) {
			texts := resent(testkit.Bob, func(*scene, *wire.Data) {})(t, version)
			if len(texts) != 1 || texts[0] != "[resent] can you read this?" {
				t.Errorf("sent %q", texts)
			}
		},
		"M-72": nothing(testkit.Mallory, func(*scene, *wire.Data) {}),
		"M-73": nothing(testkit.Bob, func(s *scene, _ *wire.Data) { s.clock.Advance(61 * time.Second) }),
		"M-74": nothing(testkit.Bob, func(s *scene, m *wire.Data) {
			s.bob.read(m)
			s.get(s.bob.data("I can", nil))
		}),
	}
}
