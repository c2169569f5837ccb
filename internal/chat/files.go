package chat

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"otrbot/otr"
	"otrbot/otr/otrfile"
)

// Files keep an account's key, instance tag and the fingerprints of its peers in libotr's files. Other accounts may be
// in the same files, also in use by another otrbot chat: every save reads what is there, and changes its own part.
type Files struct {
	dir     string
	account otr.Account
	user    *otr.UserState
	random  io.Reader
}

// OpenFiles reads the files in dir, which it makes if there is none. An account without an instance tag gets one.
// A nil random means crypto/rand.
func OpenFiles(dir string, account otr.Account, random io.Reader) (*Files, error) {
	if random == nil {
		random = rand.Reader
	}
	f := &Files{dir: dir, account: account, user: otr.NewUserState(), random: random}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := otrfile.In(dir, f.user).Load(); err != nil {
		return nil, err
	}
	if _, ok := f.user.InstanceTag(account); ok {
		return f, nil
	}
	if err := f.makeTag(); err != nil {
		return nil, fmt.Errorf("an instance tag: %w", err)
	}
	return f, nil
}

// User is what the files hold.
func (f *Files) User() *otr.UserState { return f.user }

// Resource is the account's name for this place: the same after a restart, another one on another machine.
func (f *Files) Resource() string {
	tag, _ := f.user.InstanceTag(f.account)
	return fmt.Sprintf("otrbot-chat.%08x", uint32(tag))
}

// HasKey reports whether the account has a private key.
func (f *Files) HasKey() bool {
	_, ok := f.user.Key(f.account)
	return ok
}

// MakeKey makes the account's private key and keeps it, which takes some seconds. It may be called from a goroutine of
// its own.
func (f *Files) MakeKey() error {
	key, err := otr.GenerateKey(f.random)
	if err != nil {
		return err
	}
	return f.SetKey(key)
}

// SetKey gives the account a key that was made elsewhere, and keeps it.
func (f *Files) SetKey(key *otr.PrivateKey) error {
	err := f.save(otrfile.Keys, otrfile.KeysName, func(disk *otr.UserState) error { return disk.SetKey(f.account, key) })
	if err != nil {
		return err
	}
	return f.user.SetKey(f.account, key)
}

// SaveFingerprints keeps what is known about the keys of the account's peers.
func (f *Files) SaveFingerprints() error {
	return f.save(otrfile.Fingerprints, otrfile.FingerprintsName, func(disk *otr.UserState) error {
		for peer, fingerprint := range f.user.Fingerprints() {
			if peer.Account != f.account {
				continue
			}
			trust, _ := f.user.Trust(peer, fingerprint)
			if err := disk.SetTrust(peer, fingerprint, trust); err != nil {
				return err
			}
		}
		return nil
	})
}

// makeTag draws an instance tag: Protocol v3, "Instance Tags".
func (f *Files) makeTag() error {
	var drawn [4]byte
	tag := otr.InstanceTag(0)
	for tag < 0x100 {
		if _, err := io.ReadFull(f.random, drawn[:]); err != nil {
			return err
		}
		tag = otr.InstanceTag(binary.BigEndian.Uint32(drawn[:]))
	}
	err := f.save(otrfile.InstanceTags, otrfile.InstanceTagsName, func(disk *otr.UserState) error {
		return disk.SetInstanceTag(f.account, tag)
	})
	if err != nil {
		return err
	}
	return f.user.SetInstanceTag(f.account, tag)
}

// save changes one of the files as it is now. Another program may do the same at this moment: then it is read again.
func (f *Files) save(open func(*otr.UserState, string) *otrfile.File, name string, change func(*otr.UserState) error) error {
	const tries = 5
	for try := 1; ; try++ {
		disk := otr.NewUserState()
		file := open(disk, filepath.Join(f.dir, name))
		if err := file.Load(); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := change(disk); err != nil {
			return err
		}
		err := file.Save()
		if overtaken := errors.Is(err, otrfile.ErrChanged) || errors.Is(err, otrfile.ErrNotLoaded); !overtaken || try == tries {
			return err
		}
	}
}
