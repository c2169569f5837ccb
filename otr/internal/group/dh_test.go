package group

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/big"
	"testing"
	"testing/iotest"
)

func TestDiffieHellman(t *testing.T) {
	r := random(t)
	for range 50 {
		a, err := GenerateDH(r)
		if err != nil {
			t.Fatal(err)
		}
		b, err := GenerateDH(r)
		if err != nil {
			t.Fatal(err)
		}
		x := new(big.Int).SetBytes(a.Append(nil))
		publicA, publicB := a.Public(), b.Public()
		sameElement(t, "Public", publicA, new(big.Int).Exp(two, x, bigP))
		sharedA, sharedB := a.Shared(&publicB), b.Shared(&publicA)
		if !bytes.Equal(sharedA.MPI(), sharedB.MPI()) {
			t.Fatal("the two sides do not share a secret")
		}
		want := new(big.Int).Exp(bigElement(&publicB), x, bigP).Bytes()
		if !bytes.Equal(sharedA.MPI(), append(binary.BigEndian.AppendUint32(nil, uint32(len(want))), want...)) {
			t.Fatalf("MPI = %x, want the MPI of %x", sharedA.MPI(), want)
		}
	}
}

func TestSharedPair(t *testing.T) {
	r := random(t)
	secrets := []DHSecret{{value: [dhSize]byte{dhSize - 1: 1}}, {value: [dhSize]byte(bytes.Repeat([]byte{0xff}, dhSize))}}
	for range 4 {
		s, err := GenerateDH(r)
		if err != nil {
			t.Fatal(err)
		}
		secrets = append(secrets, s)
	}
	for i := range secrets[1:] {
		a, b, peer := &secrets[i], &secrets[i+1], randomElement(t, r)
		first, second := SharedPair(a, b, &peer)
		if first != a.Shared(&peer) || second != b.Shared(&peer) {
			t.Errorf("pair %d differs from two calls of Shared", i)
		}
	}
}

func TestDHSecretEdges(t *testing.T) {
	for _, x := range []*big.Int{one, two, new(big.Int).Lsh(one, 319), plus(new(big.Int).Lsh(one, 320), -1)} {
		s, err := ParseDHSecret(x.FillBytes(make([]byte, dhSize)))
		if err != nil {
			t.Fatal(err)
		}
		sameElement(t, "Public", s.Public(), new(big.Int).Exp(two, x, bigP))
	}
}

// OTR hashes the shared secret as a minimal MPI: leading zero bytes go.
func TestSharedWithLeadingZeros(t *testing.T) {
	tests := []struct {
		exponent *big.Int
		want     []byte
	}{
		{one, []byte{0, 0, 0, 1, 2}},
		{big.NewInt(8), []byte{0, 0, 0, 2, 1, 0}},
		{big.NewInt(255), append([]byte{0, 0, 0, 32, 0x80}, make([]byte, 31)...)},
	}
	for _, test := range tests {
		s, err := ParseDHSecret(test.exponent.FillBytes(make([]byte, dhSize)))
		if err != nil {
			t.Fatal(err)
		}
		peer := element(two)
		shared := s.Shared(&peer)
		if !bytes.Equal(shared.MPI(), test.want) {
			t.Errorf("2^%d = %x, want %x", test.exponent, shared.MPI(), test.want)
		}
	}
}

func TestParseDHSecret(t *testing.T) {
	for _, b := range [][]byte{nil, make([]byte, 39), make([]byte, 40), make([]byte, 41)} {
		if _, err := ParseDHSecret(b); !errors.Is(err, ErrRange) {
			t.Errorf("%d bytes: error %v, want ErrRange", len(b), err)
		}
	}
	b := bytes.Repeat([]byte{0, 7}, 20)
	s, err := ParseDHSecret(b)
	if err != nil || !bytes.Equal(s.Append([]byte("x")), append([]byte("x"), b...)) {
		t.Errorf("a secret does not survive Append and ParseDHSecret: %v", err)
	}
}

func TestGenerateWithoutRandomness(t *testing.T) {
	broken := errors.New("no entropy")
	sources := map[string]struct {
		data []byte
		err  error
	}{
		"fails":      {nil, broken},
		"ends early": {make([]byte, 39), broken},
		"is zero":    {make([]byte, Size), errNoRandom},
	}
	for name, source := range sources {
		t.Run(name, func(t *testing.T) {
			reader := func() *bytes.Reader { return bytes.NewReader(source.data) }
			if _, err := GenerateDH(io.MultiReader(reader(), iotest.ErrReader(broken))); !errors.Is(err, source.err) {
				t.Errorf("GenerateDH: %v, want %v", err, source.err)
			}
			if _, err := GenerateScalar(io.MultiReader(reader(), iotest.ErrReader(broken))); !errors.Is(err, source.err) {
				t.Errorf("GenerateScalar: %v, want %v", err, source.err)
			}
		})
	}
}
