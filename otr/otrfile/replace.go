package otrfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// destination follows symbolic links, so that renaming replaces the file and not the link to it.
func destination(path string) (string, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode()&fs.ModeSymlink == 0 {
		return path, nil
	}
	if err != nil {
		return "", err
	}
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", fmt.Errorf("a symbolic link that leads nowhere: %w", err)
	}
	return target, nil
}

// replaceFile puts what write writes in place of the file at path, whole or not at all.
func replaceFile(path string, write func(io.Writer) error) error {
	if err := removeLeftovers(path); err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), temporaryPrefix(path)+"*"+temporarySuffix)
	if err != nil {
		return err
	}
	err = fill(temporary, write)
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temporary.Name()))
	}
	return nil
}

// fill writes a file, closes it and sees to it that it is on the disk with mode 0600.
func fill(f *os.File, write func(io.Writer) error) error {
	err := f.Chmod(0o600)
	if err == nil {
		err = write(f)
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

const temporarySuffix = ".otrtmp"

func temporaryPrefix(path string) string { return "." + filepath.Base(path) + "." }

// removeLeftovers removes the temporary files that a crash left beside the file at path.
func removeLeftovers(path string) error {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if isLeftover(e, temporaryPrefix(path)) {
			err = errors.Join(err, os.Remove(filepath.Join(filepath.Dir(path), e.Name())))
		}
	}
	return err
}

// isLeftover recognises a name that os.CreateTemp made: prefix, decimal digits, suffix.
func isLeftover(e fs.DirEntry, prefix string) bool {
	middle, ok := strings.CutPrefix(e.Name(), prefix)
	if !ok || !e.Type().IsRegular() {
		return false
	}
	middle, ok = strings.CutSuffix(middle, temporarySuffix)
	return ok && middle != "" && strings.Trim(middle, "0123456789") == ""
}

// syncDirectory makes a renaming in a directory last. Windows has no such call and no need of it.
func syncDirectory(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
