package recordings

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"io"
	"slices"
	"testing"

	"otrbot/otr/internal/ake"
	"otrbot/otr/internal/group"
	"otrbot/otr/internal/session"
	"otrbot/otr/internal/smp"
	"otrbot/otr/internal/wire"
)

// A moment is a line of a recorded conversation; see the README beside them.
type moment struct {
	What, Who, Text string
	Type, Version   int
	Value, SSID     []byte
	dsaKey
	AKEX []byte `json:"ake_x"`
	DHX  []byte `json:"x"`
}

// A replay follows a conversation on both sides with our key exchange and
// session. It draws libotr's random numbers, and so must write what libotr
// wrote, byte for byte; only signatures hold fresh randomness, and are verified.
type replay struct {
	t       *testing.T
	moments []moment
	at      int
	secrets map[group.Element][]byte // by their public keys
	sides   map[string]*side
	seen    struct{ handshakes, data, smp int }
}

type side struct {
	name      string
	key       *group.PrivateKey
	machine   ake.Machine
	session   *session.Session
	due       wire.Message // what the machine answered
	done      *ake.Established
	assembler wire.Assembler
	rekeyed   bool // the next data message is the first after a refresh
}

func TestConversations(t *testing.T) {
	for _, name := range []string{
		"v2.jsonl", "v3.jsonl", "v2-fragments.jsonl", "v3-fragments.jsonl", "v3-short-dh-key.jsonl", "v3-short-smp-hash.jsonl",
	} {
		t.Run(name, func(t *testing.T) {
			r := &replay{t: t, moments: read[moment](t, name), secrets: make(map[group.Element][]byte), sides: make(map[string]*side)}
			r.prepare()
			for r.at = range r.moments {
				r.follow(&r.moments[r.at])
			}
			t.Logf("%d handshakes, %d data messages, %d questions of SMP", r.seen.handshakes, r.seen.data, r.seen.smp)
			if r.seen.handshakes == 0 || r.seen.data == 0 {
				t.Error("the recording has no handshake or no data")
			}
		})
	}
}

// prepare collects the keys.
func (r *replay) prepare() {
	for _, m := range r.moments {
		if m.What == "key" {
			r.sides[m.Who] = &side{name: m.Who, key: m.private(r.t)}
		}
		for _, x := range [][]byte{m.AKEX, m.DHX} {
			if m.What == "secrets" && x != nil {
				known := secret(r.t, x)
				r.secrets[known.Public()] = x
			}
		}
	}
}

func (r *replay) follow(m *moment) {
	switch m.What {
	case "message":
		r.message(r.sides[m.Who], r.other(m.Who), m.Text)
	case "session":
		done := r.sides[m.Who].done
		same(r.t, "session id", done.SSID[:], m.SSID)
		if first := m.Type == 0; done.SentReveal != first {
			r.t.Errorf("%s shows the first half bold: %v, libotr %v", m.Who, done.SentReveal, first)
		}
	}
}

func (r *replay) other(name string) *side {
	return r.sides[map[string]string{"alice": "bob", "bob": "alice"}[name]]
}

func (r *replay) message(from, to *side, text string) {
	t := wire.Classify(text)
	switch t.Kind {
	case wire.KindFragment:
		whole, complete, err := from.assembler.Add(t.Fragment, 1<<20)
		if err != nil {
			r.t.Fatalf("a fragment: %v", err)
		}
		if complete {
			r.message(from, to, whole)
		}
	case wire.KindEncoded:
		raw, err := wire.Decode(t.Body)
		if err != nil {
			r.t.Fatalf("armour: %v", err)
		}
		if got := wire.Encode(raw); got != t.Body {
			r.t.Errorf("our armour is %s, libotr has %s", got, t.Body)
		}
		r.encoded(from, to, raw)
	}
}

func (r *replay) encoded(from, to *side, raw []byte) {
	parsed, err := wire.Parse(raw)
	if err != nil {
		r.t.Fatalf("libotr's message: %v", err)
	}
	same(r.t, "the message written again", parsed.Append(nil), raw)
	switch m := parsed.(type) {
	case *wire.DHCommit:
		r.commit(from, m, raw)
	case *wire.DHKey:
		same(r.t, "D-H Key Message", from.due.Append(nil), raw)
	case *wire.Data:
		r.data(from, to, m, raw)
		return
	}
	r.handshake(to, parsed)
}

// commit makes libotr's D-H Commit Message from its secrets: r comes with the
// Reveal Signature Message, and opens the key.
func (r *replay) commit(from *side, m *wire.DHCommit, raw []byte) {
	reveal := upcoming[*wire.RevealSignature](r, from.name)
	block, err := aes.NewCipher(reveal.Key[:])
	if err != nil {
		r.t.Fatal(err)
	}
	opened := bytes.Clone(m.EncryptedGX)
	cipher.NewCTR(block, make([]byte, aes.BlockSize)).XORKeyStream(opened, opened)
	reader := wire.NewReader(opened)
	gx := element(r.t, reader.MPI())
	commit, err := ake.NewCommit(m.Version, draws(reveal.Key[:], r.secretOf(gx)))
	if err != nil {
		r.t.Fatal(err)
	}
	same(r.t, "D-H Commit Message", commit.Message(m.Header).Append(nil), raw)
	from.machine.Adopt(commit)
}

func (r *replay) secretOf(public group.Element) []byte {
	x, ok := r.secrets[public]
	if !ok {
		r.t.Fatal("the recording lacks the secret of a D-H key")
	}
	known := secret(r.t, x)
	return known.Append(nil)
}

// handshake has our machine receive libotr's message. Its answer waits for
// libotr's next one, to be compared.
func (r *replay) handshake(to *side, m wire.Message) {
	head := m.Head()
	head.Sender, head.Receiver = head.Receiver, head.Sender
	random := io.Reader(rand.Reader)
	if _, ok := m.(*wire.DHCommit); ok {
		answer := upcoming[*wire.DHKey](r, to.name)
		head = answer.Header
		random = draws(r.secretOf(element(r.t, answer.GY)))
	}
	step, err := to.machine.Receive(m, head, to.key, random)
	if err != nil {
		r.t.Fatal(err)
	}
	if step.Verdict != ake.Answered && step.Verdict != ake.Completed {
		r.t.Fatalf("%T of libotr: verdict %d, %s", m, step.Verdict, step.Detail)
	}
	to.due = step.Reply
	if step.Done == nil {
		return
	}
	r.seen.handshakes++
	same(r.t, "the peer's public key", step.Done.TheirKey.Y, r.other(to.name).key.Y)
	to.done = step.Done
	var dead []byte
	if to.session != nil {
		dead = to.session.Wipe()
		to.rekeyed = true
	}
	to.session = new(session.Session)
	to.session.Begin(session.Start{
		Secret: to.done.Secret, Public: to.done.Public, Theirs: to.done.Theirs,
		TheirKeyID: to.done.TheirKeyID, Shared: to.done.Shared, Dead: dead,
	})
}

// upcoming is the next message of a type from one side.
func upcoming[M wire.Message](r *replay, from string) M {
	var pieces wire.Assembler
	for _, m := range r.moments[r.at:] {
		if m.What != "message" || m.Who != from {
			continue
		}
		t := wire.Classify(m.Text)
		if t.Kind == wire.KindFragment {
			whole, complete, err := pieces.Add(t.Fragment, 1<<20)
			if err != nil || !complete {
				continue
			}
			t = wire.Classify(whole)
		}
		if t.Kind != wire.KindEncoded {
			continue
		}
		raw, err := wire.Decode(t.Body)
		if err != nil {
			continue
		}
		if parsed, err := wire.Parse(raw); err == nil {
			if wanted, ok := parsed.(M); ok {
				return wanted
			}
		}
	}
	r.t.Fatalf("no further message of that type from %s", from)
	panic("unreachable")
}

// draws is randomness that was recorded.
func draws(values ...[]byte) io.Reader { return bytes.NewReader(slices.Concat(values...)) }

// data reads libotr's Data Message and writes it again.
func (r *replay) data(from, to *side, m *wire.Data, raw []byte) {
	r.seen.data++
	original := bytes.Clone(raw)
	next := r.secretOf(element(r.t, m.NextDH))
	opened, err := to.session.Decrypt(m)
	if err != nil {
		r.t.Fatalf("data message %d: %v", r.seen.data, err)
	}
	text, tlvs, err := wire.ParsePlaintext(opened.Plaintext)
	if err != nil {
		r.t.Fatalf("plaintext: %v", err)
	}
	r.compare(to, string(text), tlvs, &opened)

	// Decrypt worked in place, on the bytes that text and tlvs share.
	written, err := from.session.Encrypt(m.Header, m.Flags, string(text), tlvs, draws(next))
	if err != nil {
		r.t.Fatal(err)
	}
	if !from.rekeyed {
		same(r.t, "Data Message", written, original)
		return
	}
	from.rekeyed = false
	r.sameButRevealed(written, original)
}

// sameButRevealed compares the first message after a refresh. There we reveal
// the MAC keys of the session before too, as Protocol v3, "Revealing MAC Keys"
// asks whenever keys are forgotten.
func (r *replay) sameButRevealed(written, original []byte) {
	ours, theirs := dataMessage(r.t, written), dataMessage(r.t, original)
	if !bytes.HasPrefix(ours.OldMACKeys, theirs.OldMACKeys) {
		r.t.Errorf("we reveal %x, libotr %x", ours.OldMACKeys, theirs.OldMACKeys)
	}
	ours.OldMACKeys, theirs.OldMACKeys = nil, nil
	same(r.t, "Data Message", ours.Append(nil), theirs.Append(nil))
}

func dataMessage(t *testing.T, raw []byte) *wire.Data {
	t.Helper()
	m, err := wire.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	data, ok := m.(*wire.Data)
	if !ok {
		t.Fatalf("%T is no Data Message", m)
	}
	return data
}

// compare looks up what libotr told its user of the message.
func (r *replay) compare(to *side, text string, tlvs []wire.TLV, opened *session.Opened) {
	told := r.moments[r.at+1:]
	if end := slices.IndexFunc(told, func(m moment) bool { return m.What == "message" && m.Who != to.name || m.What == "says" }); end >= 0 {
		told = told[:end]
	}
	find := func(what string, match func(*moment) bool) {
		r.t.Helper()
		if !slices.ContainsFunc(told, func(m moment) bool { return m.What == what && m.Who == to.name && match(&m) }) {
			r.t.Errorf("libotr told nothing of %s: text %q, %d TLVs", what, text, len(tlvs))
		}
	}
	if text != "" {
		find("hears", func(m *moment) bool { return m.Text == text })
	}
	for _, tlv := range tlvs {
		find("tlv", func(m *moment) bool { return m.Type == int(tlv.Type) && bytes.Equal(m.Value, tlv.Value) })
		switch tlv.Type {
		case wire.TLVExtraKey:
			find("extra key", func(m *moment) bool { return bytes.Equal(m.Value, opened.ExtraKey[:]) })
		case wire.TLVSMP1, wire.TLVSMP1Q:
			r.seen.smp++
			var machine smp.Machine
			outcome, err := machine.Receive(rand.Reader, tlv)
			if err != nil || outcome.Event != smp.AskedForSecret && outcome.Event != smp.AskedWithQuestion {
				r.t.Errorf("SMP message 1: event %v, %v", outcome.Event, err)
			}
		}
	}
}
