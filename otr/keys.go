package otr

import (
	"crypto/rand"
	"fmt"
	"io"

	"otrbot/otr/internal/group"
)

// A PrivateKey is a long-term DSA key, with which an account signs its side of each key exchange.
// It does not change once made and may be used by many goroutines at once.
//
// No form of printing, logging or encoding shows the secret; [UserState.WriteKeys] alone writes it.
type PrivateKey struct {
	key         *group.PrivateKey
	fingerprint Fingerprint
}

// Parameters are the domain parameters of DSA keys: a 1024-bit prime, a 160-bit prime and a generator.
// They are not secret, and any number of keys may have the same.
type Parameters struct {
	group *group.Parameters
}

// GenerateParameters makes fresh domain parameters. It searches for primes, which takes from some tenths of a
// second to some seconds. See [GenerateKey] for random and for running it in the background.
func GenerateParameters(random io.Reader) (*Parameters, error) {
	p, err := group.GenerateParameters(orSystem(random))
	if err != nil {
		return nil, fmt.Errorf("otr: generating DSA parameters: %w", err)
	}
	return &Parameters{p}, nil
}

// GenerateKey makes a key with domain parameters of its own, as libotr does. It takes as long as
// [GenerateParameters]. A nil random means crypto/rand.Reader; an error is one of random.
//
// It touches nothing but random. Where it must not hold up the caller, it runs in a goroutine, and the key
// is handed to [UserState.SetKey] when it comes; a caller that no longer wants the key does not wait for it.
func GenerateKey(random io.Reader) (*PrivateKey, error) {
	p, err := GenerateParameters(random)
	if err != nil {
		return nil, err
	}
	return GenerateKeyWithParameters(p, random)
}

// GenerateKeyWithParameters makes a key from given domain parameters, in less than a millisecond: for programs
// that need many keys. The parameters must come from [GenerateParameters] or [PrivateKey.Parameters].
// A nil random means crypto/rand.Reader; an error is one of random.
func GenerateKeyWithParameters(p *Parameters, random io.Reader) (*PrivateKey, error) {
	k, err := group.GenerateKey(p.group, orSystem(random))
	if err != nil {
		return nil, fmt.Errorf("otr: generating a DSA key: %w", err)
	}
	return newPrivateKey(k), nil
}

func newPrivateKey(k *group.PrivateKey) *PrivateKey {
	return &PrivateKey{key: k, fingerprint: fingerprintOf(&k.PublicKey)}
}

func orSystem(random io.Reader) io.Reader {
	if random == nil {
		return rand.Reader
	}
	return random
}

// Fingerprint is the fingerprint that the peers of this key see.
func (k *PrivateKey) Fingerprint() Fingerprint { return k.fingerprint }

// Parameters are the domain parameters of the key, for more keys by [GenerateKeyWithParameters].
func (k *PrivateKey) Parameters() *Parameters { return &Parameters{&k.key.Parameters} }

// String names the key by its fingerprint.
func (k PrivateKey) String() string { return "OTR private key " + k.fingerprint.String() }

// GoString is String.
func (k PrivateKey) GoString() string { return k.String() }

// Format writes String, whatever the verb.
func (k PrivateKey) Format(s fmt.State, _ rune) { io.WriteString(s, k.String()) }

// MarshalText is String, so that encoders and structured logs show no more than that.
func (k PrivateKey) MarshalText() ([]byte, error) { return []byte(k.String()), nil }
