package store

import (
	"bytes"
	"errors"
	"testing"
)

func testSealer(t testing.TB) *sealer {
	t.Helper()
	s, err := newSealer(Key{1})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSealedValuesOpenOnlyWhereTheyBelong(t *testing.T) {
	s := testSealer(t)
	ann, ben := s.who("ann@example.org"), s.who("ben@example.org")
	sealed := s.seal(sessionRow, ann, []byte("rabbit"))

	if plain, err := s.open(sessionRow, ann, sealed); err != nil || string(plain) != "rabbit" {
		t.Fatalf("%q, %v", plain, err)
	}
	if bytes.Contains(sealed, []byte("rabbit")) {
		t.Error("shows its content")
	}
	if bytes.Equal(sealed, s.seal(sessionRow, ann, []byte("rabbit"))) {
		t.Error("sealing twice gives the same: one can see that nothing changed")
	}
	other, err := newSealer(Key{2})
	if err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func() ([]byte, error){
		"another learner": func() ([]byte, error) { return s.open(sessionRow, ben, sealed) },
		"another table":   func() ([]byte, error) { return s.open(noteRow, ann, sealed) },
		"another key":     func() ([]byte, error) { return other.open(sessionRow, ann, sealed) },
		"empty":           func() ([]byte, error) { return s.open(sessionRow, ann, nil) },
		"cut":             func() ([]byte, error) { return s.open(sessionRow, ann, sealed[:len(sealed)-1]) },
		"only a version":  func() ([]byte, error) { return s.open(sessionRow, ann, sealed[:1]) },
	} {
		if plain, err := open(); !errors.Is(err, errDamaged) || plain != nil {
			t.Errorf("%s: %q, %v", name, plain, err)
		}
	}
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if _, err := s.open(sessionRow, ann, bad); !errors.Is(err, errDamaged) {
			t.Errorf("byte %d changed: %v", i, err)
		}
	}
}

func TestLookupIsKeyed(t *testing.T) {
	s := testSealer(t)
	other, err := newSealer(Key{2})
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(s.who("ann@example.org"), other.who("ann@example.org")) {
		t.Error("the same under two keys: a list of addresses would find it")
	}
	if !bytes.Equal(s.who("ann@example.org"), s.who("ann@example.org")) {
		t.Error("not the same twice")
	}
}

func TestParty(t *testing.T) {
	for stanza, want := range map[string]string{
		`<message from="ann@example.org/phone" to="bot@example.org"/>`: "ann@example.org",
		`<message to='x' from='ann@example.org'><body/></message>`:     "ann@example.org",
		`<message from="o&apos;hara@example.org/a/b"/>`:                "o'hara@example.org",
		`<message x:from="eve@example.org" from="ann@example.org"/>`:   "ann@example.org",
		`<message><x from="eve@example.org"/></message>`:               "",
		`from="ann@example.org"`:                                       "",
		`<message from=`:                                               "",
		"":                                                             "",
		`<presence xmlns="jabber:client" xml:lang="nl" from="example.org/x"/>`: "example.org",
	} {
		if got := party([]byte(stanza), "from"); got != want {
			t.Errorf("%s: %q, want %q", stanza, got, want)
		}
	}
}

func FuzzUnseal(f *testing.F) {
	s := testSealer(f)
	who := s.who("ann@example.org")
	f.Add(s.seal(inboxRow, who, pack([]byte("a"), nil)))
	f.Add([]byte{sealVersion})
	f.Add(pack([]byte("a"), []byte("b")))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	known := s.seal(sessionRow, who, nil)
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<16 {
			return
		}
		if _, err := s.open(sessionRow, who, b); err == nil && !bytes.Equal(b, known) {
			t.Fatalf("opened what it has not sealed: %x", b)
		}
		// What unpack takes, pack makes again, but for lengths written longer than needed.
		for n := range 5 {
			fields, err := unpack(b, n)
			if err != nil {
				continue
			}
			if again, err := unpack(pack(fields...), n); err != nil || len(again) != n {
				t.Fatalf("%x: %v", b, err)
			}
		}
		plain := pack(b, nil, b)
		sealed := s.seal(sessionRow, who, plain)
		opened, err := s.open(sessionRow, who, sealed)
		if err != nil {
			t.Fatal(err)
		}
		fields, err := unpack(opened, 3)
		if err != nil || !bytes.Equal(fields[0], b) || len(fields[1]) != 0 || !bytes.Equal(fields[2], b) {
			t.Fatalf("came back as %x, %v", fields, err)
		}
	})
}

func FuzzParty(f *testing.F) {
	f.Add([]byte(`<message from="ann@example.org/phone"/>`))
	f.Add([]byte(`<?xml version="1.0" encoding="x"?>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<16 {
			return
		}
		if bytes.ContainsRune([]byte(party(b, "from")), '/') {
			t.Fatal("not a bare address")
		}
	})
}
