package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"time"
)

// companions are what SQLite may have beside a database.
var companions = []string{"-wal", "-shm", "-journal"}

// fetch copies a backup, and the log that may lie beside a copy of a database that was not closed, to a draft.
func fetch(ctx context.Context, from, draft string) error {
	removeDatabase(draft) // which a killed process has left
	if err := copyFile(ctx, from, draft); err != nil {
		return err
	}
	err := copyFile(ctx, from+"-wal", draft+"-wal")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// A header is the beginning of a file of SQLite: https://sqlite.org/fileformat2.html, "The Database Header".
type header [100]byte

func (h *header) sqlite() bool { return bytes.HasPrefix(h[:], []byte("SQLite format 3\x00")) }
func (h *header) ours() bool   { return binary.BigEndian.Uint32(h[68:]) == applicationID }

// size is how long the file says it is, in bytes; 0: it does not say.
func (h *header) size() int64 {
	page := int64(binary.BigEndian.Uint16(h[16:]))
	if page == 1 {
		page = 1 << 16
	}
	if !bytes.Equal(h[24:28], h[92:96]) { // written by a program that does not keep it
		return 0
	}
	return page * int64(binary.BigEndian.Uint32(h[28:]))
}

func readHeader(path string) (h header, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return h, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return h, 0, err
	case !info.Mode().IsRegular():
		return h, 0, errors.New("not a regular file")
	}
	if _, err = io.ReadFull(f, h[:]); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil // too short to be one of ours
	}
	return h, info.Size(), err
}

// look refuses what is no backup before it is copied.
func look(from string) error {
	h, size, err := readHeader(from)
	log, none := os.Stat(from + "-wal")
	switch {
	case err != nil:
		return err
	case h.sqlite() && none == nil && log.Size() > 0: // what is in the log counts too, and is seen later
		return nil
	}
	return h.judge(size)
}

// judge says whether a file of so many bytes may be a backup.
func (h *header) judge(size int64) error {
	switch {
	case !h.sqlite() || !h.ours():
		return ErrNoBackup
	case size < h.size():
		return ErrCutShort
	}
	return nil
}

func copyFile(ctx context.Context, from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, &patient{ctx, in})
	return errors.Join(err, out.Close())
}

// patient reads until ctx ends.
type patient struct {
	ctx context.Context
	r   io.Reader
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}

// swap sets aside what is at path and puts the draft there. Until the last step the database is the old one; what was
// done before a step that fails is undone.
func swap(draft, path string, r Restoration) (aside []string, err error) {
	var moves moves
	defer func() {
		if err != nil {
			err = errors.Join(err, moves.undo())
		}
	}()
	name, err := free(path, r.Now)
	if err != nil {
		return nil, err
	}
	kept, err := setAside(&moves, path, name)
	if err != nil {
		return nil, err
	}
	if kept {
		aside = append(aside, name)
	}
	replaced, err := placeKey(&moves, r.KeyFile, r.Key, filepath.Base(name))
	if err != nil {
		return nil, err
	}
	if replaced != "" {
		aside = append(aside, replaced)
	}
	if err := os.Rename(draft, path); err != nil {
		return nil, err
	}
	moves = nil
	return aside, syncDirectory(filepath.Dir(path))
}

// moves are what can be undone, each by one step.
type moves []func() error

func (m moves) undo() (err error) {
	for _, back := range slices.Backward(m) {
		err = errors.Join(err, back())
	}
	return err
}

// rename renames a file, if there is one.
func (m *moves) rename(from, to string) (found bool, err error) {
	err = os.Rename(from, to)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		*m = append(*m, func() error { return os.Rename(to, from) })
	}
	return err == nil, err
}

// free is a name beside path that nothing has.
func free(path string, now time.Time) (string, error) {
	name := path + beforeRestore + now.UTC().Format("20060102T150405Z")
	for n := 2; ; n++ {
		_, err := os.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) {
			return name, nil
		}
		if err != nil {
			return "", err
		}
		name = path + beforeRestore + now.UTC().Format("20060102T150405Z") + "-" + strconv.Itoa(n)
	}
}

// setAside gives the database at path a second name, and takes what belongs to it away from the first: else SQLite would
// write the old log into the new file. It reports whether there was a database.
func setAside(m *moves, path, name string) (bool, error) {
	h, _, err := readHeader(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case h.sqlite() && !h.ours() && binary.BigEndian.Uint32(h[68:]) != 0:
		return false, fmt.Errorf("%s: %w", path, ErrForeign)
	}
	settle(path)
	if err := os.Link(path, name); err != nil {
		return false, err
	}
	*m = append(*m, func() error { return os.Remove(name) })
	for _, with := range companions {
		if _, err := m.rename(path+with, name+with); err != nil {
			return true, err
		}
	}
	return true, nil
}

// settle has SQLite put the log into its file, if both are sound; else they stay as they are.
func settle(path string) {
	d := &DB{path: path}
	if d.dial(fileURL(path)) == nil {
		d.c.truncate()
		d.hangUp()
	}
}

// placeKey sees to it that the key is in its file. Another key that was there gets the name of its database added to its
// own, and is returned.
func placeKey(m *moves, path string, k Key, beside string) (aside string, err error) {
	if path, err = follow(path); err != nil {
		return "", fmt.Errorf("key file: %w", err)
	}
	if present, err := readKey(path); err == nil && present == k {
		return "", nil
	}
	found, err := m.rename(path, path+"."+beside)
	if err != nil {
		return "", err
	}
	if found {
		aside = path + "." + beside
	}
	if err := writeKey(path, k); err != nil {
		return "", fmt.Errorf("key file: %w", err)
	}
	*m = append(*m, func() error { return os.Remove(path) })
	return aside, nil
}

// removeDatabase removes a file with its companions.
func removeDatabase(path string) {
	os.Remove(path)
	for _, with := range companions {
		os.Remove(path + with)
	}
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// syncDirectory makes names last that were given.
func syncDirectory(path string) error {
	if runtime.GOOS == "windows" {
		return nil // has no such thing
	}
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
