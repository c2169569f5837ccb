package otr

import (
	"errors"
	"strings"
	"testing"
)

func TestAtoms(t *testing.T) {
	for text, want := range map[string]string{
		`alice`: "alice", `prpl-jabber`: "prpl-jabber", `-./_:*+=9`: "-./_:*+=9",
		`""`: "", `##`: "", `"1digit"`: "1digit", `"a b"`: "a b", "\"two\nlines\"": "two\nlines", `"(#)"`: "(#)",
		`"\b\t\v\n\f\r\"\'\\"`: "\b\t\v\n\f\r\"'\\", `"\101\x42\x4a"`: "ABJ", `"\0001"`: "\x001",
		"\"a\\\nb\\\r\nc\\\rd\\\n\re\"": "abcde", "\"\xc3\xa9\"": "é",
		`#C3A974c3a9#`: "été", "# C3\nA9 #": "é",
	} {
		s, err := parseSexp([]byte(text))
		if err != nil || s.isList() || string(s.atom) != want {
			t.Errorf("%s is read as %q, %v, want %q", text, s.atom, err, want)
		}
	}
}

func TestAtomsAsLibgcryptPrintsThem(t *testing.T) {
	for atom, want := range map[string]string{
		"": `""`, "alice": "alice", "-a.b/c_d:e*f+g=h": "-a.b/c_d:e*f+g=h", "1digit": `"1digit"`, "a b": `"a b"`,
		"it's": `"it\'s"`, "\b\t\v\n\f\r\"'\\": `"\b\t\v\n\f\r\"\'\\"`, "#": `"#"`, "(a)": `"(a)"`, "é": "#C3A9#",
		"aé": "\"a\xc3\xa9\"", "aÀ": "#61C380#", "a\x01": "#6101#", "\x00": "#00#", "a\x7f": "#617F#", "a\xa0": "#61A0#",
	} {
		if got := string(appendAtom(nil, []byte(atom))); got != want {
			t.Errorf("%q is written as %s, want %s", atom, got, want)
		}
	}
}

func TestSexpFaults(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		line int
	}{
		"nothing":               {"", 1},
		"unclosed list":         {"(a\n(b)\n", 3},
		"unclosed text":         {"(\n\"a", 2},
		"unclosed hexadecimal":  {"(\n#00", 2},
		"odd hexadecimal":       {"#0#", 1},
		"not hexadecimal":       {"#0g#", 1},
		"no escape":             {`"\y"`, 1},
		"short octal":           {`"\12"`, 1},
		"octal beyond a byte":   {`"\777"`, 1},
		"short hex escape":      {`"\x1`, 1},
		"backslash at the end":  {`"\`, 1},
		"more after the list":   {"(a)\n(b)", 2},
		"closing parenthesis":   {")", 1},
		"length prefix":         {"5:alice", 1},
		"base64":                {"|YQ==|", 1},
		"display hint":          {"[text]", 1},
		"beyond the depth":      {strings.Repeat("(", maxSexpDepth+1), 1},
		"beyond the parts":      {"(" + strings.Repeat("()", maxSexpParts) + ")", 1},
		"byte that starts none": {"\xff", 1},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseSexp([]byte(c.text))
			var fault *FileError
			if !errors.As(err, &fault) || fault.Line != c.line || fault.Reason == "" || fault.Remedy == "" {
				t.Errorf("error %v, want one in line %d", err, c.line)
			}
		})
	}
}

func FuzzAtom(f *testing.F) {
	for _, atom := range []string{"", "alice", "1digit", "a b", "été", "aé", "\x00", "\\\"'"} {
		f.Add([]byte(atom))
	}
	f.Fuzz(func(t *testing.T, atom []byte) {
		text := appendAtom(nil, atom)
		if s, err := parseSexp(text); err != nil || s.isList() || string(s.atom) != string(atom) {
			t.Fatalf("%q is written as %s and read as %q, %v", atom, text, s.atom, err)
		}
	})
}
