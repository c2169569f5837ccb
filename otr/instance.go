package otr

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"otrbot/otr/internal/ake"
	"otrbot/otr/internal/session"
	"otrbot/otr/internal/smp"
	"otrbot/otr/internal/wire"
)

// InstanceTag names one client of a person who may be logged in several times: Protocol v3, "Instance Tags". Tags of
// clients are at least 0x100; version 2 has none, written 0. The values 1 to 4 select an instance by a rule.
type InstanceTag uint32

// Rules for [Conversation.Select].
const (
	// Best is the instance that is private rather than ended rather than in clear, then the one whose key is
	// trusted, then the one heard last.
	Best InstanceTag = 1 + iota
	// Recent is the instance that was last heard or written to; RecentReceived and RecentSent look at one direction
	// only. An instance in clear is chosen only if no other one is private or ended.
	Recent
	RecentReceived
	RecentSent
)

// MessageState says what happens to the texts a person types: Protocol v3, "Message state".
type MessageState int

// The message states.
const (
	Plaintext MessageState = iota // sent in clear, or held if the policy requires encryption
	Encrypted                     // sent encrypted
	Finished                      // not sent: the peer has ended the private conversation
)

// String is the state in English.
func (s MessageState) String() string {
	switch s {
	case Plaintext:
		return "plaintext"
	case Encrypted:
		return "encrypted"
	default:
		return "finished"
	}
}

// AuthState says how far a key exchange is: Protocol v3, "Authentication state".
type AuthState int

// The authentication states.
const (
	AuthNone AuthState = iota
	AuthAwaitingDHKey
	AuthAwaitingRevealSig
	AuthAwaitingSig
)

// String is the state in English.
func (s AuthState) String() string {
	switch s {
	case AuthNone:
		return "no key exchange"
	case AuthAwaitingDHKey:
		return "waiting for a D-H Key Message"
	case AuthAwaitingRevealSig:
		return "waiting for a Reveal Signature Message"
	default:
		return "waiting for a Signature Message"
	}
}

// Session is what there is to know about a private conversation.
type Session struct {
	Version     int         // of the protocol: 2 or 3
	Instance    InstanceTag // the peer's; 0 in version 2
	Fingerprint Fingerprint // of the peer's key
	Trust       Trust       // in that key, when the session was asked for
	// SSID is the secure session id. Two people who recognise each other's voices may read their halves to each
	// other, each the one shown bold: the first if FirstHalfBold, else the second.
	SSID          [8]byte
	FirstHalfBold bool
	Since         time.Time // of the latest key exchange
}

// Instance is a client of the peer that has been heard.
type Instance struct {
	Tag          InstanceTag
	State        MessageState
	LastReceived time.Time // authenticated messages only; zero: never
	LastSent     time.Time
}

// instance is everything that is kept per client of the peer.
type instance struct {
	tag      InstanceTag
	state    MessageState
	*private // exactly while the state is Encrypted

	auth     ake.Machine
	adopted  time.Time      // when our commit became the beginning of the exchange with this instance
	consumed *pendingCommit // our commit that this instance has had its part of

	dead []byte // MAC keys of ended sessions that the next Data Message reveals

	lastReceived, lastSent time.Time
	heard                  time.Time // anything at all, for eviction
	last                   sentText
}

// private is what there is while a conversation is private.
type private struct {
	session session.Session
	info    Session
	ours    Fingerprint // of the key that we proved to have
	smp     smp.Machine
	asked   uint64 // order of the latest SMP request, for AnswerSMP
}

// sentText is the latest text that a person sent, for sending it again.
type sentText struct {
	text        string
	converted   string // by Config.Convert
	fingerprint Fingerprint
	at          time.Time
	waiting     bool // the peer is not known to have it
	sole        bool // no other message advertised the same D-H key: the peer's answer to that key acknowledges it
	lost        bool // and has reported an error since
}

func (i *instance) header(our InstanceTag, version uint16) wire.Header {
	if version == wire.V2 {
		return wire.Header{Version: wire.V2}
	}
	return wire.Header{Version: wire.V3, Sender: uint32(our), Receiver: uint32(i.tag)}
}

// version of the protocol that this instance speaks: only version 3 has tags.
func (i *instance) version() uint16 {
	if i.tag == 0 {
		return wire.V2
	}
	return wire.V3
}

// ErrNoInstance is the error of selecting an instance that was never heard.
var ErrNoInstance = errors.New("otr: no such instance of the peer")

// Select chooses the instance that Send and the other actions mean: a tag from Instances, or one of the rules. The
// default is Best.
func (c *Conversation) Select(tag InstanceTag) error {
	if tag == 0 || tag > RecentSent {
		if c.find(tag) == nil {
			return ErrNoInstance
		}
	}
	c.selection = tag
	return nil
}

// Instances are the peer's clients that have been heard, by tag.
func (c *Conversation) Instances() []Instance {
	all := make([]Instance, 0, len(c.instances))
	for _, i := range c.instances {
		all = append(all, Instance{Tag: i.tag, State: i.state, LastReceived: i.lastReceived, LastSent: i.lastSent})
	}
	slices.SortFunc(all, func(a, b Instance) int { return cmp.Compare(a.Tag, b.Tag) })
	return all
}

func (c *Conversation) find(tag InstanceTag) *instance {
	for _, i := range c.instances {
		if i.tag == tag {
			return i
		}
	}
	return nil
}

// meet is the instance with a tag, remembered from now on. Strangers cannot make the list grow: the one in clear that
// was heard longest ago gives way. It is nil when there is none.
func (c *Conversation) meet(tag InstanceTag) *instance {
	if i := c.find(tag); i != nil {
		return i
	}
	if len(c.instances) >= c.config.Limits.Instances {
		oldest := -1
		for n, i := range c.instances {
			if i.state == Plaintext && i.tag != c.selection && (oldest < 0 || i.heard.Before(c.instances[oldest].heard)) {
				oldest = n
			}
		}
		if oldest < 0 {
			return nil
		}
		c.instances[oldest].auth.Reset()
		c.instances = slices.Delete(c.instances, oldest, oldest+1)
	}
	i := &instance{tag: tag}
	c.instances = append(c.instances, i)
	return i
}

// selected is the instance that actions mean; nil while none was heard.
func (c *Conversation) selected() *instance {
	if c.selection == 0 || c.selection > RecentSent {
		if i := c.find(c.selection); i != nil {
			return i
		}
		return c.first(c.better)
	}
	switch c.selection {
	case RecentReceived:
		return c.first(func(a, b *instance) bool { return a.lastReceived.After(b.lastReceived) })
	case RecentSent:
		return c.first(func(a, b *instance) bool { return a.lastSent.After(b.lastSent) })
	case Recent:
		return c.first(func(a, b *instance) bool { return latest(a).After(latest(b)) })
	default:
		return c.first(c.better)
	}
}

// first is the instance that comes before all others in an order. Whatever the order, those in clear come last: a
// stranger who just spoke up must not make texts go out in clear.
func (c *Conversation) first(before func(a, b *instance) bool) *instance {
	var best *instance
	for _, i := range c.instances {
		switch {
		case best == nil,
			best.state == Plaintext && i.state != Plaintext,
			(best.state == Plaintext) == (i.state == Plaintext) && before(i, best):
			best = i
		}
	}
	return best
}

func latest(i *instance) time.Time {
	if i.lastSent.After(i.lastReceived) {
		return i.lastSent
	}
	return i.lastReceived
}

// better is the order of Best.
func (c *Conversation) better(a, b *instance) bool {
	if a.state != b.state {
		return a.state == Encrypted || a.state == Finished && b.state == Plaintext
	}
	if x, y := c.trusted(a), c.trusted(b); x != y {
		return x
	}
	return a.lastReceived.After(b.lastReceived)
}

func (c *Conversation) trusted(i *instance) bool {
	if i.state != Encrypted {
		return false
	}
	trust, _ := c.user.Trust(c.peer, i.info.Fingerprint)
	return trust.Trusted()
}
