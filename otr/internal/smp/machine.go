// Package smp is the Socialist Millionaires' Protocol of OTR versions 2 and 3:
// two people find out whether they know the same secret, and learn nothing
// else. TLVs go in, TLVs and events come out; encryption, sending and trust
// are the caller's.
//
// Protocol v3, "The SMP state machine".
package smp

import (
	"errors"
	"fmt"
	"io"
	"log/slog"

	"otrbot/otr/internal/wire"
)

// Machine is one side's SMP state. The zero value is SMPSTATE_EXPECT1 with
// nothing asked. It holds secrets: do not copy it after its first use, end it
// with [Machine.Abort]. It is not safe for concurrent use.
//
// The machine lives while the message state is ENCRYPTED. The caller aborts it
// when that ends or when another session, with another session id, begins.
type Machine struct {
	run      run  // nil in Expect1
	question bool // the latest run began with the peer's question
}

// State is the message that the machine waits for.
type State int

// The states of Protocol v3, "Expected Message". The specification asks the
// user while it handles message 1; a program has to wait for the answer, and
// Asked is that wait.
const (
	Expect1 State = iota // nothing under way
	Asked                // message 1 accepted, the user's answer is awaited
	Expect2              // we sent message 1
	Expect3              // we sent message 2
	Expect4              // we sent message 3
)

// String names the state as the specification does.
func (s State) String() string {
	switch s {
	case Expect1:
		return "EXPECT1"
	case Asked:
		return "ASKED"
	case Expect2:
		return "EXPECT2"
	case Expect3:
		return "EXPECT3"
	case Expect4:
		return "EXPECT4"
	}
	return fmt.Sprintf("State(%d)", int(s))
}

// Event is what a received TLV means to the user.
type Event int

const (
	None              Event = iota // nothing to tell
	AskedForSecret                 // the peer began a run: call Answer
	AskedWithQuestion              // the same, with Outcome.Question
	Advanced                       // the run goes on
	Succeeded                      // both secrets are equal; the run is over
	Failed                         // the secrets differ; the run is over
	PeerAborted                    // the peer gave up a run that was under way
	Cheated                        // a malformed message or a wrong proof; the run is over
	Unexpected                     // a message of another state; the run is over
)

// Outcome is what Receive decided.
type Outcome struct {
	Reply    *wire.TLV // to be sent to the peer, nil for nothing
	Event    Event
	Question *string // the peer's words, only with AskedWithQuestion
	Progress int     // percent: 25 asked, 60 advanced, 100 decided, else 0
}

// Errors of the user's actions. They change nothing.
var (
	ErrNotAsked = errors.New("smp: the peer has not asked for a secret")
	ErrQuestion = fmt.Errorf("smp: a question is at most %d bytes long and has no NUL", MaxQuestion)
)

// MaxQuestion is the longest question that Start sends, in bytes. A received
// question is bounded by its TLV, 65535 bytes.
const MaxQuestion = 4096

// run is what a state other than Expect1 remembers; each state is a type of
// its own and holds what it needs, no more.
type run interface {
	state() State
	wipe()
	append(dst []byte) []byte
}

// State returns the message that the machine waits for.
func (m *Machine) State() State {
	if m.run == nil {
		return Expect1
	}
	return m.run.state()
}

// ReceivedQuestion reports whether the latest run, under way or just ended,
// began with a question from the peer. To have answered the peer's question
// proves us to them, not them to us.
func (m *Machine) ReceivedQuestion() bool { return m.question }

// Start begins a run with our secret, and with a question for the peer unless
// question is nil. abortFirst tells that another run was under way and has
// been given up: an abort TLV must be sent before msg1. The error is
// ErrQuestion or that of rand; then nothing has changed.
//
// Protocol v3, "User requests to begin SMP".
func (m *Machine) Start(rand io.Reader, id Identity, secret []byte, question *string) (msg1 wire.TLV, abortFirst bool, err error) {
	if question != nil && !validQuestion(*question) {
		return wire.TLV{}, false, ErrQuestion
	}
	next, value, err := newMessage1(rand)
	if err != nil {
		return wire.TLV{}, false, err
	}
	next.x = deriveSecret(&id.Ours, &id.Theirs, &id.SSID, secret)

	abortFirst = m.State() != Expect1
	m.become(next)
	m.question = false
	if question == nil {
		return wire.TLV{Type: wire.TLVSMP1, Value: value}, abortFirst, nil
	}
	return wire.TLV{Type: wire.TLVSMP1Q, Value: withQuestion(*question, value)}, abortFirst, nil
}

// Answer gives our secret to the run that the peer began. The error is
// ErrNotAsked or that of rand; then nothing has changed.
//
// Protocol v3, "Receiving a type 2 TLV (SMP message 1)", its second half.
func (m *Machine) Answer(rand io.Reader, id Identity, secret []byte) (msg2 wire.TLV, err error) {
	s, ok := m.run.(*asked)
	if !ok {
		return wire.TLV{}, ErrNotAsked
	}
	y := deriveSecret(&id.Theirs, &id.Ours, &id.SSID, secret)
	defer y.wipe()
	next, value, err := s.newMessage2(rand, &y)
	if err != nil {
		return wire.TLV{}, err
	}
	m.become(next)
	return wire.TLV{Type: wire.TLVSMP2, Value: value}, nil
}

// Abort gives up whatever is under way and wipes its secrets. To tell the
// peer is the caller's part: an empty TLV of type [wire.TLVSMPAbort].
//
// Protocol v3, "User requests to abort SMP".
func (m *Machine) Abort() { m.become(nil) }

// Receive takes one TLV of an authenticated data message. A TLV that is not
// SMP's is ignored. The error is that of rand; then nothing has changed.
//
// Protocol v3, "State Transitions": each message belongs to one state, and in
// any other state it ends the run and is answered with an abort.
func (m *Machine) Receive(rand io.Reader, t wire.TLV) (Outcome, error) {
	switch t.Type {
	case wire.TLVSMP1, wire.TLVSMP1Q:
		// A second message 1 while we wait for the user is a message of the
		// wrong state too: otherwise the answer to the question on the screen
		// could be spent on another one. Who restarts sends an abort first.
		if m.State() == Expect1 {
			return m.receive1(t), nil
		}
	case wire.TLVSMP2:
		if s, ok := m.run.(*expect2); ok {
			return m.receive2(rand, s, t)
		}
	case wire.TLVSMP3:
		if s, ok := m.run.(*expect3); ok {
			return m.receive3(rand, s, t)
		}
	case wire.TLVSMP4:
		if s, ok := m.run.(*expect4); ok {
			return m.receive4(s, t), nil
		}
	case wire.TLVSMPAbort:
		if m.State() == Expect1 {
			return Outcome{}, nil
		}
		m.Abort()
		return Outcome{Event: PeerAborted}, nil
	default:
		return Outcome{}, nil
	}
	return m.refuse(Unexpected), nil
}

// receive1 is the row EXPECT1, up to asking the user.
func (m *Machine) receive1(t wire.TLV) Outcome {
	var question *string
	value := t.Value
	if t.Type == wire.TLVSMP1Q {
		words, rest, ok := cutQuestion(value)
		if !ok {
			return m.refuse(Cheated)
		}
		question, value = &words, rest
	}
	next, ok := checkMessage1(value)
	if !ok {
		return m.refuse(Cheated)
	}
	m.become(next)
	m.question = question != nil
	if m.question {
		return Outcome{Event: AskedWithQuestion, Question: question, Progress: 25}
	}
	return Outcome{Event: AskedForSecret, Progress: 25}
}

// receive2 is the row EXPECT2.
func (m *Machine) receive2(rand io.Reader, s *expect2, t wire.TLV) (Outcome, error) {
	checked, ok := s.checkMessage2(t.Value)
	if !ok {
		return m.refuse(Cheated), nil
	}
	defer checked.wipe()
	next, value, err := s.newMessage3(rand, &checked)
	if err != nil {
		return Outcome{}, err
	}
	m.become(next)
	return Outcome{Reply: &wire.TLV{Type: wire.TLVSMP3, Value: value}, Event: Advanced, Progress: 60}, nil
}

// receive3 is the row EXPECT3. Message 4 goes out whether or not the secrets
// are equal, so that the other side learns the result as well.
func (m *Machine) receive3(rand io.Reader, s *expect3, t wire.TLV) (Outcome, error) {
	checked, ok := s.checkMessage3(t.Value)
	if !ok {
		return m.refuse(Cheated), nil
	}
	defer checked.quotient.Wipe()
	value, err := s.newMessage4(rand, checked.quotient)
	if err != nil {
		return Outcome{}, err
	}
	outcome := decide(s.equal(&checked))
	outcome.Reply = &wire.TLV{Type: wire.TLVSMP4, Value: value}
	m.Abort() // "Set smpstate to SMPSTATE_EXPECT1"
	return outcome, nil
}

// receive4 is the row EXPECT4.
func (m *Machine) receive4(s *expect4, t wire.TLV) Outcome {
	rb, ok := s.checkMessage4(t.Value)
	if !ok {
		return m.refuse(Cheated)
	}
	outcome := decide(s.equal(&rb))
	m.Abort() // "Set smpstate to SMPSTATE_EXPECT1"
	return outcome
}

func decide(equal bool) Outcome {
	if equal {
		return Outcome{Event: Succeeded, Progress: 100}
	}
	return Outcome{Event: Failed, Progress: 100}
}

// refuse ends the run for the reason e: "Set smpstate to SMPSTATE_EXPECT1 and
// send a type 6 TLV (SMP abort)".
func (m *Machine) refuse(e Event) Outcome {
	m.Abort()
	return Outcome{Reply: &wire.TLV{Type: wire.TLVSMPAbort}, Event: e}
}

// become is the only place where the state changes and where a run's secrets
// are wiped. An answer is good for one comparison: no run outlives its result.
func (m *Machine) become(next run) {
	if m.run != nil {
		m.run.wipe()
	}
	m.run = next
}

// String shows the state and no secret.
func (m Machine) String() string { return "smp.Machine(" + m.State().String() + ")" }

// GoString shows the state and no secret.
func (m Machine) GoString() string { return m.String() }

// Format shows the state and no secret, whatever the verb.
func (m Machine) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, m.String()) }

// LogValue shows the state and no secret.
func (m Machine) LogValue() slog.Value { return slog.StringValue(m.String()) }
