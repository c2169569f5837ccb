package wire

import (
	"strings"
	"testing"
)

func TestClassifyPlain(t *testing.T) {
	for _, text := range []string{
		"", "hello", "?", "?OT", "?otrv23?", "? OTR",
		"?OTR", "?OTRx", "?OTR,abc", "?OTR|zz", "?OTR,", "?OTR|", "?OTRv", "?OTRv2", "?OTRv23",
		"have you tried ?OTR yet", "is it ?OTRv2 or later, you say?", "?OTR Error", "?OTR error: x",
		"?OTRv2\x003?", "?OTRv2\n?", "?OTRv\u00e9?", "?OTR?OTR"[:4] + "x",
		"?OTR,+1,2,x,", "?OTR,1,-2,x,", "?OTR,0x1,2,x,", "?OTR, 1,2,x,", "?OTR,1 ,2,x,", "?OTR,,2,x,", "?OTR,1,,x,",
		"?OTR,1,2,x", "?OTR,1,2", "?OTR,1,2,", "?OTR,a,b,x,", "?OTR,1;2,x,",
		"?OTR|0x100|0x200,1,2,x,", "?OTR||200,1,2,x,", "?OTR|100|,1,2,x,", "?OTR|100,1,2,x,", "?OTR|100|200|1,2,x,", "?OTR| 100|200,1,2,x,", "?OTR|-100|200,1,2,x,",
	} {
		if got := Classify(text); got.Kind != KindPlain || got.Body != text {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

// The table of "OTR Query Messages", and what else is found in the wild.
func TestClassifyQuery(t *testing.T) {
	tests := []struct {
		text string
		want Versions
	}{
		{"?OTR?", Version1},
		{"?OTRv2?", Version2},
		{"?OTRv23?", Version2 | Version3},
		{"?OTR?v2?", Version1 | Version2},
		{"?OTRv24x?", Version2},
		{"?OTR?v24x?", Version1 | Version2},
		{"?OTR?v?", Version1},
		{"?OTRv?", 0},

		{"?OTRv32?", Version2 | Version3},
		{"?OTRv3333?", Version3},
		{"?OTRv4?", 0},
		{"?OTRv2?3?", Version2},
		{"?OTRv2?v3?", Version2},
		{"?OTR?v2", Version1},
		{"?OTR?v2 and more", Version1},
		{"?OTR?2?", Version1},
		{"?OTR??v2?", Version1},
		{"hello ?OTRv3? there", Version3},
		{"first ?OTR then ?OTRv3?", Version3},
		{"?OTRv2?\n<b>alice</b> has requested an Off-the-Record private conversation", Version2},
		{"?OTRv2? ?OTR:AAIC.", Version2},
		{"<!-- ?OTRv23? -->", Version2 | Version3},
	}
	for _, tt := range tests {
		got := Classify(tt.text)
		if got.Kind != KindQuery || got.Versions != tt.want || got.Body != tt.text {
			t.Errorf("%q: %+v", tt.text, got)
		}
	}
}

func TestQueryString(t *testing.T) {
	tests := map[Versions]string{
		0: "?OTRv?", Version1: "?OTR?", Version2: "?OTRv2?", Version3: "?OTRv3?", Version1 | Version2: "?OTR?v2?",
		Version2 | Version3: "?OTRv23?", Version1 | Version2 | Version3: "?OTR?v23?",
	}
	for v, want := range tests {
		if got := QueryString(v); got != want {
			t.Errorf("%b: %q, want %q", v, got, want)
		}
		if got := Classify(want); got.Kind != KindQuery || got.Versions != v {
			t.Errorf("%q: %+v", want, got)
		}
	}
}

func TestVersionsHas(t *testing.T) {
	v := Version1 | Version3
	for n, want := range map[int]bool{-1: false, 0: false, 1: true, 2: false, 3: true, 4: false, 64: false} {
		if v.Has(n) != want {
			t.Errorf("Has(%d) is %v", n, !want)
		}
	}
}

func TestClassifyTagged(t *testing.T) {
	const (
		base    = "\x20\x09\x20\x20\x09\x09\x09\x09\x20\x09\x20\x09\x20\x09\x20\x20"
		v1      = "\x20\x09\x20\x09\x20\x20\x09\x20"
		v2      = "\x20\x20\x09\x09\x20\x20\x09\x20"
		v3      = "\x20\x20\x09\x09\x20\x20\x09\x09"
		unknown = "\x20\x20\x09\x09\x20\x09\x20\x20" // "4"
	)
	tests := []struct {
		name, text, body string
		want             Versions
	}{
		{"at the end", "hi" + base + v2 + v3, "hi", Version2 | Version3},
		{"all", "hi" + base + v1 + v2 + v3, "hi", Version1 | Version2 | Version3},
		{"version 1 last", "hi" + base + v3 + v1, "hi", Version1 | Version3},
		{"at the start", base + v3 + "hi", "hi", Version3},
		{"in the middle", "hi " + base + v3 + "there", "hi there", Version3},
		{"alone", base + v2, "", Version2},
		{"base only", "hi" + base, "hi", 0},
		{"unknown group alone", "hi" + base + unknown, "hi", 0},
		{"unknown group first", "hi" + base + unknown + v3, "hi", Version3},
		{"unknown group last", "hi" + base + v3 + unknown, "hi", Version3},
		{"repeated group", "hi" + base + v3 + v3, "hi", Version3},
		{"user spaces behind", "hi" + base + v3 + "   ", "hi   ", Version3},
		{"eight user spaces behind", "hi" + base + v3 + "        ", "hi        ", Version3},
		{"user spaces before", "hi  " + base + v3, "hi  ", Version3},
		{"half a group", "hi" + base + v3 + v2[:5], "hi" + v2[:5], Version3},
		{"group broken by text", "hi" + base + v3[:5] + "x" + v3[5:], "hi" + v3[:5] + "x" + v3[5:], 0},
		{"text that quotes ?OTR", "is ?OTR good" + base + v3, "is ?OTR good", Version3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Classify(tt.text)
			if got.Kind != KindTagged || got.Body != tt.body || got.Versions != tt.want {
				t.Errorf("%+v", got)
			}
		})
	}
	if got := Classify("hi" + base[:15]); got.Kind != KindPlain {
		t.Errorf("cut base: %+v", got)
	}
	if got := Classify(base + v3 + "?OTRv2?"); got.Kind != KindQuery || got.Versions != Version2 {
		t.Errorf("query with a tag: %+v", got)
	}
	for v, want := range map[Versions]string{0: base, Version1: base + v1, Version2: base + v2, Version3: base + v3, Version1 | Version2 | Version3: base + v1 + v2 + v3} {
		if got := WhitespaceTag(v); got != want {
			t.Errorf("WhitespaceTag(%b) is %q", v, got)
		}
	}
}

func TestClassifyErrorAndEncoded(t *testing.T) {
	tests := []struct {
		text string
		kind Kind
		body string
	}{
		{"?OTR Error: you sent nonsense", KindError, "you sent nonsense"},
		{"?OTR Error:", KindError, ""},
		{"he said ?OTR Error:\tx \n", KindError, "x"},
		{"first ?OTR, then ?OTR Error: x", KindError, "x"},
		{"?OTR:AAMD.", KindEncoded, "?OTR:AAMD."},
		{"x ?OTR:AAMD. y. z", KindEncoded, "?OTR:AAMD."},
		{"?OTR:AAMD", KindEncoded, "?OTR:AAMD"},
		{"?OTR:", KindEncoded, "?OTR:"},
		{"?OTR:.", KindEncoded, "?OTR:."},
		{"?OTR:===.", KindEncoded, "?OTR:===."},
		{"?OTR:x ?OTRv2?", KindEncoded, "?OTR:x ?OTRv2?"},
	}
	for _, tt := range tests {
		if got := Classify(tt.text); got.Kind != tt.kind || got.Body != tt.body {
			t.Errorf("%q: %+v", tt.text, got)
		}
	}
}

func TestClassifyFragment(t *testing.T) {
	tests := []struct {
		text  string
		want  Fragment
		legal bool
	}{
		{"?OTR,1,2,abc,", Fragment{Version: V2, K: 1, N: 2, Piece: "abc"}, true},
		{"?OTR,00001,00002,abc,", Fragment{Version: V2, K: 1, N: 2, Piece: "abc"}, true},
		{"?OTR,65535,65535,abc,", Fragment{Version: V2, K: 65535, N: 65535, Piece: "abc"}, true},
		{"?OTR,000000000000000000000000001,2,abc,", Fragment{Version: V2, K: 1, N: 2, Piece: "abc"}, true},
		{"?OTR|5a73a599|27e31597,00001,00003,?OTR:AAMD,", Fragment{V3, 0x5a73a599, 0x27e31597, 1, 3, "?OTR:AAMD"}, true},
		{"?OTR|100|0,1,2,x,", Fragment{V3, 0x100, 0, 1, 2, "x"}, true},
		{"?OTR|5|FF,1,2,x,", Fragment{V3, 5, 0xff, 1, 2, "x"}, true},
		{"?OTR|00ffffffff|00ffFFffFF,1,2,x,", Fragment{V3, 0xffffffff, 0xffffffff, 1, 2, "x"}, true},
		{"before ?OTR,1,2,abc, after", Fragment{Version: V2, K: 1, N: 2, Piece: "abc"}, true},
		{"?OTR,1,1,?OTR,2,3,x,,", Fragment{Version: V2, K: 1, N: 1, Piece: "?OTR"}, true},
		{"?OTR ?OTR,1,2,abc,", Fragment{Version: V2, K: 1, N: 2, Piece: "abc"}, true},

		{"?OTR,0,2,abc,", Fragment{Version: V2, N: 2, Piece: "abc"}, false},
		{"?OTR,1,0,abc,", Fragment{Version: V2, K: 1, Piece: "abc"}, false},
		{"?OTR,3,2,abc,", Fragment{Version: V2, K: 3, N: 2, Piece: "abc"}, false},
		{"?OTR,1,2,,", Fragment{Version: V2, K: 1, N: 2}, false},
		{"?OTR,65536,65536,abc,", Fragment{Version: V2, Piece: "abc"}, false},
		{"?OTR,65537,65538,abc,", Fragment{Version: V2, Piece: "abc"}, false},
		{"?OTR,1,65536,abc,", Fragment{Version: V2, Piece: "abc"}, false},
		{"?OTR,18446744073709551617,2,abc,", Fragment{Version: V2, Piece: "abc"}, false},
		{"?OTR|1100000100|0,1,2,x,", Fragment{Version: V3, Sender: 0xffffffff, Piece: "x"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got := Classify(tt.text)
			if got.Kind != KindFragment || got.Fragment != tt.want {
				t.Fatalf("%+v", got)
			}
			if got.Fragment.Legal() != tt.legal {
				t.Errorf("Legal is %v", !tt.legal)
			}
		})
	}
}

// Marks that begin nothing must not make the search slow.
func TestClassifyIsLinear(t *testing.T) {
	for _, bait := range []string{"?OTR", "?OTRv", "?OTR,1,1", "?OTR|1|1,00", "?OTR,0000000", "?OTR?"[:4] + "v2 "} {
		long := strings.Repeat(bait, 1<<20/len(bait))
		Classify(long)
	}
}
