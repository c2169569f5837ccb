package wire

import (
	"bytes"
	"strings"
	"testing"
)

func TestReaderFields(t *testing.T) {
	var b []byte
	b = append(b, 0x7f)
	b = AppendShort(b, 0x0102)
	b = AppendInt(b, 0x01020304)
	b = AppendLong(b, 0x0102030405060708)
	b = AppendData(b, []byte{0, 1})
	b = AppendMPI(b, []byte{0, 0, 1})
	b = AppendMPI(b, nil)
	b = append(b, "xyz"...)

	r := NewReader(b)
	if v := r.Byte(); v != 0x7f {
		t.Errorf("Byte: %#x", v)
	}
	if v := r.Short(); v != 0x0102 {
		t.Errorf("Short: %#x", v)
	}
	if v := r.Int(); v != 0x01020304 {
		t.Errorf("Int: %#x", v)
	}
	if v := r.Long(); v != 0x0102030405060708 {
		t.Errorf("Long: %#x", v)
	}
	if v := r.Data(); !bytes.Equal(v, []byte{0, 1}) {
		t.Errorf("Data: %x", v)
	}
	if v := r.MPI(); !bytes.Equal(v, []byte{1}) {
		t.Errorf("MPI: %x", v)
	}
	if v := r.MPI(); len(v) != 0 {
		t.Errorf("MPI zero: %x", v)
	}
	if r.Len() != 3 {
		t.Errorf("Len: %d", r.Len())
	}
	if v := r.Fixed(3); string(v) != "xyz" || cap(v) != 3 {
		t.Errorf("Fixed: %q, capacity %d", v, cap(v))
	}
	if err := r.Done(); err != nil {
		t.Error(err)
	}
}

func TestReaderErrorsStick(t *testing.T) {
	fail := map[string]func(r *Reader){
		"Byte past the end":      func(r *Reader) { r.Fixed(3); r.Byte() },
		"Fixed past the end":     func(r *Reader) { r.Fixed(4) },
		"Fixed of negative size": func(r *Reader) { r.Fixed(-1) },
		"Int cut off":            func(r *Reader) { r.Int() },
		"Long cut off":           func(r *Reader) { r.Long() },
		"Data cut off":           func(r *Reader) { r.Data() },
	}
	for name, f := range fail {
		t.Run(name, func(t *testing.T) {
			r := NewReader([]byte{1, 2, 3})
			f(&r)
			first := r.Err()
			if first == nil {
				t.Fatal("no error")
			}
			if r.Byte() != 0 || r.Short() != 0 || r.Int() != 0 || r.Long() != 0 || r.Data() != nil || r.MPI() != nil || r.Fixed(0) != nil || r.Len() != 0 {
				t.Error("a field was read after the error")
			}
			if r.Done() != first {
				t.Errorf("the error became %v", r.Done())
			}
		})
	}
}

func TestParseMPIs(t *testing.T) {
	tests := []struct {
		name, raw string
		want      int
		ok        bool
	}{
		{"none", "00000000", 0, true},
		{"two", "00000002 00000001 05 00000000", 2, true},
		{"one too few", "00000001 00000001 05", 2, false},
		{"one too many", "00000003 00000000 00000000 00000000", 2, false},
		{"trailing byte", "00000001 00000001 05 00", 1, false},
		{"leading zero", "00000001 00000002 0005", 1, false},
		{"cut off", "00000001 00000002 05", 1, false},
		{"no count", "000000", 1, false},
		{"count of 16 million", "01000000", 1 << 24, false},
		{"count of 4 billion", "ffffffff 00000000", 6, false},
		{"negative want", "ffffffff 00000000", -1, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw := unhex(t, tt.raw)
			values, err := ParseMPIs(raw, tt.want)
			if (err == nil) != tt.ok {
				t.Fatalf("error is %v", err)
			}
			if err == nil && !bytes.Equal(AppendMPIs(nil, values...), raw) {
				t.Errorf("written back as %x", AppendMPIs(nil, values...))
			}
		})
	}
}

func TestHugeCountAllocatesNothing(t *testing.T) {
	raw := unhex(t, "01000000 00000000")
	if n := testing.AllocsPerRun(10, func() { ParseMPIs(raw, 1<<24) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestPublicKey(t *testing.T) {
	raw := AppendPublicKey(nil, []byte{1, 2}, []byte{3}, []byte{0, 4}, []byte{5})
	if want := unhex(t, "0000 000000020102 0000000103 0000000104 0000000105"); !bytes.Equal(raw, want) {
		t.Fatalf("written as %x", raw)
	}
	r := NewReader(append(raw, 9))
	p, q, g, y := ReadPublicKey(&r)
	if r.Err() != nil || !bytes.Equal(p, []byte{1, 2}) || !bytes.Equal(q, []byte{3}) || !bytes.Equal(g, []byte{4}) || !bytes.Equal(y, []byte{5}) || r.Len() != 1 {
		t.Errorf("read %x %x %x %x, %d left, %v", p, q, g, y, r.Len(), r.Err())
	}
	for n := range raw {
		r := NewReader(raw[:n])
		if p, _, _, _ := ReadPublicKey(&r); r.Err() == nil || p != nil {
			t.Errorf("accepted %d of %d bytes", n, len(raw))
		}
	}
	raw[1] = 1
	r = NewReader(raw)
	if ReadPublicKey(&r); r.Err() != errKeyType {
		t.Errorf("key of type 1: %v", r.Err())
	}
}

func TestPlaintext(t *testing.T) {
	long := bytes.Repeat([]byte{1}, MaxTLVValue)
	tests := []struct {
		name string
		text string
		tlvs []TLV
		raw  string
	}{
		{"nothing", "", nil, "\x00"},
		{"text only", "hello", nil, "hello\x00"},
		{"disconnected", "", []TLV{{Type: TLVDisconnected}}, "\x00\x00\x01\x00\x00"},
		{"padding", "h\u00e9", []TLV{{TLVPadding, []byte("hello")}}, "h\u00e9\x00\x00\x00\x00\x05hello"},
		{"two", "x", []TLV{{0x1234, []byte{0}}, {TLVSMPAbort, nil}}, "x\x00\x12\x34\x00\x01\x00\x00\x06\x00\x00"},
		{"longest value", "", []TLV{{8, long}}, "\x00\x00\x08\xff\xff" + string(long)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw := AppendPlaintext(nil, tt.text, tt.tlvs)
			if string(raw) != tt.raw {
				t.Fatalf("written as %q", raw)
			}
			text, tlvs, err := ParsePlaintext(raw)
			if err != nil || string(text) != tt.text || len(tlvs) != len(tt.tlvs) {
				t.Fatalf("read %q, %d TLVs, %v", text, len(tlvs), err)
			}
			for i := range tlvs {
				if tlvs[i].Type != tt.tlvs[i].Type || !bytes.Equal(tlvs[i].Value, tt.tlvs[i].Value) {
					t.Errorf("TLV %d is %+v", i, tlvs[i])
				}
			}
		})
	}
}

func TestPlaintextTextCannotBecomeTLV(t *testing.T) {
	raw := AppendPlaintext(nil, "hi\x00\x00\x01\x00\x00", nil)
	text, tlvs, err := ParsePlaintext(raw)
	if string(text) != "hi" || len(tlvs) != 0 || err != nil {
		t.Errorf("read %q, %v, %v", text, tlvs, err)
	}
}

func TestPlaintextTooLongValueKeepsTheFrame(t *testing.T) {
	raw := AppendPlaintext(nil, "", []TLV{{8, make([]byte, MaxTLVValue+7)}, {Type: TLVDisconnected}})
	_, tlvs, err := ParsePlaintext(raw)
	if err != nil || len(tlvs) != 2 || len(tlvs[0].Value) != MaxTLVValue || tlvs[1].Type != TLVDisconnected {
		t.Errorf("%d TLVs, %v", len(tlvs), err)
	}
}

func TestPlaintextFromOthers(t *testing.T) {
	tests := []struct {
		name, raw, text string
		tlvs            int
		ok              bool
	}{
		{"empty", "", "", 0, true},
		{"no NUL", "hello", "hello", 0, true},
		{"invalid UTF-8 before the NUL", "\xc3\x00\x00\x01\x00\x00", "\xc3", 1, true},
		{"cut in the type", "t\x00\x00", "t", 0, false},
		{"cut in the length", "t\x00\x00\x01\x00", "t", 0, false},
		{"cut in the value", "t\x00\x00\x01\x00\x02x", "t", 0, false},
		{"second cut, first kept", "t\x00\x00\x01\x00\x00\x00\x08\xff\xffx", "t", 1, false},
		{"unknown type", "t\x00\x12\x34\x00\x01x", "t", 1, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text, tlvs, err := ParsePlaintext([]byte(tt.raw))
			if string(text) != tt.text || len(tlvs) != tt.tlvs || (err == nil) != tt.ok {
				t.Errorf("read %q, %v, %v", text, tlvs, err)
			}
		})
	}
}

func TestAppendMPIIsMinimal(t *testing.T) {
	for _, zeros := range []int{0, 1, 300} {
		value := append(bytes.Repeat([]byte{0}, zeros), 0x80, 0)
		if got := AppendMPI(nil, value); !bytes.Equal(got, unhex(t, "00000002 8000")) {
			t.Errorf("%d zeros: %x", zeros, got)
		}
	}
	if got := AppendMPI(nil, []byte(strings.Repeat("\x00", 5))); !bytes.Equal(got, make([]byte, 4)) {
		t.Errorf("zero: %x", got)
	}
}
