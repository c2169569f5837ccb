package otr

import (
	"fmt"
	"io"
)

// A FileKind names one of the three files.
type FileKind int

const (
	PrivateKeyFile  FileKind = iota // read by [UserState.ReadKeys]
	FingerprintFile                 // read by [UserState.ReadFingerprints]
	InstanceTagFile                 // read by [UserState.ReadInstanceTags]
)

// String names the file in a sentence.
func (k FileKind) String() string {
	switch k {
	case PrivateKeyFile:
		return "private key file"
	case FingerprintFile:
		return "fingerprint file"
	case InstanceTagFile:
		return "instance tag file"
	}
	return fmt.Sprintf("file of kind %d", int(k))
}

// A FileError says what is wrong with a file, where, and what to do. The read that returns it has changed nothing.
// Neither text shows key material.
type FileError struct {
	Kind   FileKind
	Line   int    // from 1; 0 when it is about the file as a whole
	Reason string // what is wrong
	Remedy string // what its owner may do
}

func (e *FileError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%v: %s: %s", e.Kind, e.Reason, e.Remedy)
	}
	return fmt.Sprintf("%v, line %d: %s: %s", e.Kind, e.Line, e.Reason, e.Remedy)
}

// maxFile bounds a file, in bytes: sixty thousand keys, or half a million fingerprints.
const maxFile = 64 << 20

// readFile reads a whole file of bounded size.
func readFile(kind FileKind, r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("reading the %v: %w", kind, err)
	}
	if len(text) > maxFile {
		return nil, &FileError{kind, 0, "it has more than 64 MiB", "check that this is the right file"}
	}
	return text, nil
}

// writeFile writes a whole file at once, unless it could not be read again.
func writeFile(kind FileKind, w io.Writer, text []byte) error {
	if len(text) > maxFile {
		return &FileError{kind, 0, "it would have more than 64 MiB", "forget what is no longer needed"}
	}
	if _, err := w.Write(text); err != nil {
		return fmt.Errorf("writing the %v: %w", kind, err)
	}
	return nil
}
