package gettext_test

import (
	"bytes"
	"encoding/binary"
	"reflect"
	"strings"
	"testing"

	"otrbot/gettext"
)

func writeMO(t *testing.T, f *gettext.File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.WriteMO(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const compiled = `
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\n"
"POT-Creation-Date: 2026-01-01 00:00+0000\n"

msgid "b"
msgid_plural "bs"
msgstr[0] "één"
msgstr[1] "veel"

msgctxt "x"
msgid "a"
msgstr "A"

msgctxt ""
msgid "a"
msgstr "E"

#, fuzzy
msgid "guess"
msgstr "gok"

msgid "half"
msgid_plural "halves"
msgstr[0] "een"
msgstr[1] ""

#~ msgid "old"
#~ msgstr "oud"
`

func TestMOHoldsWhatIsShown(t *testing.T) {
	b := writeMO(t, readPO(t, compiled))
	f, err := gettext.ReadMO(b)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Header.Fields; !reflect.DeepEqual(got, []gettext.Field{{Name: "Content-Type", Value: "text/plain; charset=UTF-8"}}) {
		t.Errorf("header %q", got)
	}
	want := []*gettext.Entry{
		{Key: gettext.Key{ID: "a", HasContext: true}, Str: []string{"E"}},
		{Key: gettext.Key{ID: "b"}, Plural: "bs", Str: []string{"één", "veel"}},
		{Key: gettext.Key{ID: "a", Context: "x", HasContext: true}, Str: []string{"A"}},
	}
	if !reflect.DeepEqual(f.Entries, want) {
		t.Errorf("entries:\n%s", writePO(t, f))
	}
	swapped, err := gettext.ReadMO(bigEndian(b))
	if err != nil || !reflect.DeepEqual(swapped, f) {
		t.Errorf("in the other byte order: %v %v", swapped, err)
	}
}

// bigEndian turns the numbers of a file round.
func bigEndian(mo []byte) []byte {
	out := bytes.Clone(mo)
	numbers := 7 + 4*int(binary.LittleEndian.Uint32(mo[8:]))
	for i := range numbers {
		binary.BigEndian.PutUint32(out[4*i:], binary.LittleEndian.Uint32(mo[4*i:]))
	}
	return out
}

// with is a file with another number at an offset.
func with(mo []byte, at int, n uint32) []byte {
	out := bytes.Clone(mo)
	binary.LittleEndian.PutUint32(out[at:], n)
	return out
}

func TestReadMORefuses(t *testing.T) {
	mo := writeMO(t, readPO(t, compiled))
	end := uint32(len(mo))
	for _, tt := range []struct {
		name string
		mo   []byte
		why  string
	}{
		{"nothing", nil, "no .mo file"},
		{"text", []byte(compiled), "no .mo file"},
		{"only its beginning", mo[:27], "no .mo file"},
		{"a future revision", with(mo, 4, 2<<16), "revision 2"},
		{"four billion texts", with(mo, 8, 1<<32-1), "too short for 4294967295 texts"},
		{"more texts than fit", with(mo, 8, end/16), "too short"},
		{"messages outside", with(mo, 12, end-8), "not within the file"},
		{"translations far outside", with(mo, 16, 1<<32-1), "not within the file"},
		{"messages that begin within the file and end outside", with(append(bytes.Clone(mo), mo[28:36]...), 12, end), "not within the file"},
		{"a text outside", with(mo, 28+4, end), "not within the file"},
		{"a text of four gigabytes", with(mo, 28, 1<<32-1), "not within the file"},
		{"a text that wraps around", with(with(mo, 28, 1<<32-1), 32, 2), "not within the file"},
		{"a text without its zero", with(mo, 28+4, end-2), "no zero byte"},
		{"a text twice", with(with(mo, 28+8, 0), 28+12, binary.LittleEndian.Uint32(mo[32:])), "there twice"},
		{"cut off", mo[:len(mo)-1], "not within the file"},
		{"not UTF-8", bytes.Replace(mo, []byte("é"), []byte("\xff\xfe"), 1), "not UTF-8"},
		{"another charset", bytes.Replace(mo, []byte("UTF-8"), []byte("UTF-7"), 1), "charset utf-7"},
		{"a plural that is none", bytes.Replace(mo, []byte("b\x00bs"), []byte("bb\x00\x00"), 1), "plural that is none"},
		{"two plurals", bytes.Replace(mo, []byte("b\x00bs"), []byte("b\x00b\x00"), 1), "plural that is none"},
	} {
		if _, err := gettext.ReadMO(tt.mo); err == nil || !strings.Contains(err.Error(), tt.why) {
			t.Errorf("%s: error %v, want one with %q", tt.name, err, tt.why)
		}
	}
}

// A small file whose texts are all the same long one must not cost their sum.
func TestReadMOBoundsOverlap(t *testing.T) {
	const rows, long = 1000, 20_000
	var b []byte
	for _, n := range []uint32{0x950412de, 0, rows, 28, 28 + 8*rows, 0, 0} {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	for range 2 * rows {
		b = binary.LittleEndian.AppendUint32(b, long)
		b = binary.LittleEndian.AppendUint32(b, 28+16*rows)
	}
	b = append(b, strings.Repeat("x", long)+"\x00"...)
	if _, err := gettext.ReadMO(b); err == nil || !strings.Contains(err.Error(), "overlap") {
		t.Error(err)
	}
}

// Every byte of a file in turn is another one: an error or a file, no panic.
func TestReadMOWithAnyByteChanged(t *testing.T) {
	mo := writeMO(t, readPO(t, compiled))
	for i := range mo {
		for _, b := range []byte{0, 1, 4, 0x7f, 0x80, 0xff, mo[i] + 1} {
			damaged := bytes.Clone(mo)
			damaged[i] = b
			if f, err := gettext.ReadMO(damaged); (f == nil) == (err == nil) {
				t.Fatalf("byte %d is %d: %v, %v", i, b, f, err)
			}
		}
	}
}

func FuzzReadMO(f *testing.F) {
	file, err := gettext.ReadPO(strings.NewReader(compiled))
	if err != nil {
		f.Fatal(err)
	}
	var mo bytes.Buffer
	if err := file.WriteMO(&mo); err != nil {
		f.Fatal(err)
	}
	f.Add(mo.Bytes())
	f.Add(bigEndian(mo.Bytes()))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<16 {
			return
		}
		file, err := gettext.ReadMO(b)
		if err != nil {
			return
		}
		texts := 0
		for _, e := range file.Entries {
			texts += len(e.ID) + len(e.Context) + len(e.Plural) + len(strings.Join(e.Str, ""))
		}
		if texts > len(b) {
			t.Errorf("%d bytes of text in a file of %d", texts, len(b))
		}
		var po bytes.Buffer
		if err := file.WritePO(&po); err != nil {
			return // more than one context: what only damaged files have
		}
		if _, err := gettext.ReadPO(&po); err != nil {
			t.Errorf("written as text, cannot be read: %v\n%s", err, po.String())
		}
	})
}
