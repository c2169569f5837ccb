package secret

import (
	"testing"
	"unicode"
)

// Every decimal digit of Unicode folds to an ASCII one, ten to each run.
func TestFoldDigits(t *testing.T) {
	for _, r := range unicode.Nd.R16 {
		for c := rune(r.Lo); c <= rune(r.Hi); c++ {
			if got, want := fold(string(c)), string('0'+(c-rune(r.Lo))%10); got != want {
				t.Errorf("%U folds to %q, want %q", c, got, want)
			}
		}
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Émilie": "emilie", "CAFE\u0301": "cafe", "ＡＢＣ": "abc", "Пароль": "пароль", "ﬁn": "fin", "७८": "78", "": "",
	} {
		if got := fold(in); got != want {
			t.Errorf("%q folds to %q, want %q", in, got, want)
		}
	}
}
