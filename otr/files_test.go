package otr

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// files are the three files, for what is true of each of them.
var files = []struct {
	kind   FileKind
	sample string
	read   func(*UserState, io.Reader) error
	write  func(*UserState, io.Writer) error
}{
	{PrivateKeyFile, "otr.private_key", (*UserState).ReadKeys, (*UserState).WriteKeys},
	{FingerprintFile, "otr.fingerprints", (*UserState).ReadFingerprints, (*UserState).WriteFingerprints},
	{InstanceTagFile, "otr.instance_tags", (*UserState).ReadInstanceTags, (*UserState).WriteInstanceTags},
}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "libotr", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// sampleLines are the fields of a list that libotr read from a sample; a missing text is empty.
func sampleLines(t testing.TB, name string) [][]string {
	t.Helper()
	var lines [][]string
	for line := range strings.Lines(string(sample(t, name))) {
		var fields []string
		for _, f := range strings.Fields(line) {
			b, err := hex.DecodeString(f[1:])
			if err != nil {
				t.Fatal(err)
			}
			fields = append(fields, string(b))
		}
		lines = append(lines, fields)
	}
	return lines
}

// sampleState holds all that libotr wrote.
func sampleState(t testing.TB) *UserState {
	t.Helper()
	u := NewUserState()
	for _, f := range files {
		if err := f.read(u, bytes.NewReader(sample(t, f.sample))); err != nil {
			t.Fatal(err)
		}
	}
	return u
}

// sampleKey is the key of some account of the sample.
func sampleKey(t testing.TB) *PrivateKey {
	t.Helper()
	u := sampleState(t)
	k, ok := u.Key(u.Accounts()[0])
	if !ok {
		t.Fatal("the sample has no key")
	}
	return k
}

func written(t testing.TB, write func(io.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// contents is all that u holds, as the three files and the order of the keys show it.
func contents(t testing.TB, u *UserState) string {
	t.Helper()
	return written(t, u.WriteKeys) + written(t, u.WriteFingerprints) + written(t, u.WriteInstanceTags)
}

func TestReadErrorChangesNothing(t *testing.T) {
	broken := errors.New("broken disk")
	for _, f := range files {
		t.Run(f.kind.String(), func(t *testing.T) {
			text := sample(t, f.sample)
			inputs := map[string]struct {
				r    io.Reader
				want error
			}{
				"the reader fails":      {io.MultiReader(bytes.NewReader(text), iotest.ErrReader(broken)), broken},
				"a bad line at the end": {io.MultiReader(bytes.NewReader(text), strings.NewReader("nonsense\n")), nil},
				"too long":              {io.MultiReader(bytes.NewReader(text), bytes.NewReader(make([]byte, maxFile))), nil},
			}
			for name, in := range inputs {
				u := NewUserState()
				err := f.read(u, in.r)
				var fault *FileError
				if in.want != nil && !errors.Is(err, in.want) || in.want == nil && !errors.As(err, &fault) {
					t.Errorf("%s: error %v", name, err)
				}
				if contents(t, u) != contents(t, NewUserState()) {
					t.Errorf("%s: the state changed", name)
				}
			}
		})
	}
}

func TestReadKeepsTheRest(t *testing.T) {
	u := NewUserState()
	mine := Account{"mine", "xmpp"}
	peer := Peer{mine, "friend"}
	key := sampleKey(t)
	err := errors.Join(u.SetKey(mine, key), u.SetTrust(peer, Fingerprint{1}, "by hand"), u.SetInstanceTag(mine, 0x100))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if err := f.read(u, bytes.NewReader(sample(t, f.sample))); err != nil {
			t.Fatal(err)
		}
	}
	if k, ok := u.Key(mine); !ok || k != key {
		t.Error("the key is gone")
	}
	if trust, _ := u.Trust(peer, Fingerprint{1}); trust != "by hand" {
		t.Error("the trust is gone")
	}
	if tag, _ := u.InstanceTag(mine); tag != 0x100 {
		t.Error("the instance tag is gone")
	}
	if len(u.Accounts()) != 1+len(sampleLines(t, "keys.txt")) {
		t.Error("accounts of the file are missing")
	}
}

func TestWriteErrorIsTheWriters(t *testing.T) {
	full := errors.New("disk full")
	u := sampleState(t)
	for _, f := range files {
		if err := f.write(u, failingWriter{full}); !errors.Is(err, full) {
			t.Errorf("%v: error %v", f.kind, err)
		}
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

func TestFileErrorSentence(t *testing.T) {
	for want, err := range map[string]error{
		"fingerprint file, line 3: too short: delete it": &FileError{FingerprintFile, 3, "too short", "delete it"},
		"private key file: it is empty: restore it":      &FileError{PrivateKeyFile, 0, "it is empty", "restore it"},
	} {
		if err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
	}
}

// fuzzFile checks that what can be read is written so that it is read again as the same.
func fuzzFile(f *testing.F, n int) {
	file := files[n]
	text := sample(f, file.sample)
	f.Add(text)
	f.Add(bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")))
	f.Add(bytes.TrimSpace(text))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, text []byte) {
		u := NewUserState()
		if file.read(u, bytes.NewReader(text)) != nil {
			if contents(t, u) != contents(t, NewUserState()) {
				t.Fatal("a read that failed changed the state")
			}
			return
		}
		v := NewUserState()
		again := written(t, func(w io.Writer) error { return file.write(u, w) })
		if err := file.read(v, strings.NewReader(again)); err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, again)
		}
		if contents(t, u) != contents(t, v) || !maps.Equal(u.tags, v.tags) || !slices.Equal(u.order, v.order) {
			t.Fatalf("read, written and read again differ:\n%s", again)
		}
	})
}
