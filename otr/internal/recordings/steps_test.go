package recordings

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"math/big"
	"testing"

	"otrbot/otr/internal/group"
	"otrbot/otr/internal/smp"
	"otrbot/otr/internal/wire"
)

// Single steps of the arithmetic against libotr's results.

func TestDHKeys(t *testing.T) {
	type step struct {
		Case       string
		X, Y       []byte
		TheirY     []byte `json:"their_y"`
		SSID       []byte
		C          []byte
		CPrime     []byte `json:"c_prime"`
		M1         []byte
		M1Prime    []byte `json:"m1_prime"`
		M2         []byte
		M2Prime    []byte `json:"m2_prime"`
		SendMAC    []byte `json:"send_mac"`
		ReceiveMAC []byte `json:"receive_mac"`
		Extra      []byte `json:"extra_key"`
	}
	for _, s := range read[step](t, "dh.jsonl") {
		t.Run(s.Case, func(t *testing.T) {
			x, theirs := secret(t, s.X), element(t, s.TheirY)
			public := x.Public()
			same(t, "public key", public.Bytes(), s.Y)
			shared := x.Shared(&theirs)

			c := h2(0x01, &shared)
			same(t, "ssid", h2(0x00, &shared)[:8], s.SSID)
			same(t, "stream of c", stream(t, c[:16]), s.C)
			same(t, "stream of c'", stream(t, c[16:]), s.CPrime)
			same(t, "m1", authenticate(h2(0x02, &shared)), s.M1)
			same(t, "m2", authenticate(h2(0x03, &shared)), s.M2)
			same(t, "m1'", authenticate(h2(0x04, &shared)), s.M1Prime)
			same(t, "m2'", authenticate(h2(0x05, &shared)), s.M2Prime)

			sending, receiving := byte(0x02), byte(0x01)
			if public.Cmp(&theirs) > 0 {
				sending, receiving = receiving, sending
			}
			same(t, "sending MAC key", macKey(sending, &shared), s.SendMAC)
			same(t, "receiving MAC key", macKey(receiving, &shared), s.ReceiveMAC)
			same(t, "extra key", h2(0xff, &shared), s.Extra)
		})
	}
}

func h2(b byte, shared *group.Shared) []byte {
	sum := sha256.Sum256(append([]byte{b}, shared.MPI()...))
	return sum[:]
}

func macKey(b byte, shared *group.Shared) []byte {
	aesKey := sha1.Sum(append([]byte{b}, shared.MPI()...))
	sum := sha1.Sum(aesKey[:16])
	return sum[:]
}

func stream(t *testing.T, key []byte) []byte {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]byte, 32)
	cipher.NewCTR(block, make([]byte, 16)).XORKeyStream(out, out)
	return out
}

func authenticate(key []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("otr"))
	return mac.Sum(nil)
}

func TestSignaturesVerify(t *testing.T) {
	type step struct {
		Case string
		dsaKey
		Digest, Signature []byte
	}
	for _, s := range read[step](t, "signatures.jsonl") {
		t.Run(s.Case, func(t *testing.T) {
			key := s.private(t)
			signature := [40]byte(s.Signature)
			if !key.Verify(s.Digest, &signature) {
				t.Error("libotr's signature does not verify")
			}
			signature[39] ^= 1
			if key.Verify(s.Digest, &signature) {
				t.Error("a changed signature verifies")
			}
		})
	}
}

func TestSMPMessagesAreAccepted(t *testing.T) {
	type step struct {
		Case    string
		X2      []byte `json:"smp_x2"`
		X3      []byte `json:"smp_x3"`
		Message []byte
	}
	for _, s := range read[step](t, "smp1.jsonl") {
		t.Run(s.Case, func(t *testing.T) {
			fields, err := wire.ParseMPIs(s.Message, 6)
			if err != nil {
				t.Fatal(err)
			}
			for i, exponent := range [][]byte{s.X2, s.X3} {
				x, err := group.ParseScalar(modulo(exponent))
				if err != nil {
					t.Fatalf("libotr's exponent: %v", err)
				}
				power := group.Power2(&x)
				same(t, "the power", power.Bytes(), fields[3*i])
			}
			var machine smp.Machine
			outcome, err := machine.Receive(rand.Reader, wire.TLV{Type: wire.TLVSMP1, Value: s.Message})
			if err != nil || outcome.Event != smp.AskedForSecret {
				t.Errorf("event %v, error %v; want to be asked", outcome.Event, err)
			}
		})
	}
}

// modulo reduces an exponent by the order of the generator, (p-1)/2; libotr
// keeps the 1536 random bits as they are.
func modulo(exponent []byte) []byte {
	p, _ := new(big.Int).SetString("FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22"+
		"514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"+
		"EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"+
		"83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA237327FFFFFFFFFFFFFFFF", 16)
	order := new(big.Int).Rsh(p, 1)
	return new(big.Int).Mod(new(big.Int).SetBytes(exponent), order).Bytes()
}

// kinds are ours for the numbers of libotr's OtrlMessageType.
var kinds = [...]wire.Kind{
	wire.KindPlain, wire.KindTagged, wire.KindQuery, wire.KindEncoded, wire.KindEncoded, wire.KindEncoded,
	wire.KindEncoded, wire.KindEncoded, wire.KindEncoded, wire.KindError, wire.KindEncoded,
}

// ownWay are texts that we read in another way than libotr, with what is left
// for the user and the reason.
var ownWay = map[string]struct {
	kind wire.Kind
	body string
	why  string
}{
	"?OTR":                    {wire.KindPlain, "?OTR", "words about OTR are the user's"},
	"?OTRx":                   {wire.KindPlain, "?OTRx", "words about OTR are the user's"},
	"have you tried ?OTR yet": {wire.KindPlain, "have you tried ?OTR yet", "words about OTR are the user's"},
	"?OTRv":                   {wire.KindPlain, "?OTRv", "no query without its end"},
	"?OTRv2":                  {wire.KindPlain, "?OTRv2", "no query without its end"},
	"?OTR Error":              {wire.KindPlain, "?OTR Error", "no error without its colon"},
	"hello \t  \t\t\t\t \t \t \t            \t\t  \t ": {wire.KindTagged, "hello          \t\t  \t ", "eight spaces are the user's"},
}

func TestTextsAreClassified(t *testing.T) {
	type class struct {
		Text             string
		Type, Query, Tag int
	}
	for _, c := range read[class](t, "classes.jsonl") {
		t.Run(c.Text, func(t *testing.T) {
			got := wire.Classify(c.Text)
			if own, ok := ownWay[c.Text]; ok {
				if got.Kind != own.kind || got.Body != own.body || got.Versions != 0 {
					t.Errorf("%+v, want %+v", got, own)
				}
				return
			}
			if got.Kind != kinds[c.Type] {
				t.Fatalf("kind %d, libotr has type %d", got.Kind, c.Type)
			}
			want := map[wire.Kind]int{wire.KindQuery: c.Query, wire.KindTagged: c.Tag}[got.Kind]
			if v := best(got.Versions); v != want {
				t.Errorf("version %d, libotr takes %d", v, want)
			}
		})
	}
}

func best(v wire.Versions) int {
	for _, n := range []int{3, 2} {
		if v.Has(n) {
			return n
		}
	}
	return 0
}
