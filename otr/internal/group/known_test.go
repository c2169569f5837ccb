package group

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"testing"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The secrets 0x0102...28 and 0xc9ca...f0, computed by another program.
func TestKnownDiffieHellman(t *testing.T) {
	var a, b [dhSize]byte
	for i := range a {
		a[i], b[i] = byte(1+i), byte(201+i)
	}
	alice, err := ParseDHSecret(a[:])
	if err != nil {
		t.Fatal(err)
	}
	bob, err := ParseDHSecret(b[:])
	if err != nil {
		t.Fatal(err)
	}
	public := alice.Public()
	if got := sha256.Sum256(public.Bytes()); hex.EncodeToString(got[:]) != "6beeffb6e556afd99a4b20650d14e9c973d1713bd0db32ff2d3825f029a551d6" {
		t.Errorf("the public key is %x", public.Bytes())
	}
	shared := bob.Shared(&public)
	if got := sha256.Sum256(shared.MPI()[4:]); hex.EncodeToString(got[:]) != "1b19cbe925ebdcd3725f69d4503fa4e91fb3665137065dbf3c64ee2aa62864de" {
		t.Errorf("the shared secret is %x", shared.MPI())
	}
}

// RFC 6979, A.2.1: a DSA key of 1024 bits and signatures of SHA-1 digests.
func TestKnownDSA(t *testing.T) {
	p := unhex(t, "86f5ca03dcfeb225063ff830a0c769b9dd9d6153ad91d7ce27f787c43278b447"+
		"e6533b86b18bed6e8a48b784a14c252c5be0dbf60b86d6385bd2f12fb763ed88"+
		"73abfd3f5ba2e0a8c0a59082eac056935e529daf7c610467899c77adedfc846c"+
		"881870b7b19b2b58f9be0521a17002e3bdd6b86685ee90b3d9a1b02b782b1779")
	q := unhex(t, "996f967f6c8e388d9e28d01e205fba957a5698b1")
	g := unhex(t, "07b0f92546150b62514bb771e2a0c0ce387f03bda6c56b505209ff25fd3c133d"+
		"89bbcd97e904e09114d9a7defdeadfc9078ea544d2e401aeecc40bb9fbbf78fd"+
		"87995a10a1c27cb7789b594ba7efb5c4326a9fe59a070e136db77175464adca4"+
		"17be5dce2f40d10a46a3a3943f26ab7fd9c0398ff8c76ee0a56826a8a88f1dbd")
	x := unhex(t, "411602cb19a6ccc34494d79d98ef1e7ed5af25f7")
	y := unhex(t, "5df5e01ded31d0297e274e1691c192fe5868fef9e19a84776454b100cf16f653"+
		"92195a38b90523e2542ee61871c0440cb87c322fc4b4d2ec5e1e7ec766e1be8d"+
		"4ce935437dc11c3c8fd426338933ebfe739cb3465f4d3668c5e473508253b1e6"+
		"82f65cbdc4fae93c2ea212390e54905a86e2223170b44eaa7da5dd9ffcfb7f3b")
	k, err := NewPrivateKey(p, q, g, y, x)
	if err != nil {
		t.Fatal(err)
	}
	for message, signature := range map[string]string{
		"sample": "2e1a0c2562b2912caaf89186fb0f42001585da55" + "29efb6b0aff2d7a68eb70ca313022253b9a88df5",
		"test":   "42ab2052fd43e123f0607f115052a67dcd9c5c77" + "183916b0230d45b9931491d4c6b0bd2fb4aaf088",
	} {
		digest := sha1.Sum([]byte(message))
		sig := [40]byte(unhex(t, signature))
		if !k.Verify(digest[:], &sig) {
			t.Errorf("the signature of %q does not verify", message)
		}
		// s and q-s sign digests of opposite sign: it is not the same signature.
		s := new(big.Int).Sub(integer(q), integer(sig[20:]))
		s.FillBytes(sig[20:])
		if k.Verify(digest[:], &sig) {
			t.Errorf("a changed signature of %q verifies", message)
		}
	}
}
