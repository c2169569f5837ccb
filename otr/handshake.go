package otr

import (
	"errors"
	"time"

	"otrbot/otr/internal/ake"
	"otrbot/otr/internal/session"
	"otrbot/otr/internal/wire"
)

// pendingCommit is a D-H Commit Message of ours without a receiver: every client of the peer may answer it.
type pendingCommit struct {
	*ake.Commit
	at time.Time
}

func (c *Conversation) expirePending() {
	if c.pending != nil && c.now().Sub(c.pending.at) >= commitLifetime {
		c.dropPending()
	}
}

// expireCommits wipes the commits to one instance that it did not answer.
func (c *Conversation) expireCommits() {
	for _, i := range c.instances {
		if i.auth.State() == ake.AwaitingDHKey && c.now().Sub(i.adopted) >= commitLifetime {
			i.auth.Reset()
		}
	}
}

func (c *Conversation) dropPending() {
	if c.pending == nil {
		return
	}
	c.pending.Wipe()
	c.pending = nil
}

// headerRejected is the event for a message whose beginning says that it is not for us.
func headerRejected(err error) Rejected {
	if errors.Is(err, wire.ErrVersion1) {
		return Rejected{Reason: UnsupportedVersion, Detail: "version 1 of the protocol is not spoken"}
	}
	return Rejected{Reason: Malformed, Detail: err.Error()}
}

// startAKE sends a D-H Commit Message; version 0 is none.
func (c *Conversation) startAKE(r *Result, version uint16) {
	if version == 0 {
		return
	}
	if !c.mayAnswer(costCommit) {
		r.emit(Rejected{Reason: TooMany, Detail: "too many requests for a key exchange in a minute"})
		return
	}
	c.spend(costCommit)
	commit, err := ake.NewCommit(version, c.config.Rand)
	if err != nil {
		r.emit(Rejected{Reason: HandshakeFailed, Detail: "random source: " + err.Error()})
		return
	}
	// "transition authstate to AUTHSTATE_AWAITING_DHKEY", whatever it was.
	for _, i := range c.instances {
		i.auth.Reset()
	}
	c.dropPending()
	c.pending = &pendingCommit{Commit: commit, at: c.now()}
	anyone := instance{}
	h := anyone.header(c.tag, version)
	c.enqueue(r, commit.Message(h).Append(nil), h)
}

// Refresh makes new keys for the private conversation with the selected instance, by a key exchange with it alone.
func (c *Conversation) Refresh() (Result, error) {
	var r Result
	i := c.selected()
	if i == nil || i.state != Encrypted {
		return r, ErrNotEncrypted
	}
	commit, err := ake.NewCommit(i.version(), c.config.Rand)
	if err != nil {
		return r, err
	}
	defer commit.Wipe()
	i.auth.Adopt(commit)
	i.adopted, i.consumed = c.now(), c.pending
	h := i.header(c.tag, i.version())
	c.enqueue(&r, commit.Message(h).Append(nil), h)
	return r, nil
}

// receiveAKE handles the four messages of the key exchange.
func (c *Conversation) receiveAKE(r *Result, msg wire.Message) {
	tag := InstanceTag(msg.Head().Sender)
	key, ok := c.user.Key(c.peer.Account)
	if !ok {
		r.emit(Rejected{Reason: NoKey, Instance: tag, Detail: "a key exchange, but the account has no private key"})
		return
	}
	kind := costStep
	if _, commit := msg.(*wire.DHCommit); commit {
		kind = costDHKey
	}
	if !c.mayAnswer(kind) {
		r.emit(Rejected{Reason: TooMany, Instance: tag, Detail: "too many key exchange messages in a minute"})
		return
	}
	i := c.party(r, msg, tag)
	if i == nil {
		return
	}
	i.heard = c.now()
	h := i.header(c.tag, i.version())
	step, err := i.auth.Receive(msg, h, key.key, c.config.Rand)
	if err != nil {
		r.emit(Rejected{Reason: HandshakeFailed, Instance: tag, Detail: "random source: " + err.Error()})
		return
	}
	if step.Costly {
		c.spend(kind)
	}
	if step.Reply != nil {
		c.enqueue(r, step.Reply.Append(nil), h)
	}
	switch step.Verdict {
	case ake.Refused:
		r.emit(Rejected{Reason: HandshakeFailed, Instance: tag, Detail: step.Detail})
	case ake.Mirrored:
		r.emit(Rejected{Reason: Reflected, Instance: tag, Detail: "our own key exchange came back"})
	case ake.Completed:
		c.secure(r, i, step.Done)
		step.Done.Wipe()
	}
}

// party is the instance that a key exchange message belongs to; nil if none is concerned. A commit of ours without a
// receiver becomes this instance's when it answers it or commits at the same time.
func (c *Conversation) party(r *Result, msg wire.Message, tag InstanceTag) *instance {
	_, commit := msg.(*wire.DHCommit)
	_, dhKey := msg.(*wire.DHKey)
	c.expirePending()
	open := c.pending != nil && c.pending.Version == msg.Head().Version
	i := c.find(tag)
	if i == nil {
		if !commit && !(dhKey && open) {
			return nil
		}
		if i = c.meet(tag); i == nil {
			r.emit(Rejected{Reason: TooMany, Instance: tag, Detail: "too many instances of the peer"})
			return nil
		}
	}
	if (commit || dhKey) && open && i.consumed != c.pending && i.auth.State() == ake.None {
		i.auth.Adopt(c.pending.Commit)
		i.adopted, i.consumed = c.pending.at, c.pending
	}
	return i
}

// secure takes in the outcome of a key exchange: Protocol v3, "Upon completing the AKE".
func (c *Conversation) secure(r *Result, i *instance, done *ake.Established) {
	fingerprint := fingerprintOf(done.TheirKey)
	refreshed := i.state == Encrypted && i.info.Fingerprint == fingerprint
	if i.state == Encrypted {
		c.abandonSMP(r, i)
	}
	isNew := c.user.learn(c.peer, fingerprint)
	c.user.use(c.peer, fingerprint)
	c.leave(i)
	i.private = &private{ours: done.Ours}
	i.session.Begin(session.Start{
		Secret: done.Secret, Public: done.Public, Theirs: done.Theirs, TheirKeyID: done.TheirKeyID, Shared: done.Shared, Dead: i.dead,
	})
	i.dead = nil
	i.state = Encrypted
	i.lastReceived = c.now()
	i.info = Session{
		Version: int(done.Version), Instance: i.tag, Fingerprint: fingerprint,
		SSID: done.SSID, FirstHalfBold: done.SentReveal, Since: c.now(),
	}
	if isNew {
		r.emit(NewFingerprint{Fingerprint: fingerprint, Instance: i.tag})
	}
	r.emit(Secured{Session: c.describe(i), Refreshed: refreshed, PeerStarted: done.PeerStarted})
	c.resend(r, i)
	c.deliverHeld(r, i)
}
