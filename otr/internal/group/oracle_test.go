package group

import (
	"math/big"
	"math/rand/v2"
	"testing"
)

// The oracle: the same operations by math/big.
var (
	bigP, _ = new(big.Int).SetString("FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD1"+
		"29024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245"+
		"E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3D"+
		"C2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D"+
		"670C354E4ABC9804F1746C08CA237327FFFFFFFFFFFFFFFF", 16) // RFC 3526, section 2
	one  = big.NewInt(1)
	two  = big.NewInt(2)
	bigQ = new(big.Int).Rsh(bigP, 1)
)

func bigElement(e *Element) *big.Int { return new(big.Int).SetBytes(e.value[:]) }

func bigScalar(s *Scalar) *big.Int { return new(big.Int).SetBytes(s.value[:]) }

func plus(x *big.Int, d int64) *big.Int { return new(big.Int).Add(x, big.NewInt(d)) }

// element makes an Element of any number below 2^1536, in range or not.
func element(v *big.Int) Element {
	var e Element
	v.FillBytes(e.value[:])
	return e
}

// random is a reproducible source of test numbers.
func random(t testing.TB) *rand.ChaCha8 {
	var seed [32]byte
	copy(seed[:], t.Name())
	return rand.NewChaCha8(seed)
}

func randomElement(t testing.TB, r *rand.ChaCha8) Element {
	t.Helper()
	for {
		var b [Size]byte
		_, _ = r.Read(b[:])
		if e, err := ParseElement(trim(b[:])); err == nil {
			return e
		}
	}
}

func randomScalar(t testing.TB, r *rand.ChaCha8) Scalar {
	t.Helper()
	s, err := GenerateScalar(r)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sameElement compares an Element with the oracle's number.
func sameElement(t testing.TB, what string, got Element, want *big.Int) {
	t.Helper()
	if bigElement(&got).Cmp(want) != 0 {
		t.Errorf("%s = %x, want %x", what, got.Bytes(), want)
	}
}
