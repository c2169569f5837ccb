package session

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"otrbot/otr/internal/wire"
)

// A message in which anything has been changed is refused, changes nothing, and the genuine one is accepted after it.
func TestForgedFields(t *testing.T) {
	forgeries := map[string]func(*wire.Data){
		"version":              func(d *wire.Data) { d.Version = wire.V2 },
		"sender's tag":         func(d *wire.Data) { d.Sender++ },
		"receiver's tag":       func(d *wire.Data) { d.Receiver++ },
		"flags":                func(d *wire.Data) { d.Flags ^= 1 },
		"sender key id":        func(d *wire.Data) { d.SenderKeyID-- },
		"sender key id 0":      func(d *wire.Data) { d.SenderKeyID = 0 },
		"sender key id 7":      func(d *wire.Data) { d.SenderKeyID = 7 },
		"sender key id max":    func(d *wire.Data) { d.SenderKeyID = math.MaxUint32 },
		"recipient key id":     func(d *wire.Data) { d.RecipientKeyID-- },
		"recipient key id 0":   func(d *wire.Data) { d.RecipientKeyID = 0 },
		"recipient key id 7":   func(d *wire.Data) { d.RecipientKeyID = 7 },
		"recipient key id max": func(d *wire.Data) { d.RecipientKeyID = math.MaxUint32 },
		"next D-H key":         func(d *wire.Data) { d.NextDH[5] ^= 1 },
		"counter":              func(d *wire.Data) { d.Counter++ },
		"counter max":          func(d *wire.Data) { d.Counter = math.MaxUint64 },
		"encrypted text":       func(d *wire.Data) { d.Encrypted[0] ^= 1 },
		"MAC":                  func(d *wire.Data) { d.MAC[0] ^= 1 },
	}
	for name, forge := range forgeries {
		t.Run(name, func(t *testing.T) {
			k := newTalk(t)
			for range 3 { // so that both generations of keys are there
				k.accepts(k.b, k.say(k.a, "there"), "there")
				k.accepts(k.a, k.say(k.b, "and back"), "and back")
			}
			genuine := k.say(k.a, "genuine")
			d := k.parse(genuine)
			mac := d.MAC
			forge(d)
			d.Authenticated = d.AppendAuthenticated(nil)
			if name != "MAC" {
				d.MAC = mac
			}
			k.refuses(k.b, d)
			k.accepts(k.b, genuine, "genuine")
		})
	}
}

// "Check that the counter in the Data message is strictly larger than the last counter you saw using this pair of keys."
func TestRepetitions(t *testing.T) {
	k := newTalk(t)
	var all [][]byte
	for n := range 300 { // one way: keys do not rotate
		text := fmt.Sprint("text ", n)
		all = append(all, k.say(k.a, text))
		if n%3 != 1 { // a third is late
			k.accepts(k.b, all[n], text)
		}
	}
	for _, raw := range all {
		k.refuses(k.b, k.parse(raw))
	}
	k.accepts(k.a, k.say(k.b, "back"), "back")
	k.accepts(k.b, k.say(k.a, "there"), "there")
	k.accepts(k.a, k.say(k.b, "back"), "back")
	for _, raw := range all {
		k.refuses(k.b, k.parse(raw))
	}
}

// Counters are unsigned: the upper half of their range is above the lower one.
func TestCounterIsUnsigned(t *testing.T) {
	k := newTalk(t)
	early := k.say(k.a, "early")
	for _, from := range []uint64{1<<63 - 2, 1 << 63, math.MaxUint64 - 10} {
		k.a.Resume(from)
		for range 3 {
			raw := k.say(k.a, "text")
			if counter := k.parse(raw).Counter; counter <= from {
				t.Fatalf("counter %d after %d", counter, from)
			}
			k.accepts(k.b, raw, "text")
		}
	}
	k.refuses(k.b, k.parse(early))
}

// "Verifies that [it] is a legal value (2 <= g^y <= modulus-2)", also for a key that an authenticated message advertises.
func TestNextKeyOutOfRange(t *testing.T) {
	one := big.NewInt(1)
	modulus, _ := new(big.Int).SetString("FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD1"+
		"29024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"+
		"4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5"+
		"AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"+
		"83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA237327"+
		"FFFFFFFFFFFFFFFF", 16)
	for name, value := range map[string]*big.Int{
		"0": new(big.Int), "1": one, "modulus-1": new(big.Int).Sub(modulus, one), "modulus": modulus, "modulus+1": new(big.Int).Add(modulus, one),
		"longer": new(big.Int).Lsh(modulus, 8),
	} {
		t.Run(name, func(t *testing.T) {
			k := newTalk(t)
			genuine := k.say(k.a, "genuine")
			d := k.parse(genuine)
			key := k.receivingKey(k.b, d)
			d.NextDH = value.Bytes()
			k.refuses(k.b, seal(d, key))
			k.accepts(k.b, genuine, "genuine")
		})
	}
}

// The peer's first key may have any number but 0.
func TestNumbersOfKeys(t *testing.T) {
	for _, id := range []uint32{1, 7, math.MaxUint32 - 3} {
		t.Run(fmt.Sprint(id), func(t *testing.T) {
			k := newTalk(t)
			k.begin(1, id, nil, nil)
			k.b.ourKeyID = id + 1
			for range 3 {
				k.accepts(k.b, k.say(k.a, "there"), "there")
				k.accepts(k.a, k.say(k.b, "and back"), "and back")
			}
		})
	}
	// There is no number after the last one: that key stays the peer's newest.
	t.Run("the last", func(t *testing.T) {
		k := newTalk(t)
		k.begin(1, math.MaxUint32, nil, nil)
		k.b.ourKeyID = 0 // one more than the last
		for range 3 {
			k.accepts(k.a, k.say(k.b, "there"), "there")
		}
		if k.a.theirKeyID != math.MaxUint32 {
			t.Fatalf("the peer's key has the number %d", k.a.theirKeyID)
		}
	})
}

// A session restored from a snapshot is the session.
func TestSnapshot(t *testing.T) {
	k := newTalk(t)
	for range 4 {
		k.accepts(k.b, k.say(k.a, "there"), "there")
		k.accepts(k.a, k.say(k.b, "and back"), "and back")
		snapshot := k.b.Append(nil)
		r := wire.NewReader(snapshot)
		restored := new(Session)
		if err := restored.Read(&r); err != nil {
			t.Fatal(err)
		}
		if again := restored.Append(nil); string(again) != string(snapshot) {
			t.Fatalf("%x became %x", snapshot, again)
		}
		k.b = restored
	}
}
