package secret

import (
	"bytes"
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

	counts := map[rune]int{}
	many, err := Generate(Recipe{Length: MaxLength, Options: "abcd"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range many.Reveal() {
		counts[c]++
	}
	for _, c := range "abcd" { // 256 expected; 100 away is ten standard deviations
		if counts[c] < 156 || counts[c] > 356 {
			t.Errorf("%c came %d times of %d", c, counts[c], MaxLength)
		}
	}
}
