package session

import (
	"crypto/hmac"
	"crypto/sha1"
	"io"
	"math/rand/v2"
	"testing"

	"otrbot/otr/internal/group"
	"otrbot/otr/internal/wire"
)

// A talk is the sessions of two sides that share their keys.
type talk struct {
	t    testing.TB
	rand io.Reader
	a, b *Session
}

var header = wire.Header{Version: wire.V3, Sender: 0x100, Receiver: 0x200}

func newTalk(t testing.TB) *talk {
	t.Helper()
	k := &talk{t: t, rand: rand.NewChaCha8([32]byte{1}), a: new(Session), b: new(Session)}
	k.begin(1, 1, nil, nil)
	return k
}

// begin is what a key exchange leaves. The numbers are those that the sides gave their keys in it.
func (k *talk) begin(aID, bID uint32, aDead, bDead []byte) {
	k.t.Helper()
	x, y := k.secret(), k.secret()
	gx, gy := x.Public(), y.Public()
	k.a.Begin(Start{Secret: x, Public: gx, Theirs: gy, TheirKeyID: bID, Shared: x.Shared(&gy), Dead: aDead})
	k.b.Begin(Start{Secret: y, Public: gy, Theirs: gx, TheirKeyID: aID, Shared: y.Shared(&gx), Dead: bDead})
}

func (k *talk) secret() group.DHSecret {
	k.t.Helper()
	secret, err := group.GenerateDH(k.rand)
	if err != nil {
		k.t.Fatal(err)
	}
	return secret
}

// say is a message of one side, as it is on the wire.
func (k *talk) say(from *Session, text string) []byte {
	k.t.Helper()
	raw, err := from.Encrypt(header, 0, text, nil, k.rand)
	if err != nil {
		k.t.Fatal(err)
	}
	return append([]byte(nil), raw...)
}

// parse reads a message, into memory of its own.
func (k *talk) parse(raw []byte) *wire.Data {
	k.t.Helper()
	m, err := wire.Parse(append([]byte(nil), raw...))
	if err != nil {
		k.t.Fatal(err)
	}
	return m.(*wire.Data)
}

// accepts checks that a message is accepted.
func (k *talk) accepts(by *Session, raw []byte, text string) {
	k.t.Helper()
	opened, err := by.Decrypt(k.parse(raw))
	if err != nil {
		k.t.Fatalf("%q is refused: %v", text, err)
	}
	if got, _, _ := wire.ParsePlaintext(opened.Plaintext); string(got) != text {
		k.t.Fatalf("%q instead of %q", got, text)
	}
}

// refuses checks that a message is refused and changes nothing.
func (k *talk) refuses(by *Session, d *wire.Data) {
	k.t.Helper()
	before := string(by.Append(nil))
	if _, err := by.Decrypt(d); err != ErrUnreadable {
		k.t.Fatalf("error is %v, want ErrUnreadable", err)
	}
	if string(by.Append(nil)) != before {
		k.t.Fatal("a refused message has changed the session")
	}
}

// seal authenticates a message with a MAC key.
func seal(d *wire.Data, key []byte) *wire.Data {
	d.Authenticated = d.AppendAuthenticated(nil)
	h := hmac.New(sha1.New, key)
	h.Write(d.Authenticated)
	d.MAC = [20]byte(h.Sum(nil))
	return d
}

// receivingKey is the MAC key that verifies a message.
func (k *talk) receivingKey(by *Session, d *wire.Data) []byte {
	k.t.Helper()
	ours, theirs, ok := by.generations(d.RecipientKeyID, d.SenderKeyID)
	if !ok {
		k.t.Fatal("unknown keys")
	}
	key := by.pair(ours, theirs).recv.mac
	return key[:]
}
