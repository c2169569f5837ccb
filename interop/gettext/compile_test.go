package gettext_test

import (
	"bytes"
	"encoding/binary"
	"reflect"
	"strings"
	"testing"
)

// Every translation, compiled here and there: the same bytes. The text written here means the same there.
func TestCompileAsMsgfmt(t *testing.T) {
	same, special := 0, 0
	for name, text := range real(t, "gettext-tools", "gettext-runtime", "tar", "bash") {
		f := readPO(t, text)
		theirs := gnu(t, text, "msgfmt", "--no-hash", "-o", "-", "-")
		var ours bytes.Buffer
		if err := f.WriteMO(&ours); err != nil {
			t.Fatal(name, err)
		}
		if dependsOnSystem(theirs) {
			special++ // C's <PRIu64>, which only GNU's runtime can read
			continue
		}
		if !bytes.Equal(ours.Bytes(), theirs) {
			t.Errorf("%s: %d bytes compiled here, %d there, and not the same", name, ours.Len(), len(theirs))
			continue
		}
		same++
		big := readMO(t, gnu(t, text, "msgfmt", "--endianness=big", "-o", "-", "-"))
		if !reflect.DeepEqual(big, readMO(t, theirs)) {
			t.Errorf("%s: the other byte order reads as something else", name)
		}
		if again := gnu(t, writePO(t, f), "msgfmt", "--no-hash", "-o", "-", "-"); !bytes.Equal(again, theirs) {
			t.Errorf("%s: the text written here means something else there", name)
		}
	}
	t.Logf("%d translations compiled to the same bytes; %d have texts that depend on the system", same, special)
	if same < 30 {
		t.Errorf("only %d translations were compared", same)
	}
}

// dependsOnSystem reports whether a file has messages that ReadMO leaves out.
func dependsOnSystem(mo []byte) bool { return binary.LittleEndian.Uint32(mo[4:])&0xffff > 0 }

// The files as they are installed, most with a hash table, are read as msgunfmt reads them.
func TestReadAsMsgunfmt(t *testing.T) {
	for name, text := range real(t, "gettext-tools") {
		if want := readPO(t, text); len(want.Entries) == 0 {
			t.Errorf("%s: nothing in it", name)
		}
		hashed := gnu(t, text, "msgfmt", "-o", "-", "-")
		got := readPO(t, gnu(t, hashed, "msgunfmt", "-"))
		if dependsOnSystem(hashed) {
			continue
		}
		ours := readMO(t, hashed)
		for _, e := range got.Entries {
			e.Line = 0
		}
		got.Header.Line = 0
		if !reflect.DeepEqual(ours.Entries, got.Entries) {
			t.Errorf("%s: read otherwise than by msgunfmt", name)
		}
	}
}

// Files go to and fro between us and translators' tools: what they have written changes little when we write it. The rest
// are places where GNU breaks lines within words, after a slash or a dash.
func TestTextAsMsgcat(t *testing.T) {
	same, all := 0, 0
	for name, text := range real(t, "gettext-tools", "tar", "bash") {
		if !spaced(name) {
			continue
		}
		theirs := gnu(t, text, "msgcat", "-")
		lines := map[string]int{}
		for line := range bytes.Lines(writePO(t, readPO(t, theirs))) {
			lines[string(line)]++
		}
		for line := range bytes.Lines(theirs) {
			all++
			if lines[string(line)] > 0 {
				lines[string(line)]--
				same++
			}
		}
	}
	t.Logf("%d of %d lines are as msgcat writes them", same, all)
	if same < all*985/1000 {
		t.Errorf("only %d of %d lines are as msgcat writes them", same, all)
	}
}

// spaced reports whether a file's language has spaces between words.
func spaced(name string) bool {
	for _, without := range []string{"/ja/", "/zh_", "/th/", "/ko/"} {
		if strings.Contains(name, without) {
			return false
		}
	}
	return true
}
