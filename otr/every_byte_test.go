package otr_test

import (
	"bytes"
	"fmt"
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr/internal/wire"
)

// TestEveryByte brings each message in each state of a conversation damaged in every way that concerns one byte, and cut
// off after every byte. Nobody without the keys could have sent these messages, so that none may change what has been
// authenticated; the message as it was sent is accepted afterwards, and the conversation goes on.
//
// A message that is due in a state is damaged at every byte of its binary and of its armoured form, in three ways; one
// that is not, at every byte of its binary form in one way, without going back to the state after each. What damaged D-H Commit and D-H Key Messages lead to is tried
// at every goOnStep-th byte only, as each costs a key exchange.
func TestEveryByte(t *testing.T) {
	for _, version := range []int{2, 3} {
		// The messages of another conversation between the same clients, one of each type.
		var others []string
		for _, m := range moments(t, version, "another conversation") {
			others = append(others, oneOfEach(m.due, others)...)
		}
		others = append(others, clearTexts...)
		for _, m := range moments(t, version, "every byte") {
			t.Run(fmt.Sprintf("%s/v%d", m.name, version), func(t *testing.T) { everyByte(t, m, others) })
		}
	}
}

const goOnStep = 64

// clearTexts are the messages that are not encoded.
var clearTexts = []string{
	"?OTRv23?\nI would like to talk with you privately.",
	"?OTR Error: You sent an encrypted message that could not be read.",
	"a text with a tag" + whitespaceTag(1, 2, 3),
	"?OTR,1,3,?OTR:AAMC,",
	"?OTR|b0b1b2b3|a11ce0a1,00001,00003,?OTR:AAMC,",
}

// oneOfEach are the messages of a type, or with a TLV, that is not among those known already.
func oneOfEach(messages, known []string) []string {
	var news []string
	seen := map[string]bool{}
	for _, m := range known {
		seen[typeOf(m)] = true
	}
	for _, m := range messages {
		if !seen[typeOf(m)] {
			seen[typeOf(m)] = true
			news = append(news, m)
		}
	}
	return news
}

// typeOf tells Data Messages apart by their length, as it tells the SMP messages.
func typeOf(message string) string {
	raw, err := wire.Decode(message)
	if err != nil {
		return fmt.Sprint(wire.Classify(message).Kind)
	}
	if _, kind, err := wire.ParseHeader(raw); err == nil && kind != wire.TypeData {
		return fmt.Sprint("type ", kind)
	}
	return fmt.Sprint("data of ", len(raw)/64)
}

// damage are the ways to change one byte.
var damage = []func(byte) byte{
	func(b byte) byte { return b ^ 1 },
	func(b byte) byte { return b ^ 0x80 },
	func(byte) byte { return 0 },
}

func everyByte(t *testing.T, m *moment, others []string) {
	v := victim{t: t, m: m}
	v.begin()
	for n, message := range m.due {
		v.genuine = message
		if raw, err := wire.Decode(message); err == nil {
			v.damaged(raw, damage, func(b []byte) string { return wire.Encode(b) })
		}
		v.damaged([]byte(message), damage, func(b []byte) string { return string(b) })
		v.before = m.due[:n+1]
		v.begin()
	}
	v.before, v.drift = nil, true
	for _, message := range others {
		v.begin()
		v.genuine = message
		if raw, err := wire.Decode(message); err == nil {
			v.damaged(raw, damage[1:2], func(b []byte) string { return wire.Encode(b) })
		} else {
			v.damaged([]byte(message), damage[:1], func(b []byte) string { return string(b) })
		}
	}
	v.begin()
	for _, message := range m.heard {
		v.genuine = message
		if !v.receive(message) { // a repetition
			v.begin()
		}
	}
	m.goesOn(t, v.alice)
	v.alice.Close()
}

// A victim is Alice, who hears what was never sent.
type victim struct {
	t       *testing.T
	m       *moment
	before  []string // what she has heard since the moment
	drift   bool     // she goes on from where a damaged D-H Commit or D-H Key Message led her
	genuine string
	alice   *testkit.Client

	state         string // authenticated
	stateExchange string // and the exchange under way
}

// begin brings Alice back to the moment, or to where she had heard some of what was due.
func (v *victim) begin() {
	v.t.Helper()
	if v.alice != nil {
		v.alice.Close()
	}
	v.alice = v.m.alice.restore(v.t)
	for _, message := range v.before {
		v.alice.Get(message)
	}
	v.state, v.stateExchange = protected(v.t, v.alice.Conversation, false), protected(v.t, v.alice.Conversation, true)
}

// damaged has Alice hear every prefix and every change of one byte.
func (v *victim) damaged(original []byte, ways []func(byte) byte, encode func([]byte) string) {
	v.t.Helper()
	for n := range original {
		v.at(n, encode(original[:n]))
		for _, way := range ways {
			changed := bytes.Clone(original)
			changed[n] = way(changed[n])
			if changed[n] != original[n] {
				v.at(n, encode(changed))
			}
		}
	}
}

// at has Alice hear a message with damage at byte n.
func (v *victim) at(n int, message string) {
	v.t.Helper()
	if sameMeaning(v.genuine, message) {
		return
	}
	if v.receive(message) {
		return
	}
	if v.drift {
		v.stateExchange = protected(v.t, v.alice.Conversation, true)
		return
	}
	if n%goOnStep == 0 {
		p := testkit.NewPairOf(v.t, v.alice, v.m.bob.restore(v.t))
		p.Alice.Do(p.Alice.Start())
		talkAgain(v.t, p)
	}
	v.begin()
}

// receive reports whether the key exchange is as it was; all else must be.
func (v *victim) receive(message string) bool {
	v.t.Helper()
	r := v.alice.Receive(message)
	if len(r.Send) > 2 {
		v.t.Fatalf("%d messages answer %.200q", len(r.Send), message)
	}
	if protected(v.t, v.alice.Conversation, true) == v.stateExchange {
		return true
	}
	if protected(v.t, v.alice.Conversation, false) != v.state {
		v.t.Fatalf("%.100q, made of %.100q, changed the state: %+v", message, v.genuine, r.Events)
	}
	if !mayBegin(message) {
		v.t.Fatalf("%.100q, made of %.100q, changed the key exchange: %+v", message, v.genuine, r.Events)
	}
	return false
}

// mayBegin says whether a message, unauthenticated as it is, may begin or change a key exchange.
func mayBegin(message string) bool {
	raw, err := wire.Decode(message)
	if err != nil {
		kind := wire.Classify(message).Kind
		return kind == wire.KindQuery || kind == wire.KindTagged
	}
	m, err := wire.Parse(raw)
	if err != nil {
		return false
	}
	switch m.(type) {
	case *wire.DHCommit, *wire.DHKey:
		return true
	}
	return false
}

// sameMeaning reports whether a changed message says the same: base64 and fragments can be written in several ways, and
// the MAC of a Data Message does not cover the MAC keys that it reveals.
func sameMeaning(genuine, changed string) bool {
	a, errA := wire.Decode(genuine)
	b, errB := wire.Decode(changed)
	if errA != nil || errB != nil {
		f, g := wire.Classify(genuine), wire.Classify(changed)
		return f.Kind == wire.KindFragment && f == g
	}
	if bytes.Equal(a, b) {
		return true
	}
	m, errA := wire.Parse(a)
	n, errB := wire.Parse(b)
	if errA != nil || errB != nil {
		return false
	}
	d, ok := m.(*wire.Data)
	e, too := n.(*wire.Data)
	return ok && too && bytes.Equal(d.Authenticated, e.Authenticated) && d.MAC == e.MAC
}
