package group

import (
	"bytes"
	"errors"
	"math/big"
	"testing"
)

// A proof's answer D lies in [1, q-1].
func TestParseScalarRange(t *testing.T) {
	tests := []struct {
		name  string
		value []byte
		ok    bool
	}{
		{"nothing", nil, false},
		{"0", []byte{0}, false},
		{"1", []byte{1}, true},
		{"1 with a leading zero", []byte{0, 1}, false},
		{"256", []byte{1, 0}, true},
		{"q-1", plus(bigQ, -1).Bytes(), true},
		{"q", bigQ.Bytes(), false},
		{"q+1", plus(bigQ, 1).Bytes(), false},
		{"p", bigP.Bytes(), false},
		{"193 bytes", append([]byte{1}, make([]byte, Size)...), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, err := ParseScalar(test.value)
			switch {
			case test.ok && err != nil:
				t.Fatal(err)
			case test.ok && !bytes.Equal(s.Bytes(), test.value):
				t.Errorf("Bytes = %x, want %x", s.Bytes(), test.value)
			case !test.ok && !errors.Is(err, ErrRange):
				t.Errorf("error %v, want ErrRange", err)
			}
		})
	}
}

func TestScalarFixed(t *testing.T) {
	s := randomScalar(t, random(t))
	again, err := ParseFixedScalar(s.AppendFixed(nil))
	if err != nil || again != s {
		t.Errorf("a scalar does not survive AppendFixed and ParseFixedScalar: %v", err)
	}
	for _, b := range [][]byte{nil, make([]byte, Size-1), make([]byte, Size), bigQ.FillBytes(make([]byte, Size))} {
		if _, err := ParseFixedScalar(b); !errors.Is(err, ErrRange) {
			t.Errorf("ParseFixedScalar of %d bytes: %v, want ErrRange", len(b), err)
		}
	}
}

// 1536 random bits are reduced modulo q, which fits up to twice.
func TestGenerateScalarReduces(t *testing.T) {
	for _, v := range []*big.Int{one, plus(bigQ, -1), plus(bigQ, 1), plus(bigP, -2), bigP, plus(new(big.Int).Lsh(one, 1536), -1)} {
		s, err := GenerateScalar(bytes.NewReader(v.FillBytes(make([]byte, Size))))
		if err != nil {
			t.Fatal(err)
		}
		if want := new(big.Int).Mod(v, bigQ); bigScalar(&s).Cmp(want) != 0 {
			t.Errorf("%x mod q = %x, want %x", v, s.Bytes(), want)
		}
	}
}

func TestSubMul(t *testing.T) {
	r := random(t)
	small, large := Scalar{}, Scalar{}
	small.value[Size-1] = 1
	plus(bigQ, -1).FillBytes(large.value[:])
	scalars := []Scalar{{}, small, large}
	for range 5 {
		scalars = append(scalars, randomScalar(t, r))
	}
	for _, c := range [][32]byte{{}, {31: 1}, [32]byte(bytes.Repeat([]byte{0xff}, 32)), {0: 0xab, 20: 0xcd}} {
		for _, x := range scalars {
			for _, a := range scalars {
				want := new(big.Int).Mul(bigScalar(&a), new(big.Int).SetBytes(c[:]))
				want.Mod(want.Sub(bigScalar(&x), want), bigQ)
				if got := SubMul(&x, &a, &c); bigScalar(&got).Cmp(want) != 0 {
					t.Errorf("SubMul = %x, want %x", got.Bytes(), want)
				}
			}
		}
	}
}

func TestScalarFromHash(t *testing.T) {
	h := [32]byte(bytes.Repeat([]byte{0xa5}, 32))
	if s := ScalarFromHash(h); !bytes.Equal(s.Bytes(), h[:]) {
		t.Errorf("ScalarFromHash = %x, want the hash", s.Bytes())
	}
	h[0], h[1] = 0, 0
	if s := ScalarFromHash(h); !bytes.Equal(s.Bytes(), h[2:]) {
		t.Errorf("ScalarFromHash = %x, want the hash without leading zeros", s.Bytes())
	}
}
