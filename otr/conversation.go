package otr

import (
	"errors"
	"fmt"
	"time"

	"otrbot/otr/internal/wire"
)

// Conversation is what one account and one peer say to each other. It belongs to one goroutine at a time.
type Conversation struct {
	// AppData is the program's own; the library never touches it.
	AppData any

	user   *UserState
	peer   Peer
	config Config
	tag    InstanceTag // ours

	instances []*instance
	selection InstanceTag
	pending   *pendingCommit // our unanswered D-H Commit Message
	partials  partials
	held      []string
	offer     offer
	answers   answers
	asked     uint64 // SMP requests so far
}

// offer says whether the peer has seen our whitespace tag. Protocol v3, "User types a message to be sent": the tag is
// attached if "you have not received a plaintext message from this correspondent since last entering
// MSGSTATE_PLAINTEXT".
type offer byte

const (
	offerOpen offer = iota
	offerRejected
)

// Errors of a conversation's actions. All leave it as it was.
var (
	// ErrNoKey means that the account has no private key: make one, and keep it with SetKey.
	ErrNoKey = errors.New("otr: the account has no private key")
	// ErrFinished means that the peer has ended the private conversation: the text was not sent and is not kept.
	// Start it again, or End it here too and then send in clear.
	ErrFinished = errors.New("otr: the peer has ended the private conversation")
	// ErrNotEncrypted means that the action needs a private conversation.
	ErrNotEncrypted = errors.New("otr: the conversation is not private")
	// ErrPolicy means that the policy allows no version of OTR, though the action or RequireEncryption needs one.
	ErrPolicy = errors.New("otr: the policy allows no version")
	// ErrNoSMPRequest means that the peer has not asked for a secret, or no longer waits for it.
	ErrNoSMPRequest = errors.New("otr: the peer has not asked for a secret")
	// ErrTooManyHeld means that no more texts can wait for a private conversation.
	ErrTooManyHeld = errors.New("otr: too many texts wait for a private conversation")
	// ErrText means that a text or TLV cannot be carried: see the message.
	ErrText = errors.New("otr: cannot be sent")
)

// NewConversation begins a conversation of one of the user's accounts with a peer. It is in clear. The account needs a
// private key if the policy allows OTR (else ErrNoKey), and gets an instance tag if it has none: save the tags.
//
// Keep one conversation for each peer: a second one knows nothing of the first, and takes its messages for a stranger's.
func (u *UserState) NewConversation(p Peer, c Config) (*Conversation, error) {
	conversation, err := u.conversation(p, c)
	if err != nil {
		return nil, err
	}
	conversation.tag, err = u.ensureInstanceTag(p.Account, conversation.config.Rand)
	if err != nil {
		return nil, err
	}
	return conversation, nil
}

// conversation is a new one without an instance tag.
func (u *UserState) conversation(p Peer, c Config) (*Conversation, error) {
	config, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	if _, ok := u.Key(p.Account); !ok && config.Policy.enabled() {
		return nil, fmt.Errorf("%w: %s on %s", ErrNoKey, p.Account.Name, p.Account.Protocol)
	}
	return &Conversation{user: u, peer: p, config: config, selection: Best}, nil
}

// Peer is whom the conversation is with.
func (c *Conversation) Peer() Peer { return c.peer }

// OurInstance is the instance tag of our own client.
func (c *Conversation) OurInstance() InstanceTag { return c.tag }

// Policy is the policy in force.
func (c *Conversation) Policy() Policy { return c.config.Policy }

// SetPolicy changes the policy from the next action on. Private conversations go on until they are ended.
func (c *Conversation) SetPolicy(p Policy) { c.config.Policy = p }

// State is the message state of the selected instance.
func (c *Conversation) State() MessageState {
	if i := c.selected(); i != nil {
		return i.state
	}
	return Plaintext
}

// AuthState is how far a key exchange with the selected instance is.
func (c *Conversation) AuthState() AuthState {
	i := c.selected()
	if i != nil && i.auth.State() != 0 {
		return AuthState(i.auth.State())
	}
	if c.pending != nil && (i == nil || i.consumed != c.pending) {
		return AuthAwaitingDHKey
	}
	return AuthNone
}

// Session describes the private conversation with the selected instance; false if there is none.
func (c *Conversation) Session() (Session, bool) {
	i := c.selected()
	if i == nil || i.state != Encrypted {
		return Session{}, false
	}
	return c.describe(i), true
}

// SessionOf describes the private conversation with one instance, such as the one that an event names; false if there is
// none.
func (c *Conversation) SessionOf(tag InstanceTag) (Session, bool) {
	i := c.find(tag)
	if i == nil || i.state != Encrypted {
		return Session{}, false
	}
	return c.describe(i), true
}

func (c *Conversation) describe(i *instance) Session {
	s := i.info
	s.Trust, _ = c.user.Trust(c.peer, s.Fingerprint)
	return s
}

// Start asks the peer for a private conversation: Protocol v3, "User requests to start an OTR conversation". The query
// is not authenticated: a person in the middle can remove a version from it. A policy without AllowV2 keeps to version 3.
// In a private conversation it leads to new keys.
func (c *Conversation) Start() (Result, error) {
	if !c.config.Policy.enabled() {
		return Result{}, ErrPolicy
	}
	return Result{Send: []string{c.query()}}, nil
}

func (c *Conversation) query() string {
	return wire.QueryString(c.config.Policy.versions()) + "\n" + c.config.QueryText
}

// End ends the private conversation with the selected instance: Protocol v3, "User requests to end an OTR
// conversation". From then on texts go out in clear, unless the policy requires encryption. In clear it does nothing.
func (c *Conversation) End() (Result, error) {
	var r Result
	i := c.selected()
	if i == nil {
		return r, nil
	}
	err := c.end(&r, i)
	return r, err
}

// EndAll ends the private conversations with all instances. It stops at the first error; the Result holds what was done
// until then.
func (c *Conversation) EndAll() (Result, error) {
	var r Result
	for _, i := range c.instances {
		if err := c.end(&r, i); err != nil {
			return r, err
		}
	}
	return r, nil
}

func (c *Conversation) end(r *Result, i *instance) error {
	switch i.state {
	case Plaintext:
		return nil
	case Encrypted:
		goodbye := []wire.TLV{{Type: wire.TLVDisconnected}}
		if err := c.transmit(r, i, "", goodbye, wire.FlagIgnoreUnreadable); err != nil {
			return err
		}
		c.abandonSMP(r, i)
		c.leave(i)
	}
	i.state = Plaintext
	i.auth.Reset() // an exchange under way must not make it private again
	i.consumed = c.pending
	c.giveUp(r, i, "the private conversation was ended")
	c.offer = offerOpen
	r.emit(Ended{Instance: i.tag})
	return nil
}

// leave forgets the keys of a private conversation, but for the MAC keys that are to be revealed.
func (c *Conversation) leave(i *instance) {
	if i.private == nil {
		return
	}
	i.dead = append(i.dead, i.session.Wipe()...)
	i.smp.Abort()
	c.user.release(c.peer, i.info.Fingerprint)
	i.private = nil
}

// Close wipes the conversation's secrets without telling the peer, who keeps a private conversation that nobody can
// read any more: prefer EndAll first. A closed conversation is in clear, as a new one. Close every conversation that is
// no longer needed: until then its fingerprints are in use and [UserState.Forget] refuses them.
func (c *Conversation) Close() {
	for _, i := range c.instances {
		c.leave(i)
		i.auth.Reset()
		*i = instance{tag: i.tag}
	}
	c.instances, c.held, c.partials = nil, nil, partials{}
	c.selection, c.offer = Best, offerOpen
	c.dropPending()
}

// Tick wipes the secrets of our D-H Commit Messages that nobody answered within a minute. Call it about every TickInterval, and it also tells what
// it sends and what happened, as every action does.
func (c *Conversation) Tick() Result {
	c.expirePending()
	c.expireCommits()
	return Result{}
}

func (c *Conversation) now() time.Time { return c.config.Time() }

// private reports whether any instance has or had a private conversation that was not ended here.
func (c *Conversation) private() bool {
	for _, i := range c.instances {
		if i.state != Plaintext {
			return true
		}
	}
	return false
}
