package otr

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"otrbot/otr/internal/ake"
	"otrbot/otr/internal/smp"
	"otrbot/otr/internal/wire"
)

// ErrSnapshot is wrapped by the errors of RestoreConversation that the snapshot causes.
var ErrSnapshot = errors.New("otr: unusable snapshot")

// snapshotFormat begins every snapshot; its last byte is the version of the format.
const snapshotFormat = "otr conversation\x01"

// Snapshot is everything that [UserState.RestoreConversation] needs to go on with the conversation after a restart, in
// whatever state it is. Take one after each call that returns a Result, Receive and Tick included, and keep it before the
// messages of the Result are sent: then no message is lost or accepted twice. The error is nil in this version.
//
// A snapshot holds the keys of the present messages, the texts that wait to be sent or sent again, and partial messages.
// The caller must seal it: encrypt and authenticate it with a key that is kept elsewhere. It costs forward secrecy as
// long as it exists: who gets hold of it reads what those keys protect, also messages recorded earlier, until both sides
// have answered each other and the old snapshot is destroyed.
func (c *Conversation) Snapshot() ([]byte, error) {
	b := []byte(snapshotFormat)
	for _, name := range []string{c.peer.Account.Name, c.peer.Account.Protocol, c.peer.Name} {
		b = wire.AppendData(b, []byte(name))
	}
	b = wire.AppendInt(b, uint32(c.tag))
	b = wire.AppendInt(b, uint32(c.selection))
	b = append(b, byte(c.offer))
	b = wire.AppendLong(b, c.asked)
	b = wire.AppendInt(b, uint32(len(c.held)))
	for _, text := range c.held {
		b = wire.AppendData(b, []byte(text))
	}
	b = appendFlag(b, c.pending != nil)
	if c.pending != nil {
		b = appendTime(c.pending.Append(b), c.pending.at)
	}
	b = c.answers.append(b)
	b = c.partials.append(b)
	b = wire.AppendInt(b, uint32(len(c.instances)))
	for _, i := range c.instances {
		b = i.append(b, c.pending)
	}
	return b, nil
}

// RestoreConversation goes on with a conversation from its latest snapshot, with the same peer; the configuration may be
// another. The user state must hold the account's private key, as for NewConversation; the conversation keeps its own
// instance tag. The error wraps ErrSnapshot if the snapshot has no meaning, is of another version, or of another
// conversation; only the seal finds every damage.
//
// Message counters continue from Config.Time, so that even a snapshot restored twice does not encrypt two texts alike, as
// long as the clock goes forward.
func (u *UserState) RestoreConversation(p Peer, config Config, snapshot []byte) (*Conversation, error) {
	c, err := u.conversation(p, config)
	if err != nil {
		return nil, err
	}
	if err := c.read(snapshot); err != nil {
		return nil, err
	}
	// What reads well but is not what Snapshot writes was made or changed by something else.
	if again, err := c.Snapshot(); err != nil || !bytes.Equal(again, snapshot) {
		return nil, fmt.Errorf("%w: not in its only form", ErrSnapshot)
	}
	for _, i := range c.instances {
		if i.private != nil {
			i.session.Resume(uint64(c.now().UnixNano()))
			u.use(p, i.info.Fingerprint)
		}
	}
	return c, nil
}

func (c *Conversation) read(snapshot []byte) error {
	body, ok := bytes.CutPrefix(snapshot, []byte(snapshotFormat))
	if !ok {
		return fmt.Errorf("%w: not a conversation, or of another version of the format", ErrSnapshot)
	}
	r := wire.NewReader(body)
	for _, name := range []string{c.peer.Account.Name, c.peer.Account.Protocol, c.peer.Name} {
		if string(r.Data()) != name {
			return fmt.Errorf("%w: of another conversation", ErrSnapshot)
		}
	}
	if err := c.readState(&r); err != nil {
		return fmt.Errorf("%w: %w", ErrSnapshot, err)
	}
	if err := r.Done(); err != nil {
		return fmt.Errorf("%w: %w", ErrSnapshot, err)
	}
	return nil
}

func (c *Conversation) readState(r *wire.Reader) error {
	c.tag = InstanceTag(r.Int())
	c.selection = InstanceTag(r.Int())
	c.offer = offer(r.Byte())
	c.asked = r.Long()
	for range readCount(r) {
		c.held = append(c.held, string(r.Data()))
	}
	if readFlag(r) {
		commit, err := ake.ReadCommit(r)
		if err != nil {
			return err
		}
		c.pending = &pendingCommit{Commit: commit, at: readTime(r)}
	}
	c.answers.read(r)
	if err := c.partials.read(r); err != nil {
		return err
	}
	if c.tag < firstInstanceTag || c.offer > offerRejected {
		return errors.New("a value that never occurs")
	}
	for range readCount(r) {
		i, err := readInstance(r, c.pending)
		if err != nil {
			return err
		}
		if c.find(i.tag) != nil {
			return errors.New("an instance stands twice")
		}
		c.instances = append(c.instances, i)
	}
	return nil
}

func (i *instance) append(b []byte, pending *pendingCommit) []byte {
	b = wire.AppendInt(b, uint32(i.tag))
	b = append(b, byte(i.state))
	b = i.auth.Append(b)
	b = appendFlag(b, pending != nil && i.consumed == pending)
	for _, t := range []time.Time{i.adopted, i.lastReceived, i.lastSent, i.heard} {
		b = appendTime(b, t)
	}
	b = i.last.append(b)
	b = wire.AppendData(b, i.dead)
	if i.state != Encrypted {
		return b
	}
	b = i.session.Append(b)
	b = append(b, byte(i.info.Version))
	b = append(b, i.info.Fingerprint[:]...)
	b = append(b, i.info.SSID[:]...)
	b = appendFlag(b, i.info.FirstHalfBold)
	b = appendTime(b, i.info.Since)
	b = append(b, i.ours[:]...)
	b = wire.AppendData(b, i.smp.Append(nil))
	return wire.AppendLong(b, i.asked)
}

func readInstance(r *wire.Reader, pending *pendingCommit) (*instance, error) {
	i := &instance{tag: InstanceTag(r.Int()), state: MessageState(r.Byte())}
	var err error
	if i.auth, err = ake.Read(r); err != nil {
		return nil, err
	}
	if readFlag(r) {
		i.consumed = pending
	}
	i.adopted, i.lastReceived, i.lastSent, i.heard = readTime(r), readTime(r), readTime(r), readTime(r)
	i.last = readSentText(r)
	i.dead = slices.Clone(r.Data())
	if i.state > Finished || i.tag != 0 && i.tag < firstInstanceTag {
		return nil, errors.New("an instance in no state that occurs")
	}
	if i.state != Encrypted {
		return i, nil
	}
	i.private = new(private)
	if err := i.session.Read(r); err != nil {
		return nil, err
	}
	i.info = Session{Version: int(r.Byte()), Instance: i.tag}
	copy(i.info.Fingerprint[:], r.Fixed(20))
	copy(i.info.SSID[:], r.Fixed(8))
	i.info.FirstHalfBold = readFlag(r)
	i.info.Since = readTime(r)
	copy(i.ours[:], r.Fixed(20))
	machine := r.Data()
	i.asked = r.Long()
	if err := r.Err(); err != nil {
		return nil, err
	}
	if i.info.Version != int(i.version()) {
		return nil, errors.New("an instance of another version")
	}
	i.smp, err = smp.Parse(machine)
	return i, err
}

func (t *sentText) append(b []byte) []byte {
	b = appendFlag(b, t.waiting)
	if !t.waiting {
		return b
	}
	b = wire.AppendData(b, []byte(t.text))
	b = wire.AppendData(b, []byte(t.converted))
	b = append(b, t.fingerprint[:]...)
	b = appendTime(b, t.at)
	b = appendFlag(b, t.sole)
	return appendFlag(b, t.lost)
}

func readSentText(r *wire.Reader) sentText {
	if !readFlag(r) {
		return sentText{}
	}
	t := sentText{waiting: true, text: string(r.Data()), converted: string(r.Data())}
	copy(t.fingerprint[:], r.Fixed(20))
	t.at = readTime(r)
	t.sole, t.lost = readFlag(r), readFlag(r)
	return t
}

func (p *partials) append(b []byte) []byte {
	b = wire.AppendInt(b, uint32(len(p.list)))
	for i := range p.list {
		b = wire.AppendInt(b, p.list[i].sender)
		b = wire.AppendData(b, p.list[i].Assembler.Append(nil))
	}
	return b
}

func (p *partials) read(r *wire.Reader) error {
	for range readCount(r) {
		sender, state := r.Int(), r.Data()
		assembler, err := wire.ParseAssembler(state)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(p.list, func(q partial) bool { return q.sender == sender }) {
			return errors.New("a partial message stands twice")
		}
		p.list = append(p.list, partial{sender: sender, Assembler: assembler})
	}
	return nil
}

// readCount is the length of a list whose elements take at least a byte each; never more than there is to read.
func readCount(r *wire.Reader) int { return min(int(r.Int()), r.Len()) }

func appendFlag(b []byte, set bool) []byte {
	if set {
		return append(b, 1)
	}
	return append(b, 0)
}

func readFlag(r *wire.Reader) bool { return r.Byte() == 1 }

// appendTime writes a time as nanoseconds since 1970, the zero time as 0.
func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return wire.AppendLong(b, 0)
	}
	return wire.AppendLong(b, uint64(t.UnixNano()))
}

func readTime(r *wire.Reader) time.Time {
	if n := r.Long(); n != 0 {
		return time.Unix(0, int64(n))
	}
	return time.Time{}
}
