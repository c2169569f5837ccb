package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// follow returns the file that path leads to, if it is a symbolic link: what is put in its place, and what belongs to it,
// is then where the file is, not where the link is. A link that leads nowhere is refused: what it leads to may be on a disk
// that is not there yet, and nothing new is begun without it.
func follow(path string) (string, error) {
	if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return path, nil // whoever uses it says what is wrong
	}
	file, err := filepath.EvalSymlinks(path)
	if err == nil {
		return file, nil
	}
	target, _ := os.Readlink(path)
	return "", fmt.Errorf("%s is a link to %s, which cannot be reached: mount the disk that it is on, or remove the link (%w)", path, target, err)
}

// place gives a finished draft its name, on the same disk; the draft's own name may stay. What is there is not overwritten:
// fs.ErrExist. link is os.Link.
func place(draft, path string, link func(draft, path string) error) error {
	err := link(draft, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	// A disk without links, such as a stick: the name is taken for the moment of the renaming.
	taken, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	taken.Close()
	if err := os.Rename(draft, path); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}
