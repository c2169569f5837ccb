package web

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"time"

	"otrbot/gettext"
	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/web/page"
)

// A step is one part of the learner's way, as the page shows it.
type step string

const (
	stepAddress step = "address"
	stepContact step = "contact"
	stepSecret  step = "secret"
	stepChat    step = "chat"
	stepCode    step = "code"
	stepDone    step = "done"

	wishFingerprint = "fingerprint" // beside the steps, what somebody may ask for: within stepChat
)

type named struct {
	step step
	name gettext.Msg
}

// stepNames are all steps in their order.
var stepNames = []named{
	{stepAddress, "Your Jabber address"},
	{stepContact, "The bot as a contact"},
	{stepSecret, "A shared secret"},
	{stepChat, "The chat"},
	{stepCode, "The code"},
	{stepDone, "The result"},
}

// stepOf is where a learner is. A wish for an earlier step, or for the code ahead of time, is met where that makes sense.
func stepOf(e course.Enrolment, hasSecret bool, wish step) step {
	p := e.Progress
	switch {
	case e.JID == "" && wish == stepAddress:
		return stepAddress
	case !e.Passed.IsZero() && !practisingAgain(e):
		return stepDone
	case e.JID == "" || wish == stepAddress:
		return stepAddress
	case wish == stepCode || reached(p, record.StepCode):
		return stepCode
	case wish == stepSecret && !reached(p, record.StepVerified):
		return stepSecret
	case unreached(p):
		return stepContact
	case hasSecret || reached(p, record.StepVerified):
		return stepChat
	case reached(p, record.StepChatting):
		return stepSecret
	}
	return stepContact
}

// reached reports whether the present session has come so far. When a session ends the bot takes the step back.
func reached(p record.Progress, s record.Step) bool { return p.Step.Number() >= s.Number() }

// unreached reports whether the bot has tried to write to the address in vain, and the learner has not written either:
// then nothing goes on before there is another address.
func unreached(p record.Progress) bool {
	return p.Trouble == record.TroubleBounced && !reached(p, record.StepChatting)
}

// practisingAgain reports whether somebody who has passed is in another lesson.
func practisingAgain(e course.Enrolment) bool {
	return !e.Passed.IsZero() && e.JID != "" && e.Progress.Step != record.StepDone && !e.Progress.Ended
}

// A stepLine is one line of the list of steps.
type stepLine struct {
	Number int
	Name   gettext.Msg
	State  string // "done", "now" or "later"
}

// put puts the learner at a step, and the list of steps with it.
func (f *flow) put(now step) {
	at := slices.IndexFunc(stepNames, func(one named) bool { return one.step == now })
	f.Step, f.Number, f.Steps = now, at+1, nil
	for i, one := range stepNames {
		state := "later"
		switch {
		case now == stepDone:
			state = "done"
		case i == at:
			state = "now"
		case i < at && (one.step != stepContact || !f.Unreached):
			state = "done"
		}
		f.Steps = append(f.Steps, stepLine{i + 1, one.name, state})
	}
}

// Name is what the step is called.
func (f flow) Name() gettext.Msg { return stepNames[f.Number-1].name }

// A flow is the learner's page as it is now.
type flow struct {
	Step   step
	Number int
	Steps  []stepLine
	Self   string // path of the page
	Events string // path of its stream; "" where typed text must not be touched
	Seen   string // what the stream need not send

	BotTitle  string
	Bot       contact
	JID       string
	Invited   bool        // the bot's invitation has gone out
	Unreached bool        // to no address that could be reached
	Kept      int         // days that an address is kept without use; 0: until somebody erases it
	Practice  gettext.Msg // why nothing is graded; "" it is
	Class     string      // path of the teacher's class; "" for others
	Again     bool        // has passed before
	Field     field       // the form's one field, after something was wrong with it
	Notice    gettext.Msg // what a button did not do; "" nothing
	Strength  gettext.Msg // how good the secret is that was set a moment ago; "" nothing to say
	Trouble   *trouble
	Chat      chat
	Answer    answer
	Done      done
	Programs  programs
}

// A contact is the bot, for the learner's chat program.
type contact struct {
	Address string
	Add     template.URL // opens the chat program
	Write   template.URL
	QR      template.HTML
}

// A field is what somebody typed and what is wrong with it.
type field struct {
	Value  string
	Errors []gettext.Msg
	Offer  string // a better one
}

// flow gathers what the page shows.
func (s *Server) flow(ctx context.Context, who *visitor, q url.Values) (flow, error) {
	e := who.enrolment
	has := false
	if e.JID != "" {
		var err error
		if has, err = s.c.Store.HasSecret(ctx, e.ID); err != nil && !errors.Is(err, course.ErrNone) {
			return flow{}, err
		}
	}
	f := flow{
		Self: who.path(""), BotTitle: s.c.BotTitle, Bot: s.contact, JID: e.JID,
		Practice: practiceOf(e.Role), Invited: !e.Progress.Invited.IsZero(), Unreached: unreached(e.Progress),
		Trouble: troubleOf(e.Progress), Answer: answerOf(e.Progress, q),
		Strength: accepted(q.Get("secret"), has),
	}
	f.put(stepOf(e, has, step(q.Get("step"))))
	if s.c.Keep > 0 {
		f.Kept = max(1, int(s.c.Keep/(24*time.Hour)))
	}
	f.Again = !e.Passed.IsZero() && f.Step != stepDone
	if who.visit.Staff && e.Role == course.Teacher {
		f.Class = "/t/" + who.token.String()
	}
	lang := s.c.Languages.For(e.Locale).Tag()
	f.Programs = programsIn(lang)
	f.Chat = chatOf(e.Progress, lang, q.Get("step") == wishFingerprint)
	if f.Step == stepDone {
		return f, s.finish(ctx, who, &f)
	}
	return f, nil
}

// part is the changing part of a page that is open at this address.
func (s *Server) part(r *http.Request, who *visitor) (string, error) {
	f, err := s.flow(r.Context(), who, r.URL.Query())
	if err != nil {
		return "", err
	}
	html, err := s.site.Part(s.c.Languages.For(who.enrolment.Locale), s.templates, "region", f)
	return string(html), err
}

// learnerPage is the one page of a learner.
func (s *Server) learnerPage(w http.ResponseWriter, r *http.Request, who *visitor) {
	f, err := s.flow(r.Context(), who, r.URL.Query())
	if err != nil {
		s.fail(w, r, storeFailed, err)
		return
	}
	v := s.view(who)
	part, err := s.site.Part(v.In, s.templates, "region", f)
	if err != nil {
		s.fail(w, r, storeFailed, err)
		return
	}
	f.Seen = fingerprintOf(string(part))
	f.Events = eventsPath(who, r.URL.Query())
	s.show(w, r, v, f)
}

func (s *Server) show(w http.ResponseWriter, r *http.Request, v page.View, f flow) {
	v.Name, v.Data, v.Scripts = "learner", f, []string{"learner.js"}
	v.Title = v.In.Text(f.Name())
	s.site.Render(w, r, v)
}

// eventsPath is the stream for a page, with what the page was asked for.
func eventsPath(who *visitor, q url.Values) string {
	kept := url.Values{}
	for _, name := range []string{"step", "code", "fingerprint", "secret"} {
		if v := q.Get(name); v != "" && len(v) <= 20 {
			kept.Set(name, v)
		}
	}
	if len(kept) == 0 {
		return who.path("/events")
	}
	return who.path("/events") + "?" + kept.Encode()
}

// path is the address of a page of the visit within the site.
func (v *visitor) path(rest string) string { return "/a/" + v.token.String() + rest }
