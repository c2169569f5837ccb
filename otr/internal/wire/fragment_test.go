package wire

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// text returns n different-looking bytes without a comma.
func text(n int) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	return strings.Repeat(alphabet, n/len(alphabet)+1)[:n]
}

func assemble(t *testing.T, pieces []string, h Header) string {
	t.Helper()
	var a Assembler
	for i, p := range pieces {
		c := Classify(p)
		if c.Kind != KindFragment {
			t.Fatalf("piece %d is no fragment: %q", i, p)
		}
		f := c.Fragment
		if f.Version != h.Version || f.Sender != h.Sender || f.Receiver != h.Receiver {
			t.Fatalf("piece %d has head %d %x %x", i, f.Version, f.Sender, f.Receiver)
		}
		if f.Piece == "" {
			t.Fatalf("piece %d is empty", i)
		}
		msg, complete, err := a.Add(f, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if complete {
			if i != len(pieces)-1 {
				t.Fatalf("complete after %d of %d", i+1, len(pieces))
			}
			return msg
		}
	}
	t.Fatal("never complete")
	return ""
}

func TestSplitEveryLimit(t *testing.T) {
	heads := []struct {
		h     Header
		least int
	}{
		{Header{Version: V2}, 19},
		{Header{V3, 0x5a73a599, 0}, 37},
	}
	for _, head := range heads {
		for max := 1; max <= 200; max++ {
			share := head.least - 1
			lengths := map[int]bool{max - 1: true, max: true, max + 1: true}
			if max >= head.least {
				share = max - head.least + 1
			}
			for m := 1; m <= 4; m++ {
				for d := -1; d <= 1; d++ {
					lengths[m*share+d] = true
				}
			}
			for length := range lengths {
				msg := text(length)
				pieces, err := AppendSplit(nil, msg, max, head.h)
				what := fmt.Sprintf("version %d, limit %d, length %d", head.h.Version, max, length)
				switch {
				case length <= max:
					if err != nil || len(pieces) != 1 || pieces[0] != msg {
						t.Errorf("%s: %q, %v", what, pieces, err)
					}
				case max < head.least:
					if !errors.Is(err, ErrTooSmall) || !strings.Contains(err.Error(), fmt.Sprint("at least ", head.least)) {
						t.Errorf("%s: error is %v", what, err)
					}
				default:
					if err != nil {
						t.Errorf("%s: %v", what, err)
						continue
					}
					for _, p := range pieces {
						if len(p) > max {
							t.Errorf("%s: a piece of %d bytes", what, len(p))
						}
					}
					if got := assemble(t, pieces, head.h); got != msg {
						t.Errorf("%s: assembled as %q", what, got)
					}
				}
			}
		}
	}
}

func TestSplitNoLimit(t *testing.T) {
	for _, max := range []int{0, -1} {
		pieces, err := AppendSplit(nil, text(1000), max, Header{Version: V3})
		if err != nil || len(pieces) != 1 {
			t.Errorf("limit %d: %d pieces, %v", max, len(pieces), err)
		}
	}
}

// At most 65535 pieces: the least limit grows with the message.
func TestSplitManyPieces(t *testing.T) {
	h := Header{Version: V2}
	pieces, err := AppendSplit(nil, text(MaxPieces), 19, h)
	if err != nil || len(pieces) != MaxPieces {
		t.Fatalf("%d pieces, %v", len(pieces), err)
	}
	if got := assemble(t, pieces, h); got != text(MaxPieces) {
		t.Error("assembled differently")
	}
	_, err = AppendSplit(nil, text(MaxPieces+1), 19, h)
	if !errors.Is(err, ErrTooSmall) || !strings.Contains(err.Error(), "at least 20") {
		t.Errorf("one byte more: %v", err)
	}
	if pieces, err = AppendSplit(nil, text(MaxPieces+1), 20, h); err != nil || len(pieces) != 32768 {
		t.Errorf("at the named size: %d pieces, %v", len(pieces), err)
	}
}

// "you can't fragment a fragment", and a comma would end a piece early.
func TestSplitRefusesCommas(t *testing.T) {
	pieces, err := AppendSplit(nil, text(300), 100, Header{Version: V3})
	if err != nil {
		t.Fatal(err)
	}
	for _, msg := range []string{pieces[0], "?OTRv2? hello, " + text(60)} {
		if again, err := AppendSplit(nil, msg, 50, Header{Version: V3}); err == nil {
			t.Errorf("%q was split into %q", msg, again)
		}
	}
}

// The formats of "Transmitting Fragments".
func TestSplitFormat(t *testing.T) {
	const msg = "?OTR:AAMDJ+MVmSfjFZcAAAAAAQAAAAIAAADA1g5IjD1ZGLDVQEy."
	tests := []struct {
		max  int
		h    Header
		want []string
	}{
		{50, Header{V3, 0x5a73a599, 0x7e31597}, []string{
			"?OTR|5a73a599|07e31597,00001,00004,?OTR:AAMDJ+MVm,",
			"?OTR|5a73a599|07e31597,00002,00004,SfjFZcAAAAAAQA,",
			"?OTR|5a73a599|07e31597,00003,00004,AAAIAAADA1g5Ij,",
			"?OTR|5a73a599|07e31597,00004,00004,D1ZGLDVQEy.,",
		}},
		{50, Header{Version: V2}, []string{
			"?OTR,00001,00002,?OTR:AAMDJ+MVmSfjFZcAAAAAAQAAAAI,",
			"?OTR,00002,00002,AAADA1g5IjD1ZGLDVQEy.,",
		}},
	}
	for _, tt := range tests {
		got, err := AppendSplit(nil, msg, tt.max, tt.h)
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("version %d: %q, %v", tt.h.Version, got, err)
		}
	}
}

func TestCutFragment(t *testing.T) {
	const first, second = "?OTR,1,2,ab,", "?OTR|100|0,2,2,cd,"
	f, rest, ok := CutFragment(first + second + "x")
	if !ok || f != (Fragment{Version: V2, K: 1, N: 2, Piece: "ab"}) || rest != second+"x" {
		t.Errorf("%+v, %q, %v", f, rest, ok)
	}
	f, rest, ok = CutFragment(rest)
	if !ok || f != (Fragment{V3, 0x100, 0, 2, 2, "cd"}) || rest != "x" {
		t.Errorf("%+v, %q, %v", f, rest, ok)
	}
	for _, s := range []string{"", "?OTR", " " + first, "?OTR,1,2,ab", "?OTR:AAMD."} {
		if f, rest, ok := CutFragment(s); ok || f != (Fragment{}) || rest != s {
			t.Errorf("%q: %+v, %q, %v", s, f, rest, ok)
		}
	}
}

// The table of "Receiving Fragments". Each conversation is a list of k/n
// pieces; the text of piece k is k's letter.
func TestAssembler(t *testing.T) {
	type step struct {
		k, n uint16
		want string // complete message, "" while there is none
	}
	const illegal = "illegal"
	tests := []struct {
		name  string
		steps []step
		held  int
	}{
		{"in order", []step{{1, 3, ""}, {2, 3, ""}, {3, 3, "abc"}}, 0},
		{"single", []step{{1, 1, "a"}}, 0},
		{"single in the middle", []step{{1, 3, ""}, {2, 3, ""}, {1, 1, "a"}, {3, 3, ""}}, 0},
		{"restart", []step{{1, 3, ""}, {2, 3, ""}, {1, 3, ""}, {2, 3, ""}, {3, 3, "abc"}}, 0},
		{"restart with another count", []step{{1, 3, ""}, {1, 2, ""}, {2, 2, "ab"}}, 0},
		{"gap forgets", []step{{1, 3, ""}, {3, 3, ""}, {2, 3, ""}, {3, 3, ""}}, 0},
		{"repetition forgets", []step{{1, 3, ""}, {2, 3, ""}, {2, 3, ""}, {3, 3, ""}}, 0},
		{"other count forgets", []step{{1, 3, ""}, {2, 4, ""}, {2, 3, ""}}, 0},
		{"begins in the middle", []step{{2, 3, ""}, {3, 3, ""}}, 0},
		{"last of nothing", []step{{3, 3, ""}}, 0},
		{"after the end", []step{{1, 2, ""}, {2, 2, "ab"}, {2, 2, ""}}, 0},
		{"k = 0 is discarded", []step{{1, 2, ""}, {0, 2, illegal}, {2, 2, "ab"}}, 0},
		{"n = 0 is discarded", []step{{1, 2, ""}, {1, 0, illegal}, {2, 2, "ab"}}, 0},
		{"k > n is discarded", []step{{1, 2, ""}, {3, 2, illegal}, {2, 2, "ab"}}, 0},
		{"unfinished", []step{{1, 3, ""}, {2, 3, ""}}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var a Assembler
			for i, s := range tt.steps {
				f := Fragment{Version: V2, K: s.k, N: s.n, Piece: string('a' + rune(s.k) - 1)}
				msg, complete, err := a.Add(f, 100)
				if s.want == illegal {
					if err != ErrIllegalFragment || complete {
						t.Errorf("step %d: %q, %v, %v", i, msg, complete, err)
					}
					continue
				}
				if err != nil || msg != s.want || complete != (s.want != "") {
					t.Errorf("step %d: %q, %v, %v", i, msg, complete, err)
				}

				// The state survives being written and read after every step.
				restored, err := ParseAssembler(a.Append(nil))
				if err != nil {
					t.Fatalf("step %d: %v", i, err)
				}
				a = restored
			}
			if a.Size() != tt.held {
				t.Errorf("%d bytes held, want %d", a.Size(), tt.held)
			}
		})
	}
}

func TestAssemblerForget(t *testing.T) {
	var a Assembler
	a.Add(Fragment{K: 1, N: 2, Piece: "a"}, 10)
	a.Forget()
	if msg, complete, err := a.Add(Fragment{K: 2, N: 2, Piece: "b"}, 10); complete || err != nil {
		t.Errorf("%q, %v, %v", msg, complete, err)
	}
	if _, _, err := a.Add(Fragment{K: 1, N: 2}, 10); err != ErrIllegalFragment {
		t.Errorf("empty piece: %v", err)
	}
}

func TestAssemblerLimit(t *testing.T) {
	tests := []struct {
		name        string
		limit, n    int
		first, more int // lengths of pieces
		fails       int // the piece that is too much, 0: none
	}{
		{"exactly full", 30, 3, 10, 10, 0},
		{"one byte over", 29, 3, 10, 10, 3},
		{"first piece over", 9, 3, 10, 10, 1},
		{"single piece over", 9, 1, 10, 10, 1},
		{"no room at all", 0, 2, 1, 1, 1},
		{"negative", -5, 2, 1, 1, 1},
		{"short first, long second", 30, 3, 1, 30, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var a Assembler
			for k := 1; k <= tt.n; k++ {
				piece := text(tt.more)
				if k == 1 {
					piece = text(tt.first)
				}
				_, _, err := a.Add(Fragment{K: uint16(k), N: uint16(tt.n), Piece: piece}, tt.limit)
				if k == tt.fails {
					if err != ErrTooLarge || a.Size() != 0 {
						t.Errorf("piece %d: %v, %d bytes held", k, err, a.Size())
					}
					return
				}
				if err != nil {
					t.Errorf("piece %d: %v", k, err)
				}
			}
			if tt.fails != 0 {
				t.Error("no error")
			}
		})
	}
}

// A stranger's 65535 fragments of 64 KiB stay below the limit, and the header
// of one small fragment reserves little.
func TestAssemblerMemory(t *testing.T) {
	const limit = 1 << 20
	var a Assembler
	piece := text(64 << 10)
	for k := 1; k <= MaxPieces; k++ {
		a.Add(Fragment{K: uint16(k), N: MaxPieces, Piece: piece}, limit)
		if a.Size() > limit || a.Size() > 0 && a.text.Cap() > limit+limit/8 {
			t.Fatalf("piece %d: %d bytes held, room for %d", k, a.Size(), a.text.Cap())
		}
	}
	for _, first := range []int{1, 100, 2000, 10_000} {
		a.Add(Fragment{K: 1, N: MaxPieces, Piece: text(first)}, limit)
		if room := a.text.Cap(); room > 5*first && room > 4<<10 {
			t.Errorf("%d bytes: room for %d", first, room)
		}
	}
}

func TestParseAssemblerRejects(t *testing.T) {
	for _, raw := range []string{
		"", "0000", "0000 0000", "0000 0000 00000001", "0000 0000 00000001 61", "0001 0000 00000001 61", "0000 0002 00000000",
		"0001 0001 00000001 61", "0002 0001 00000002 6161", "0002 0003 00000001 61", "0001 0002 00000001 6161",
	} {
		if a, err := ParseAssembler(unhex(t, raw)); err == nil {
			t.Errorf("%q: accepted as %+v", raw, a)
		}
	}
}

func BenchmarkFragments100k(b *testing.B) {
	h := Header{V3, 0x100, 0x200}
	msg := text(100_000)
	b.SetBytes(int64(len(msg)))
	b.ReportAllocs()
	for b.Loop() {
		pieces, err := AppendSplit(nil, msg, 1000, h)
		if err != nil {
			b.Fatal(err)
		}
		var a Assembler
		for _, p := range pieces {
			a.Add(Classify(p).Fragment, 1<<20)
		}
	}
}
