package smp

import (
	"bytes"
	"crypto/sha256"
	"strings"
)

// Identity names the two parties of a session by the fingerprints of their
// long-term keys, and the session by its secure session id.
type Identity struct {
	Ours, Theirs [20]byte
	SSID         [8]byte
}

// version is that of SMP itself, not of OTR.
const version = 1

// secret is x or y, what SMP compares: the digest read as an integer.
type secret [32]byte

func (s *secret) wipe() { *s = secret{} }

// deriveSecret binds the user's words to both keys and to the session, so that
// nobody in the middle can pass the messages on.
//
// Protocol v3, "Secret information".
func deriveSecret(initiator, responder *[20]byte, ssid *[8]byte, words []byte) secret {
	h := sha256.New()
	h.Write([]byte{version})
	h.Write(initiator[:])
	h.Write(responder[:])
	h.Write(ssid[:])
	h.Write(words)
	return secret(h.Sum(nil))
}

func validQuestion(q string) bool {
	return len(q) <= MaxQuestion && strings.IndexByte(q, 0) < 0
}

// withQuestion makes the value of an SMP message 1Q from that of a message 1.
//
// Protocol v3, "Type 7: SMP Message 1Q".
func withQuestion(question string, value []byte) []byte {
	out := make([]byte, 0, len(question)+1+len(value))
	out = append(out, question...)
	out = append(out, 0)
	return append(out, value...)
}

// cutQuestion undoes withQuestion; without a NUL it is not ok.
func cutQuestion(value []byte) (question string, rest []byte, ok bool) {
	words, rest, ok := bytes.Cut(value, []byte{0})
	return string(words), rest, ok
}
