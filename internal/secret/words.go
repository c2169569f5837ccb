package secret

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// zxcvbn counts bytes where a secret is not ASCII: it finds no word whose last
// letter lies outside, and fewer of those beside such a letter. So a secret
// beyond ASCII is judged a second time without accents and case, each place
// where an own word stands replaced by markWord, which zxcvbn is told of; the
// lower result counts. No keyboard types these characters, and nothing else
// that it looks for is made of them.
const markWord = "\x02\x07\x03\x09\x01"

// least is the length of the shortest own word that counts, in characters.
const least = 3

// prepare divides words: those that zxcvbn can find, and those that it cannot,
// folded. Words that fold into ASCII, as "café" does, are in both.
func prepare(words []string) (ascii, beyond []string) {
	for _, word := range words[:min(len(words), maxWords)] {
		word = firstRunes(strings.TrimSpace(word), MaxChecked)
		if !utf8.ValidString(word) || utf8.RuneCountInString(word) < least {
			continue
		}
		folded := firstRunes(fold(word), MaxChecked)
		ascii = append(ascii, strings.ToLower(word))
		if folded != strings.ToLower(word) {
			ascii = append(ascii, folded)
		}
		if !isASCII(word) {
			beyond = append(beyond, folded)
		}
	}
	return ascii, beyond
}

// mark folds the secret and replaces the words in it. Folding can make a text
// 18 times as long, so that it is cut again.
func mark(s string, words []string) string {
	s = firstRunes(fold(s), MaxChecked)
	for _, word := range words {
		if word != "" {
			s = strings.ReplaceAll(s, word, markWord)
		}
	}
	return firstRunes(s, MaxChecked)
}

// alphabetical tells the letters beyond ASCII that follow each other, as in
// "αβγδ", and how many guesses they are worth: zxcvbn knows those of ASCII.
func alphabetical(s string) (guesses float64, ok bool) {
	runes := []rune(fold(s))
	if isASCII(s) || len(runes) < least {
		return 0, false
	}
	step := runes[1] - runes[0]
	for i := 1; i < len(runes); i++ {
		if runes[i]-runes[i-1] != step {
			return 0, false
		}
	}
	return float64(26 * len(runes)), step == 1 || step == -1
}

// fold takes away what people vary without noticing: case, accents, width,
// and the digits of their script.
func fold(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case unicode.Is(unicode.Mn, c):
			return -1
		case unicode.IsDigit(c):
			return '0' + digitValue(c)
		}
		return unicode.ToLower(c)
	}, norm.NFKD.String(s))
}

// digitValue returns the value of a decimal digit. Unicode places the ten of a
// script from a code point that ends in 0 or in 6.
func digitValue(c rune) rune {
	low := c & 0xf
	if unicode.IsDigit(c &^ 0xf) {
		return low % 10
	}
	return (low - 6) & 0xf % 10
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
