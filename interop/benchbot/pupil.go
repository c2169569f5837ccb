package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"otrbot/internal/lesson"
	"otrbot/internal/testkit/learner"
	"otrbot/internal/tutor"
	"otrbot/lessons"
	"otrbot/otrxmpp"
)

const shared = "eleven brass kettles" // the secret

// sentences are the lesson's texts by name, as far as their first variable.
type sentences map[string]string

// lessonSource is the lesson; without hints the bot does not speak to learners who are silent, so that idle sessions are idle.
func lessonSource(hints bool) []byte {
	if hints {
		return lessons.Basic
	}
	return silence.ReplaceAll(lessons.Basic, []byte("disarm hint"))
}

var silence = regexp.MustCompile(`\barm hint`)

func readSentences(source []byte) (sentences, error) {
	l, err := lesson.Parse("benchbot.yaml", source, tutor.Vocabulary())
	if err != nil {
		return nil, err
	}
	s := make(sentences)
	for name, text := range l.Texts {
		words, _, _ := strings.Cut(text.Body, "{")
		s[name], _, _ = strings.Cut(words, "\n")
	}
	return s, nil
}

// waits is how long learners waited for the first answer, by what they did.
type waits struct{ line, exchange, check []time.Duration }

func (w *waits) add(more waits) {
	w.line, w.exchange, w.check = append(w.line, more.line...), append(w.exchange, more.exchange...), append(w.check, more.check...)
}

// pupil is a learner in a lesson.
type pupil struct {
	*learner.Learner
	says sentences
	n    int // what was noticed so far
	waits
}

// step does something, waits for the first answer, of which it notes the time, and then for the last text.
func (p *pupil) step(ctx context.Context, times *[]time.Duration, do func() error, first func(learner.Seen) bool, last string) error {
	start := time.Now()
	if err := do(); err != nil {
		return err
	}
	n, err := p.Wait(ctx, p.n, first)
	if err != nil {
		return fmt.Errorf("before %q: %w", last, err)
	}
	*times = append(*times, time.Since(start))
	p.n, err = p.Wait(ctx, n-1, p.text(last)) // it may be the first answer itself
	return err
}

func (p *pupil) write(words string) func() error { return func() error { return p.Say(words) } }

func (p *pupil) verify(secret string) func() error { return func() error { return p.Verify(secret) } }

func (p *pupil) text(name string) func(learner.Seen) bool { return learner.Says(p.says[name]) }

func anyText(s learner.Seen) bool { _, ok := s.Text(); return ok }

// enter begins the lesson: hello, and OTR on.
func (p *pupil) enter(ctx context.Context) error {
	if err := p.step(ctx, &p.line, p.write("hello"), anyText, "first_step"); err != nil {
		return err
	}
	return p.step(ctx, &p.exchange, p.StartOTR, learner.Is[otrxmpp.OTREnabled], "any_question")
}

var code = regexp.MustCompile(`[A-Z0-9]{4}(-[A-Z0-9]{4})+`)

// lesson is one from hello to goodbye: two questions, OTR on, a wrong secret, the right one, the code.
func (p *pupil) lesson(ctx context.Context) error {
	if err := p.enter(ctx); err != nil {
		return err
	}
	if err := p.step(ctx, &p.line, p.write("why"), anyText, "why_verify"); err != nil {
		return err
	}
	if err := p.step(ctx, &p.check, p.verify("eleven brass kettle"), learner.Is[otrxmpp.IncorrectSecretReceived], "secrets_differ"); err != nil {
		return err
	}
	if err := p.step(ctx, &p.line, p.write("help"), anyText, "verify_1"); err != nil {
		return err
	}
	if err := p.step(ctx, &p.check, p.verify(shared), learner.Is[otrxmpp.CorrectSecretReceived], "code"); err != nil {
		return err
	}
	said, _ := p.Seen()[p.n-1].Text()
	if err := p.step(ctx, &p.line, p.write(code.FindString(said.Text)), anyText, "clean_up"); err != nil {
		return err
	}
	if err := p.step(ctx, &p.line, p.write("stop"), anyText, "goodbye_done"); err != nil {
		return err
	}
	n, err := p.Wait(ctx, p.n, learner.Shows("unavailable"))
	p.n = n
	if err != nil {
		return err
	}
	return p.EndOTR()
}
