package wire

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// unhex reads hex with blanks between the fields.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func name(m Message) string {
	return fmt.Sprintf("v%d %T", m.Head().Version, m)
}

func TestParseGivesBackWhatAppendWrote(t *testing.T) {
	for _, m := range samples() {
		t.Run(name(m), func(t *testing.T) {
			raw := m.Append(nil)
			got, err := Parse(raw)
			if err != nil {
				t.Fatal(err)
			}
			if fmt.Sprintf("%T", got) != fmt.Sprintf("%T", m) || got.Head() != m.Head() {
				t.Fatalf("parsed %T with head %+v", got, got.Head())
			}
			if again := got.Append(nil); !bytes.Equal(again, raw) {
				t.Fatalf("written again:\n%x\nfirst:\n%x", again, raw)
			}
		})
	}
}

// The layouts of "D-H Commit Message" to "Data Message", by hand.
func TestLayout(t *testing.T) {
	tests := []struct {
		name string
		m    Message
		raw  string
	}{
		{"D-H Commit, version 2", &DHCommit{Header: Header{Version: V2}, EncryptedGX: []byte{0xaa, 0xbb}},
			"0002 02 00000002aabb 00000020" + strings.Repeat("00", 32)},
		{"D-H Key, version 3", &DHKey{Header: Header{V3, 0x101, 0x202}, GY: []byte{0, 0, 5}},
			"0003 0a 00000101 00000202 0000000105"},
		{"Reveal Signature, version 3", &RevealSignature{Header: Header{V3, 0x101, 0}, Key: [16]byte{15: 1}, EncryptedSignature: []byte{9}, MAC: [20]byte{19: 2}},
			"0003 11 00000101 00000000 00000010" + strings.Repeat("00", 15) + "01 0000000109" + strings.Repeat("00", 19) + "02"},
		{"Signature, version 2", &Signature{Header: Header{Version: V2}, EncryptedSignature: []byte{9}},
			"0002 12 0000000109" + strings.Repeat("00", 20)},
		{"Data, version 3", &Data{Header: Header{V3, 0x101, 0x202}, Flags: 1, SenderKeyID: 2, RecipientKeyID: 3, NextDH: []byte{4}, Counter: 5, Encrypted: []byte{6}, MAC: [20]byte{7}, OldMACKeys: make([]byte, 20)},
			"0003 03 00000101 00000202 01 00000002 00000003 0000000104 0000000000000005 0000000106 07" + strings.Repeat("00", 19) + "00000014" + strings.Repeat("00", 20)},
		{"Data, version 2", &Data{Header: Header{Version: V2}, SenderKeyID: 2, RecipientKeyID: 3},
			"0002 03 00 00000002 00000003 00000000 0000000000000000 00000000" + strings.Repeat("00", 20) + "00000000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, want := tt.m.Append(nil), unhex(t, tt.raw); !bytes.Equal(got, want) {
				t.Errorf("got  %x\nwant %x", got, want)
			}
		})
	}
}

func TestDataAuthenticatedAndSize(t *testing.T) {
	for _, m := range samples() {
		d, ok := m.(*Data)
		if !ok {
			continue
		}
		raw := d.Append(nil)
		if len(raw) != d.Size() {
			t.Errorf("%s: Size is %d, the message has %d bytes", name(m), d.Size(), len(raw))
		}
		got, err := Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		want := raw[:len(raw)-macSize-4-len(d.OldMACKeys)]
		if a := got.(*Data).Authenticated; !bytes.Equal(a, want) {
			t.Errorf("%s: Authenticated is %x, want %x", name(m), a, want)
		}
		if a := d.AppendAuthenticated(nil); !bytes.Equal(a, want) {
			t.Errorf("%s: AppendAuthenticated gives %x, want %x", name(m), a, want)
		}
	}
}

func TestParseRejectsEveryPrefixAndAnyTrailingByte(t *testing.T) {
	for _, m := range samples() {
		raw := m.Append(nil)
		for n := range raw {
			if _, err := Parse(raw[:n]); err == nil {
				t.Errorf("%s: accepted %d of %d bytes", name(m), n, len(raw))
			}
		}
		for _, extra := range []byte{0, 1, 0xff} {
			if _, err := Parse(append(raw[:len(raw):len(raw)], extra)); err == nil {
				t.Errorf("%s: accepted a trailing byte %#x", name(m), extra)
			}
		}
	}
}

// Whatever one changed byte makes of a message, it is an error or it is
// written back as it was read.
func TestParseEveryChangedByte(t *testing.T) {
	for _, m := range samples() {
		raw := m.Append(nil)
		for i := range raw {
			for _, x := range []byte{0x01, 0x80, 0xff} {
				raw[i] ^= x
				if got, err := Parse(raw); err == nil && !bytes.Equal(got.Append(nil), raw) {
					t.Errorf("%s: byte %d ^ %#x: decoded, but not written back", name(m), i, x)
				}
				raw[i] ^= x
			}
		}
	}
}

func TestParseRejects(t *testing.T) {
	mac := strings.Repeat("00", 20)
	tests := []struct {
		name, raw string
		want      error // nil: any
	}{
		{"nothing", "", nil},
		{"version 0", "0000 02", ErrVersion},
		{"version 1", "0001 03", ErrVersion1},
		{"version 1, nothing else", "0001", ErrVersion1},
		{"version 4", "0004 02 00000100 00000000", ErrVersion},
		{"version in the wrong byte order", "0300 02 00000100 00000000", ErrVersion},
		{"unknown type", "0002 04 00000000", errType},
		{"version 1's key exchange type", "0002 0a0a", nil},
		{"number with a leading zero", "0002 0a 00000002 0005", errLeadingMPI},
		{"number zero of one byte", "0002 0a 00000001 00", errLeadingMPI},
		{"number longer than the message", "0002 0a 00000003 0102", errTruncated},
		{"number of 4 GiB", "0002 0a ffffffff 0102", errTruncated},
		{"hash of 31 bytes", "0002 02 00000000 0000001f" + strings.Repeat("00", 31), errHash},
		{"hash of 33 bytes", "0002 02 00000000 00000021" + strings.Repeat("00", 33), errHash},
		{"revealed key of 15 bytes", "0002 11 0000000f" + strings.Repeat("00", 15) + "00000000" + mac, errReveal},
		{"revealed key of 17 bytes", "0002 11 00000011" + strings.Repeat("00", 17) + "00000000" + mac, errReveal},
		{"MAC keys of 19 bytes", "0002 03 00 00000001 00000001 00000000 0000000000000000 00000000" + mac + "00000013" + strings.Repeat("00", 19), errMACKeys},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, err := Parse(unhex(t, tt.raw))
			if err == nil {
				t.Fatalf("accepted as %T", m)
			}
			if tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("error is %q, want %q", err, tt.want)
			}
		})
	}
}

// A number of length zero is zero: "legal to parse".
func TestParseZeroNumber(t *testing.T) {
	m, err := Parse(unhex(t, "0002 0a 00000000"))
	if err != nil {
		t.Fatal(err)
	}
	if gy := m.(*DHKey).GY; len(gy) != 0 {
		t.Errorf("GY is %x", gy)
	}
}

func TestParseHeaderOfMalformedBody(t *testing.T) {
	tests := []struct {
		name, raw string
		want      Header
		kind      byte
		flags     int // -1: none
	}{
		{"version 2 data", "0002 03 01 ff", Header{Version: V2}, TypeData, 1},
		{"version 2 data without flags", "0002 03", Header{Version: V2}, TypeData, -1},
		{"version 3 data", "0003 03 00000100 00000200 00", Header{V3, 0x100, 0x200}, TypeData, 0},
		{"version 3 data without flags", "0003 03 00000100 00000200", Header{V3, 0x100, 0x200}, TypeData, -1},
		{"version 3 commit", "0003 02 00000100 00000000 ffff", Header{V3, 0x100, 0}, TypeDHCommit, -1},
		{"unknown type", "0002 77", Header{Version: V2}, 0x77, -1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw := unhex(t, tt.raw)
			h, kind, err := ParseHeader(raw)
			if err != nil || h != tt.want || kind != tt.kind {
				t.Errorf("got %+v, %#x, %v", h, kind, err)
			}
			flags, ok := DataFlags(raw)
			if ok != (tt.flags >= 0) || ok && int(flags) != tt.flags {
				t.Errorf("flags are %d, %v", flags, ok)
			}
		})
	}
	for _, raw := range []string{"", "00", "0002", "0003 03 00000100 000002", "0001 03", "0005 03"} {
		if h, kind, err := ParseHeader(unhex(t, raw)); err == nil {
			t.Errorf("%q: accepted as %+v, %#x", raw, h, kind)
		}
		if _, ok := DataFlags(unhex(t, raw)); ok {
			t.Errorf("%q: has flags", raw)
		}
	}
}
