package session

import (
	"math/rand/v2"
	"testing"

	"otrbot/otr/internal/wire"
)

// exchanges is how many messages TestRevealedKeys sends.
const exchanges = 10_000

// A revealer is one side and, beside it, what "Key Management" and "Revealing MAC Keys" say about its keys.
type revealer struct {
	*Session
	ourID, theirID uint32
	used           map[[2]uint32]macKey // alive, and verified a message
	dead           map[macKey]bool      // to be revealed by the next message
	revealed       map[macKey]bool
	arriving       [][]byte
}

type macKey [20]byte

func newRevealer(s *Session) *revealer {
	return &revealer{Session: s, ourID: 2, theirID: 1, used: map[[2]uint32]macKey{}, dead: map[macKey]bool{}, revealed: map[macKey]bool{}}
}

// Over random exchanges, with messages lost and late, new key exchanges and ends, each MAC key that verified a message
// and died is revealed, once, by the next message, and no other one ever.
func TestRevealedKeys(t *testing.T) {
	k := newTalk(t)
	a, b := newRevealer(k.a), newRevealer(k.b)
	dice := rand.New(rand.NewPCG(1, 2))
	for sent := 0; sent < exchanges; {
		if dice.IntN(60) == 0 {
			k.begin(1, 1, a.wipe(t), b.wipe(t))
			a.arriving, b.arriving = nil, nil
		}
		from, to := a, b
		if dice.IntN(2) == 0 {
			from, to = b, a
		}
		for range dice.IntN(4) {
			sent++
			raw := k.say(from.Session, "text")
			from.reveals(t, k.parse(raw).OldMACKeys)
			to.arriving = append(to.arriving, raw)
		}
		// Messages cross, some are lost, some come late.
		for range dice.IntN(4) {
			if len(from.arriving) > 0 {
				next := from.arriving[0]
				from.arriving = from.arriving[1:]
				switch dice.IntN(20) {
				case 0:
				case 1:
					from.arriving = append(from.arriving, next)
				default:
					from.hears(t, k.parse(next))
				}
			}
		}
		if dice.IntN(200) == 0 {
			a.trustsNoRevealed(t)
			b.trustsNoRevealed(t)
		}
	}
	if len(a.revealed) < exchanges/30 || len(b.revealed) < exchanges/30 {
		t.Fatalf("only %d and %d keys were revealed", len(a.revealed), len(b.revealed))
	}
}

// hears takes a message and follows what becomes of the keys.
func (r *revealer) hears(t *testing.T, d *wire.Data) {
	t.Helper()
	ours, theirs, known := r.generations(d.RecipientKeyID, d.SenderKeyID)
	if !known {
		return
	}
	key := macKey(r.pair(ours, theirs).recv.mac)
	ids := [2]uint32{d.RecipientKeyID, d.SenderKeyID}
	if _, err := r.Decrypt(d); err != nil {
		return // repeated, or late
	}
	r.used[ids] = key
	if ids[0] == r.ourID {
		r.ourID++
	}
	if ids[1] == r.theirID {
		r.theirID++
	}
	for ids, key := range r.used {
		if ids[0]+1 < r.ourID || ids[1]+1 < r.theirID {
			r.dies(t, ids, key)
		}
	}
}

func (r *revealer) dies(t *testing.T, ids [2]uint32, key macKey) {
	t.Helper()
	if r.dead[key] || r.revealed[key] {
		t.Fatalf("a key is used again: %x", key)
	}
	r.dead[key] = true
	delete(r.used, ids)
}

// reveals checks the MAC keys that a message reveals.
func (r *revealer) reveals(t *testing.T, keys []byte) {
	t.Helper()
	for len(keys) > 0 {
		key := macKey(keys[:20])
		keys = keys[20:]
		if !r.dead[key] {
			t.Fatalf("a key that is not dead, or was revealed before, or never verified a message, is revealed: %x", key)
		}
		delete(r.dead, key)
		r.revealed[key] = true
	}
	if len(r.dead) > 0 {
		t.Fatalf("%d dead keys are not revealed", len(r.dead))
	}
}

// wipe ends the session and returns the keys that the next one is to reveal.
func (r *revealer) wipe(t *testing.T) []byte {
	t.Helper()
	for ids, key := range r.used {
		r.dies(t, ids, key)
	}
	keys := r.Wipe()
	if len(keys) != 20*len(r.dead) {
		t.Fatalf("%d bytes of dead keys, want %d keys", len(keys), len(r.dead))
	}
	r.ourID, r.theirID = 2, 1
	return keys
}

// trustsNoRevealed checks that whoever knows all revealed keys can forge nothing.
func (r *revealer) trustsNoRevealed(t *testing.T) {
	t.Helper()
	tried := 0
	for key := range r.revealed {
		for _, ours := range []uint32{r.ourID, r.ourID - 1} {
			for _, theirs := range []uint32{r.theirID, r.theirID - 1} {
				forged := &wire.Data{
					Header: header, SenderKeyID: theirs, RecipientKeyID: ours, NextDH: []byte{2}, Counter: 1<<64 - 1, Encrypted: []byte("forged"),
				}
				if _, err := r.Decrypt(seal(forged, key[:])); err != ErrUnreadable {
					t.Fatalf("a revealed key authenticates: %v", err)
				}
			}
		}
		if tried++; tried == 200 {
			return
		}
	}
}
