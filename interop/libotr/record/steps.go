package main

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"math/rand/v2"

	"otrbot/interop/libotr"
)

// A step of the arithmetic: what went in and what libotr made of it.
type step struct {
	Case   string `json:"case"`
	TheirY []byte `json:"their_y,omitempty"`
	SSID   []byte `json:"ssid,omitempty"`
	Extra  []byte `json:"extra_key,omitempty"`
	libotr.Secrets

	Digest    []byte `json:"digest,omitempty"`
	Signature []byte `json:"signature,omitempty"`
	Message   []byte `json:"message,omitempty"`
}

// tries is far more than the 256 that a leading zero byte takes on average.
const tries = 20000

// dh records key pairs, the keys of the AKE and of data messages.
func (r recorder) dh() error {
	wanted := map[string]int{"ordinary": 8, "leading zero in our public key": 2, "leading zero in the shared secret": 2, "leading zero in the session id": 2}
	var steps []step
	for range tries {
		if len(wanted) == 0 {
			return write(r.out, "dh.jsonl", steps)
		}
		ours, err := r.process.Do(libotr.Request{Do: "dh_generate"})
		if err != nil {
			return err
		}
		theirs, err := r.process.Do(libotr.Request{Do: "dh_generate"})
		if err != nil {
			return err
		}
		keys, err := r.process.Do(libotr.Request{Do: "dh_session", X: ours.X, Y: ours.Y, TheirY: theirs.Y})
		if err != nil {
			return err
		}
		s := step{Case: dhCase(ours, theirs, keys), TheirY: theirs.Y, SSID: keys.SSID, Extra: keys.Key, Secrets: keys.Secrets}
		s.X, s.Y = ours.X, ours.Y
		if take(wanted, s.Case) {
			steps = append(steps, s)
		}
	}
	return fmt.Errorf("no %v among %d D-H exchanges", wanted, tries)
}

func dhCase(ours, theirs, keys libotr.Reply) string {
	p, ok := new(big.Int).SetString(prime, 16)
	if !ok {
		panic("the prime is not a number")
	}
	shared := new(big.Int).Exp(new(big.Int).SetBytes(theirs.Y), new(big.Int).SetBytes(ours.X), p)
	switch {
	case len(ours.Y) < 192:
		return "leading zero in our public key"
	case shared.BitLen() <= 191*8:
		return "leading zero in the shared secret"
	case keys.SSID[0] == 0:
		return "leading zero in the session id"
	}
	return "ordinary"
}

// prime is the 1536-bit group of RFC 3526.
const prime = "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD" +
	"EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED" +
	"EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F" +
	"83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA237327FFFFFFFFFFFFFFFF"

// take counts down a wanted case and tells whether it was wanted.
func take(wanted map[string]int, name string) bool {
	if wanted[name] == 0 {
		return false
	}
	if wanted[name]--; wanted[name] == 0 {
		delete(wanted, name)
	}
	return true
}

// signatures records DSA signatures on 32-byte values, as the AKE makes them.
func (r recorder) signatures() error {
	alice, err := r.process.NewUser("alice", "alice", protocol, 0, 0)
	if err != nil {
		return err
	}
	if err := alice.ReadKeys(r.keys); err != nil {
		return err
	}
	secrets, err := r.dsaKey(alice)
	if err != nil {
		return err
	}
	random := rand.NewChaCha8([32]byte{})
	wanted := map[string]int{"ordinary": 4, "leading zero in r": 2, "leading zero in s": 2, "leading zeros in the signed value": 2}
	var steps []step
	for i := range tries {
		if len(wanted) == 0 {
			return write(r.out, "signatures.jsonl", steps)
		}
		digest := make([]byte, 32)
		_, _ = random.Read(digest)
		if i%8 == 0 {
			clear(digest[:16])
		}
		reply, err := alice.Do(libotr.Request{Do: "sign", Text: digest})
		if err != nil || len(reply.Text) != 40 {
			return fmt.Errorf("sign: %d bytes, %v", len(reply.Text), err)
		}
		s := step{Case: signatureCase(digest, reply.Text), Digest: digest, Signature: reply.Text, Secrets: secrets}
		if take(wanted, s.Case) {
			steps = append(steps, s)
		}
	}
	return fmt.Errorf("no %v among %d signatures", wanted, tries)
}

// dsaKey asks for the key's numbers, which come with the secrets of a context.
func (r recorder) dsaKey(u *libotr.User) (libotr.Secrets, error) {
	if _, _, err := u.Send("nobody", "a text makes a context"); err != nil {
		return libotr.Secrets{}, err
	}
	reply, err := u.Do(libotr.Request{Do: "secrets", Peer: []byte("nobody")})
	if err != nil {
		return libotr.Secrets{}, err
	}
	all := reply.Named("secrets")
	if len(all) != 1 {
		return libotr.Secrets{}, fmt.Errorf("%d contexts, want 1", len(all))
	}
	s := all[0].Secrets
	return libotr.Secrets{P: s.P, Q: s.Q, G: s.G, DSAY: s.DSAY, DSAX: s.DSAX}, nil
}

func signatureCase(digest, signature []byte) string {
	switch {
	case digest[0] == 0 && digest[1] == 0:
		return "leading zeros in the signed value"
	case signature[0] == 0:
		return "leading zero in r"
	case signature[20] == 0:
		return "leading zero in s"
	}
	return "ordinary"
}

// smpFirst records SMP messages 1 with their exponents.
func (r recorder) smpFirst() error {
	fields := []string{"g2a", "c2", "D2", "g3a", "c3", "D3"}
	full := []int{192, 32, 192, 192, 32, 192}
	wanted := map[string]int{"ordinary": 3}
	for _, f := range fields {
		wanted["leading zero in "+f] = 2
	}
	var steps []step
	for range tries {
		if len(wanted) == 0 {
			return write(r.out, "smp1.jsonl", steps)
		}
		reply, err := r.process.Do(libotr.Request{Do: "smp_first", Text: []byte("secret")})
		if err != nil {
			return err
		}
		s := step{Case: "ordinary", Message: reply.Text, Secrets: reply.Secrets}
		for i, length := range mpiLengths(reply.Text) {
			if length < full[i] {
				s.Case = "leading zero in " + fields[i]
			}
		}
		if take(wanted, s.Case) {
			steps = append(steps, s)
		}
	}
	return fmt.Errorf("no %v among %d SMP messages", wanted, tries)
}

// mpiLengths reads the lengths of the MPIs in the value of an SMP TLV.
func mpiLengths(value []byte) []int {
	var lengths []int
	for rest := value[4:]; len(rest) >= 4; {
		n := int(binary.BigEndian.Uint32(rest))
		lengths = append(lengths, n)
		rest = rest[4+n:]
	}
	return lengths
}

// A class is how libotr reads the head of a text.
type class struct {
	Text  string `json:"text"`
	Type  int    `json:"type"`  // OtrlMessageType
	Query int    `json:"query"` // version taken from a query, 0 for none
	Tag   int    `json:"tag"`   // version taken from a whitespace tag, 0 for none
}

func (r recorder) classes() error {
	const base, v1, v2, v3 = " \t  \t\t\t\t \t \t \t  ", " \t \t  \t ", "  \t\t  \t ", "  \t\t  \t\t"
	texts := []string{
		"hello", "", "?", "?OT", "?OTR", "?OTRx", "have you tried ?OTR yet", "?OTR?", "?OTRv?", "?OTRv2?", "?OTRv3?", "?OTRv23?", "?OTR?v23?",
		"?OTR?v2?", "?OTR?v?", "?OTRv24x?", "?OTRv4?", "?OTRv", "?OTRv2", "text ?OTRv2? text", "text ?OTR? text", "?OTRv3? ?OTRv2?",
		"?OTR Error: cause", "?OTR Error:cause", "text ?OTR Error: cause", "?OTR Error", "?OTR:AAIC.", "?OTR:AAMC.", "?OTR:AAIK.", "?OTR:AAMK.",
		"?OTR:AAIR.", "?OTR:AAMR.", "?OTR:AAIS.", "?OTR:AAMS.", "?OTR:AAID.", "?OTR:AAMD.", "?OTR:AAEK.", "?OTR:AAED.", "?OTR:AAMF.", "?OTR:AAQD.",
		"?OTR:", "?OTR:.", "hello" + base, "hello" + base + v2, "hello" + base + v3, "hello" + base + v1 + v2 + v3, "hel" + base + v2 + v3 + "lo",
		"hello" + base + v1, "hello" + base + "        " + v2, base + v3, "hello" + base + v3 + " and ?OTRv2?",
	}
	var classes []class
	for _, text := range texts {
		reply, err := r.process.Do(libotr.Request{Do: "classify", Text: []byte(text), Policy: new(libotr.PolicyManual)})
		if err != nil {
			return err
		}
		classes = append(classes, class{text, reply.Code, reply.Query, reply.Tag})
	}
	return write(r.out, "classes.jsonl", classes)
}
