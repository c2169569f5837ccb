package otr

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
)

// An Account is one of the user's own addresses on one network. Both parts are compared byte for byte:
// folding case where a network does so is the caller's part.
type Account struct{ Name, Protocol string }

// A Peer is somebody who talks with an account.
type Peer struct {
	Account Account
	Name    string
}

var (
	// ErrName refuses a name that libotr's files cannot hold: one with a tab, a line break or a NUL, or
	// of more than 4096 bytes.
	ErrName = errors.New("otr: a name with a tab, a line break or a NUL, or of more than 4096 bytes")
	// ErrTrust refuses a trust text with a line break or a NUL, or of more than 4096 bytes.
	ErrTrust = errors.New("otr: a trust text with a line break or a NUL, or of more than 4096 bytes")
	// ErrInUse refuses to forget a fingerprint with which a conversation is private right now.
	ErrInUse = errors.New("otr: a private conversation uses this fingerprint: end it first")
	// ErrInstanceTag refuses an instance tag below 0x100.
	ErrInstanceTag = errors.New("otr: an instance tag below 0x100")
)

// maxName bounds names and trust texts, in bytes; the longest address of XMPP has 3071.
const maxName = 4096

// Protocol v3, "Instance Tags": tags below 0x100 are reserved.
const firstInstanceTag InstanceTag = 0x100

// A UserState is what one user keeps from one conversation to the next: private keys, the fingerprints of peers
// with the trust in them, and instance tags. It is safe for concurrent use. NewUserState makes one.
type UserState struct {
	mu    sync.Mutex
	keys  map[Account]*PrivateKey
	order []Account // of keys, oldest first: their order on disk
	known map[peerKey]*knowledge
	tags  map[Account]InstanceTag
}

type peerKey struct {
	peer        Peer
	fingerprint Fingerprint
}

type knowledge struct {
	trust Trust
	uses  int // live conversations
}

// NewUserState makes the state of a user who has nothing yet.
func NewUserState() *UserState {
	return &UserState{
		keys:  make(map[Account]*PrivateKey),
		known: make(map[peerKey]*knowledge),
		tags:  make(map[Account]InstanceTag),
	}
}

// Key is the private key of an account.
func (u *UserState) Key(a Account) (*PrivateKey, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	k, ok := u.keys[a]
	return k, ok
}

// SetKey gives an account its private key, in place of the one it may have. Conversations that have begun go on
// with the former key until their next key exchange. The error is ErrName.
func (u *UserState) SetKey(a Account, k *PrivateKey) error {
	if err := a.check(); err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.putKey(a, k)
	return nil
}

// putKey makes k the newest key, as libotr does also when it replaces one.
func (u *UserState) putKey(a Account, k *PrivateKey) {
	u.dropKey(a)
	u.keys[a] = k
	u.order = append(u.order, a)
}

func (u *UserState) dropKey(a Account) {
	if _, ok := u.keys[a]; ok {
		delete(u.keys, a)
		u.order = slices.DeleteFunc(u.order, func(b Account) bool { return a == b })
	}
}

// ForgetKey drops the private key of an account, if it has one.
func (u *UserState) ForgetKey(a Account) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.dropKey(a)
}

// Accounts are the accounts that have a private key, sorted by name, then protocol.
func (u *UserState) Accounts() []Account {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.SortedFunc(maps.Keys(u.keys), Account.compare)
}

// Trust is what the user thinks of a peer's fingerprint; known is false for one that was never seen.
func (u *UserState) Trust(p Peer, f Fingerprint) (t Trust, known bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	k, known := u.known[peerKey{p, f}]
	if !known {
		return "", false
	}
	return k.trust, true
}

// SetTrust records what the user thinks of a peer's fingerprint, which it learns if it is new.
// The error is ErrName or ErrTrust.
func (u *UserState) SetTrust(p Peer, f Fingerprint, t Trust) error {
	if err := errors.Join(p.check(), t.check()); err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.learned(p, f).trust = t
	return nil
}

// Forget drops a peer's fingerprint with the trust in it; one that is not known is forgotten already.
// The error is ErrInUse.
func (u *UserState) Forget(p Peer, f Fingerprint) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	k := peerKey{p, f}
	if known := u.known[k]; known != nil && known.uses > 0 {
		return ErrInUse
	}
	delete(u.known, k)
	return nil
}

// ForgetPeer drops all fingerprints of a peer, or none: the error is ErrInUse.
func (u *UserState) ForgetPeer(p Peer) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	for k, known := range u.known {
		if k.peer == p && known.uses > 0 {
			return ErrInUse
		}
	}
	maps.DeleteFunc(u.known, func(k peerKey, _ *knowledge) bool { return k.peer == p })
	return nil
}

// Fingerprints are all known fingerprints as they are now, sorted by peer name, account name, protocol and
// fingerprint. The loop may call any method of u.
func (u *UserState) Fingerprints() iter.Seq2[Peer, Fingerprint] {
	return func(yield func(Peer, Fingerprint) bool) {
		u.mu.Lock()
		all := slices.SortedFunc(maps.Keys(u.known), peerKey.compare)
		u.mu.Unlock()
		for _, k := range all {
			if !yield(k.peer, k.fingerprint) {
				return
			}
		}
	}
}

// InstanceTag is the tag by which peers tell this place where the account is logged in from others.
func (u *UserState) InstanceTag(a Account) (InstanceTag, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	t, ok := u.tags[a]
	return t, ok
}

// SetInstanceTag gives an account its instance tag. A conversation makes one where there is none, so that only
// programs that keep tags elsewhere need it. The error is ErrName or ErrInstanceTag.
func (u *UserState) SetInstanceTag(a Account, t InstanceTag) error {
	if err := a.check(); err != nil {
		return err
	}
	if t < firstInstanceTag {
		return fmt.Errorf("%w: %#x", ErrInstanceTag, uint32(t))
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.tags[a] = t
	return nil
}

// ForgetInstanceTag drops the instance tag of an account, if it has one.
func (u *UserState) ForgetInstanceTag(a Account) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.tags, a)
}

// ensureInstanceTag is the tag of an account, made from random if there was none.
//
// Protocol v3, "Instance Tags": a tag is a random number, persistent, at least 0x100.
func (u *UserState) ensureInstanceTag(a Account, random io.Reader) (InstanceTag, error) {
	if err := a.check(); err != nil {
		return 0, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	for u.tags[a] < firstInstanceTag {
		var b [4]byte
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return 0, fmt.Errorf("otr: making an instance tag: %w", err)
		}
		if t := InstanceTag(binary.BigEndian.Uint32(b[:])); t >= firstInstanceTag {
			u.tags[a] = t
		}
	}
	return u.tags[a], nil
}

// learn records that a peer has this key; isNew says that it was not known before.
func (u *UserState) learn(p Peer, f Fingerprint) (isNew bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	_, known := u.known[peerKey{p, f}]
	u.learned(p, f)
	return !known
}

// use counts one more conversation that is private with this key, which it learns if it is new.
// Each use ends with one release.
func (u *UserState) use(p Peer, f Fingerprint) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.learned(p, f).uses++
}

// release ends one use.
func (u *UserState) release(p Peer, f Fingerprint) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if k := u.known[peerKey{p, f}]; k != nil && k.uses > 0 {
		k.uses--
	}
}

// learned is what u holds about a fingerprint; the caller holds the lock.
func (u *UserState) learned(p Peer, f Fingerprint) *knowledge {
	k := peerKey{p, f}
	if u.known[k] == nil {
		u.known[k] = new(knowledge)
	}
	return u.known[k]
}

func (a Account) check() error { return errors.Join(checkName(a.Name), checkName(a.Protocol)) }

func (p Peer) check() error { return errors.Join(p.Account.check(), checkName(p.Name)) }

func checkName(name string) error {
	if strings.ContainsAny(name, "\t\n\r\x00") || len(name) > maxName {
		return fmt.Errorf("%w: %.40q", ErrName, name)
	}
	return nil
}

func (a Account) compare(b Account) int {
	return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Protocol, b.Protocol))
}

func (k peerKey) compare(l peerKey) int {
	return cmp.Or(strings.Compare(k.peer.Name, l.peer.Name), k.peer.Account.compare(l.peer.Account),
		k.fingerprint.compare(l.fingerprint))
}
