package secret

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

// The vectors are answers of zxcvbn 4.4.2 for JavaScript, the reference.
func TestCheckAgreesWithZxcvbn(t *testing.T) {
	var vectors []struct {
		Secret  string
		Score   int
		Guesses float64
	}
	b, err := os.ReadFile("testdata/zxcvbn-4.4.2.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &vectors); err != nil || len(vectors) < 20 {
		t.Fatal(len(vectors), err)
	}
	for _, v := range vectors {
		got := Check(New(v.Secret))
		if !isASCII(v.Secret) { // judged twice: never safer
			if got.Guesses > v.Guesses+1 {
				t.Errorf("%q: %g guesses, zxcvbn says %g", v.Secret, got.Guesses, v.Guesses)
			}
			continue
		}
		if got.Score != v.Score || math.Abs(got.Guesses-v.Guesses) > 1e-9*v.Guesses+1 {
			t.Errorf("%q: score %d, %.6g guesses; zxcvbn says %d, %.6g", v.Secret, got.Score, got.Guesses, v.Score, v.Guesses)
		}
	}
}

func TestCheckSaysWhy(t *testing.T) {
	own := []string{"Totem course", "ana", "Émilie", "пароль", "café"}
	tests := []struct {
		secret string
		safe   bool
		why    []Reason
	}{
		{"", false, []Reason{Empty}},
		{"\xff\xfe", false, []Reason{NotText}},
		{"password", false, []Reason{CommonTerm}},
		{"P@ssw0rd", false, []Reason{CommonTerm, Substituted}},
		{"drowssap", false, []Reason{CommonTerm, Backwards}},
		{"jennifer", false, nil},
		{"dfghjkl;", false, []Reason{KeyboardRow}},
		{"aaaaaaaaa", false, []Reason{Repeated}},
		{"lmnopqr", false, []Reason{Sequence}},
		{"19.12.1987", false, []Reason{Date}},
		{"k7#", false, []Reason{TooShort}},
		{"totem course", false, []Reason{OwnWord}},
		{"пароль", false, []Reason{OwnWord}},
		{"ПАРОЛЬ", false, []Reason{OwnWord}},
		{"émilie", false, []Reason{OwnWord}},
		{"αβγδεζη", false, []Reason{Sequence}},
		{"١٢٣٤٥٦", false, []Reason{Sequence}},
		{"Emilie", false, nil}, {"émîlié", false, []Reason{OwnWord}},
		{"CAFE\u0301", false, []Reason{OwnWord}},
		{"пароль-blauwe-theepot-tuin", true, nil},
		{"blue teapot under the stairs", true, nil},
		{"日本語パスワード", true, []Reason{}},
	}
	for _, tt := range tests {
		got := Check(New(tt.secret), own...)
		if got.Safe() != tt.safe {
			t.Errorf("%q: score %d, %g guesses", tt.secret, got.Score, got.Guesses)
		}
		if tt.why != nil && !slices.Equal(got.Reasons, tt.why) {
			t.Errorf("%q: reasons %q, want %q", tt.secret, got.Reasons, tt.why)
		}
		if !tt.safe && len(got.Reasons) == 0 {
			t.Errorf("%q is refused without a reason", tt.secret)
		}
	}
}

// A secret as long as a message must not keep a processor busy: what is
// behind the hundredth character is not looked at.
func TestCheckIsBounded(t *testing.T) {
	start := strings.Repeat("é7k#Q", MaxChecked/5)
	whole := Check(New(start))
	if got := Check(New(start + strings.Repeat("ﷺ", 1<<20))); got.Guesses != whole.Guesses {
		t.Errorf("%g guesses, %g for its first %d characters", got.Guesses, whole.Guesses, MaxChecked)
	}
	// These become 18 characters each when they are folded.
	if marked := mark(strings.Repeat("ﷺ", MaxChecked), []string{fold("ﷺ")[:4]}); len([]rune(marked)) > MaxChecked {
		t.Errorf("%d characters to check", len([]rune(marked)))
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("P@ssw0rd", "Émilie")
	f.Add("\x02\x07\x03\x09\x01", "пароль")
	f.Add("e\u0301\u0301", "\u0301\u0301\u0301")
	f.Fuzz(func(t *testing.T, s, word string) {
		if len(s) > 40 || len(word) > 40 {
			return
		}
		got := Check(New(s), word)
		if got.Score < 0 || got.Score > 4 || math.IsNaN(got.Guesses) {
			t.Fatalf("%q: %+v", s, got)
		}
		if !got.Safe() && len(got.Reasons) == 0 {
			t.Fatalf("%q is refused without a reason", s)
		}
		if plain := Check(New(s)); plain.Guesses < got.Guesses {
			t.Fatalf("%q is safer when %q is known: %g, %g", s, word, got.Guesses, plain.Guesses)
		}
	})
}
