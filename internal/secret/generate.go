package secret

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Case says which letters a generated secret has.
type Case string

// The cases; the zero value is Upper.
const (
	Upper Case = "upper"
	Lower Case = "lower"
	Mixed Case = "mixed"
)

const (
	upperLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	lowerLetters = "abcdefghijklmnopqrstuvwxyz"
	digits       = "0123456789"
	symbols      = "!#$%*+-=?@_" // without <, > and &, which clients with HTML change; without quotation marks
)

// MaxLength is the longest secret or format, in characters.
const MaxLength = 1024

// A Recipe says what a generated secret looks like: either Format or Length is
// given. Without anything else it is of upper-case letters.
type Recipe struct {
	Format    string // every X becomes a random character: "XXXX-XXXX-XXXX"
	Length    int    // so many random characters, at most MaxLength
	NoLetters bool   // leave out the alphabet
	Case      Case   // of the letters
	Digits    bool   // also digits
	Symbols   bool   // also common symbols
	Options   string // these characters and no others; those that repeat count once
}

// Readable is the recipe of secrets that people read aloud and type: small letters, none of which looks like another.
func Readable() Recipe { return Recipe{Format: "XXXX-XXXX-XXXX", Options: "abcdefghjkmnpqrstuvwxyz"} }

// Generate makes a secret, every character with the same chance. A nil dice is
// crypto/rand. Errors are faults of the recipe, or of the dice.
func Generate(r Recipe, dice io.Reader) (Text, error) {
	format, err := r.format()
	if err != nil {
		return Text{}, err
	}
	alphabet, err := r.alphabet()
	if err != nil {
		return Text{}, err
	}
	if dice == nil {
		dice = rand.Reader
	}
	var out strings.Builder
	for _, c := range format {
		if c == 'X' {
			i, err := below(uint32(len(alphabet)), dice)
			if err != nil {
				return Text{}, fmt.Errorf("no random numbers for a secret: %w", err)
			}
			c = alphabet[i]
		}
		out.WriteRune(c)
	}
	return New(out.String()), nil
}

func (r Recipe) format() (string, error) {
	switch {
	case r.Format != "" && r.Length != 0:
		return "", errors.New("a secret has either a format or a length, not both")
	case r.Format == "" && r.Length == 0:
		return "", errors.New("a secret needs a format such as XXXX-XXXX-XXXX, or a length")
	case r.Length < 0 || r.Length > MaxLength || utf8.RuneCountInString(r.Format) > MaxLength:
		return "", fmt.Errorf("a secret has between 1 and %d characters", MaxLength)
	case r.Length > 0:
		return strings.Repeat("X", r.Length), nil
	case !utf8.ValidString(r.Format):
		return "", errors.New("the format of a secret is not UTF-8")
	case !strings.Contains(r.Format, "X"):
		return "", errors.New("the format of a secret has no X, so that it would always be the same")
	}
	return r.Format, nil
}

func (r Recipe) alphabet() ([]rune, error) {
	from := r.Options
	if from == "" {
		from = r.characters()
	} else if !utf8.ValidString(from) || strings.ContainsFunc(from, func(c rune) bool { return !unicode.IsGraphic(c) || unicode.IsSpace(c) }) {
		return nil, errors.New("the characters of a secret must be visible")
	}
	switch r.Case {
	case "", Upper, Lower, Mixed:
	default:
		return nil, fmt.Errorf("case %q: upper, lower or mixed", string(r.Case))
	}
	alphabet := []rune(from)
	slices.Sort(alphabet)
	alphabet = slices.Compact(alphabet)
	if len(alphabet) < 2 {
		return nil, errors.New("a secret needs at least two different characters to choose from")
	}
	return alphabet, nil
}

func (r Recipe) characters() string {
	var all string
	if !r.NoLetters {
		if r.Case != Lower {
			all += upperLetters
		}
		if r.Case == Lower || r.Case == Mixed {
			all += lowerLetters
		}
	}
	if r.Digits {
		all += digits
	}
	if r.Symbols {
		all += symbols
	}
	return all
}

// maxDraws ends the search for a number with dice that are stuck: each draw is
// refused with a chance below one half.
const maxDraws = 128

// below returns a number less than n, all with the same chance: draws beyond
// the last whole multiple of n are thrown away.
func below(n uint32, dice io.Reader) (uint32, error) {
	excess := -n % n // 2^32 modulo n
	for range maxDraws {
		var b [4]byte
		if _, err := io.ReadFull(dice, b[:]); err != nil {
			return 0, err
		}
		if v := binary.BigEndian.Uint32(b[:]); v <= ^excess {
			return v % n, nil
		}
	}
	return 0, errors.New("the random numbers repeat")
}
