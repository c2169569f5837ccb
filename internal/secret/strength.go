package secret

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn"
	"github.com/trustelem/zxcvbn/match"
)

const (
	// MaxChecked is how many characters of a secret are judged, counted before
	// the judging begins: its time grows with the cube of the length. What
	// comes behind them makes a secret no weaker.
	MaxChecked = 100

	// Enough is the least safe score. A guess at a shared secret takes a whole
	// run of the socialist millionaires' protocol, which the owner sees fail:
	// 100 million of them are out of reach.
	Enough = 2

	maxWords = 100 // own words that are looked for
)

// A Reason is why a secret is easy to guess: a code, which a program turns
// into a sentence of the reader's language.
type Reason string

// The reasons.
const (
	Empty       Reason = "empty"       // nothing there
	NotText     Reason = "not-text"    // not UTF-8
	TooShort    Reason = "too-short"   // too few characters
	CommonTerm  Reason = "common"      // among the passwords that most people choose
	PlainWord   Reason = "word"        // a word of a dictionary
	PersonName  Reason = "name"        // a first name or surname
	OwnWord     Reason = "own-word"    // a word that belongs to this lesson or learner
	Backwards   Reason = "backwards"   // a word written backwards
	Substituted Reason = "substituted" // a word with digits or signs for letters
	KeyboardRow Reason = "keyboard"    // keys side by side
	Repeated    Reason = "repeated"    // the same again and again
	Sequence    Reason = "sequence"    // such as abc or 6543
	Date        Reason = "date"        // a date or a year
)

// Strength is how hard a secret is to guess.
type Strength struct {
	Score   int      // 0, guessed at once, to 4, very hard
	Guesses float64  // how many an attacker who knows people's habits needs
	Reasons []Reason // what makes it easier, in the order of the text
}

// Safe reports whether the secret is good enough for a lesson.
func (s Strength) Safe() bool { return s.Score >= Enough }

// Check judges a secret. Words are those that an attacker would try first: the
// learner's name, the bot's, the course's.
func Check(t Text, words ...string) Strength {
	switch s := t.Reveal(); {
	case s == "":
		return Strength{Reasons: []Reason{Empty}}
	case !utf8.ValidString(s):
		return Strength{Reasons: []Reason{NotText}}
	default:
		return check(firstRunes(s, MaxChecked), words)
	}
}

func check(s string, words []string) Strength {
	if guesses, ok := alphabetical(s); ok {
		return Strength{Guesses: guesses, Reasons: []Reason{Sequence}}
	}
	ascii, beyond := prepare(words)
	result := zxcvbn.PasswordStrength(s, ascii)
	if !isASCII(s) {
		result = weaker(result, zxcvbn.PasswordStrength(mark(s, beyond), append(ascii, markWord)))
	}
	return Strength{Score: result.Score, Guesses: result.Guesses, Reasons: reasons(result)}
}

func weaker(a, b zxcvbn.Result) zxcvbn.Result {
	if b.Guesses < a.Guesses {
		return b
	}
	return a
}

// firstRunes cuts s behind its first n characters.
func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// reasons lists what makes the secret easy. Where there is nothing to say of
// its parts, there are too few of them.
func reasons(r zxcvbn.Result) []Reason {
	var found []Reason
	for _, m := range r.Sequence {
		for _, why := range reasonsOf(m) {
			if !slices.Contains(found, why) {
				found = append(found, why)
			}
		}
	}
	if len(found) == 0 && r.Score < Enough {
		found = append(found, TooShort)
	}
	return found
}

// reasonsOf reads one part of the sequence in which the secret is guessed most
// easily. A part that is just characters gives no reason.
func reasonsOf(m *match.Match) []Reason {
	switch m.Pattern {
	case "dictionary":
		found := []Reason{dictionaryReason(m.DictionaryName)}
		if m.Reversed {
			found = append(found, Backwards)
		}
		if m.L33t {
			found = append(found, Substituted)
		}
		return found
	case "spatial":
		return []Reason{KeyboardRow}
	case "repeat":
		return []Reason{Repeated}
	case "sequence":
		return []Reason{Sequence}
	case "regex", "date": // its one regular expression is for years
		return []Reason{Date}
	}
	return nil
}

func dictionaryReason(name string) Reason {
	switch {
	case name == "passwords":
		return CommonTerm
	case name == "user_inputs":
		return OwnWord
	case strings.HasSuffix(name, "names"): // surnames, male_names, female_names
		return PersonName
	}
	return PlainWord
}
