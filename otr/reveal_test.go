package otr_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

// Whoever reads along gets to know MAC keys, and with them can forge nothing. Bursts of texts go both ways, with new key
// exchanges, ends and restarts among them. Which keys are to be revealed is the matter of package session's tests.
func TestRevealedKeysForgeNothing(t *testing.T) {
	for _, version := range []int{2, 3} {
		t.Run(fmt.Sprintf("v%d", version), func(t *testing.T) {
			const bursts = 2000
			l := newListener(t, version)
			for range bursts {
				l.burst()
				l.Clock.Advance(time.Second) // sixty key exchanges a minute are enough
				if l.dice.IntN(20) == 0 {
					l.forge(l.Alice)
					l.forge(l.Bob)
				}
			}
			for _, c := range []*testkit.Client{l.Alice, l.Bob} {
				if n := len(l.revealed[c]); n < bursts/6 {
					t.Errorf("%s has revealed %d keys only", c.Name, n)
				}
			}
		})
	}
}

// A listener is somebody on the link between Alice and Bob.
type listener struct {
	*testkit.Pair
	t        *testing.T
	dice     *rand.Rand
	texts    int
	revealed map[*testkit.Client][][]byte // by whom, the latest last
	known    map[string]bool
	latest   map[*testkit.Client]*wire.Data // of whom
}

func newListener(t *testing.T, version int) *listener {
	l := &listener{
		Pair: taggedPair(t, version, t.Name(), 0), t: t, dice: rand.New(rand.NewPCG(uint64(version), 0)),
		revealed: map[*testkit.Client][][]byte{}, known: map[string]bool{}, latest: map[*testkit.Client]*wire.Data{},
	}
	l.Edit = func(from *testkit.Client, message string) []string {
		l.listen(from, message)
		return []string{message}
	}
	l.Secure(t)
	return l
}

func (l *listener) listen(from *testkit.Client, message string) {
	l.t.Helper()
	raw, err := wire.Decode(message)
	if err != nil {
		return // a query
	}
	m, err := wire.Parse(raw)
	if err != nil {
		l.t.Fatal(err)
	}
	d, ok := m.(*wire.Data)
	if !ok {
		return
	}
	l.latest[from] = d
	for keys := d.OldMACKeys; len(keys) > 0; keys = keys[20:] {
		if l.known[string(keys[:20])] {
			l.t.Fatalf("%s reveals a key twice", from.Name)
		}
		l.known[string(keys[:20])] = true
		l.revealed[from] = append(l.revealed[from], keys[:20])
	}
}

// burst is some texts of one side, or something rarer.
func (l *listener) burst() {
	l.t.Helper()
	c := l.Alice
	if l.dice.IntN(2) == 0 {
		c = l.Bob
	}
	switch l.dice.IntN(30) {
	case 0:
		c.Do(c.Refresh())
		l.Flow()
	case 1:
		c.Do(c.End())
		l.Flow()
		l.Secure(l.t)
	case 2:
		l.Clock.Advance(time.Millisecond)
		c.Restart(l.Other(c).Name)
	default:
		for range 1 + l.dice.IntN(4) {
			l.texts++
			l.Say(c, fmt.Sprint("text ", l.texts))
		}
	}
}

// forge tries the latest keys that c has revealed on c itself, with all key numbers that may be alive.
func (l *listener) forge(c *testkit.Client) {
	l.t.Helper()
	d := l.latest[l.Other(c)]
	keys := l.revealed[c]
	if d == nil || len(keys) == 0 {
		return
	}
	before := protected(l.t, c.Conversation, true)
	const tried = 20
	for _, key := range keys[max(0, len(keys)-tried):] {
		for n := range uint32(9) {
			forged := *d
			forged.SenderKeyID, forged.RecipientKeyID = d.SenderKeyID+n%3-1, d.RecipientKeyID+n/3-1
			forged.Counter = 1<<64 - 1
			forged.MAC = dataMAC(key, &forged)
			for _, e := range c.Receive(encode(&forged)).Events {
				if _, ok := e.(otr.Rejected); !ok {
					l.t.Fatalf("%s accepts a forged message: %+v", c.Name, e)
				}
			}
		}
	}
	if protected(l.t, c.Conversation, true) != before {
		l.t.Fatalf("a forged message has changed the state of %s", c.Name)
	}
}

// A text that is too long to be sent reveals no key, and the next message reveals what was due.
func TestUnsentTextsLoseNoRevealedKey(t *testing.T) {
	var m *moment
	for _, way := range moments(t, 3, t.Name()) {
		if way.name == "encrypted for long" {
			m = way
		}
	}
	due := func(spoilt bool) int {
		alice := m.alice.restore(t)
		defer alice.Close()
		for _, message := range m.due {
			alice.Get(message)
		}
		if spoilt {
			long := strings.Repeat("long", 1<<18)
			if r, err := alice.Send(long); !errors.Is(err, otr.ErrText) || len(r.Send) > 0 {
				t.Fatalf("%v, %d messages", err, len(r.Send))
			}
		}
		r, err := alice.Send("short")
		if err != nil {
			t.Fatal(err)
		}
		message := assembled(t, r.Send)
		return len(parse(t, message).(*wire.Data).OldMACKeys)
	}
	m.alice.client.Config.MaxMessageSize = 40
	if without, with := due(false), due(true); without == 0 || with != without {
		t.Fatalf("%d bytes of MAC keys revealed after a text that could not be sent, %d without it", with, without)
	}
}

// assembled is the message that fragments make.
func assembled(t *testing.T, pieces []string) string {
	t.Helper()
	var message strings.Builder
	for _, piece := range pieces {
		text := wire.Classify(piece)
		if text.Kind != wire.KindFragment {
			t.Fatalf("%q is no fragment", piece)
		}
		message.WriteString(text.Fragment.Piece)
	}
	return message.String()
}
