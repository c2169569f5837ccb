package group

import (
	"bytes"
	"math/big"
	"testing"
)

func TestConstants(t *testing.T) {
	p, q := prime().p, prime().q
	if new(big.Int).SetBytes(p[:]).Cmp(bigP) != 0 || !bigP.ProbablyPrime(4) {
		t.Error("p is not the prime of RFC 3526")
	}
	if new(big.Int).SetBytes(q[:]).Cmp(bigQ) != 0 || !bigQ.ProbablyPrime(4) {
		t.Error("q is not (p-1)/2")
	}
	if two := new(big.Int).Exp(two, bigQ, bigP); two.Cmp(one) != 0 {
		t.Error("2 does not have the order q")
	}
}

// edges are numbers where carries and reductions go wrong.
func edges() []*big.Int {
	r := new(big.Int).Lsh(one, 1536)
	return []*big.Int{
		one, two, big.NewInt(3), plus(bigQ, -1), bigQ, plus(bigQ, 1), plus(bigP, -2), plus(bigP, -1),
		new(big.Int).Sub(r, bigP), new(big.Int).Lsh(one, 1535), new(big.Int).Lsh(one, 64), plus(new(big.Int).Lsh(one, 1472), -1),
	}
}

func TestMulAndDiv(t *testing.T) {
	values := edges()
	r := random(t)
	for range 20 {
		e := randomElement(t, r)
		values = append(values, bigElement(&e))
	}
	for _, x := range values {
		for _, y := range values {
			a, b := element(x), element(y)
			want := new(big.Int).Mul(x, y)
			sameElement(t, "product", Mul(&a, &b), want.Mod(want, bigP))
			want = new(big.Int).ModInverse(y, bigP)
			want.Mul(want, x)
			sameElement(t, "quotient", Div(&a, &b), want.Mod(want, bigP))
		}
	}
}

func TestPower(t *testing.T) {
	bases := edges()
	r := random(t)
	for range 4 {
		e := randomElement(t, r)
		bases = append(bases, bigElement(&e))
	}
	exponents := []*big.Int{one, two, big.NewInt(31), big.NewInt(32), new(big.Int).Lsh(one, 320), plus(bigQ, -1), plus(bigQ, -2)}
	for range 4 {
		s := randomScalar(t, r)
		exponents = append(exponents, bigScalar(&s))
	}
	scalars := make([]Scalar, len(exponents))
	for i, x := range exponents {
		var err error
		if scalars[i], err = ParseScalar(x.Bytes()); err != nil {
			t.Fatal(err)
		}
		sameElement(t, "Power2", Power2(&scalars[i]), new(big.Int).Exp(two, x, bigP))
	}
	for _, b := range bases {
		e := element(b)
		prepared := NewBase(&e)
		for i, x := range exponents {
			want := new(big.Int).Exp(b, x, bigP)
			sameElement(t, "Power", e.Power(&scalars[i]), want)
			sameElement(t, "Base.Power", prepared.Power(&scalars[i]), want)
		}
	}
}

func TestPowerHash(t *testing.T) {
	r := random(t)
	for _, hash := range [][32]byte{{}, {31: 1}, {0: 0x80}, [32]byte(bytes.Repeat([]byte{0xff}, 32))} {
		e := randomElement(t, r)
		want := new(big.Int).Exp(bigElement(&e), new(big.Int).SetBytes(hash[:]), bigP)
		sameElement(t, "PowerHash", e.PowerHash(&hash), want)
	}
}

// A power may leave the range of what may be sent; the result says so.
func TestPowerOutOfRange(t *testing.T) {
	var zero [32]byte
	e := element(two)
	if got := e.PowerHash(&zero); got.InRange() || got != element(one) {
		t.Errorf("2^0 = %x in range %v, want 1, not in range", got.Bytes(), got.InRange())
	}
}
