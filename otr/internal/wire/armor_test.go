package wire

import (
	"bytes"
	"strings"
	"testing"
)

func TestArmor(t *testing.T) {
	for _, m := range samples() {
		raw := m.Append(nil)
		text := Encode(raw)
		if !strings.HasPrefix(text, "?OTR:AA") || !strings.HasSuffix(text, ".") {
			t.Errorf("%s: armour %q", name(m), text)
		}
		got, err := Decode(text)
		if err != nil || !bytes.Equal(got, raw) {
			t.Errorf("%s: %v, %x", name(m), err, got)
		}
		if size := EncodedSize(len(raw)); size != len(text) {
			t.Errorf("%s: %d characters, EncodedSize says %d", name(m), len(text), size)
		}
	}
}

func TestDecode(t *testing.T) {
	const data = "AAIDAAAAAAEAAAABAAAAAA==" // the head of a Data Message of version 2
	const commit = "AAICAAAAAAAAAAAA"
	tests := []struct {
		name, text string
		ok         bool
	}{
		{"data", "?OTR:" + data + ".", true},
		{"commit", "?OTR:" + commit + ".", true},
		{"words before and after", "see ?OTR:" + commit + ". there", true},
		{"data without period", "?OTR:" + data, true},
		{"data without period, line end", "?OTR:" + data + "\r\n", true},
		{"commit without period", "?OTR:" + commit, false},
		{"nothing without period", "?OTR:", false},
		{"too short for a type, without period", "?OTR:AAI=", false},
		{"version 1 data without period", "?OTR:AAEDAAAA", false},
		{"nothing", "?OTR:.", true}, // the empty message, which Parse refuses
		{"padding only", "?OTR:===.", false},
		{"no armour", "hello.", false},
		{"no colon", "?OTR" + data + ".", false},
		{"spaces, tabs, line ends inside", "?OTR: AA\tIC\r\nAAAA AAAAAAAA .", true},
		{"foreign byte", "?OTR:AAIC*AAA.", false},
		{"URL alphabet", "?OTR:AAIC_-AA.", false},
		{"8-bit bytes", "?OTR:AAIC\xff\xfe\xc3\xa9.", false},
		{"8-bit bytes and blanks", "?OTR:AAIC \xff\xfe\xc3\xa9\xff\xff\xff\xff\xff\xff.", false},
		{"NUL", "?OTR:AAIC\x00AAA.", false},
		{"no padding", "?OTR:AAI.", false},
		{"padding in the middle", "?OTR:AAI=AAIC.", false},
		{"unused bits set", "?OTR:AAJ=.", false},
		{"one character", "?OTR:A.", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw, err := Decode(tt.text)
			if (err == nil) != tt.ok {
				t.Errorf("got %x, %v", raw, err)
			}
		})
	}
	if raw, _ := Decode("?OTR: AA\tIC\r\nAAAA AAAAAAAA ."); !bytes.Equal(raw, unhex(t, "000202 000000000000 000000")) {
		t.Errorf("white space inside: %x", raw)
	}
}

func BenchmarkDecode10k(b *testing.B) {
	text := Encode(make([]byte, 10_000))
	b.SetBytes(10_000)
	b.ReportAllocs()
	for b.Loop() {
		Decode(text)
	}
}

func BenchmarkParseData(b *testing.B) {
	d := &Data{Header: Header{V3, 0x100, 0x200}, NextDH: bytes.Repeat([]byte{1}, 192), Encrypted: make([]byte, 100)}
	raw := d.Append(nil)
	b.ReportAllocs()
	for b.Loop() {
		Parse(raw)
	}
}
