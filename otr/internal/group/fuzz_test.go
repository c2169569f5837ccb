package group

import (
	"bytes"
	"math/big"
	"testing"
)

// ParseElement accepts exactly the minimal numbers in [2, p-2].
func FuzzElement(f *testing.F) {
	for _, seed := range [][]byte{nil, {0}, {1}, {2}, {0, 2}, plus(bigP, -2).Bytes(), plus(bigP, -1).Bytes(), bigP.Bytes(), bytes.Repeat([]byte{0xff}, 193)} {
		f.Add(seed)
	}
	high := plus(bigP, -2)
	f.Fuzz(func(t *testing.T, value []byte) {
		v := new(big.Int).SetBytes(value)
		want := v.Cmp(two) >= 0 && v.Cmp(high) <= 0 && value[0] != 0
		e, err := ParseElement(value)
		if (err == nil) != want {
			t.Fatalf("ParseElement(%x): %v", value, err)
		}
		if err == nil && (!bytes.Equal(e.Bytes(), value) || !e.InRange() || !bytes.Equal(e.AppendMPI(nil)[4:], value)) {
			t.Fatalf("%x does not survive", value)
		}
		s, err := ParseScalar(value)
		if want := len(value) > 0 && value[0] != 0 && v.Cmp(bigQ) < 0; (err == nil) != want {
			t.Fatalf("ParseScalar(%x): %v", value, err)
		}
		if err == nil && !bytes.Equal(s.Bytes(), value) {
			t.Fatalf("%x does not survive", value)
		}
	})
}

// NewPublicKey keeps its bounds, and a key that passes can be used.
func FuzzPublicKey(f *testing.F) {
	k := key(f)
	digest := bytes.Repeat([]byte{7}, 32)
	sig, err := k.Sign(digest, random(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(k.P, k.Q, k.G, k.Y, digest, sig[:])
	f.Add([]byte{}, []byte{}, []byte{}, []byte{}, []byte{}, []byte{})
	f.Add(bytes.Repeat([]byte{0xff}, 128), bytes.Repeat([]byte{0xff}, 20), []byte{2}, []byte{3}, digest, sig[:])
	f.Add(bytes.Repeat([]byte{0xff}, 384), bytes.Repeat([]byte{0xff}, 20), []byte{2}, []byte{3}, digest, sig[:])
	f.Add(bytes.Repeat([]byte{0xff}, 385), bytes.Repeat([]byte{0xff}, 20), []byte{2}, []byte{3}, digest, sig[:])
	f.Fuzz(func(t *testing.T, p, q, g, y, digest, signature []byte) {
		k, err := NewPublicKey(p, q, g, y)
		if err != nil {
			return
		}
		bigP, bigQ := integer(p), integer(q)
		if bigP.BitLen() < 1024 || bigP.BitLen() > 3072 || bigP.Bit(0) == 0 || bigQ.BitLen() != 160 || bigQ.Bit(0) == 0 {
			t.Fatalf("a key of %d and %d bits", bigP.BitLen(), bigQ.BitLen())
		}
		for _, v := range [][]byte{g, y} {
			if integer(v).Cmp(one) <= 0 || integer(v).Cmp(bigP) >= 0 {
				t.Fatalf("%x is not in (1, p)", v)
			}
		}
		var sig [40]byte
		copy(sig[:], signature)
		if got, want := k.Verify(digest, &sig), slowVerify(k, digest, &sig); got != want {
			t.Fatalf("Verify = %v, want %v", got, want)
		}
	})
}

// slowVerify is the definition of DSA, by math/big.
func slowVerify(k *PublicKey, digest []byte, sig *[40]byte) bool {
	p, q, r, s := integer(k.P), integer(k.Q), integer(sig[:20]), integer(sig[20:])
	if r.Sign() == 0 || s.Sign() == 0 || r.Cmp(q) >= 0 || s.Cmp(q) >= 0 {
		return false
	}
	w := new(big.Int).ModInverse(s, q)
	if w == nil {
		return false
	}
	u1 := new(big.Int).Mul(integer(digest), w)
	u2 := new(big.Int).Mul(r, w)
	v := new(big.Int).Exp(integer(k.G), u1.Mod(u1, q), p)
	v.Mul(v, new(big.Int).Exp(integer(k.Y), u2.Mod(u2, q), p))
	return v.Mod(v.Mod(v, p), q).Cmp(r) == 0
}

// The arithmetic agrees with math/big on whatever the fuzzer finds.
func FuzzDifferential(f *testing.F) {
	ff := bytes.Repeat([]byte{0xff}, Size)
	f.Add([]byte{2}, []byte{3}, []byte{5})
	f.Add([]byte{}, []byte{}, []byte{})
	f.Add(ff, ff, ff)
	f.Add(bigP.Bytes(), bigQ.Bytes(), ff[:40])
	f.Add(plus(bigP, -1).Bytes(), plus(bigQ, -1).Bytes(), plus(bigQ, 1).Bytes())
	f.Add(append([]byte{1}, make([]byte, 191)...), append([]byte{1}, make([]byte, 64)...), ff[:32])
	f.Fuzz(func(t *testing.T, a, b, c []byte) {
		if len(a) > Size || len(b) > Size || len(c) > Size {
			return
		}
		x, y, e := integer(a), integer(b), integer(c)
		elementX, elementY := element(x), element(y)

		want := new(big.Int).Mul(x, y)
		sameElement(t, "product", Mul(&elementX, &elementY), want.Mod(want, bigP))

		exponent := Scalar{value: [Size]byte(e.FillBytes(make([]byte, Size)))}
		want.Exp(x, e, bigP)
		sameElement(t, "Power", elementX.Power(&exponent), want)
		sameElement(t, "Base.Power", NewBase(&elementX).Power(&exponent), want)
		sameElement(t, "Power2", Power2(&exponent), new(big.Int).Exp(two, e, bigP))

		short := e.Bytes()
		short = short[:min(len(short), dhSize)]
		secret := DHSecret{value: [dhSize]byte(integer(short).FillBytes(make([]byte, dhSize)))}
		sameElement(t, "Public", secret.Public(), new(big.Int).Exp(two, integer(short), bigP))

		short = short[:min(len(short), 32)]
		hash := [32]byte(integer(short).FillBytes(make([]byte, 32)))
		sameElement(t, "PowerHash", elementY.PowerHash(&hash), new(big.Int).Exp(y, integer(short), bigP))

		r, s := new(big.Int).Mod(x, bigQ), new(big.Int).Mod(y, bigQ)
		scalarR := Scalar{value: [Size]byte(r.FillBytes(make([]byte, Size)))}
		scalarS := Scalar{value: [Size]byte(s.FillBytes(make([]byte, Size)))}
		want.Mul(s, integer(short))
		want.Mod(want.Sub(r, want), bigQ)
		if got := SubMul(&scalarR, &scalarS, &hash); bigScalar(&got).Cmp(want) != 0 {
			t.Errorf("SubMul = %x, want %x", got.Bytes(), want)
		}
	})
}
