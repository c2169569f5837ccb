package secret

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
)

func TestGenerate(t *testing.T) {
	tests := []struct {
		recipe Recipe
		want   string // regular expression
	}{
		{Recipe{Format: "XXXX-XXXX-XXXX"}, `^[A-Z]{4}-[A-Z]{4}-[A-Z]{4}$`},
		{Recipe{Length: 20}, `^[A-Z]{20}$`},
		{Recipe{Length: 200, Case: Lower}, `^[a-z]{200}$`},
		{Recipe{Length: 200, Case: Mixed}, `^[a-zA-Z]*[a-z][a-zA-Z]*$`},
		{Recipe{Length: 6, NoLetters: true, Digits: true}, `^[0-9]{6}$`},
		{Recipe{Length: 200, Digits: true, Symbols: true}, `^[A-Z0-9!#$%*+=?@_-]{200}$`},
		{Recipe{Format: "код: XXX", Options: "βγδ"}, `^код: [βγδ]{3}$`},
		{Recipe{Length: MaxLength, Options: "ab"}, `^[ab]+$`},
	}
	for _, tt := range tests {
		got, err := Generate(tt.recipe, nil)
		if err != nil || !regexp.MustCompile(tt.want).MatchString(got.Reveal()) {
			t.Errorf("%+v: %q, %v; want %s", tt.recipe, got.Reveal(), err, tt.want)
		}
	}
}

func TestGenerateRefuses(t *testing.T) {
	for _, tt := range []struct {
		recipe Recipe
		want   string
	}{
		{Recipe{}, "needs a format"},
		{Recipe{Format: "XX", Length: 2}, "not both"},
		{Recipe{Format: "1234"}, "no X"},
		{Recipe{Format: "X\xff"}, "not UTF-8"},
		{Recipe{Length: -1}, "between 1 and"},
		{Recipe{Length: MaxLength + 1}, "between 1 and"},
		{Recipe{Length: 4, NoLetters: true}, "two different"},
		{Recipe{Length: 4, Options: "aaa"}, "two different"},
		{Recipe{Length: 4, Options: "a b"}, "visible"},
		{Recipe{Length: 4, Case: "title"}, "upper, lower or mixed"},
	} {
		if got, err := Generate(tt.recipe, nil); err == nil || !strings.Contains(err.Error(), tt.want) || !got.IsZero() {
			t.Errorf("%+v: %v; want %q", tt.recipe, err, tt.want)
		}
	}
	if _, err := Generate(Recipe{Length: 4}, strings.NewReader("short")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("dice that end: %v", err)
	}
	stuck := bytes.NewReader(bytes.Repeat([]byte{0xff}, 1<<16))
	if _, err := Generate(Recipe{Length: 4}, stuck); err == nil {
		t.Error("dice that are stuck made a secret")
	}
}

// A draw beyond the last whole multiple of the alphabet is thrown away: 2^32
// is 1 modulo 3, so that the highest number is.
func TestGenerateIsUnbiased(t *testing.T) {
	dice := bytes.NewReader([]byte{
		0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, // thrown away, b
		0xff, 0xff, 0xff, 0xfe, // the last number of the last multiple: c
		0, 0, 0, 3, // a
	})
	got, err := Generate(Recipe{Length: 3, Options: "abc"}, dice)
	if err != nil || got.Reveal() != "bca" {
		t.Errorf("%q, %v; want bca", got.Reveal(), err)
	}
}

// A counter deals numbers of 32 bits one after the other, and counts them.
type counter struct {
	next  uint32
	dealt int
}

func (c *counter) Read(b []byte) (int, error) {
	n := copy(b, binary.BigEndian.AppendUint32(nil, c.next))
	c.next++
	c.dealt++
	return n, nil
}

// Every character comes as often as every other, for alphabets of all sizes: exactly, where the numbers come one after the
// other. At the end of the numbers those that would favour the first characters are thrown away, and no others.
func TestEveryCharacterHasTheSameChance(t *testing.T) {
	all := []rune(digits + upperLetters + lowerLetters + symbols)
	for n := 2; n <= len(all); n++ {
		const rounds = 7
		dice := &counter{}
		got, err := Generate(Recipe{Length: rounds * n, Options: string(all[:n])}, dice)
		if err != nil {
			t.Fatal(err)
		}
		if dice.dealt != rounds*n {
			t.Errorf("of %d characters: %d numbers for %d", n, dice.dealt, rounds*n)
		}
		for _, c := range all[:n] {
			if times := strings.Count(got.Reveal(), string(c)); times != rounds {
				t.Errorf("of %d characters %c comes %d times, want %d", n, c, times, rounds)
			}
		}

		excess := int((1 << 32) % uint64(n))
		dice = &counter{next: ^uint32(0) - uint32(n+excess) + 1} // the last whole multiple, the excess, and 0 again
		got, err = Generate(Recipe{Length: 2 * n, Options: string(all[:n])}, dice)
		if err != nil {
			t.Fatal(err)
		}
		if dice.dealt != 2*n+excess {
			t.Errorf("of %d characters: %d numbers were thrown away, want %d", n, dice.dealt-2*n, excess)
		}
		for _, c := range all[:n] {
			if times := strings.Count(got.Reveal(), string(c)); times != 2 {
				t.Errorf("at the end, of %d characters %c comes %d times, want 2", n, c, times)
			}
		}
	}
}
