// Package otrfile keeps an [otr.UserState] in libotr's three files, so that a crash, a full disk or a damaged file
// never costs a key.
//
//	user := otr.NewUserState()
//	dir := otrfile.In("/home/alice/.otr", user)
//	if err := dir.Load(); err != nil {
//		return err // says which file, which line and what to do
//	}
//	…
//	err := dir.Fingerprints.Save() // after otr.NewFingerprint and otr.TrustChanged
//
// # How a file is saved
//
// The text goes into a temporary file in the same directory, which is flushed to the disk and renamed to the file; then
// the directory is flushed. At every moment the file is whole, in its old or its new state. Temporary files that a crash
// left behind are removed by the next Save. The new file has mode 0600, whatever the umask and the former mode, and
// belongs to the user of the process.
//
// A symbolic link is followed: the file that it leads to is replaced, and the link stays. A link that leads nowhere, a
// directory, a pipe or a device is refused.
//
// # What Save refuses
//
// Save replaces only what this [File] has read or written. A file that was not loaded, could not be loaded, or that
// another program has changed since is left alone, and Save returns [ErrNotLoaded] or [ErrChanged]. Between this check
// and the renaming lies a moment in which a change by another program goes unnoticed: the files are meant for one
// program at a time, and for one File for each path in it.
package otrfile

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"otrbot/otr"
)

var (
	// ErrNotLoaded refuses to replace a file that was not read before: its contents would be lost.
	ErrNotLoaded = errors.New("the file exists but was not loaded: load it first, or move it away")
	// ErrChanged refuses to replace a file that is not as it was last read or written here.
	ErrChanged = errors.New("another program changed the file: load it again, or move it away")
	// ErrNotRegular refuses a directory, a pipe or a device.
	ErrNotRegular = errors.New("not a regular file")
)

// A File keeps one part of a user state at one path. It is safe for concurrent use.
type File struct {
	path  string
	read  func(io.Reader) error
	write func(io.Writer) error

	mu    sync.Mutex
	known *[sha256.Size]byte // of the contents last read or written; nil before
}

// Keys keeps the private keys of u at path.
func Keys(u *otr.UserState, path string) *File {
	return &File{path: path, read: u.ReadKeys, write: u.WriteKeys}
}

// Fingerprints keeps the fingerprints of u, with the trust in them, at path.
func Fingerprints(u *otr.UserState, path string) *File {
	return &File{path: path, read: u.ReadFingerprints, write: u.WriteFingerprints}
}

// InstanceTags keeps the instance tags of u at path.
func InstanceTags(u *otr.UserState, path string) *File {
	return &File{path: path, read: u.ReadInstanceTags, write: u.WriteInstanceTags}
}

// Load reads the file into the user state, or changes nothing and returns an error that begins with the path: a
// [*otr.FileError] with the line for a file that cannot be understood, [ErrNotRegular], or one of the system, such as
// [fs.ErrNotExist] where there is no file yet.
func (f *File) Load() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	text, err := readRegular(f.path)
	if err == nil {
		err = f.read(bytes.NewReader(text))
	}
	if err != nil {
		return named(f.path, err)
	}
	f.remember(text)
	return nil
}

// Save replaces the file by what the user state holds, as the package comment tells. After an error that begins with
// the path, the file is as it was, unless only the flushing of its directory failed: then it is the new one.
func (f *File) Save() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var text bytes.Buffer
	err := f.write(&text)
	if err == nil {
		err = f.mayReplace()
	}
	if err == nil {
		err = f.replace(text.Bytes())
	}
	if err != nil {
		return named(f.path, err)
	}
	return nil
}

// mayReplace reports an error unless the file is missing or as it was last seen.
func (f *File) mayReplace() error {
	text, err := readRegular(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case f.known == nil:
		return ErrNotLoaded
	case *f.known != sha256.Sum256(text):
		return ErrChanged
	}
	return nil
}

func (f *File) replace(text []byte) error {
	target, err := destination(f.path)
	if err != nil {
		return err
	}
	err = replaceFile(target, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
	if err != nil {
		return err
	}
	f.remember(text)
	return syncDirectory(filepath.Dir(target))
}

func (f *File) remember(text []byte) {
	sum := sha256.Sum256(text)
	f.known = &sum
}

// readRegular reads a file that is neither a directory nor something that could block or never end.
func readRegular(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, ErrNotRegular
	}
	if info.Size() > maxSize {
		return nil, fmt.Errorf("%d bytes: none of OTR's files is that large", info.Size())
	}
	return os.ReadFile(path)
}

// maxSize is more than package otr reads, in bytes.
const maxSize = 128 << 20

// named puts the path before an error, once.
func named(path string, err error) error {
	var system *fs.PathError
	if errors.As(err, &system) && system.Path == path {
		return err
	}
	return fmt.Errorf("%s: %w", path, err)
}
