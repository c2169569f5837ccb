package group

import (
	"bytes"
	"errors"
	"math/big"
	"testing"
)

// Protocol v3, "Receiving a type 2 TLV (SMP message 1)": ">= 2 and <= modulus-2".
func TestParseElementRange(t *testing.T) {
	tests := []struct {
		name  string
		value []byte
		ok    bool
	}{
		{"nothing", nil, false},
		{"0", []byte{0}, false},
		{"1", []byte{1}, false},
		{"2", []byte{2}, true},
		{"2 with a leading zero", []byte{0, 2}, false},
		{"256", []byte{1, 0}, true},
		{"p-3", plus(bigP, -3).Bytes(), true},
		{"p-2", plus(bigP, -2).Bytes(), true},
		{"p-1", plus(bigP, -1).Bytes(), false},
		{"p", bigP.Bytes(), false},
		{"p+1", plus(bigP, 1).Bytes(), false},
		{"2^1536-1", bytes.Repeat([]byte{0xff}, Size), false},
		{"2^1536", append([]byte{1}, make([]byte, Size)...), false},
		{"2 in 193 bytes", append(make([]byte, Size), 2), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e, err := ParseElement(test.value)
			switch {
			case test.ok && err != nil:
				t.Fatal(err)
			case test.ok && !bytes.Equal(e.Bytes(), test.value):
				t.Errorf("Bytes = %x, want %x", e.Bytes(), test.value)
			case !test.ok && !errors.Is(err, ErrRange):
				t.Errorf("error %v, want ErrRange", err)
			case !test.ok && !e.Zero():
				t.Errorf("a refused element is %x, want none", e.Bytes())
			}
		})
	}
}

func TestElementMPI(t *testing.T) {
	tests := []struct {
		value *big.Int
		want  []byte
	}{
		{big.NewInt(0), []byte{0, 0, 0, 0}},
		{big.NewInt(2), []byte{0, 0, 0, 1, 2}},
		{big.NewInt(0x0102), []byte{0, 0, 0, 2, 1, 2}},
		{plus(bigP, -2), append([]byte{0, 0, 0, 192}, plus(bigP, -2).Bytes()...)},
	}
	for _, test := range tests {
		e := element(test.value)
		if got := e.AppendMPI([]byte("x")); !bytes.Equal(got, append([]byte("x"), test.want...)) {
			t.Errorf("AppendMPI of %x = %x, want x and %x", test.value, got, test.want)
		}
	}
}

func TestElementOrder(t *testing.T) {
	small, large := element(big.NewInt(2)), element(plus(bigP, -2))
	if small.Cmp(&large) != -1 || large.Cmp(&small) != 1 || small.Cmp(&small) != 0 {
		t.Error("Cmp does not order 2 before p-2")
	}
	again := small
	if Equal(&small, &large) || !Equal(&small, &again) || small != again {
		t.Error("Equal or == is wrong about 2 and p-2")
	}
	var none Element
	if !none.Zero() || small.Zero() || none.InRange() {
		t.Error("only the zero value is Zero, and it is not in range")
	}
}
