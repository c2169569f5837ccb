package libotr

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// A party is one login of one side of a conversation, ours or libotr's, as its
// user sees it. A party fails the test when its library errs.
type party interface {
	receive(message string)
	take() []string  // what it put on the wire since the last call, in order
	notes() []string // what its user saw since the last call, in order

	say(text string, tlvs ...TLV)
	start()   // asks for a private conversation with a query
	refresh() // asks for new keys in a private one
	end()
	smp(secret string)
	smpWithQuestion(question, secret string)
	answer(secret string)
	abort()
	extraKey(use uint32, data string) string
	advance(d time.Duration) // moves the clock and lets the library do what is due
	lose()                   // the process dies and starts again with its files only
	session() session
	setPolicy(policy int)
}

// A session is what both sides of a private conversation must agree on.
type session struct {
	state     string // "plaintext", "encrypted", "finished"
	version   int
	ssid      string
	firstBold bool
	theirs    string // the peer's fingerprint
	own       string // our own
}

// A room passes messages between the logins of two accounts. A message goes
// to every login of the other account, as with servers that do not know which
// login is meant.
type room struct {
	t           *testing.T
	left, right []party
	passed      int
	tap         func(fromLeft bool, message string) string // may change or drop ("") a message
}

func between(t *testing.T, a, b party) *room {
	return &room{t: t, left: []party{a}, right: []party{b}}
}

// settle passes messages until both sides are silent. What both sides have
// ready crosses on the wire.
func (r *room) settle() {
	r.t.Helper()
	for range 1000 {
		fromLeft, fromRight := collect(r.left), collect(r.right)
		if len(fromLeft)+len(fromRight) == 0 {
			return
		}
		r.deliver(fromLeft, true)
		r.deliver(fromRight, false)
	}
	r.t.Fatal("the two sides never fall silent")
}

// pass delivers what p has ready and nothing else.
func (r *room) pass(p party) {
	r.deliver(p.take(), slices.Contains(r.left, p))
}

func collect(side []party) []string {
	var messages []string
	for _, p := range side {
		messages = append(messages, p.take()...)
	}
	return messages
}

func (r *room) deliver(messages []string, fromLeft bool) {
	to := r.left
	if fromLeft {
		to = r.right
	}
	for _, m := range messages {
		if r.tap != nil {
			m = r.tap(fromLeft, m)
		}
		if m == "" {
			continue
		}
		r.passed++
		for _, p := range to {
			p.receive(m)
		}
	}
}

func (r *room) advance(d time.Duration) {
	for _, p := range slices.Concat(r.left, r.right) {
		p.advance(d)
	}
}

// forget drops the notes of both sides.
func (r *room) forget() {
	for _, p := range slices.Concat(r.left, r.right) {
		p.notes()
	}
}

// expect compares what p's user saw since the last look.
func (r *room) expect(p party, want ...string) {
	r.t.Helper()
	if _, libotr := p.(*theirs); libotr {
		want = asLibotrTells(want)
	}
	if got := p.notes(); !slices.Equal(got, want) {
		r.t.Errorf("%T saw\n%q, want\n%q", p, got, want)
	}
}

// asLibotrTells has one word for new keys in a conversation that was private:
// which of its two callbacks libotr calls depends on the instance that asked.
func asLibotrTells(notes []string) []string {
	told := slices.Clone(notes)
	for i, note := range told {
		if note == "refreshed" {
			told[i] = "secured"
		}
	}
	return told
}

// expectPrivate checks that both sides are in the same private conversation.
func (r *room) expectPrivate(a, b party, version int) {
	r.t.Helper()
	x, y := a.session(), b.session()
	switch {
	case x.state != "encrypted" || y.state != "encrypted":
		r.t.Fatalf("states %s and %s", x.state, y.state)
	case x.version != version || y.version != version:
		r.t.Errorf("versions %d and %d, want %d", x.version, y.version, version)
	case x.ssid != y.ssid:
		r.t.Errorf("session ids %s and %s", x.ssid, y.ssid)
	case x.firstBold == y.firstBold:
		r.t.Error("both sides show the same half of the session id in bold")
	case x.theirs != y.own || y.theirs != x.own:
		r.t.Errorf("fingerprints: %s sees %s, %s sees %s", x.own, x.theirs, y.own, y.theirs)
	}
}

// expectSeen is expect with the notes in one string, separated by '|'.
func (r *room) expectSeen(p party, want string) {
	r.t.Helper()
	r.expect(p, strings.Split(want, "|")...)
}

// expectOneOrder is expect for notes that the libraries give in either order.
func (r *room) expectOneOrder(p party, want ...string) {
	r.t.Helper()
	got := p.notes()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		r.t.Errorf("%T saw\n%q, want in any order\n%q", p, got, want)
	}
}
