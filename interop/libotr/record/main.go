// Command record writes what libotr does into otr/testdata/libotr/recordings:
// whole conversations with their secrets, and single steps of the arithmetic,
// also those where a number has a leading zero byte, which chance alone shows
// once in 256 times. It uses libotr only: our own code never makes a vector.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"otrbot/interop/libotr"
)

const protocol = "prpl-jabber"

func main() {
	out := flag.String("out", "otr/testdata/libotr/recordings", "directory to write to")
	flag.Parse()
	if err := record(*out); err != nil {
		fmt.Fprintln(os.Stderr, "record:", err)
		os.Exit(1)
	}
}

func record(out string) error {
	work, err := os.MkdirTemp("", "record")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	program, err := libotr.Build(work)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	p, err := libotr.Start(program)
	if err != nil {
		return err
	}
	r := recorder{process: p, keys: filepath.Join(work, "keys"), out: out}
	if err := r.all(); err != nil {
		return err
	}
	return p.Close()
}

type recorder struct {
	process *libotr.Process
	keys    string
	out     string
}

func (r recorder) all() error {
	if err := r.generateKeys(); err != nil {
		return err
	}
	for _, part := range []func() error{r.dh, r.signatures, r.smpFirst, r.classes, r.conversations} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

func (r recorder) generateKeys() error {
	for _, account := range []string{"alice", "bob"} {
		u, err := r.process.NewUser(account, account, protocol, 0, 0)
		if err != nil {
			return err
		}
		if account == "bob" {
			if err := u.ReadKeys(r.keys); err != nil {
				return err
			}
		}
		if err := u.WriteKeys(r.keys); err != nil {
			return err
		}
	}
	return nil
}

// write stores entries as lines of JSON.
func write[T any](dir, name string, entries []T) error {
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(f)
	encoder.SetEscapeHTML(false)
	for _, e := range entries {
		if err := encoder.Encode(e); err != nil {
			f.Close()
			return err
		}
	}
	return f.Close()
}
