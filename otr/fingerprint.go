package otr

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"otrbot/otr/internal/group"
	"otrbot/otr/internal/wire"
)

// A Fingerprint names a public key: two people who compare fingerprints over a channel they trust
// (in person, on paper) know whose key they talk to.
type Fingerprint [20]byte

// fingerprintOf hashes a public key.
//
// Protocol v3, "Public keys, signatures, and fingerprints": the fingerprint is the SHA-1 hash of the
// byte-level representation of the key; for a DSA key the two bytes of the type are left out.
func fingerprintOf(k *group.PublicKey) Fingerprint {
	const typeBytes = 2
	return sha1.Sum(wire.AppendPublicKey(nil, k.P, k.Q, k.G, k.Y)[typeBytes:])
}

// String is the form that people compare: five groups of eight upper-case hexadecimal digits.
func (f Fingerprint) String() string {
	var groups [5]string
	for i := range groups {
		groups[i] = strings.ToUpper(hex.EncodeToString(f[4*i : 4*i+4]))
	}
	return strings.Join(groups[:], " ")
}

// ParseFingerprint reads 40 hexadecimal digits, as people copy them: upper or lower case, with white
// space anywhere or without. It accepts everything that [Fingerprint.String] writes.
func ParseFingerprint(s string) (Fingerprint, error) {
	var digits []byte
	for _, r := range s {
		if unicode.IsSpace(r) {
			continue
		}
		if !isHexDigit(r) {
			return Fingerprint{}, fmt.Errorf("otr: %q in a fingerprint: it consists of hexadecimal digits", r)
		}
		if len(digits) == 40 {
			return Fingerprint{}, errors.New("otr: a fingerprint of more than 40 hexadecimal digits")
		}
		digits = append(digits, byte(r))
	}
	if len(digits) != 40 {
		return Fingerprint{}, fmt.Errorf("otr: a fingerprint of %d hexadecimal digits, not 40", len(digits))
	}
	var f Fingerprint
	_, err := hex.Decode(f[:], digits)
	return f, err
}

func isHexDigit(r rune) bool {
	return '0' <= r && r <= '9' || 'a' <= r && r <= 'f' || 'A' <= r && r <= 'F'
}

func (f Fingerprint) compare(g Fingerprint) int { return bytes.Compare(f[:], g[:]) }

// Trust says how a fingerprint was verified, as any text without line breaks. The empty text means: not
// verified. libotr and clients on it show their own texts as trusted, whatever they say; so does this package.
type Trust string

// The two texts that libotr's clients write.
const (
	TrustVerified Trust = "verified" // somebody compared the fingerprints
	TrustSMP      Trust = "smp"      // both knew the same secret
)

// Trusted reports whether the fingerprint was verified in some way: the text is not empty.
func (t Trust) Trusted() bool { return t != "" }

// check reports ErrTrust for a text that the fingerprint file cannot hold. Tabs are fine: it is the last column.
func (t Trust) check() error {
	if strings.ContainsAny(string(t), "\n\r\x00") || len(t) > maxName {
		return fmt.Errorf("%w: %.40q", ErrTrust, string(t))
	}
	return nil
}
