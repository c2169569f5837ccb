package wire

import (
	"bytes"
	"strings"
	"testing"
)

func FuzzParse(f *testing.F) {
	for _, m := range samples() {
		f.Add(m.Append(nil))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		h, kind, headErr := ParseHeader(raw)
		flags, hasFlags := DataFlags(raw)
		m, err := Parse(raw)
		if err != nil {
			return
		}
		if again := m.Append(nil); !bytes.Equal(again, raw) {
			t.Fatalf("%x\nwritten back as\n%x", raw, again)
		}
		if headErr != nil || h != m.Head() || hasFlags != (kind == TypeData) {
			t.Fatalf("head %+v, type %#x, flags %v, %v", h, kind, hasFlags, headErr)
		}
		if d, ok := m.(*Data); ok {
			if d.Flags != flags || d.Size() != len(raw) || !bytes.Equal(d.Authenticated, d.AppendAuthenticated(nil)) {
				t.Fatalf("data message %+v", d)
			}
		}
	})
}

func FuzzClassify(f *testing.F) {
	for _, s := range []string{
		"hello", "?OTR", "?OTRv23?", "?OTR?v2?", "?OTR Error: no", "?OTR:AAMD.", "?OTR,1,2,x,", "?OTR|100|200,00001,00002,x,",
		"hi" + WhitespaceTag(Version1|Version2|Version3) + "  ", "a ?OTR b ?OTRv? c",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, msg string) {
		got := Classify(msg)
		switch got.Kind {
		case KindPlain, KindQuery:
			if got.Body != msg {
				t.Errorf("body %q", got.Body)
			}
		case KindTagged:
			if len(got.Body) > len(msg)-len(tagBase) {
				t.Errorf("body %q", got.Body)
			}
		case KindError, KindEncoded:
			if !strings.Contains(msg, got.Body) {
				t.Errorf("body %q", got.Body)
			}
		case KindFragment:
			if got.Fragment.Version != V2 && got.Fragment.Version != V3 || !strings.Contains(msg, got.Fragment.Piece) {
				t.Errorf("fragment %+v", got.Fragment)
			}
		default:
			t.Errorf("kind %d", got.Kind)
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{"?OTR:===.", "?OTR:.", "?OTR:", "?OTR:AAID", "?OTR:AA IC.", "?OTR:AAMDJ+MVmSfjFZc=.", "?OTR:AA\xff."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		raw, err := Decode(text)
		if err != nil {
			return
		}
		if len(raw) > len(text) {
			t.Fatalf("%d bytes from %d", len(raw), len(text))
		}
		_, armour, _ := strings.Cut(text, armorStart)
		armour, _, _ = strings.Cut(armour, ".")
		armour = strings.Join(strings.FieldsFunc(armour, func(c rune) bool { return strings.ContainsRune(" \t\r\n", c) }), "")
		if Encode(raw) != armorStart+armour+"." {
			t.Errorf("armoured again as %q", Encode(raw))
		}
	})
}

func FuzzFragments(f *testing.F) {
	f.Add("?OTR:AAMDJ+MVmSfjFZcAAAAAAQ.", 50, uint32(0x100), true)
	f.Add("?OTR:AAIDAAAA.", 20, uint32(0), false)
	f.Fuzz(func(t *testing.T, msg string, max int, tag uint32, v3 bool) {
		h := Header{Version: V2}
		if v3 {
			h = Header{V3, tag, ^tag}
		}
		pieces, err := AppendSplit(nil, msg, max, h)
		if err != nil || len(pieces) == 1 {
			return
		}
		for _, p := range pieces {
			if len(p) > max {
				t.Fatalf("%d bytes, limit %d", len(p), max)
			}
		}
		if got := assemble(t, pieces, h); got != msg && len(msg) <= 1<<20 {
			t.Errorf("assembled as %q", got)
		}
	})
}

// FuzzAssembler sends the lines of a text to one Assembler.
func FuzzAssembler(f *testing.F) {
	f.Add("?OTR,1,2,x,\n?OTR,2,2,y,\n", 10)
	f.Add("?OTR|1|2,1,3,x,\n?OTR|1|2,3,3,y,\n?OTR,0,0,,", 1)
	f.Fuzz(func(t *testing.T, lines string, limit int) {
		var a Assembler
		for line := range strings.Lines(lines) {
			msg, complete, err := a.Add(Classify(line).Fragment, limit)
			if len(msg) > max(limit, 0) || a.Size() > max(limit, 0) || complete && err != nil {
				t.Fatalf("%d bytes, %d held, limit %d, %v", len(msg), a.Size(), limit, err)
			}
			raw := a.Append(nil)
			restored, err := ParseAssembler(raw)
			if err != nil || !bytes.Equal(restored.Append(nil), raw) {
				t.Fatalf("state %x: %v", raw, err)
			}
			a = restored
		}
	})
}

func FuzzParseAssembler(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte("\x00\x01\x00\x02\x00\x00\x00\x01a"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if a, err := ParseAssembler(raw); err == nil && !bytes.Equal(a.Append(nil), raw) {
			t.Errorf("written back as %x", a.Append(nil))
		}
	})
}

func FuzzPlaintext(f *testing.F) {
	f.Add([]byte("hello"))
	f.Add([]byte("hello\x00\x00\x01\x00\x00"))
	f.Add([]byte("\x00\x00\x08\x00\x04abcd\x12\x34\xff\xff"))
	f.Fuzz(func(t *testing.T, plain []byte) {
		text, tlvs, err := ParsePlaintext(plain)
		again := AppendPlaintext(nil, string(text), tlvs)
		if err == nil && bytes.IndexByte(plain, 0) < 0 {
			plain = append(plain[:len(plain):len(plain)], 0)
		}
		if err == nil && !bytes.Equal(again, plain) || err != nil && !bytes.HasPrefix(plain, again) {
			t.Errorf("%q\nwritten back as\n%q", plain, again)
		}
	})
}

func FuzzMPIs(f *testing.F) {
	f.Add(AppendMPIs(nil, []byte{1}, nil), 2)
	f.Add([]byte{1, 0, 0, 0}, 1<<24)
	f.Fuzz(func(t *testing.T, raw []byte, want int) {
		values, err := ParseMPIs(raw, want)
		if err == nil && (len(values) != want || !bytes.Equal(AppendMPIs(nil, values...), raw)) {
			t.Errorf("%d numbers, written back as %x", len(values), AppendMPIs(nil, values...))
		}
	})
}

func FuzzPublicKey(f *testing.F) {
	f.Add(AppendPublicKey(nil, []byte{1}, []byte{2}, []byte{3}, []byte{4}))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := NewReader(raw)
		p, q, g, y := ReadPublicKey(&r)
		if r.Err() != nil {
			return
		}
		if again := AppendPublicKey(nil, p, q, g, y); !bytes.Equal(again, raw[:len(raw)-r.Len()]) {
			t.Errorf("written back as %x", again)
		}
	})
}
