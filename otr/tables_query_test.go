package otr_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

func queryCells() cells {
	table := askingCells()
	maps.Copy(table, offerCells())
	maps.Copy(table, otherTextCells())
	return table
}

// wantVersion checks that a message was answered with a D-H Commit Message of
// the version, or not at all if that is 0.
func wantVersion(t *testing.T, r otr.Result, version int) {
	t.Helper()
	if version == 0 {
		silent(t, r)
		return
	}
	if m := only[*wire.DHCommit](t, r); int(m.Version) != version {
		t.Fatalf("D-H Commit Message of version %d, want %d", m.Version, version)
	}
}

// Queries.
func askingCells() cells {
	asks := func(want int, queries ...string) func(*testing.T, int) {
		return func(t *testing.T, _ int) {
			for _, query := range queries {
				s := newScene(t, 3)
				r := s.get(query)
				event[otr.Requested](t, r)
				wantVersion(t, r, want)
			}
		}
	}
	return cells{
		"Q-01": asks(0, "?OTR?"),
		"Q-02": asks(2, "?OTRv2?"),
		"Q-03": asks(3, "?OTRv23?"),
		"Q-04": asks(2, "?OTR?v2?"),
		"Q-05": asks(2, "?OTRv24x?"),
		"Q-06": asks(2, "?OTR?v24x?"),
		"Q-07": asks(0, "?OTR?v?"),
		"Q-08": asks(0, "?OTRv?"),
		"Q-09": asks(3, "?OTRv32?"),
		"Q-10": func(t *testing.T, version int) {
			s := newScene(t, version)
			for _, query := range []string{
				"<b title=\"" + s.query() + "\">Alice has requested an Off-the-Record private conversation.</b>",
				s.query() + "\nAlice has requested an Off-the-Record private conversation. See ?OTR in the manual?",
				"Look: " + s.query(),
			} {
				s = newScene(t, version)
				wantVersion(t, s.get(query), version)
			}
		},
		"Q-11": asks(2, "?OTRv2?3?", "?OTRv2? v3?"),
		"Q-12": func(t *testing.T, version int) {
			for flags, want := range map[otr.Policy]string{otr.AllowV2: "2", otr.AllowV3: "3", otr.Manual: "23"} {
				s := newScene(t, version, testkit.Policy(flags))
				query := s.must(s.alice.Start()).Send[0]
				list, _, found := strings.Cut(strings.TrimPrefix(query, "?OTRv"), "?")
				sorted := slices.Sorted(slices.Values([]byte(list)))
				if !strings.HasPrefix(query, "?OTRv") || !found || string(sorted) != want {
					t.Errorf("policy %#x: query %q", flags, query)
				}
			}
		},
		"Q-21": func(t *testing.T, _ int) {
			for offered, query := range map[otr.Policy]string{0: "?OTRv?", otr.AllowV2: "?OTRv2?", otr.AllowV3: "?OTRv3?", otr.Manual: "?OTRv23?"} {
				for _, allowed := range []otr.Policy{otr.AllowV2, otr.AllowV3, otr.Manual} {
					want := 0
					switch common := offered & allowed; {
					case common.Has(otr.AllowV3):
						want = 3
					case common.Has(otr.AllowV2):
						want = 2
					}
					s := newScene(t, 3, testkit.Policy(allowed))
					wantVersion(t, s.get(query), want)
				}
			}
		},
		"Q-25": func(t *testing.T, version int) {
			s := newScene(t, version, func(c *otr.Config) { c.Limits.AnswersPerMinute = 5 })
			sent := 0
			for range 50 {
				sent += len(s.get(s.query()).Send)
			}
			if sent > 5 {
				t.Errorf("%d answers to 50 queries", sent)
			}
			s.clock.Advance(61 * time.Second)
			wantVersion(t, s.get(s.query()), version)
		},
	}
}

// Whitespace tags and the offer.
func offerCells() cells {
	// tagged sends Alice a text and checks what arrives and what she answers.
	tagged := func(t *testing.T, message, text string, version int) {
		t.Helper()
		s := newScene(t, 3, policy(otr.WhitespaceStartAKE))
		r := s.get(message)
		wantClear(t, r, text, false)
		wantVersion(t, r, version)
	}
	const unknown = "\t\t\t\t\t\t\t\t"
	return cells{
		"Q-13": func(t *testing.T, version int) {
			for flags, want := range map[otr.Policy]string{
				otr.AllowV2: whitespaceTag(2), otr.AllowV3: whitespaceTag(3), otr.Manual: whitespaceTag(2, 3),
			} {
				s := newScene(t, version, testkit.Policy(flags|otr.SendWhitespaceTag))
				sent := s.must(s.alice.Send("hello")).Send[0]
				if tag := strings.Replace(sent, "hello", "", 1); tag != want && (flags != otr.Manual || tag != whitespaceTag(3, 2)) {
					t.Errorf("policy %#x: sent %q", flags, sent)
				}
			}
		},
		"Q-14": func(t *testing.T, version int) {
			tag := whitespaceTag(version)
			tagged(t, tag+"hello you", "hello you", version)
			tagged(t, "hello"+tag+" you", "hello you", version)
			tagged(t, "hello you"+tag, "hello you", version)
		},
		"Q-15": func(t *testing.T, version int) {
			base, group := whitespaceTag(), whitespaceTag(version)[16:]
			tagged(t, "hello"+base+unknown+group, "hello", version)
			tagged(t, "hello"+base+group+unknown, "hello", version)
		},
		"Q-16": func(t *testing.T, _ int) { tagged(t, "hello"+whitespaceTag(1), "hello", 0) },
		"Q-17": func(t *testing.T, _ int) { tagged(t, "hello"+whitespaceTag(1, 2, 3), "hello", 3) },
		"Q-18": func(t *testing.T, _ int) {
			s := newScene(t, 3, policy(otr.WhitespaceStartAKE))
			r := s.get("hello" + whitespaceTag())
			if e := event[otr.ReceivedInClear](t, r); strings.TrimSpace(e.Text) != "hello" {
				t.Errorf("received %q", e.Text)
			}
			silent(t, r)
		},
		"Q-19": func(t *testing.T, version int) {
			s := newScene(t, version, policy(otr.SendWhitespaceTag))
			wantTagged(s)
			wantTagged(s)
			s.get("no OTR here")
			for range 3 {
				if r := s.must(s.alice.Send("hello")); len(r.Send) != 1 || r.Send[0] != "hello" {
					t.Errorf("sent %q", r.Send)
				}
			}
		},
		"Q-20": func(t *testing.T, version int) {
			p := testkit.NewPair(t, onlyPolicy(version, otr.SendWhitespaceTag|otr.WhitespaceStartAKE))
			p.Alice.Say("hello")
			p.Flow()
			if e := testkit.Expect[otr.ReceivedInClear](t, p.Bob); e.Text != "hello" {
				t.Errorf("received %q", e.Text)
			}
			testkit.Expect[otr.Secured](t, p.Alice)
			testkit.Expect[otr.Secured](t, p.Bob)
			p.Say(p.Alice, "hello again")
		},
		"Q-24": inState(otr.Encrypted, 0, func(s *scene) {
			for _, text := range []string{"?OTR?", "?OTRv23?", "what does ?OTRv2? mean", "?OTR Error: x", "?OTR:AAMD.", whitespaceTag(2, 3) + "x"} {
				r := s.must(s.alice.Send(text))
				only[*wire.Data](s.t, r)
				s.reads(r, text)
				r = s.get(s.bob.data(text, nil))
				wantText(s.t, r, text)
				silent(s.t, r)
			}
		}),
		"Q-26": func(t *testing.T, version int) {
			tag := whitespaceTag(version)
			tagged(t, "  two blanks and a tab\t"+tag+"\t  ", "  two blanks and a tab\t\t  ", version)
		},
	}
}

// Errors, and texts that only look like OTR.
func otherTextCells() cells {
	return cells{
		"Q-22": func(t *testing.T, version int) {
			for message, want := range map[string]string{
				"?OTR Error: it hurts":      "it hurts",
				"?OTR Error:it hurts":       "it hurts",
				"<p>?OTR Error: it hurts":   "it hurts",
				"?OTR Error:":               "",
				"?OTR Error: %s%n ?OTRv23?": "%s%n ?OTRv23?",
			} {
				s := newScene(t, version)
				r := s.get(message)
				if e := event[otr.PeerError](t, r); e.Text != want {
					t.Errorf("%q: error text %q, want %q", message, e.Text, want)
				}
				none[otr.ReceivedInClear](t, r)
				silent(t, r)
			}
		},
		"Q-23": func(t *testing.T, version int) {
			for _, text := range []string{
				"?OTR", "?OTRx", "?OTRv", "?OTRv23", "?OTR|zz", "?OTR,abc", "?OTR|", "?OTR,", "have you tried ?OTR yet", "?OTR ?OTR", "?OTR Err", "?otrv2?",
			} {
				s := newScene(t, version)
				r := s.get(text)
				wantClear(t, r, text, false)
				silent(t, r)
				s.auth(otr.AuthNone)
				s = s.private()
				wantClear(t, s.get(text), text, true)
				s.talks()
			}
		},
	}
}
