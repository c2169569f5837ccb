// Package ake is the authenticated key exchange with one instance of a peer: Protocol v3, "Authenticated Key Exchange
// (AKE)" and "Receiving a D-H Commit Message" to "Receiving a Signature Message". Messages in, messages out; a state
// owns exactly the secrets that it needs.
package ake

import (
	"bytes"
	"io"

	"otrbot/otr/internal/group"
	"otrbot/otr/internal/wire"
)

// State is the authentication state.
type State int

// The states of Protocol v3, "Authentication state".
const (
	None State = iota
	AwaitingDHKey
	AwaitingRevealSig
	AwaitingSig
)

// Machine is the authentication state with one instance. The zero value is AUTHSTATE_NONE.
type Machine struct{ state state }

// state is one of none (nil), *awaitingDHKey, *awaitingRevealSig and *awaitingSig.
type state interface {
	name() State
	wipe()
}

type awaitingDHKey struct{ commit Commit }

type awaitingRevealSig struct {
	version     uint16
	secret      group.DHSecret
	public      group.Element
	encryptedGX []byte
	hashedGX    [32]byte
	// yielded is our own commit that lost against the peer's, in version 2 only: see receiveDHKey.
	yielded *Commit
}

type awaitingSig struct {
	version uint16
	secret  group.DHSecret
	public  group.Element
	theirs  group.Element
	keys    keys
	shared  group.Shared
	ours    [20]byte             // fingerprint of the key that signed
	reveal  wire.RevealSignature // to be retransmitted
}

func (*awaitingDHKey) name() State     { return AwaitingDHKey }
func (*awaitingRevealSig) name() State { return AwaitingRevealSig }
func (*awaitingSig) name() State       { return AwaitingSig }

func (s *awaitingDHKey) wipe() { s.commit.Wipe() }
func (s *awaitingRevealSig) wipe() {
	s.secret.Wipe()
	if s.yielded != nil {
		s.yielded.Wipe()
	}
}
func (s *awaitingSig) wipe() {
	s.secret.Wipe()
	s.keys.wipe()
	s.shared.Wipe()
	clear(s.reveal.Key[:])
}

// State is the state's name.
func (m *Machine) State() State {
	if m.state == nil {
		return None
	}
	return m.state.name()
}

// Reset forgets the exchange under way and wipes its secrets.
func (m *Machine) Reset() { m.enter(nil) }

func (m *Machine) enter(s state) {
	if m.state != nil {
		m.state.wipe()
	}
	m.state = s
}

// Adopt makes c, our D-H Commit Message, the beginning of the exchange with this instance.
func (m *Machine) Adopt(c *Commit) { m.enter(&awaitingDHKey{commit: *c}) }

// Verdict says what became of a received message.
type Verdict int

// The verdicts.
const (
	Ignored   Verdict = iota // not due in this state
	Answered                 // Step.Reply goes to the peer
	Completed                // Step.Done is set; Step.Reply, if any, goes to the peer first
	Refused                  // it did not verify; the state is as before
	Mirrored                 // our own message came back
)

// Step is the outcome of a received message.
type Step struct {
	Verdict Verdict
	Reply   wire.Message
	Done    *Established
	Detail  string // of a refusal, for the log
	Costly  bool   // it was answered, or cost a power to refuse
}

// Established is what a completed exchange leaves.
type Established struct {
	Version     uint16
	Secret      group.DHSecret // ours, with key id 1
	Public      group.Element
	Theirs      group.Element
	TheirKeyID  uint32
	TheirKey    *group.PublicKey
	Ours        [20]byte // fingerprint of the key that we signed with
	Shared      group.Shared
	SSID        [8]byte
	SentReveal  bool // we transmitted the Reveal Signature Message
	PeerStarted bool // we answered the peer's D-H Commit Message
}

// Wipe forgets the secrets.
func (e *Established) Wipe() {
	e.Secret.Wipe()
	e.Shared.Wipe()
}

// ourKeyID is the serial number of the D-H key that we use in an exchange. Protocol v3, "Key Management": our_keyid is
// 2 when a conversation starts, and AKE messages carry our_keyid-1.
const ourKeyID = 1

func refused(detail string) Step { return Step{Verdict: Refused, Detail: detail} }

// Receive handles a message of the exchange. Replies begin with the header h; key is our long-term key. The error is
// that of the random source; it leaves the state as it was.
func (m *Machine) Receive(msg wire.Message, h wire.Header, key *group.PrivateKey, rand io.Reader) (Step, error) {
	switch msg := msg.(type) {
	case *wire.DHCommit:
		return m.receiveDHCommit(msg, h, rand)
	case *wire.DHKey:
		return m.receiveDHKey(msg, h, key, rand)
	case *wire.RevealSignature:
		return m.receiveRevealSignature(msg, h, key, rand)
	case *wire.Signature:
		return m.receiveSignature(msg), nil
	}
	return Step{}, nil
}

// receiveDHCommit obeys Protocol v3, "Receiving a D-H Commit Message".
func (m *Machine) receiveDHCommit(msg *wire.DHCommit, h wire.Header, rand io.Reader) (Step, error) {
	switch s := m.state.(type) {
	case *awaitingDHKey:
		// "The symmetry will be broken by comparing the hashed g^x you sent in your D-H Commit Message with the one
		// you received, considered as 32-byte unsigned big-endian values."
		switch bytes.Compare(s.commit.hash[:], msg.HashedGX[:]) {
		case 0:
			return Step{Verdict: Mirrored}, nil
		case 1:
			return Step{Verdict: Answered, Costly: true, Reply: s.commit.Message(h)}, nil
		}
		if s.commit.Version == wire.V2 {
			ours := s.commit
			return m.answerCommit(msg, h, &ours, rand)
		}
		return m.answerCommit(msg, h, nil, rand)
	case *awaitingRevealSig:
		// "Retransmit your D-H Key Message (the same one as you sent when you entered AUTHSTATE_AWAITING_REVEALSIG).
		// Forget the old D-H Commit message, and use this new one instead."
		s.version = msg.Version
		s.encryptedGX, s.hashedGX = bytes.Clone(msg.EncryptedGX), msg.HashedGX
		return Step{Verdict: Answered, Costly: true, Reply: &wire.DHKey{Header: h, GY: s.public.Bytes()}}, nil
	default:
		return m.answerCommit(msg, h, nil, rand)
	}
}

func (m *Machine) answerCommit(msg *wire.DHCommit, h wire.Header, yielded *Commit, rand io.Reader) (Step, error) {
	secret, err := group.GenerateDH(rand)
	if err != nil {
		return Step{}, err
	}
	s := &awaitingRevealSig{
		version: msg.Version, secret: secret, public: secret.Public(),
		encryptedGX: bytes.Clone(msg.EncryptedGX), hashedGX: msg.HashedGX, yielded: yielded,
	}
	m.enter(s)
	return Step{Verdict: Answered, Costly: true, Reply: &wire.DHKey{Header: h, GY: s.public.Bytes()}}, nil
}

// receiveDHKey obeys Protocol v3, "Receiving a D-H Key Message".
func (m *Machine) receiveDHKey(msg *wire.DHKey, h wire.Header, key *group.PrivateKey, rand io.Reader) (Step, error) {
	switch s := m.state.(type) {
	case *awaitingDHKey:
		return m.answerDHKey(&s.commit, msg, h, key, rand)
	case *awaitingRevealSig:
		// In version 2 a peer may yield although its commit is the higher one. Then both sides have sent a D-H Key
		// Message and would wait forever; the side whose commit was the lower one goes on with it.
		if s.yielded != nil && msg.Version == wire.V2 {
			return m.answerDHKey(s.yielded, msg, h, key, rand)
		}
	case *awaitingSig:
		// "If this D-H Key message is the same the one you received earlier: Retransmit your Reveal Signature Message."
		if msg.Version == s.version && bytes.Equal(msg.GY, s.theirs.Bytes()) {
			return Step{Verdict: Answered, Costly: true, Reply: s.revealSignature(h)}, nil
		}
	}
	return Step{}, nil
}

func (m *Machine) answerDHKey(c *Commit, msg *wire.DHKey, h wire.Header, key *group.PrivateKey, rand io.Reader) (Step, error) {
	if msg.Version != c.Version {
		return refused("D-H Key Message of another version than the exchange"), nil
	}
	// "Verifies that Alice's g^y is a legal value (2 <= g^y <= modulus-2)"
	theirs, err := group.ParseElement(msg.GY)
	if err != nil {
		return refused("g^y is not a legal value"), nil
	}
	if theirs == c.public {
		return Step{Verdict: Mirrored}, nil
	}
	s := &awaitingSig{version: c.Version, secret: c.secret, public: c.public, theirs: theirs, ours: fingerprint(&key.PublicKey)}
	s.shared = s.secret.Shared(&theirs)
	s.keys = deriveKeys(&s.shared)
	sealed, mac, err := s.keys.reveal.seal(&s.public, &s.theirs, key, rand)
	if err != nil {
		s.wipe()
		return Step{}, err
	}
	s.reveal = wire.RevealSignature{Key: c.r, EncryptedSignature: sealed, MAC: mac}
	m.enter(s)
	return Step{Verdict: Answered, Costly: true, Reply: s.revealSignature(h)}, nil
}

func (s *awaitingSig) revealSignature(h wire.Header) *wire.RevealSignature {
	reveal := s.reveal
	reveal.Header = h
	return &reveal
}

// receiveRevealSignature obeys Protocol v3, "Receiving a Reveal Signature Message".
func (m *Machine) receiveRevealSignature(msg *wire.RevealSignature, h wire.Header, key *group.PrivateKey, rand io.Reader) (Step, error) {
	s, ok := m.state.(*awaitingRevealSig)
	if !ok {
		return Step{}, nil
	}
	if msg.Version != s.version {
		return refused("Reveal Signature Message of another version than the exchange"), nil
	}
	theirs, detail := openCommit(s.encryptedGX, &s.hashedGX, &msg.Key)
	if detail != "" {
		return refused(detail), nil
	}
	if theirs == s.public {
		return Step{Verdict: Mirrored}, nil
	}
	shared := s.secret.Shared(&theirs)
	k := deriveKeys(&shared)
	defer k.wipe()
	theirKey, theirKeyID, detail := k.reveal.open(msg.EncryptedSignature, &msg.MAC, &theirs, &s.public)
	if detail != "" {
		shared.Wipe()
		return Step{Verdict: Refused, Costly: true, Detail: detail}, nil
	}
	sealed, mac, err := k.signature.seal(&s.public, &theirs, key, rand)
	if err != nil {
		shared.Wipe()
		return Step{}, err
	}
	done := &Established{
		Version: s.version, Secret: s.secret, Public: s.public, Theirs: theirs, TheirKeyID: theirKeyID, TheirKey: theirKey,
		Ours: fingerprint(&key.PublicKey), Shared: shared, SSID: k.ssid, PeerStarted: true,
	}
	m.enter(nil)
	reply := &wire.Signature{Header: h, EncryptedSignature: sealed, MAC: mac}
	return Step{Verdict: Completed, Costly: true, Reply: reply, Done: done}, nil
}

// receiveSignature obeys Protocol v3, "Receiving a Signature Message".
func (m *Machine) receiveSignature(msg *wire.Signature) Step {
	s, ok := m.state.(*awaitingSig)
	if !ok {
		return Step{}
	}
	if msg.Version != s.version {
		return refused("Signature Message of another version than the exchange")
	}
	theirKey, theirKeyID, detail := s.keys.signature.open(msg.EncryptedSignature, &msg.MAC, &s.theirs, &s.public)
	if detail != "" {
		return refused(detail)
	}
	done := &Established{
		Version: s.version, Secret: s.secret, Public: s.public, Theirs: s.theirs, TheirKeyID: theirKeyID, TheirKey: theirKey,
		Ours: s.ours, Shared: s.shared, SSID: s.keys.ssid, SentReveal: true,
	}
	m.enter(nil)
	return Step{Verdict: Completed, Costly: true, Done: done}
}
