package group

import (
	"bytes"
	//lint:ignore SA1019 OTR's keys are DSA keys; this is the oracle, in tests only
	"crypto/dsa"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"math/big"
	"sync"
	"testing"
	"testing/iotest"
)

// testKey is one key for all tests.
var testKey = sync.OnceValues(func() (*PrivateKey, error) {
	p, err := GenerateParameters(rand.Reader)
	if err != nil {
		return nil, err
	}
	return GenerateKey(p, rand.Reader)
})

func key(t testing.TB) *PrivateKey {
	t.Helper()
	k, err := testKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func integer(b []byte) *big.Int { return new(big.Int).SetBytes(b) }

// oracleVerify is crypto/dsa, which cuts the digest to the length of q: it gets
// the digest modulo q instead, as OTR signs it.
func oracleVerify(k *PublicKey, digest []byte, sig *[40]byte) bool {
	public := &dsa.PublicKey{
		Parameters: dsa.Parameters{P: integer(k.P), Q: integer(k.Q), G: integer(k.G)},
		Y:          integer(k.Y),
	}
	z := new(big.Int).Mod(integer(digest), public.Q).FillBytes(make([]byte, 20))
	return dsa.Verify(public, z, integer(sig[:20]), integer(sig[20:]))
}

func TestGeneratedParameters(t *testing.T) {
	for range 3 {
		params, err := GenerateParameters(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		p, q, g := integer(params.P), integer(params.Q), integer(params.G)
		if p.BitLen() != 1024 || q.BitLen() != 160 {
			t.Errorf("sizes %d and %d, want 1024 and 160", p.BitLen(), q.BitLen())
		}
		if !p.ProbablyPrime(20) || !q.ProbablyPrime(20) {
			t.Error("p or q is composite")
		}
		if new(big.Int).Mod(plus(p, -1), q).Sign() != 0 {
			t.Error("q does not divide p-1")
		}
		if g.Cmp(one) <= 0 || new(big.Int).Exp(g, q, p).Cmp(one) != 0 {
			t.Error("g does not generate the subgroup of order q")
		}
	}
}

func TestSignAndVerify(t *testing.T) {
	k := key(t)
	if x, y := integer(k.X()), integer(k.Y); new(big.Int).Exp(integer(k.G), x, integer(k.P)).Cmp(y) != 0 {
		t.Fatal("y is not g^x")
	}
	full := bytes.Repeat([]byte{0xff}, 32)
	digests := [][]byte{nil, {0}, {1}, k.Q, full, make([]byte, 32), append(full, full...)}
	for i := range 50 {
		digest := sha256.Sum256([]byte{byte(i)})
		digests = append(digests, digest[:])
	}
	for _, digest := range digests {
		sig, err := k.Sign(digest, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if !k.Verify(digest, &sig) {
			t.Errorf("our signature of %x does not verify", digest)
		}
		if !oracleVerify(&k.PublicKey, digest, &sig) {
			t.Errorf("crypto/dsa refuses our signature of %x", digest)
		}
		for _, i := range []int{0, 19, 20, 39} {
			bad := sig
			bad[i] ^= 1
			if got, want := k.Verify(digest, &bad), oracleVerify(&k.PublicKey, digest, &bad); got || want {
				t.Errorf("a changed signature of %x verifies: we say %v, crypto/dsa %v", digest, got, want)
			}
		}
	}
}

// The digest is a number modulo q: not hashed, and not cut to 160 bits.
func TestDigestIsModuloQ(t *testing.T) {
	k := key(t)
	digest := sha256.Sum256([]byte("all 32 bytes count"))
	sig, err := k.Sign(digest[:], rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	same := new(big.Int).Mod(integer(digest[:]), integer(k.Q))
	if !k.Verify(same.Bytes(), &sig) || !k.Verify(same.Add(same, integer(k.Q)).Bytes(), &sig) {
		t.Error("a digest equal modulo q does not verify")
	}
	last := digest
	last[31] ^= 1
	if k.Verify(last[:], &sig) || k.Verify(digest[:20], &sig) {
		t.Error("the last bytes of the digest do not count")
	}
}

func TestVerifyRefusesRange(t *testing.T) {
	k := key(t)
	digest := sha256.Sum256(nil)
	good, err := k.Sign(digest[:], rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	q := integer(k.Q)
	for _, bad := range []*big.Int{new(big.Int), q, plus(q, 1), plus(new(big.Int).Lsh(one, 160), -1)} {
		for _, half := range [][]byte{good[:20], good[20:]} {
			saved := bytes.Clone(half)
			bad.FillBytes(half)
			if k.Verify(digest[:], &good) {
				t.Errorf("r or s = %x verifies", bad)
			}
			copy(half, saved)
		}
	}
	var none PublicKey
	if none.Verify(digest[:], &good) {
		t.Error("the zero key verifies a signature")
	}
}

// Equal inputs and equal randomness give equal signatures; if one of them
// changes, so does the nonce, of which r is a function.
func TestNonceIsHedged(t *testing.T) {
	k := key(t)
	sign := func(k *PrivateKey, digest string, fresh byte) [20]byte {
		sig, err := k.Sign([]byte(digest), bytes.NewReader(bytes.Repeat([]byte{fresh}, 32)))
		if err != nil {
			t.Fatal(err)
		}
		return [20]byte(sig[:20])
	}
	other, err := GenerateKey(&k.Parameters, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	base := sign(k, "digest", 0)
	if sign(k, "digest", 0) != base {
		t.Error("the nonce depends on something else")
	}
	if sign(k, "digesT", 0) == base || sign(k, "digest", 1) == base || sign(other, "digest", 0) == base {
		t.Error("the nonce does not depend on the digest, the randomness and the key")
	}
}

func TestNewPublicKeyBounds(t *testing.T) {
	k := key(t)
	p, q, g, y := k.P, k.Q, k.G, k.Y
	odd := func(bits uint) []byte { return plus(new(big.Int).Lsh(one, bits-1), 1).Bytes() }
	pad := func(b []byte) []byte { return append([]byte{0}, b...) }
	pLess1 := plus(integer(p), -1).Bytes()
	pPlus1 := plus(integer(p), 1).Bytes()
	tests := []struct {
		name       string
		p, q, g, y []byte
		ok         bool
	}{
		{"a key", p, q, g, y, true},
		{"g and y = p-1", p, q, pLess1, pLess1, true},
		{"p of 1024 bits", odd(1024), q, []byte{2}, []byte{2}, true},
		{"p of 3072 bits", odd(3072), q, g, y, true},
		{"nothing", nil, nil, nil, nil, false},
		{"p of 1023 bits", odd(1023), q, []byte{2}, []byte{2}, false},
		{"p of 3073 bits", odd(3073), q, g, y, false},
		{"p of 20 kB", bytes.Repeat([]byte{0xff}, 20_000), q, g, y, false},
		{"p even", pLess1, q, []byte{2}, []byte{2}, false},
		{"p with a leading zero", pad(p), q, g, y, false},
		{"q of 159 bits", p, odd(159), g, y, false},
		{"q of 161 bits", p, odd(161), g, y, false},
		{"q of 20 kB", p, bytes.Repeat([]byte{0xff}, 20_000), g, y, false},
		{"q even", p, plus(integer(q), 1).Bytes(), g, y, false},
		{"q with a leading zero", p, pad(q), g, y, false},
		{"q missing", p, nil, g, y, false},
		{"g missing", p, q, nil, y, false},
		{"g = 0", p, q, []byte{0}, y, false},
		{"g = 1", p, q, []byte{1}, y, false},
		{"g = p", p, q, p, y, false},
		{"g = p+1", p, q, pPlus1, y, false},
		{"g with a leading zero", p, q, pad(g), y, false},
		{"y missing", p, q, g, nil, false},
		{"y = 0", p, q, g, []byte{0}, false},
		{"y = 1", p, q, g, []byte{1}, false},
		{"y = p", p, q, g, p, false},
		{"y = p+1", p, q, g, pPlus1, false},
		{"y with a leading zero", p, q, g, pad(y), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k, err := NewPublicKey(test.p, test.q, test.g, test.y)
			if test.ok && err != nil {
				t.Fatal(err)
			}
			if !test.ok && (!errors.Is(err, ErrRange) || k != nil) {
				t.Errorf("error %v, want ErrRange", err)
			}
		})
	}
}

func TestNewPrivateKey(t *testing.T) {
	k := key(t)
	x := k.X()
	otherX := plus(integer(x), 1).Bytes()
	tests := []struct {
		name string
		x    []byte
		want error
	}{
		{"a key", x, nil},
		{"leading zeros", append(make([]byte, 30), x...), nil},
		{"another x", otherX, errKey},
		{"x missing", nil, ErrRange},
		{"x = 0", []byte{0}, ErrRange},
		{"x = q", k.Q, ErrRange},
		{"x too long", append([]byte{1}, make([]byte, 20)...), ErrRange},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			again, err := NewPrivateKey(k.P, k.Q, k.G, k.Y, test.x)
			if !errors.Is(err, test.want) {
				t.Fatalf("error %v, want %v", err, test.want)
			}
			if err == nil && !bytes.Equal(again.X(), x) {
				t.Error("x changed")
			}
		})
	}
	if _, err := NewPrivateKey(k.P, k.Q, k.G, []byte{1}, x); !errors.Is(err, ErrRange) {
		t.Errorf("y = 1: error %v, want ErrRange", err)
	}
}

// Verify costs little for the worst key that NewPublicKey lets through.
func TestLargestKeyVerifies(t *testing.T) {
	k := key(t)
	p := plus(new(big.Int).Lsh(one, 3072), -1).Bytes()
	hostile, err := NewPublicKey(p, plus(new(big.Int).Lsh(one, 160), -1).Bytes(), plus(integer(p), -1).Bytes(), plus(integer(p), -2).Bytes())
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256(nil)
	sig, err := k.Sign(digest[:], rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if hostile.Verify(digest[:], &sig) {
		t.Error("a signature verifies under a foreign key")
	}
}

func TestDSAWithoutRandomness(t *testing.T) {
	k := key(t)
	broken := errors.New("no entropy")
	dead := func() io.Reader { return iotest.ErrReader(broken) }
	zeros := func() io.Reader { return bytes.NewReader(make([]byte, 1<<20)) }
	if _, err := k.Sign(nil, dead()); !errors.Is(err, broken) {
		t.Errorf("Sign: %v", err)
	}
	if _, err := GenerateKey(&k.Parameters, dead()); !errors.Is(err, broken) {
		t.Errorf("GenerateKey: %v", err)
	}
	if _, err := GenerateKey(&k.Parameters, zeros()); !errors.Is(err, errNoRandom) {
		t.Errorf("GenerateKey of zeros: %v", err)
	}
	if _, err := GenerateParameters(dead()); !errors.Is(err, broken) {
		t.Errorf("GenerateParameters: %v", err)
	}
	if _, err := GenerateKey(&Parameters{}, rand.Reader); !errors.Is(err, ErrRange) {
		t.Errorf("GenerateKey without parameters: %v", err)
	}
}
