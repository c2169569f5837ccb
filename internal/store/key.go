package store

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"

	"otrbot/internal/regular"
)

// A Key seals what the store keeps. Whoever has it and the file can read the file. No form of printing shows it.
type Key [32]byte

const hidden = "[store key]"

// String hides the key.
func (Key) String() string { return hidden }

// GoString hides the key.
func (Key) GoString() string { return hidden }

// Format hides the key, whatever the verb.
func (Key) Format(s fmt.State, _ rune) { io.WriteString(s, hidden) }

// MarshalText hides the key.
func (Key) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue hides the key.
func (Key) LogValue() slog.Value { return slog.StringValue(hidden) }

// NewKey draws a fresh key.
func NewKey() Key {
	var k Key
	rand.Read(k[:]) // never fails: crypto/rand
	return k
}

// ReadKey reads the key at path: 64 hexadecimal digits. Where there is no file it makes one with a fresh key, whole or
// not at all, and a directory that only the owner may enter. It refuses a file that others can read, other than a
// credential of systemd, whose directory is closed to them.
func ReadKey(path string) (Key, error) {
	path, err := follow(path)
	if err != nil {
		return Key{}, fmt.Errorf("key file: %w", err)
	}
	k, err := readKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	if err := writeKey(path, NewKey()); err != nil && !errors.Is(err, fs.ErrExist) {
		return Key{}, fmt.Errorf("key file: %w", err)
	}
	return readKey(path) // another process may have been first
}

// ReadKeyFor is ReadKey for a database that may exist: then a key that is missing is lost, not new, and no other
// takes its place.
func ReadKeyFor(path, address string) (Key, error) {
	database, err := parseAddress(address)
	if err != nil {
		return Key{}, err
	}
	_, err = os.Stat(database)
	switch {
	case database == "" || errors.Is(err, fs.ErrNotExist):
		return ReadKey(path)
	case err != nil: // whether there is one cannot be seen
		return Key{}, fmt.Errorf("database: %w", err)
	}
	k, err := readKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		return k, fmt.Errorf("%w; the database %s was sealed with it: restore the key from a copy, or move the database away to begin anew", err, database)
	}
	return k, err
}

func readKey(path string) (Key, error) {
	f, err := regular.Open(path)
	if err != nil {
		return Key{}, fmt.Errorf("key file: %w", err)
	}
	defer f.Close()
	if err := checkPrivate(f, path); err != nil {
		return Key{}, err
	}
	text, err := io.ReadAll(io.LimitReader(f, 4096))
	if err != nil {
		return Key{}, fmt.Errorf("key file: %w", err)
	}
	return parseKey(text, path)
}

func parseKey(text []byte, path string) (Key, error) {
	var k Key
	text = bytes.TrimSpace(text)
	if len(text) == hex.EncodedLen(len(k)) {
		if _, err := hex.Decode(k[:], text); err == nil {
			return k, nil
		}
	}
	return Key{}, fmt.Errorf("key file %s: not 64 hexadecimal digits; restore it from a copy, or move it and the database away to begin anew", path)
}

func checkPrivate(f *os.File, path string) error {
	info, err := f.Stat()
	switch {
	case err != nil:
		return fmt.Errorf("key file: %w", err)
	case runtime.GOOS == "windows" || filepath.Dir(path) == os.Getenv("CREDENTIALS_DIRECTORY"):
		return nil
	case info.Mode().Perm()&0o077 != 0:
		return fmt.Errorf("key file %s: others can read it (mode %04o); run: chmod 600 %[1]s", path, info.Mode().Perm())
	}
	return nil
}

// writeKey makes the file; fs.ErrExist if there is one.
func writeKey(path string, k Key) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".key-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = fmt.Fprintln(f, hex.EncodeToString(k[:]))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return place(f.Name(), path, os.Link)
}

// ExistingKey is ReadKey where there must be a key: fs.ErrNotExist if there is none.
func ExistingKey(path string) (Key, error) { return readKey(path) }

// CopyKey writes the key into a new file at path that only its owner can read, on the disk when it returns. What is there
// is not overwritten: fs.ErrExist.
func CopyKey(path string, k Key) error {
	err := writeKey(path, k)
	if errors.Is(err, fs.ErrExist) {
		return inTheWay(path)
	}
	return err
}
