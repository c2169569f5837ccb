// Package testkit lets a test hold a conversation: Alice and Bob, a link
// between them that loses and mixes up messages when told to, a clock that
// stands still until it is told to move, and randomness that repeats.
//
// It is for tests only and sees nothing but the public API of package otr.
package testkit

import (
	"bytes"
	_ "embed"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"otrbot/otr"
)

// The people of whom the key file has a key.
const (
	Alice   = "alice@example.org"
	Bob     = "bob@example.org"
	Carol   = "carol@example.org"
	Mallory = "mallory@example.org"
)

// Protocol is the protocol of all accounts.
const Protocol = "test"

// Keys is a private key file with one key for each person, written by libotr.
//
//go:embed keys.libotr
var Keys []byte

// Rand returns randomness that is the same in every run: it depends on the
// seed alone. It is not safe for concurrent use.
func Rand(seed string) io.Reader {
	h := fnv.New64a()
	io.WriteString(h, seed)
	var key [32]byte
	h.Sum(key[:0])
	return rand.NewChaCha8(key)
}

// Clock tells the time that it was told.
type Clock struct{ now time.Time }

// NewClock returns a clock that shows a fixed day.
func NewClock() *Clock { return &Clock{time.Date(2026, time.March, 14, 9, 26, 53, 0, time.UTC)} }

// Now returns the time.
func (c *Clock) Now() time.Time { return c.now }

// Advance moves the clock on.
func (c *Clock) Advance(d time.Duration) { c.now = c.now.Add(d) }

// Option changes the configuration of a conversation before it begins.
type Option func(*otr.Config)

// Policy sets the policy; without it a conversation has otr.Manual.
func Policy(p otr.Policy) Option { return func(c *otr.Config) { c.Policy = p } }

// MaxSize sets the longest message that the link carries.
func MaxSize(n int) Option { return func(c *otr.Config) { c.MaxMessageSize = n } }

// VersionPolicy returns the flag that allows one version, 2 or 3.
func VersionPolicy(version int) otr.Policy { return otr.Policy(1) << (version - 1) }

// User returns a user state that holds the keys of the named people, as a
// person with all those accounts would have; an unknown name has no key.
func User(t testing.TB, names ...string) *otr.UserState {
	t.Helper()
	all, user := otr.NewUserState(), otr.NewUserState()
	if err := all.ReadKeys(bytes.NewReader(Keys)); err != nil {
		t.Fatalf("reading the keys of the tests: %v", err)
	}
	for _, name := range names {
		account := otr.Account{Name: name, Protocol: Protocol}
		key, ok := all.Key(account)
		if !ok {
			continue
		}
		if err := user.SetKey(account, key); err != nil {
			t.Fatalf("setting the key of %s: %v", name, err)
		}
	}
	return user
}
