package logging

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// DefaultPattern is the original's, with the time before it.
const DefaultPattern = "%(asctime)s $lvl[%(levelname)s]$reset $msg%(name)s %(message)s"

// A Pattern is what a line consists of, in the original's way of writing:
// $NAME or ${NAME} begins the colours of a scheme, $reset ends them, $$ is a
// dollar sign; %(asctime)s, %(levelname)s, %(name)s (the area), %(message)s and
// %(attributes)s are what a record says, %% is a per cent sign. Attributes that
// have no place of their own stand behind the message.
type Pattern struct{ pieces []piece }

// A piece is a text as it is, the name of a scheme, or a part of the record.
type piece struct{ text, scheme, part string }

var (
	pieceForm  = regexp.MustCompile(`\$\$|%%|\$[A-Za-z][A-Za-z0-9_-]*|\$\{[A-Za-z][A-Za-z0-9_-]*\}|%\([a-z]+\)s|[^$%]+|[$%]`)
	schemeForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)
)

var parts = []string{"asctime", "levelname", "name", "message", "attributes"}

const noScheme = "reset" // ends colours; no scheme can be called so

// CheckSchemeName says whether a scheme may be called so.
func CheckSchemeName(name string) error {
	if !schemeForm.MatchString(name) || name == noScheme || len(name) > 60 {
		return fmt.Errorf(`%q cannot name colours: write a letter, then letters, digits, "-" and "_"; "reset" is taken`, cut(name))
	}
	return nil
}

// ParsePattern reads a pattern whose colours have the names of schemes.
func ParsePattern(s string, schemes Schemes) (Pattern, error) {
	var p Pattern
	if len(s) > longest || strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c == 0x7f }) {
		return p, errors.New("the pattern must be one line without control characters, of at most 1024 bytes")
	}
	said := false
	for _, word := range pieceForm.FindAllString(s, -1) {
		piece, err := parsePiece(word, schemes)
		if err != nil {
			return Pattern{}, err
		}
		said = said || piece.part == "message"
		p.pieces = append(p.pieces, piece)
	}
	if !said {
		return Pattern{}, errors.New("%(message)s is missing: without it the lines say nothing")
	}
	return p, nil
}

func parsePiece(word string, schemes Schemes) (piece, error) {
	switch {
	case word == "$$" || word == "%%":
		return piece{text: word[:1]}, nil
	case word == "$" || word == "%":
		return piece{}, fmt.Errorf("%s alone means nothing: write %s%s for the character itself", word, word, word)
	case word[0] == '$':
		name := strings.Trim(word, "${}")
		if _, ok := schemes[name]; !ok && name != noScheme {
			return piece{}, fmt.Errorf("there are no colours called %q", name)
		}
		return piece{scheme: name}, nil
	case word[0] == '%':
		part := word[2 : len(word)-2]
		for _, known := range parts {
			if part == known {
				return piece{part: part}, nil
			}
		}
		return piece{}, fmt.Errorf("%s means nothing: write one of %%(%s)s", word, strings.Join(parts, ")s, %("))
	}
	return piece{text: word}, nil
}

func (p Pattern) has(part string) bool {
	for _, piece := range p.pieces {
		if piece.part == part {
			return true
		}
	}
	return false
}
