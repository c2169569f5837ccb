// Package regular opens files, and nothing else that has a name: a pipe, a socket or a device can keep a program waiting for
// ever, and some devices do something when they are opened.
package regular

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// ErrOther is something that is neither a file nor a directory.
var ErrOther = errors.New("this is a pipe, a socket or a device, not a file")

// Open opens a file for reading. It never waits for another program. The error is an *fs.PathError, for what is no file
// with ErrOther or, for a directory, syscall.EISDIR in it.
func Open(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err == nil {
		err = regular(path, info)
	}
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // it may be a pipe by now
	if err != nil {
		return nil, err
	}
	if info, err = f.Stat(); err == nil {
		err = regular(path, info)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func regular(path string, info fs.FileInfo) error {
	switch {
	case info.Mode().IsRegular():
		return nil
	case info.IsDir():
		return &fs.PathError{Op: "open", Path: path, Err: syscall.EISDIR}
	}
	return &fs.PathError{Op: "open", Path: path, Err: ErrOther}
}

// Dir is os.DirFS with Open for all that is no directory.
type Dir string

// Open opens a file or a directory below the Dir.
func (d Dir) Open(name string) (fs.File, error) {
	in := os.DirFS(string(d))
	info, err := fs.Stat(in, name)
	if err != nil || info.IsDir() {
		if err == nil {
			return in.Open(name)
		}
		return nil, err
	}
	f, err := Open(filepath.Join(string(d), filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	return f, nil
}
