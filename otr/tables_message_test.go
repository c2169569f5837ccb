package otr_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

func messageCells() cells {
	table := cells{}
	for _, part := range []cells{plaintextCells(), queryAndErrorCells(), messageAuthCells(), messageDataCells(), userCells(), storedCells()} {
		maps.Copy(table, part)
	}
	return table
}

// inState makes a cell of a check: Alice is in the state, with the flags set.
func inState(state otr.MessageState, flags otr.Policy, check func(s *scene)) func(*testing.T, int) {
	return func(t *testing.T, version int) {
		s := newScene(t, version, policy(flags)).in(state)
		check(s)
	}
}

// Sections "Receiving plaintext without the whitespace tag" and with it.
func plaintextCells() cells {
	plain := func(state otr.MessageState, flags otr.Policy, warn bool) func(*testing.T, int) {
		return inState(state, flags, func(s *scene) {
			r := s.get("hello")
			wantClear(s.t, r, "hello", warn)
			silent(s.t, r)
			s.is(state)
		})
	}
	tagged := func(state otr.MessageState, flags otr.Policy, warn bool) func(*testing.T, int) {
		return inState(state, flags, func(s *scene) {
			r := s.get("hello" + s.tag())
			wantClear(s.t, r, "hello", warn)
			silent(s.t, r)
			s.is(state)
			s.auth(otr.AuthNone)
		})
	}
	answered := func(state otr.MessageState, warn bool) func(*testing.T, int) {
		return inState(state, otr.WhitespaceStartAKE, func(s *scene) {
			r := s.get("hello" + s.tag())
			wantClear(s.t, r, "hello", warn)
			s.wantCommit(r)
			s.is(state)
		})
	}
	return cells{
		"M-01": plain(otr.Plaintext, 0, false),
		"M-02": plain(otr.Plaintext, otr.RequireEncryption, true),
		"M-03": plain(otr.Encrypted, 0, true),
		"M-04": plain(otr.Finished, 0, true),
		"M-05": tagged(otr.Plaintext, 0, false),
		"M-06": tagged(otr.Plaintext, otr.RequireEncryption, true),
		"M-07": answered(otr.Plaintext, false),
		"M-08": func(t *testing.T, _ int) {
			s := newScene(t, 2, onlyPolicy(2, otr.WhitespaceStartAKE))
			r := s.get("hello" + whitespaceTag(2, 3))
			wantClear(t, r, "hello", false)
			s.wantCommit(r)
		},
		"M-09": func(t *testing.T, version int) {
			other := 5 - version
			s := newScene(t, version, onlyPolicy(other, otr.WhitespaceStartAKE))
			r := s.get("hello" + s.tag())
			wantClear(t, r, "hello", false)
			silent(t, r)
			s.auth(otr.AuthNone)
		},
		"M-10": tagged(otr.Encrypted, 0, true),
		"M-11": answered(otr.Encrypted, true),
		"M-12": tagged(otr.Finished, 0, true),
		"M-13": answered(otr.Finished, true),
	}
}

// wantCommit checks that a D-H Commit Message of the version was sent, alone.
func (s *scene) wantCommit(r otr.Result) *wire.DHCommit {
	s.t.Helper()
	m := only[*wire.DHCommit](s.t, r)
	if int(m.Version) != s.version {
		s.t.Fatalf("D-H Commit Message of version %d, want %d", m.Version, s.version)
	}
	s.auth(otr.AuthAwaitingDHKey)
	return m
}

// Sections "Receiving a Query Message" and "Receiving an Error Message".
func queryAndErrorCells() cells {
	asked := func(state otr.MessageState) func(*testing.T, int) {
		return inState(state, 0, func(s *scene) {
			r := s.get(s.query())
			event[otr.Requested](s.t, r)
			s.wantCommit(r)
			s.is(state)
			if state == otr.Encrypted {
				s.talks()
			}
		})
	}
	failed := func(state otr.MessageState, flags otr.Policy) func(*testing.T, int) {
		return inState(state, flags, func(s *scene) {
			r := s.get("?OTR Error: it hurts")
			if e := event[otr.PeerError](s.t, r); e.Text != "it hurts" {
				s.t.Fatalf("error text %q", e.Text)
			}
			if flags == 0 {
				silent(s.t, r)
			} else {
				wantQuery(s.t, r)
			}
			s.is(state)
			s.auth(otr.AuthNone)
		})
	}
	return cells{
		"M-14": asked(otr.Plaintext),
		"M-15": func(t *testing.T, _ int) {
			s := newScene(t, 2)
			s.wantCommit(s.get("?OTRv2?"))
			s = newScene(t, 2, onlyPolicy(2, 0))
			s.wantCommit(s.get("?OTRv23?"))
		},
		"M-16": func(t *testing.T, version int) {
			s := newScene(t, version, onlyPolicy(5-version, 0))
			r := s.get(s.query())
			event[otr.Requested](t, r)
			silent(t, r)
			s.is(otr.Plaintext)
			s.auth(otr.AuthNone)
		},
		"M-17": asked(otr.Encrypted),
		"M-18": asked(otr.Finished),
		"M-19": failed(otr.Plaintext, 0),
		"M-20": failed(otr.Plaintext, otr.ErrorStartAKE),
		"M-21": failed(otr.Encrypted, 0),
		"M-22": failed(otr.Encrypted, otr.ErrorStartAKE),
		"M-23": failed(otr.Finished, 0),
		"M-24": failed(otr.Finished, otr.ErrorStartAKE),
		"M-25": inState(otr.Encrypted, otr.ErrorStartAKE, func(s *scene) {
			wantQuery(s.t, s.get("?OTR Error: one"))
			r := s.get("?OTR Error: two")
			event[otr.PeerError](s.t, r)
			silent(s.t, r)
			s.clock.Advance(61 * time.Second)
			wantQuery(s.t, s.get("?OTR Error: three"))
			s.is(otr.Encrypted)
		}),
	}
}

// The four AKE messages and what they do to the message state.
func messageAuthCells() cells {
	commit := func(state otr.MessageState) func(*testing.T, int) {
		return inState(state, 0, func(s *scene) {
			other := newHandmade(s.t, s.version, testkit.Bob, "the same client, started again")
			other.tag, other.peerTag = s.bob.tag, s.bob.peerTag
			only[*wire.DHKey](s.t, s.get(other.commit()))
			s.auth(otr.AuthAwaitingRevealSig)
			s.is(state)
			if state == otr.Encrypted {
				s.talks()
			}
		})
	}
	dhKey := func(state otr.MessageState) func(*testing.T, int) {
		return inState(state, 0, func(s *scene) {
			other := s.again()
			c := s.wantCommit(s.get(s.query()))
			only[*wire.RevealSignature](s.t, s.get(other.dhKey(c)))
			s.auth(otr.AuthAwaitingSig)
			s.is(state)
			if state == otr.Encrypted {
				s.talks()
			}
		})
	}
	reveal := func(state otr.MessageState, lie lies) func(*testing.T, int) {
		return inState(state, 0, func(s *scene) {
			before, _ := s.alice.Session()
			other := s.again()
			other.lie = lie
			r := s.get(other.reveal(only[*wire.DHKey](s.t, s.get(other.commit()))))
			s.checkEnd(r, other, state, before, lie.mac)
			if !lie.mac {
				other.finish(only[*wire.Signature](s.t, r))
				s.bob = other
				s.talks()
			}
		})
	}
	signature := func(state otr.MessageState, lie lies) func(*testing.T, int) {
		return inState(state, 0, func(s *scene) {
			before, _ := s.alice.Session()
			other := s.again()
			other.lie = lie
			c := s.wantCommit(s.get(s.query()))
			m := only[*wire.RevealSignature](s.t, s.get(other.dhKey(c)))
			r := s.get(other.signature(c, m))
			silent(s.t, r)
			s.checkEnd(r, other, state, before, lie.mac)
			if !lie.mac {
				s.bob = other
				s.talks()
			}
		})
	}
	bad := lies{mac: true}
	return cells{
		"M-26": commit(otr.Plaintext), "M-27": commit(otr.Encrypted), "M-28": commit(otr.Finished),
		"M-29": dhKey(otr.Plaintext), "M-30": dhKey(otr.Encrypted), "M-31": dhKey(otr.Finished),
		"M-32": reveal(otr.Plaintext, lies{}), "M-33": reveal(otr.Encrypted, lies{}), "M-34": reveal(otr.Finished, lies{}),
		"M-35": reveal(otr.Plaintext, bad), "M-36": reveal(otr.Encrypted, bad), "M-37": reveal(otr.Finished, bad),
		"M-38": signature(otr.Plaintext, lies{}), "M-39": signature(otr.Encrypted, lies{}), "M-40": signature(otr.Finished, lies{}),
		"M-41": signature(otr.Plaintext, bad), "M-42": signature(otr.Encrypted, bad), "M-43": signature(otr.Finished, bad),
	}
}

// again is Bob's client in a new key exchange: same tag and key, no memory.
func (s *scene) again() *handmade {
	other := newHandmade(s.t, s.version, testkit.Bob, "again "+s.t.Name())
	other.tag, other.peerTag = s.bob.tag, s.bob.peerTag
	return other
}

// checkEnd checks how an exchange with other ended, begun in the state.
func (s *scene) checkEnd(r otr.Result, other *handmade, state otr.MessageState, before otr.Session, failed bool) {
	s.t.Helper()
	if failed {
		silent(s.t, r)
		none[otr.Secured](s.t, r)
		s.is(state)
		if after, _ := s.alice.Session(); fmt.Sprint(after) != fmt.Sprint(before) {
			s.t.Fatalf("the session became %+v, was %+v", after, before)
		}
		if state == otr.Encrypted {
			s.talks()
		}
		return
	}
	e := event[otr.Secured](s.t, r)
	s.is(otr.Encrypted)
	s.auth(otr.AuthNone)
	if e.Refreshed != (state == otr.Encrypted) {
		s.t.Errorf("refreshed is %v after state %v", e.Refreshed, state)
	}
	if e.Session.Version != s.version || e.Session.SSID != other.ssid() || e.Session.Fingerprint != s.bob.key.fingerprint() {
		s.t.Errorf("session %+v", e.Session)
	}
}
