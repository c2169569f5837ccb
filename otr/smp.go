package otr

import (
	"errors"
	"fmt"

	"otrbot/otr/internal/smp"
	"otrbot/otr/internal/wire"
)

// SMPState says how far a verification is: Protocol v3, "The SMP state machine".
type SMPState int

// The states of a verification.
const (
	SMPIdle          SMPState = iota // none under way (SMPSTATE_EXPECT1)
	SMPAwaitingUser                  // the peer has asked; AnswerSMP or AbortSMP is due
	SMPAwaitingPeer2                 // we asked (SMPSTATE_EXPECT2)
	SMPAwaitingPeer3                 // we answered (SMPSTATE_EXPECT3)
	SMPAwaitingPeer4                 // the peer's result is due (SMPSTATE_EXPECT4)
)

// String is the state in English.
func (s SMPState) String() string {
	switch s {
	case SMPIdle:
		return "idle"
	case SMPAwaitingUser:
		return "waiting for our answer"
	default:
		return "waiting for the peer"
	}
}

// SMPState is how far a verification with the selected instance is.
func (c *Conversation) SMPState() SMPState {
	if i := c.selected(); i != nil && i.state == Encrypted {
		return SMPState(i.smp.State())
	}
	return SMPIdle
}

// StartSMP asks the peer to prove that they know the same secret. The outcome is an event: [SMPSucceeded], [SMPFailed] or
// [SMPAborted]. A verification under way is broken off; if both people start one at the same time, both are.
func (c *Conversation) StartSMP(secret []byte) (Result, error) { return c.startSMP(secret, nil) }

// AskSMP does the same with a question, of at most 4096 bytes without NUL, whose answer is the secret. Its success makes us
// trust the peer, not the peer us.
func (c *Conversation) AskSMP(question string, secret []byte) (Result, error) {
	return c.startSMP(secret, &question)
}

func (c *Conversation) startSMP(secret []byte, question *string) (Result, error) {
	var r Result
	i := c.selected()
	if i == nil || i.state != Encrypted {
		return r, ErrNotEncrypted
	}
	if err := i.session.Ready(c.config.Rand); err != nil {
		return r, err
	}
	first, restart, err := i.smp.Start(c.config.Rand, identity(i), secret, question)
	if errors.Is(err, smp.ErrQuestion) {
		return r, fmt.Errorf("%w: %w", ErrText, err)
	}
	if err != nil {
		return r, err
	}
	if restart {
		if err := c.transmitSMP(&r, i, wire.TLV{Type: wire.TLVSMPAbort}); err != nil {
			return Result{}, err
		}
		r.emit(SMPAborted{Instance: i.tag, Reason: AbortedByUs})
	}
	err = c.transmitSMP(&r, i, first)
	return r, err
}

// AnswerSMP gives our secret to the verification that the selected instance asked for; if it has not asked, to the one that
// any instance asked for last. ErrNoSMPRequest means that none waits. Secrets are compared byte by byte.
func (c *Conversation) AnswerSMP(secret []byte) (Result, error) {
	var r Result
	i := c.selected()
	if i == nil || i.state != Encrypted || i.smp.State() != smp.Asked {
		i = c.waiting()
	}
	if i == nil {
		return r, ErrNoSMPRequest
	}
	if err := i.session.Ready(c.config.Rand); err != nil {
		return r, err
	}
	second, err := i.smp.Answer(c.config.Rand, identity(i), secret)
	if err != nil {
		return r, err
	}
	err = c.transmitSMP(&r, i, second)
	return r, err
}

// waiting is the instance with the latest unanswered request; nil for none.
func (c *Conversation) waiting() (latest *instance) {
	for _, i := range c.instances {
		if i.state == Encrypted && i.smp.State() == smp.Asked && (latest == nil || i.asked > latest.asked) {
			latest = i
		}
	}
	return latest
}

// AbortSMP breaks off the verification with the selected instance, or the one that waits for our answer: Protocol v3,
// "User requests to abort SMP".
func (c *Conversation) AbortSMP() (Result, error) {
	var r Result
	i := c.selected()
	if other := c.waiting(); other != nil && (i == nil || i.state != Encrypted || i.smp.State() == smp.Expect1) {
		i = other
	}
	if i == nil || i.state != Encrypted {
		return r, ErrNotEncrypted
	}
	if err := c.transmitSMP(&r, i, wire.TLV{Type: wire.TLVSMPAbort}); err != nil {
		return Result{}, err
	}
	if i.smp.State() != smp.Expect1 {
		r.emit(SMPAborted{Instance: i.tag, Reason: AbortedByUs})
	}
	i.smp.Abort()
	return r, nil
}

func identity(i *instance) smp.Identity {
	return smp.Identity{Ours: i.ours, Theirs: i.info.Fingerprint, SSID: i.info.SSID}
}

func (c *Conversation) transmitSMP(r *Result, i *instance, t wire.TLV) error {
	return c.transmit(r, i, "", []wire.TLV{t}, wire.FlagIgnoreUnreadable)
}

// receiveSMP acts on one record of the socialist millionaires' protocol.
func (c *Conversation) receiveSMP(r *Result, i *instance, t wire.TLV) {
	underWay := i.smp.State() != smp.Expect1
	outcome, err := i.smp.Receive(c.config.Rand, t)
	if err != nil {
		r.emit(Rejected{Reason: HandshakeFailed, Instance: i.tag, Detail: "random source: " + err.Error()})
		return
	}
	wrong := outcome.Event == smp.Unexpected || outcome.Event == smp.Cheated
	if wrong && !c.mayAnswer(costAbort) {
		r.emit(Rejected{Reason: TooMany, Instance: i.tag, Detail: "too many wrong steps of a verification in a minute"})
		if underWay {
			c.reportSMP(r, i, &outcome) // it is over, though the peer is not told
		}
		return
	}
	if wrong {
		c.spend(costAbort)
	}
	if outcome.Reply != nil {
		if err := c.transmitSMP(r, i, *outcome.Reply); err != nil {
			r.emit(Rejected{Reason: HandshakeFailed, Instance: i.tag, Detail: err.Error()})
		}
	}
	c.reportSMP(r, i, &outcome)
}

func (c *Conversation) reportSMP(r *Result, i *instance, outcome *smp.Outcome) {
	switch outcome.Event {
	case smp.AskedForSecret, smp.AskedWithQuestion:
		c.asked++
		i.asked = c.asked
		asked := SMPAsked{Instance: i.tag}
		if outcome.Question != nil {
			asked.Question, asked.HasQuestion = *outcome.Question, true
		}
		r.emit(asked)
	case smp.Advanced:
		r.emit(SMPAdvanced{Instance: i.tag, Percent: outcome.Progress})
	case smp.Succeeded:
		r.emit(SMPSucceeded{Instance: i.tag})
		// Who answers a question proves himself to the asker, not the asker to him; so it is with a wrong answer.
		if !i.smp.ReceivedQuestion() {
			c.changeTrust(r, i, TrustSMP)
		}
	case smp.Failed:
		r.emit(SMPFailed{Instance: i.tag})
		if !i.smp.ReceivedQuestion() {
			c.changeTrust(r, i, "")
		}
	case smp.Cheated:
		r.emit(SMPAborted{Instance: i.tag, Reason: AbortedCheated})
	case smp.PeerAborted:
		r.emit(SMPAborted{Instance: i.tag, Reason: AbortedByPeer})
	case smp.Unexpected:
		r.emit(SMPAborted{Instance: i.tag, Reason: AbortedOutOfOrder})
	}
}

// changeTrust records what a verification showed. It never touches a trust that the user set by hand.
func (c *Conversation) changeTrust(r *Result, i *instance, to Trust) {
	was, _ := c.user.Trust(c.peer, i.info.Fingerprint)
	if was == to || was != "" && was != TrustSMP {
		return
	}
	if err := c.user.SetTrust(c.peer, i.info.Fingerprint, to); err != nil {
		return // the peer's name was checked when the conversation began
	}
	r.emit(TrustChanged{Fingerprint: i.info.Fingerprint, Trust: to, Was: was})
}

// abandonSMP obeys "If at any point MSGSTATE_ENCRYPTED becomes unset, SMP must abandon its state". A session with new keys
// has another session id, which a verification is bound to.
func (c *Conversation) abandonSMP(r *Result, i *instance) {
	if i.smp.State() == smp.Expect1 {
		return
	}
	i.smp.Abort()
	r.emit(SMPAborted{Instance: i.tag, Reason: AbortedSessionEnded})
}
