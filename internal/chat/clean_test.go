package chat

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"grüß dich, 你好 👩‍💻":           "grüß dich, 你好 👩‍💻",
		"two\r\nlines\tand":           "two\nlines and",
		"\x1b[31mred\x1b]0;title\x07": "\uFFFD[31mred\uFFFD]0;title\uFFFD",
		"C1 \u009b2J":                 "C1 \uFFFD2J",
		"bad \xff\xfe utf8":           "bad \uFFFD utf8",
		"abc\u202Edcba\u2066x\u200F":  "abcdcbax",
		"line\u2028break":             "line\uFFFDbreak",
		"tag\U000E0041":               "tag\uFFFD",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, seed := range []string{"", "hello\n", "\x1b[2J", "\xff\u202E\u009b", "👩‍💻"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = text[:min(len(text), 4096)]
		got := Clean(text)
		if !utf8.ValidString(got) {
			t.Errorf("%q is not UTF-8", got)
		}
		for _, r := range got {
			if r != '\n' && (unicode.IsControl(r) || turns(r)) {
				t.Errorf("%q holds %U", got, r)
			}
		}
		if Clean(got) != got {
			t.Errorf("%q changes when it is cleaned again", got)
		}
		if line := (Line{Kind: Text, Peer: bob, Trust: NotPrivate, Words: got}).String(); strings.ContainsAny(line, "\n\x1b") {
			t.Errorf("%q is not one line", line)
		}
	})
}

func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		"hello":                       "hello",
		"/verify":                     "/verify",
		"/verify sesame":              "/verify (not shown)",
		"  /Verify sesame":            "  /Verify (not shown)",
		"/answer a b":                 "/answer (not shown)",
		`/ask "Where?" Lisbon`:        `/ask "Where?" (not shown)`,
		`/ask “Where?” Lisbon`:        `/ask “Where?” (not shown)`,
		`/ask "Where?"`:               `/ask "Where?"`,
		`/ask "a" a`:                  `/ask "a" (not shown)`,
		`/ask Where? Lisbon`:          `/ask Where? Lisbon`,
		"/state of things":            "/state of things",
		"what does /verify sesame do": "what does /verify sesame do",
	} {
		if got := Redact(in); got != want {
			t.Errorf("Redact(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzSecretPart(f *testing.F) {
	for _, seed := range []string{"/verify x", `/ask "a" a`, "/answer \xff", `/ask “q” `, "/ask ''x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		line = line[:min(len(line), 4096)]
		if i := SecretPart(line); i < -1 || i > len(line) {
			t.Fatalf("SecretPart(%q) = %d", line, i)
		}
		Redact(line)
	})
}
