package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"otrbot/gettext"
	"otrbot/internal/clients"
	"otrbot/internal/lesson"
	"otrbot/internal/record"
	"otrbot/internal/tutor"
	"otrbot/lessons"
)

func lessonPlayCommand() *cobra.Command {
	var p player
	c := &cobra.Command{
		Use:   "play [FILE]",
		Short: "Play a lesson in the terminal",
		Long: `Play a lesson in the terminal: you are the learner, and time passes when you say
so. Without a file it is the lesson that comes with the bot.

` + tutor.RehearsalHelp + `  /state  /timers         where the lesson stands, and what it waits for
  /help  /quit`,
		Example: `  otrbot lesson play
  otrbot lesson play my-lesson.yaml --secret "seven brass lanterns"
  otrbot lesson play --locale eo --locales-dir locales`,
	}
	c.Flags().StringVar(&p.secret, "secret", "seven brass lanterns", "the shared secret; empty for none")
	c.Flags().StringVar(&p.locale, "locale", "en_GB", "the learner's language")
	triedFlag(c, &p.localesDir)
	c.Flags().BoolVar(&p.mayStart, "may-start-smp", false, "let the bot begin to verify by itself")
	return lessonFiles(c, cobra.MaximumNArgs(1), func(c *cobra.Command, files []string) error {
		l, err := playedLesson(c, files)
		if err != nil {
			return err
		}
		return p.play(c, l)
	})
}

// playedLesson is the lesson of the file, or the one that comes with the bot,
// which the settings call basic.
func playedLesson(c *cobra.Command, files []string) (*lesson.Lesson, error) {
	if len(files) == 0 || files[0] == strings.TrimSuffix(lessons.BasicName, ".yaml") {
		return lesson.Parse(lessons.BasicName, lessons.Basic, tutor.Vocabulary())
	}
	return readLesson(c, files[0])
}

// player plays a lesson with somebody at a terminal.
type player struct {
	secret, locale, localesDir string
	mayStart                   bool

	rehearsal *tutor.Rehearsal
	out       output
}

func (p *player) play(c *cobra.Command, l *lesson.Lesson) error {
	start := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC) // any: only what passes from here counts
	languages := triedLanguages(c, p.localesDir)
	if err := p.offered(languages); err != nil {
		return err
	}
	t := tutor.New(l, tutor.Options{Languages: languages, DefaultSecret: tutor.NewSecret(p.secret), MayStartSMP: p.mayStart})
	p.rehearsal = t.Rehearse(record.Learner{JID: "learner@example.org", Locale: p.locale}, start)
	p.out = newOutput(c)
	p.out.text(languages.For(p.locale).In(gettext.Ctxt(l.Name), gettext.Msg(l.Title)), "\nYou are the learner: say hello. /help lists what else you can do.\n")
	if p.secret != "" {
		p.out.text("The shared secret is: ", p.secret, "\n")
	}
	lines := bufio.NewScanner(c.InOrStdin())
	for {
		p.out.text(p.prompt())
		if err := p.out.flush(); err != nil {
			return err
		}
		if !lines.Scan() || !p.line(lines.Text()) {
			break
		}
	}
	p.out.text("\n")
	if err := lines.Err(); err != nil && err != io.EOF {
		return &failure{fmt.Errorf("standard input: %w", err)}
	}
	return p.out.flush()
}

// offered tells of a language that there are no texts in.
func (p *player) offered(languages *gettext.Set) error {
	language := func(name string) string { base, _, _ := strings.Cut(name, "_"); return base }
	source := languages.Match().Locale()
	if l, err := gettext.ParseLocale(p.locale); err == nil {
		if languages.For(l.String()).Locale() != source || language(l.String()) == language(source) {
			return nil
		}
	}
	more := ""
	if p.localesDir == "" {
		more = ", and with --locales-dir those of a folder of yours"
	}
	return fmt.Errorf("there are no translated texts in %q; there are %s%s", p.locale, strings.Join(languages.Locales(), ", "), more)
}

// line does what somebody typed; false ends the play.
func (p *player) line(text string) bool {
	switch text {
	case "":
	case "/quit":
		return false
	case "/help":
		p.out.text(tutor.RehearsalHelp, "  /state  /timers         where the lesson stands, and what it waits for\n  /help  /quit\n")
	case "/state":
		p.out.text(p.state(), "\n")
	case "/timers":
		p.timers()
	default:
		effects, err := p.rehearsal.Type(text)
		if err != nil {
			p.out.text("! ", err.Error(), "\n")
		}
		for _, e := range effects {
			p.out.text(tutor.Show(e), "\n")
		}
		if word, _, _ := strings.Cut(text, " "); word == "/client" {
			p.out.text(p.client(), "\n")
		}
	}
	if p.rehearsal.Session.Over {
		p.out.text("The session is over.\n")
	}
	return !p.rehearsal.Session.Over
}

// prompt shows the state of the lesson and of the chat.
func (p *player) prompt() string {
	how := "unencrypted"
	switch s := p.rehearsal.Session; {
	case s.Verified():
		how = "verified"
	case s.Channel.Encrypted:
		how = "encrypted"
	}
	return fmt.Sprintf("\n(%s, %s) ", p.rehearsal.Session.State, how)
}

// client is the learner's program, as the bot knows it now.
func (p *player) client() string {
	if c := clients.Recognise(p.rehearsal.Session.Evidence); c.Known() {
		return "[the learner's program: " + c.Name + "]"
	}
	return "[the learner's program: one that the bot does not know]"
}

func (p *player) state() string {
	s := p.rehearsal.Session
	return fmt.Sprintf("state %s; hints given: %d; learner has verified bot: %t; bot has verified learner: %t",
		s.State, s.Hint, s.LearnerTrusts, s.BotTrusts)
}

// timers lists what the lesson waits for, in the order of the tutor's table.
func (p *player) timers() {
	r := p.rehearsal
	for _, w := range tutor.Vocabulary().Timers {
		if at, armed := r.Session.Timers[tutor.Timer(w.Name)]; armed {
			p.out.text(fmt.Sprintf("%s: in %s\n", w.Name, at.Sub(r.Now)))
		}
	}
	if at, ok := r.Tutor.Due(r.Session); ok {
		p.out.text(fmt.Sprintf("next of all, with the end of the session: in %s\n", at.Sub(r.Now)))
	}
}
