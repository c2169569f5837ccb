package otr_test

import (
	"bytes"
	"maps"
	"math/big"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

func authCells() cells {
	table := cells{}
	for _, part := range []cells{commitCells(), keyMessageCells(), signatureCells(), falseCells(), versionCells(), exchangeCells()} {
		maps.Copy(table, part)
	}
	return table
}

// A half is an exchange that has come to a state of Alice, with what is
// needed to go on or to repeat a step.
type half struct {
	*scene
	commit *wire.DHCommit        // Alice's, in DHKEY and SIG
	key    *wire.DHKey           // Alice's, in REVEALSIG
	reveal *wire.RevealSignature // Alice's, in SIG
	dhKey  string                // Bob's, in SIG
	bobs   string                // Bob's D-H Commit Message, in REVEALSIG
}

// halfway brings Alice into an authentication state.
func halfway(t *testing.T, version int, state otr.AuthState, options ...testkit.Option) *half {
	t.Helper()
	h := &half{scene: newScene(t, version, options...)}
	switch state {
	case otr.AuthAwaitingDHKey, otr.AuthAwaitingSig:
		h.commit = only[*wire.DHCommit](t, h.get(h.query()))
		if state == otr.AuthAwaitingSig {
			h.dhKey = h.bob.dhKey(h.commit)
			h.reveal = only[*wire.RevealSignature](t, h.get(h.dhKey))
		}
	case otr.AuthAwaitingRevealSig:
		h.bobs = h.bob.commit()
		h.key = only[*wire.DHKey](t, h.get(h.bobs))
	}
	h.auth(state)
	return h
}

// goesOn checks that the exchange completes with Bob's genuine messages.
func (h *half) goesOn() {
	h.t.Helper()
	if h.commit != nil && h.reveal == nil {
		h.dhKey = h.bob.dhKey(h.commit)
		h.reveal = only[*wire.RevealSignature](h.t, h.get(h.dhKey))
	}
	switch {
	case h.reveal != nil:
		r := h.get(h.bob.signature(h.commit, h.reveal))
		event[otr.Secured](h.t, r)
	case h.key != nil:
		r := h.get(h.bob.reveal(h.key))
		event[otr.Secured](h.t, r)
		h.bob.finish(only[*wire.Signature](h.t, r))
	default:
		h.private()
	}
	h.is(otr.Encrypted)
	h.auth(otr.AuthNone)
	h.talks()
}

// ignores checks that Alice does not answer a message, stays where she is,
// and completes the exchange afterwards.
func (h *half) ignores(message string) {
	h.t.Helper()
	state := h.alice.AuthState()
	r := h.get(message)
	silent(h.t, r)
	none[otr.Secured](h.t, r)
	h.is(otr.Plaintext)
	h.auth(state)
}

// foreign are the four messages of an exchange that Bob has with somebody
// else, addressed to Alice.
func (h *half) foreign(kind byte) string {
	h.t.Helper()
	x, y := newHandmade(h.t, h.version, testkit.Bob, "foreign"), newHandmade(h.t, h.version, testkit.Carol, "somebody")
	for _, peer := range []*handmade{x, y} {
		peer.tag, peer.peerTag = h.bob.tag, h.ourTag()
	}
	commit := x.commit()
	parsed := parse(h.t, commit).(*wire.DHCommit)
	dhKey := encode(&wire.DHKey{Header: x.head(), GY: y.newAKE().Bytes()})
	reveal := x.reveal(parse(h.t, dhKey).(*wire.DHKey))
	y.peerTag, x.peerTag = h.ourTag(), h.ourTag()
	signature := y.signature(parsed, parse(h.t, reveal).(*wire.RevealSignature))
	all := map[byte]string{
		wire.TypeDHCommit: commit, wire.TypeDHKey: dhKey,
		wire.TypeRevealSignature: readdress(h.t, reveal, h.bob.tag, h.ourTag()),
		wire.TypeSignature:       readdress(h.t, signature, h.bob.tag, h.ourTag()),
	}
	return all[kind]
}

func (h *handmade) newAKE() *big.Int {
	h.ake = h.newPair()
	return h.ake.gx
}

// ourTag is Alice's tag as it stands in messages to her.
func (s *scene) ourTag() uint32 {
	if s.version == 2 {
		return 0
	}
	return uint32(s.alice.OurInstance())
}

// readdress changes the instance tags of a message.
func readdress(t testing.TB, message string, sender, receiver uint32) string {
	t.Helper()
	return reversion(t, message, func(h *wire.Header) {
		if h.Version == 3 {
			h.Sender, h.Receiver = sender, receiver
		}
	})
}

// reversion changes the header of a message and leaves the rest. The MAC of a
// Data Message does not survive it.
func reversion(t testing.TB, message string, change func(*wire.Header)) string {
	t.Helper()
	m := parse(t, message)
	switch m := m.(type) {
	case *wire.DHCommit:
		change(&m.Header)
	case *wire.DHKey:
		change(&m.Header)
	case *wire.RevealSignature:
		change(&m.Header)
	case *wire.Signature:
		change(&m.Header)
	case *wire.Data:
		change(&m.Header)
	}
	return encode(m)
}

// otherVersion turns a message into one of the other version.
func (s *scene) otherVersion(message string) string {
	s.t.Helper()
	return reversion(s.t, message, func(h *wire.Header) {
		if h.Version = 5 - h.Version; h.Version == 2 {
			h.Sender, h.Receiver = 0, 0
			return
		}
		h.Sender, h.Receiver = 0xb0b000, uint32(s.alice.OurInstance())
	})
}

// Section "Receiving a D-H Commit Message".
func commitCells() cells {
	// colliding is a D-H Commit Message of Bob whose hash compares with Alice's as told.
	colliding := func(h *half, higher bool) string {
		for {
			message := h.bob.commit()
			hash := parse(h.t, message).(*wire.DHCommit).HashedGX
			if bytes.Compare(hash[:], h.commit.HashedGX[:]) > 0 == higher {
				return message
			}
		}
	}
	return cells{
		"A-01": func(t *testing.T, version int) {
			h := halfway(t, version, otr.AuthNone)
			h.key = only[*wire.DHKey](t, h.get(h.bob.commit()))
			if int(h.key.Version) != version {
				t.Errorf("D-H Key Message of version %d", h.key.Version)
			}
			h.auth(otr.AuthAwaitingRevealSig)
			h.goesOn()
		},
		"A-02": func(t *testing.T, version int) {
			h := halfway(t, version, otr.AuthAwaitingDHKey)
			again := only[*wire.DHCommit](t, h.get(colliding(h, false)))
			if again.HashedGX != h.commit.HashedGX || !bytes.Equal(again.EncryptedGX, h.commit.EncryptedGX) {
				t.Error("another D-H Commit Message was sent")
			}
			h.auth(otr.AuthAwaitingDHKey)
			h.goesOn()
		},
		"A-03": func(t *testing.T, version int) {
			h := halfway(t, version, otr.AuthAwaitingDHKey)
			h.key = only[*wire.DHKey](t, h.get(colliding(h, true)))
			h.auth(otr.AuthAwaitingRevealSig)
			h.commit = nil
			h.goesOn()
		},
		"A-04": func(t *testing.T, version int) {
			h := halfway(t, version, otr.AuthAwaitingRevealSig)
			again := only[*wire.DHKey](t, h.get(h.bob.commit()))
			if !bytes.Equal(again.GY, h.key.GY) {
				t.Error("another D-H Key Message was sent")
			}
			h.auth(otr.AuthAwaitingRevealSig)
			h.goesOn()
		},
		"A-05": func(t *testing.T, version int) {
			h := halfway(t, version, otr.AuthAwaitingRevealSig)
			again := only[*wire.DHKey](t, h.get(h.bobs))
			if !bytes.Equal(again.GY, h.key.GY) {
				t.Error("another D-H Key Message was sent")
			}
			h.auth(otr.AuthAwaitingRevealSig)
			h.goesOn()
		},
		"A-06": func(t *testing.T, version int) {
			h := halfway(t, version, otr.AuthAwaitingSig)
			h.key = only[*wire.DHKey](t, h.get(h.bob.commit()))
			h.auth(otr.AuthAwaitingRevealSig)
			h.commit, h.reveal = nil, nil
			h.goesOn()
		},
	}
}

// Section "Receiving a D-H Key Message".
func keyMessageCells() cells {
	ignored := func(state otr.AuthState) func(*testing.T, int) {
		return func(t *testing.T, version int) {
			h := halfway(t, version, state)
			h.ignores(h.foreign(wire.TypeDHKey))
			h.goesOn()
		}
	}
	return cells{
		"A-07": ignored(otr.AuthNone),
		"A-08": func(t *testing.T, version int) {
			h := halfway(t, version, otr.AuthAwaitingDHKey)
			h.reveal = only[*wire.RevealSignature](t, h.get(h.bob.dhKey(h.commit)))
			h.auth(otr.AuthAwaitingSig)
			h.goesOn()
		},
		"A-09": ignored(otr.AuthAwaitingRevealSig),
		"A-10": func(t *testing.T, version int) {
			h := halfway(t, version, otr.AuthAwaitingSig)
			again := only[*wire.RevealSignature](t, h.get(h.dhKey))
			if !bytes.Equal(again.Append(nil), h.reveal.Append(nil)) {
				t.Error("another Reveal Signature Message was sent")
			}
			h.auth(otr.AuthAwaitingSig)
			h.goesOn()
		},
		"A-11": ignored(otr.AuthAwaitingSig),
	}
}

// Sections "Receiving a Reveal Signature Message" and "Receiving a Signature Message".
func signatureCells() cells {
	ignored := func(state otr.AuthState, kind byte) func(*testing.T, int) {
		return func(t *testing.T, version int) {
			h := halfway(t, version, state)
			h.ignores(h.foreign(kind))
			h.goesOn()
		}
	}
	completes := func(state otr.AuthState) func(*testing.T, int) {
		return func(t *testing.T, version int) { halfway(t, version, state).goesOn() }
	}
	return cells{
		"A-12": ignored(otr.AuthNone, wire.TypeRevealSignature),
		"A-13": ignored(otr.AuthAwaitingDHKey, wire.TypeRevealSignature),
		"A-14": completes(otr.AuthAwaitingRevealSig),
		"A-15": ignored(otr.AuthAwaitingSig, wire.TypeRevealSignature),
		"A-16": ignored(otr.AuthNone, wire.TypeSignature),
		"A-17": ignored(otr.AuthAwaitingDHKey, wire.TypeSignature),
		"A-18": ignored(otr.AuthAwaitingRevealSig, wire.TypeSignature),
		"A-19": completes(otr.AuthAwaitingSig),
	}
}

// What does not check out.
func falseCells() cells {
	// revealed sends Alice an exchange of a Bob who lies, up to his Reveal Signature Message. A
	// lie about the D-H key itself must come with the commitment, so that the
	// exchange is not completed by an honest Bob afterwards.
	revealed := func(all ...lies) func(*testing.T, int) {
		return func(t *testing.T, version int) {
			for _, lie := range all {
				h := halfway(t, version, otr.AuthNone)
				h.bob.lie = lie
				h.key = only[*wire.DHKey](t, h.get(h.bob.commit()))
				started := time.Now()
				h.ignores(h.bob.reveal(h.key))
				quick(t, started)
				h.bob.lie = lies{}
				if lie.public != nil || lie.hash {
					h.get(h.bob.commitAgain())
				}
				h.goesOn()
			}
		}
	}
	signed := func(all ...lies) func(*testing.T, int) {
		return func(t *testing.T, version int) {
			for _, lie := range all {
				h := halfway(t, version, otr.AuthAwaitingSig)
				h.bob.lie = lie
				started := time.Now()
				h.ignores(h.bob.signature(h.commit, h.reveal))
				quick(t, started)
				h.bob.lie = lies{}
				h.goesOn()
			}
		}
	}
	var publics []lies
	for _, n := range outOfRange() {
		publics = append(publics, lies{public: n})
	}
	var noID uint32
	var pubkeys []lies
	for _, k := range unreasonableKeys() {
		pubkeys = append(pubkeys, lies{pubkey: k})
	}
	return cells{
		"A-20": func(t *testing.T, version int) {
			for _, n := range outOfRange() {
				h := halfway(t, version, otr.AuthAwaitingDHKey)
				h.bob.lie.public = n
				h.ignores(h.bob.dhKey(h.commit))
				h.bob.lie = lies{}
				h.goesOn()
			}
		},
		"A-21": revealed(lies{hash: true}),
		"A-22": revealed(publics...),
		"A-23": revealed(lies{mac: true}),
		"A-24": revealed(lies{signature: true}),
		"A-25": revealed(lies{keyID: &noID}),
		"A-26": revealed(pubkeys...),
		"A-27": signed(lies{mac: true}),
		"A-28": signed(lies{signature: true}),
		"A-29": signed(lies{keyID: &noID}),
		"A-30": signed(pubkeys...),
	}
}

// quick fails the test if a refusal took so long that it must have computed
// with numbers of an unreasonable size.
func quick(t *testing.T, started time.Time) {
	t.Helper()
	if took := time.Since(started); took > 2*time.Second {
		t.Errorf("the refusal took %v", took)
	}
}

// unreasonableKeys are public keys that nobody should compute with.
func unreasonableKeys() [][]byte {
	ones := func(bytes_ int) []byte { return bytes.Repeat([]byte{0xff}, bytes_) }
	short := wire.AppendPublicKey(nil, ones(128), ones(20), []byte{2}, []byte{4})
	unknown := bytes.Clone(short)
	unknown[1] = 1
	return [][]byte{
		wire.AppendPublicKey(nil, ones(20000), ones(20000), ones(19999), ones(19999)),                    // sizes
		wire.AppendPublicKey(nil, ones(128), ones(64), []byte{2}, []byte{4}),                             // q is too long
		wire.AppendPublicKey(nil, ones(64), ones(20), []byte{2}, []byte{4}),                              // p is too short
		wire.AppendPublicKey(nil, ones(128), ones(20), []byte{1}, []byte{1}),                             // g and y of order 1
		wire.AppendPublicKey(nil, nil, nil, nil, nil),                                                    // all zero
		wire.AppendPublicKey(nil, append(ones(127), 0xfe), append(ones(19), 0xfe), []byte{2}, []byte{4}), // even
		unknown,
		short[:40],
		{},
	}
}
