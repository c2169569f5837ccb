package main

import (
	"crypto/rand"
	"fmt"
	"os"

	"otrbot/otr"
	"otrbot/otr/otrfile"
)

// A home is what one user keeps: a user state, and the files it lives in between two runs. Names and formats are
// libotr's: its clients could use the same directory.
type home struct {
	user    *otr.UserState
	account otr.Account
	path    string
	files   *otrfile.Dir
}

// openHome loads keys, fingerprints and instance tags, before anything is said; a file that is there but cannot
// be read ends the program, so that nothing overwrites it. The key is made at the first start.
func openHome(path string, account otr.Account, screen *screen) (*home, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("%w; choose another directory with -dir", err)
	}
	user := otr.NewUserState()
	h := &home{user: user, account: account, path: path, files: otrfile.In(path, user)}
	if err := h.files.Load(); err != nil {
		return nil, err
	}
	if _, ok := user.Key(account); ok {
		return h, nil
	}
	return h, h.makeKey(screen)
}

func (h *home) makeKey(screen *screen) error {
	screen.notice("Making a key for %s, once.", h.account.Name)
	key, err := otr.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	if err := h.user.SetKey(h.account, key); err != nil {
		return fmt.Errorf("-name %q: %w", h.account.Name, err)
	}
	if err := h.files.Keys.Save(); err != nil {
		return err
	}
	screen.notice("It is kept in %s. Its fingerprint:", h.path)
	screen.notice("%s", key.Fingerprint())
	return nil
}

// fingerprint is the user's own.
func (h *home) fingerprint() otr.Fingerprint {
	key, _ := h.user.Key(h.account)
	return key.Fingerprint()
}
