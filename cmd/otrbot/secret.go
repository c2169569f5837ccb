package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"otrbot/internal/secret"
)

func secretCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "secret",
		Short:   "Make secrets, and judge those that people choose",
		Example: "  otrbot secret generate\n  otrbot secret check < file",
	}
	c.AddCommand(secretGenerateCommand(), secretCheckCommand())
	return group(c)
}

// usualFormat is easy to read out: four groups would be forgotten, and two guessed.
const usualFormat = "XXXX-XXXX-XXXX"

func secretGenerateCommand() *cobra.Command {
	var (
		r       secret.Recipe
		letters bool
		asJSON  bool
	)
	c := &cobra.Command{
		Use:   "generate",
		Short: "Make a secret by a format or of a length",
		Long: `Make a secret: every character is drawn from the machine's random numbers, all
with the same chance. Without --format and --length the format is ` + usualFormat + `.`,
		Example: `  otrbot secret generate --format XXXX-XXXX
  otrbot secret generate --length 20 --case mixed --numeric --symbols`,
		Args: cobra.NoArgs,
	}
	f := c.Flags()
	f.StringVar(&r.Format, "format", "", "each X becomes a random character")
	f.IntVar(&r.Length, "length", 0, "so many random characters")
	f.BoolVar(&letters, "alpha", true, "letters")
	f.StringVar((*string)(&r.Case), "case", string(secret.Upper), "of the letters: upper, lower or mixed")
	f.BoolVar(&r.Digits, "numeric", false, "digits too")
	f.BoolVar(&r.Symbols, "symbols", false, "common symbols too")
	f.StringVar(&r.Options, "options", "", "these characters and no others")
	f.BoolVar(&asJSON, "json", false, "write JSON")
	c.RunE = func(c *cobra.Command, _ []string) error {
		r.NoLetters = !letters
		if r.Format == "" && r.Length == 0 && !f.Changed("length") && !f.Changed("format") {
			r.Format = usualFormat
		}
		made, err := secret.Generate(r, nil)
		if err != nil {
			return withHelp(c, err)
		}
		out := newOutput(c)
		if asJSON {
			out.json(struct {
				Secret string `json:"secret"`
			}{made.Reveal()})
		} else {
			out.text(made.Reveal(), "\n")
		}
		return out.flush()
	}
	return c
}

func secretCheckCommand() *cobra.Command {
	var (
		words  []string
		asJSON bool
	)
	c := &cobra.Command{
		Use:   "check < file",
		Short: "Say how hard the secret on standard input is to guess",
		Long: fmt.Sprintf(`Say how hard the secret on the first line of standard input is to guess: a score
from 0 to 4, and what makes it easy. %d is good enough for a lesson. Its first
%d characters are judged. Secrets are not taken from the command line, which
every user of the machine can read.

Exit codes: 0 good enough; 1 easy to guess, or no secret; 2 input unreadable.`, secret.Enough, secret.MaxChecked),
		Example: "  otrbot secret check --word ana --word totem < file",
		Args:    cobra.NoArgs,
	}
	c.Flags().StringArrayVar(&words, "word", nil, "a word that an attacker would try first, such as a name; may be repeated")
	c.Flags().BoolVar(&asJSON, "json", false, "write JSON")
	c.RunE = func(c *cobra.Command, _ []string) error {
		text, err := secretLine(c)
		if err != nil {
			return err
		}
		s := secret.Check(text, words...)
		out := newOutput(c)
		if asJSON {
			out.json(judged{Score: s.Score, Safe: s.Safe(), Guesses: logarithm(s.Guesses), Reasons: s.Reasons})
		} else {
			out.text(fmt.Sprintf("Score %d of 4, about 10^%.0f guesses.\n", s.Score, logarithm(s.Guesses)))
			for _, r := range s.Reasons {
				out.text(reasonTexts[r], "\n")
			}
		}
		if err := out.flush(); err != nil {
			return err
		}
		if !s.Safe() {
			return errors.New("this secret is easy to guess: three or four words that do not belong together are better")
		}
		return nil
	}
	return c
}

// judged is what check shows.
type judged struct {
	Score   int             `json:"score"`
	Safe    bool            `json:"safe"`
	Guesses float64         `json:"guesses_log10"`
	Reasons []secret.Reason `json:"reasons,omitempty"`
}

func logarithm(guesses float64) float64 { return math.Round(100*math.Log10(max(guesses, 1))) / 100 }

// reasonTexts say what makes a secret easy, for people.
var reasonTexts = map[secret.Reason]string{
	secret.Empty:       "There is nothing there.",
	secret.NotText:     "It is not UTF-8 text.",
	secret.TooShort:    "It is short.",
	secret.CommonTerm:  "Many people have chosen it, or a part of it.",
	secret.PlainWord:   "It holds a word that is in dictionaries.",
	secret.PersonName:  "It holds a name.",
	secret.OwnWord:     "It holds a word that belongs to this lesson or person.",
	secret.Backwards:   "It holds a word written backwards.",
	secret.Substituted: "It holds a word with digits or signs for letters.",
	secret.KeyboardRow: "It holds keys that lie side by side.",
	secret.Repeated:    "It repeats itself.",
	secret.Sequence:    "It holds a sequence, such as abc or 6543.",
	secret.Date:        "It holds a date or a year.",
}

// longestLine bounds what is read of a secret, in bytes.
const longestLine = 64 << 10

// secretLine reads the first line of standard input.
func secretLine(c *cobra.Command) (secret.Text, error) {
	b, err := io.ReadAll(io.LimitReader(c.InOrStdin(), longestLine))
	if err != nil {
		return secret.Text{}, &failure{fmt.Errorf("standard input: %w", err)}
	}
	line, _, _ := strings.Cut(string(b), "\n")
	return secret.New(strings.TrimSuffix(line, "\r")), nil
}
