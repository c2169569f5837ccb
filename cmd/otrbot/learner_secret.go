package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"otrbot/internal/secret"
)

func learnerSecretCommand(from *storeFlags) *cobra.Command {
	var generate, force bool
	c := &cobra.Command{
		Use:   "secret JID",
		Short: "Set the secret that a learner and the bot share",
		Long: `Set the secret with which a learner verifies the bot. It is read from standard
input, one line; at a terminal it is asked for and not shown. It is never an
argument: every user of a machine can read those.

A secret that is soon guessed is refused; --force takes it all the same.`,
		Example: `  otrbot learner secret ana@example.org
  otrbot learner secret ana@example.org --generate`,
	}
	c.Flags().BoolVar(&generate, "generate", false, "make a secret and show it")
	c.Flags().BoolVar(&force, "force", false, "take a secret that is soon guessed")
	return learnerAction(c, from, func(c *cobra.Command, s *learnerStore, jid string) error {
		if _, known, err := s.find(c.Context(), jid); !known {
			return errors.Join(err, notALearner(jid))
		}
		if generate {
			return generateSecret(c, s, jid)
		}
		text, err := readSecret(c)
		if err != nil {
			return err
		}
		if err := judge(text, s.ownWords(jid)); err != nil && !force {
			return err
		}
		if err := s.db.PutSecret(c.Context(), jid, []byte(text.Reveal())); err != nil {
			return &failure{err}
		}
		return tell(c, "The secret of %s is set.\n", jid)
	})
}

func generateSecret(c *cobra.Command, s *learnerStore, jid string) error {
	text, err := secret.Generate(secret.Readable(), nil)
	if err == nil {
		err = s.db.PutSecret(c.Context(), jid, []byte(text.Reveal()))
	}
	if err != nil {
		return &failure{err}
	}
	return tell(c, "The secret of %s is: %s\nHand it over in person, best on paper, and never in a chat. It is not shown again.\n", jid, text.Reveal())
}

// remindOfSecret tells how to set a secret if the learner has none to verify with.
func remindOfSecret(c *cobra.Command, s *learnerStore, jid string) error {
	_, has, err := s.db.Secret(c.Context(), jid)
	switch {
	case err != nil:
		return &failure{err}
	case has || !s.settings.Bot.DefaultSecret.IsZero():
		return nil
	}
	return tell(c, "There is no secret to verify with yet: otrbot learner secret %s --generate makes one, to hand over on paper.\n", jid)
}

// ownWords are what somebody who knows the learner and the bot would try first.
func (s *learnerStore) ownWords(jid string) []string {
	words := []string{"otrbot", "otr", s.settings.Bot.Title, s.settings.Bot.ProjectName}
	for _, address := range []string{jid, s.settings.XMPP.DefaultAccount} {
		words = append(words, strings.FieldsFunc(address, func(r rune) bool { return strings.ContainsRune("@.-_+", r) })...)
	}
	return words
}

// judge refuses a secret that is soon guessed.
func judge(text secret.Text, words []string) error {
	strength := secret.Check(text, words...)
	if strength.Safe() {
		return nil
	}
	why := make([]string, 0, len(strength.Reasons))
	for _, r := range strength.Reasons {
		why = append(why, weaknesses[r])
	}
	if len(why) == 0 {
		why = []string{"it is too simple"}
	}
	return fmt.Errorf("this secret is soon guessed: %s; take four words that do not belong together, or --generate", strings.Join(why, ", "))
}

// weaknesses say in a few words what makes a secret weak.
var weaknesses = map[secret.Reason]string{
	secret.Empty:       "there is nothing there",
	secret.NotText:     "it is not UTF-8 text",
	secret.TooShort:    "it is short",
	secret.CommonTerm:  "many people choose it, or a part of it",
	secret.PlainWord:   "it holds a word of a dictionary",
	secret.PersonName:  "it holds a name",
	secret.OwnWord:     "it has to do with the learner or the bot",
	secret.Backwards:   "it holds a word written backwards",
	secret.Substituted: "letters are swapped for digits",
	secret.KeyboardRow: "its keys are side by side",
	secret.Repeated:    "it repeats itself",
	secret.Sequence:    "it follows a row such as abc or 123",
	secret.Date:        "it holds a date or a year",
}

// readSecret reads a line from standard input, twice at a terminal.
func readSecret(c *cobra.Command) (secret.Text, error) {
	in := bufio.NewReader(io.LimitReader(c.InOrStdin(), 4*secret.MaxLength+2))
	show, hidden := hideTyping(c)
	defer show()
	first, err := askLine(c, in, hidden, "Secret: ")
	if err != nil || !hidden {
		return secret.New(first), err
	}
	again, err := askLine(c, in, hidden, "Again: ")
	if err == nil && again != first {
		err = errors.New("the two are not the same: nothing is set")
	}
	return secret.New(first), err
}

func askLine(c *cobra.Command, in *bufio.Reader, prompt bool, question string) (string, error) {
	if prompt {
		c.PrintErr(question)
		defer c.PrintErrln()
	}
	line, err := in.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", &failure{fmt.Errorf("standard input: %w", err)}
	}
	line = strings.TrimRight(line, "\r\n")
	switch {
	case line == "":
		return "", errors.New("there is no secret on standard input: write one and press Return")
	case !utf8.ValidString(line):
		return "", errors.New("the secret is not UTF-8 text")
	case utf8.RuneCountInString(line) > secret.MaxLength:
		return "", fmt.Errorf("the secret is longer than %d characters", secret.MaxLength)
	}
	return line, nil
}
