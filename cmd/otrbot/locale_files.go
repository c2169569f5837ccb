package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"otrbot/gettext"
)

// readPO reads a template or a file of translations. Each line of the error names the file.
func readPO(file string) (*gettext.File, error) {
	r, err := os.Open(file)
	if err != nil {
		return nil, &failure{err}
	}
	defer r.Close()
	f, err := gettext.ReadPO(r)
	var places gettext.SyntaxErrors
	switch {
	case err == nil:
		return f, nil
	case errors.As(err, &places):
		lines := make([]string, len(places))
		for i, place := range places {
			lines[i] = file + ":" + place.Error()
		}
		return nil, errors.New(strings.Join(lines, "\n"))
	}
	return nil, fmt.Errorf("%s: %w", file, err)
}

// writePO writes a template or a file of translations.
func writePO(file string, f *gettext.File) error {
	var text bytes.Buffer
	if err := f.WritePO(&text); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return replaceFile(file, text.Bytes())
}

// replaceFile puts a whole file in the place of the old one: when the disk is full, the old one stays.
func replaceFile(file string, content []byte) error {
	if err := replace(file, content); err != nil {
		return &failure{err}
	}
	return nil
}

func replace(file string, content []byte) error {
	if there, err := filepath.EvalSymlinks(file); err == nil {
		file = there
	}
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() {
		return overwrite(file, content)
	}
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "."+filepath.Base(file)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone by then if all went well
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(modeOf(file)), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}

// overwrite writes to what is no file and must not become one, such as /dev/stdout.
func overwrite(file string, content []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}

// modeOf is the mode of a file that is there, or what a new one gets.
func modeOf(file string) os.FileMode {
	if info, err := os.Stat(file); err == nil {
		return info.Mode().Perm()
	}
	return 0o644
}
