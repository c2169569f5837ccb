package otr_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

func fragmentCells() cells {
	table := sendFragmentCells()
	maps.Copy(table, receiveFragmentCells())
	maps.Copy(table, strangeFragmentCells())
	return table
}

// piece is one fragment from Bob, written as the specification prints it.
func (s *scene) piece(k, n int, text string) string {
	return s.pieceFor(s.bob.tag, s.ourTag(), k, n, text)
}

func (s *scene) pieceFor(sender, receiver uint32, k, n int, text string) string {
	if s.version == 2 {
		return fmt.Sprintf("?OTR,%d,%d,%s,", k, n, text)
	}
	return fmt.Sprintf("?OTR|%x|%x,%d,%d,%s,", sender, receiver, k, n, text)
}

// pieces cuts a message into n fragments.
func (s *scene) pieces(message string, n int) []string {
	var all []string
	for k := range n {
		from, to := len(message)*k/n, len(message)*(k+1)/n
		all = append(all, s.piece(k+1, n, message[from:to]))
	}
	return all
}

// nothing checks that a message leads to nothing private.
func (s *scene) nothing(message string) {
	s.t.Helper()
	r := s.get(message)
	none[otr.Received](s.t, r)
	silent(s.t, r)
}

// completes checks that the pieces bring the text with the last of them.
func (s *scene) completes(text string, pieces ...string) {
	s.t.Helper()
	for _, p := range pieces[:len(pieces)-1] {
		s.nothing(p)
	}
	wantText(s.t, s.get(pieces[len(pieces)-1]), text)
}

// lost checks that the pieces bring nothing.
func (s *scene) lost(pieces ...string) {
	s.t.Helper()
	for _, p := range pieces {
		s.nothing(p)
	}
}

var (
	fragmentV2 = regexp.MustCompile(`^\?OTR,(\d{1,5}),(\d{1,5}),([^,]+),$`)
	fragmentV3 = regexp.MustCompile(`^\?OTR\|([0-9a-fA-F]{1,8})\|([0-9a-fA-F]{1,8}),(\d{1,5}),(\d{1,5}),([^,]+),$`)
)

func sendFragmentCells() cells {
	return cells{
		"F-01": func(t *testing.T, version int) {
			s := newScene(t, version, testkit.MaxSize(120))
			s.bob.peerTag = s.ourTag()
			r := s.get(s.query())
			checkFragments(t, r.Send, 120, uint32(s.alice.OurInstance()), 0)
		},
		"F-02": func(t *testing.T, version int) {
			s := newScene(t, version, testkit.MaxSize(120))
			checkFragments(t, s.get(s.query()).Send, 120, 0, 0)
		},
		"F-03": func(t *testing.T, version int) {
			for max := 60; max < 300; max++ {
				s := newScene(t, version, testkit.MaxSize(max))
				message := checkFragments(t, s.get(s.query()).Send, max, s.ourTag(), 0)
				if _, ok := parse(t, message).(*wire.DHCommit); !ok {
					t.Errorf("maximum %d: %.60q is no D-H Commit Message", max, message)
				}
			}
		},
		"F-04": func(t *testing.T, version int) {
			s := newScene(t, version)
			whole := only[*wire.DHCommit](t, s.get(s.query()))
			size := len(encode(whole))
			s = newScene(t, version, testkit.MaxSize(size))
			only[*wire.DHCommit](t, s.get(s.query()))
		},
		"F-05": func(t *testing.T, version int) {
			s := newScene(t, version, testkit.MaxSize(100))
			text := strings.Repeat("a long word, ", 30)
			if r := s.must(s.alice.Send(text)); len(r.Send) != 1 || r.Send[0] != text {
				t.Errorf("sent %q", r.Send)
			}
		},
		"F-06": func(t *testing.T, version int) {
			user := testkit.User(t, testkit.Alice)
			c, err := user.NewConversation(testkit.PeerOf(testkit.Alice, testkit.Bob),
				otr.Config{Policy: otr.Manual, MaxMessageSize: 10, Rand: testkit.Rand("small")})
			if err != nil {
				return // refused at once: nothing can be sent
			}
			if r := c.Receive(fmt.Sprintf("?OTRv%d?", version)); len(r.Send) != 0 {
				t.Errorf("sent %q, want nothing", r.Send)
			}
		},
		"F-28": func(t *testing.T, version int) {
			for _, max := range []int{100, 140, 400, 8000} {
				t.Run(fmt.Sprint(max), func(t *testing.T) { throughSmallPipe(t, version, max) })
			}
		},
	}
}

// checkFragments checks form and order of fragments and joins them.
func checkFragments(t *testing.T, pieces []string, max int, sender, receiver uint32) string {
	t.Helper()
	var joined strings.Builder
	for i, p := range pieces {
		fields := fragmentV2.FindStringSubmatch(p)
		if sender != 0 {
			fields = fragmentV3.FindStringSubmatch(p)
		}
		if fields == nil || len(p) > max {
			t.Fatalf("fragment %q of %d bytes, maximum %d", p, len(p), max)
		}
		if sender != 0 {
			from, _ := strconv.ParseUint(fields[1], 16, 32)
			to, _ := strconv.ParseUint(fields[2], 16, 32)
			if uint32(from) != sender || uint32(to) != receiver {
				t.Errorf("fragment %q, want tags %x and %x", p, sender, receiver)
			}
			fields = fields[2:]
		}
		k, _ := strconv.Atoi(fields[1])
		n, _ := strconv.Atoi(fields[2])
		if k != i+1 || n != len(pieces) {
			t.Errorf("fragment %d of %d is numbered %d of %d", i+1, len(pieces), k, n)
		}
		joined.WriteString(fields[3])
	}
	return joined.String()
}

// throughSmallPipe holds a conversation over a link that carries no more than max bytes.
func throughSmallPipe(t *testing.T, version, max int) {
	p := testkit.NewPair(t, onlyPolicy(version, 0), testkit.MaxSize(max))
	p.Edit = func(_ *testkit.Client, message string) []string {
		if len(message) > max && wire.Classify(message).Kind != wire.KindQuery {
			t.Errorf("a message of %d bytes", len(message))
		}
		return []string{message}
	}
	p.Secure(t)
	p.Say(p.Alice, "Grüße aus der Röhre")
	p.Say(p.Bob, strings.Repeat("lang und länger ", 100))
	p.Verify(t, "", "secret", "secret")
	testkit.Expect[otr.SMPSucceeded](t, p.Alice)
	testkit.Expect[otr.SMPSucceeded](t, p.Bob)
}

func receiveFragmentCells() cells {
	private := func(check func(s *scene, message string)) func(*testing.T, int) {
		return func(t *testing.T, version int) {
			s := newScene(t, version).private()
			check(s, s.bob.data("whole", nil))
			// Whatever happened to the pieces, the next message arrives.
			s.completes("after", s.pieces(s.bob.data("after", nil), 3)...)
		}
	}
	return cells{
		"F-07": private(func(s *scene, m string) {
			p := s.pieces(m, 3)
			s.nothing(p[0])
			s.nothing(p[1])
			wantText(s.t, s.get(p[2]), "whole")
		}),
		"F-08": private(func(s *scene, m string) { s.completes("whole", s.pieces(m, 7)...) }),
		"F-09": private(func(s *scene, m string) { s.completes("whole", s.pieces(m, 1)...) }),
		"F-10": private(func(s *scene, m string) {
			p := s.pieces(m, 4)
			s.lost(p[0], p[2], p[1], p[2], p[3])
		}),
		"F-11": private(func(s *scene, m string) {
			p := s.pieces(m, 4)
			s.lost(p[0], p[1], p[1], p[2], p[3])
		}),
		"F-12": private(func(s *scene, m string) {
			p, q := s.pieces(m, 4), s.pieces(m, 5)
			s.lost(p[0], q[1], p[1], p[2], p[3])
		}),
		"F-13": private(func(s *scene, m string) {
			given, up := s.pieces(s.bob.data("given up", nil), 3), s.pieces(m, 3)
			s.lost(given[0], given[1])
			s.completes("whole", up...)
			s.lost(given[2])
		}),
		"F-14": private(func(s *scene, m string) {
			p := s.pieces(m, 2)
			s.lost(p[0], s.piece(0, 2, "x"), s.piece(1, 0, "x"), s.piece(0, 0, "x"), s.piece(3, 2, "x"))
			wantText(s.t, s.get(p[1]), "whole")
		}),
		"F-15": private(func(s *scene, m string) {
			zeroes := func(k, n int, text string) string {
				if s.version == 2 {
					return fmt.Sprintf("?OTR,%05d,%05d,%s,", k, n, text)
				}
				return fmt.Sprintf("?OTR|%08x|%08x,%05d,%05d,%s,", s.bob.tag, s.ourTag(), k, n, text)
			}
			s.completes("whole", zeroes(1, 2, m[:30]), zeroes(2, 2, m[30:]))
		}),
		"F-18": private(func(s *scene, m string) {
			p := s.pieces(m, 2)
			s.lost(p[0])
			wantText(s.t, s.get(s.bob.data("in between", nil)), "in between")
			s.lost(p[1])
		}),
		"F-19": private(func(s *scene, m string) {
			p := s.pieces(m, 2)
			s.lost(p[0])
			wantClear(s.t, s.get("in between"), "in between", true)
			s.lost(p[1])
		}),
		"F-20": private(func(s *scene, m string) {
			p := s.pieces(m, 2)
			s.lost(p[0], s.pieceFor(s.bob.tag, s.ourTag()+1, 1, 2, "not for us"), s.pieceFor(s.bob.tag, s.ourTag()+1, 2, 2, "neither"))
			wantText(s.t, s.get(p[1]), "whole")
		}),
		"F-21": private(func(s *scene, m string) {
			s.completes("whole", s.pieceFor(s.bob.tag, 0, 1, 2, m[:50]), s.pieceFor(s.bob.tag, 0, 2, 2, m[50:]))
		}),
		"F-22": private(func(s *scene, m string) {
			other := newScene(s.t, 3)
			other.alice, other.bob.tag = s.alice, 0xbeef00
			other.private()
			p, q := s.pieces(m, 3), other.pieces(other.bob.data("the other one", nil), 3)
			s.lost(p[0], q[0], q[1], p[1])
			wantText(s.t, s.get(p[2]), "whole")
			wantText(s.t, s.get(q[2]), "the other one")
		}),
		"F-23": private(func(s *scene, m string) {
			// Commas cannot stand in a piece, so that the inner fragment comes in several.
			s.lost(s.pieces(s.piece(1, 1, m), 1)...)
			inner := s.piece(1, 1, m)
			at := strings.IndexByte(inner, ',')
			s.lost(s.piece(1, 2, inner[:at]), s.piece(2, 2, inner[at:]))
		}),
		"F-27": func(t *testing.T, _ int) {
			user := testkit.User(t, testkit.Alice)
			if err := user.SetInstanceTag(testkit.PeerOf(testkit.Alice, "").Account, 0x27e31597); err != nil {
				t.Fatal(err)
			}
			c := testkit.NewClientOf(t, user, testkit.Alice, testkit.Bob, "example", testkit.NewClock())
			for i, p := range exampleFragments {
				r := c.Receive(p)
				silent(t, r)
				if i < 2 && len(r.Events) != 0 {
					t.Errorf("piece %d: events %+v", i+1, r.Events)
				}
				if i == 2 {
					wantRejected(t, r, otr.NotInPrivate)
				}
			}
		},
	}
}

// exampleFragments is the example of section "Fragmentation".
var exampleFragments = []string{
	"?OTR|5a73a599|27e31597,00001,00003,?OTR:AAMDJ+MVmSfjFZcAAAAA" +
		"AQAAAAIAAADA1g5IjD1ZGLDVQEyCgCyn9hbrL3KAbGDdzE2ZkMyTKl7XfkSx" +
		"h8YJnudstiB74i4BzT0W2haClg6dMary/jo9sMudwmUdlnKpIGEKXWdvJKT+" +
		"hQ26h9nzMgEditLB8v,",
	"?OTR|5a73a599|27e31597,00002,00003,jPEWAJ6gBXvZrY6ZQrx3gb4v0" +
		"UaSMOMiR5sB7Eaulb2Yc6RmRnnlxgUUC2alosg4WIeFN951PLjScajVba6dq" +
		"lDi+q1H5tPvI5SWMN7PCBWIJ41+WvF+5IAZzQZYgNaVLbAAAAAAAAAAEAAAA" +
		"HwNiIi5Ms+4PsY/L2i,",
	"?OTR|5a73a599|27e31597,00003,00003,pkTtquknfx6HodLvk3RAAAAAA" +
		"==.,",
}

// Fragments that are none, and limits.
func strangeFragmentCells() cells {
	return cells{
		"F-16": func(t *testing.T, version int) {
			s := newScene(t, version).private()
			m := s.bob.data("never", nil)
			head := "?OTR,"
			if version == 3 {
				head = fmt.Sprintf("?OTR|%x|%x,", s.bob.tag, s.ourTag())
			}
			// The number is a first piece's only to a lenient reader; the second piece is right.
			for _, numbers := range []string{"65537,2", "1,65538", "65537,65538", "+1,2", "1,+2", "-65535,2", " 1,2", "1, 2", "0x1,2", "1,0x2", "one,2", ",2", "1,", ","} {
				s.lostQuietly(head+numbers+","+m[:40]+",", s.piece(2, 2, m[40:]))
			}
			if version == 3 {
				for _, tags := range []string{"|0x%x|%x", "|+%x|%x", "| %x|%x", "|%x|0x%x", "|1%08x|%08x", "|%08x|1%08x"} {
					s.lostQuietly("?OTR"+fmt.Sprintf(tags, s.bob.tag, s.ourTag())+",1,2,"+m[:40]+",", s.piece(2, 2, m[40:]))
				}
			}
			s.is(otr.Encrypted)
			wantText(t, s.get(m), "never")
		},
		"F-17": func(t *testing.T, version int) {
			s := newScene(t, version).private()
			s.get(s.piece(1, 1, ""))
			m := s.bob.data("whole", nil)
			for _, p := range []string{s.piece(1, 3, m[:20]), s.piece(2, 3, ""), s.piece(3, 3, m[20:])} {
				r := s.get(p)
				none[otr.Received](t, r)
				silent(t, r)
			}
			s.talks()
		},
		"F-24": func(t *testing.T, version int) {
			s := newScene(t, version, func(c *otr.Config) { c.Limits.FragmentBytes = 10000 }).private()
			const n = 50
			rejected := false
			for k := range n {
				r := s.get(s.piece(k+1, n, strings.Repeat("A", 1000)))
				for _, e := range r.Events {
					if e, ok := e.(otr.Rejected); ok && e.Reason == otr.TooLarge {
						rejected = true
					}
				}
			}
			if !rejected {
				t.Error("no event reports the limit")
			}
			s.completes("after", s.pieces(s.bob.data("after", nil), 3)...)
		},
		"F-25": func(t *testing.T, _ int) {
			s := newScene(t, 3, func(c *otr.Config) { c.Limits.PartialMessages = 4 }).private()
			random := rand.New(rand.NewPCG(1, 2))
			filler := strings.Repeat("A", 1000)
			before := snapshotSize(t, s.alice)
			for range 1000 {
				s.lostQuietly(s.pieceFor(random.Uint32()|0x100, s.ourTag(), 1, 2, filler))
			}
			if grown := snapshotSize(t, s.alice) - before; grown > 4*1100+4096 {
				t.Errorf("1000 strangers made us keep %d bytes", grown)
			}
			s.completes("after", s.pieces(s.bob.data("after", nil), 3)...)
		},
		"F-26": func(t *testing.T, version int) {
			s := newScene(t, version, onlyPolicy(5-version, 0))
			for _, p := range s.pieces(s.bob.commit(), 3) {
				silent(t, s.get(p))
			}
			s.auth(otr.AuthNone)
		},
	}
}

// lostQuietly is lost for messages that may be answered with an error.
func (s *scene) lostQuietly(messages ...string) {
	s.t.Helper()
	for _, m := range messages {
		none[otr.Received](s.t, s.get(m))
	}
}

func snapshotSize(t *testing.T, c *testkit.Client) int {
	t.Helper()
	b, err := c.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	return len(b)
}
