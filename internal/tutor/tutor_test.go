package tutor

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"otrbot/fsm"
	"otrbot/gettext"
	"otrbot/internal/clients"
	"otrbot/internal/record"
)

func rehearse(t *testing.T) *Rehearsal {
	t.Helper()
	return New(basic(t), rehearsalOptions()).Rehearse(record.Learner{JID: "ada@example.org"}, start)
}

// after types lines and returns the last answer.
func after(t *testing.T, r *Rehearsal, lines ...string) []Effect {
	t.Helper()
	var last []Effect
	for _, line := range lines {
		effects, err := r.Type(strings.ReplaceAll(line, "{code}", r.Session.Code.Reveal()))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		last = effects
	}
	return last
}

// said are the names of the texts among effects.
func said(effects []Effect) []string {
	var names []string
	for _, e := range effects {
		if s, ok := e.(Say); ok {
			names = append(names, s.Name)
		}
	}
	return names
}

func wantSaid(t *testing.T, effects []Effect, names ...string) {
	t.Helper()
	if got := said(effects); !reflect.DeepEqual(got, names) {
		t.Errorf("said %q, want %q", got, names)
	}
}

func TestVocabularyIsSound(t *testing.T) {
	if err := Vocabulary().Check(); err != nil {
		t.Error(err)
	}
	for _, w := range wordTable {
		if !isEvent(w.means) {
			t.Errorf("words for %s, which is no event", w.means)
		}
	}
	for _, timer := range timerTable {
		if !isEvent(timer.event) {
			t.Errorf("timer %s fires %s, which is no event", timer.name, timer.event)
		}
	}
}

func isEvent(ev fsm.Event) bool {
	for _, e := range eventTable {
		if e.name == ev {
			return true
		}
	}
	return false
}

func TestWhatLearnersWrite(t *testing.T) {
	for text, want := range map[string]fsm.Event{
		"Help!":                                  help,
		"  HELP  ":                               help,
		"?":                                      help,
		"I don’t understand...":                  help,
		"Hilfe":                                  help,
		"помощь":                                 help,
		"Good morning!":                          hello,
		"again, please":                          again,
		"please":                                 MessageReceived,
		"Could you repeat that, please?":         again,
		"Please help me":                         help,
		"Now what?":                              help,
		"cancel":                                 wantsCancel,
		"end":                                    wantsEnd,
		"exit":                                   stop,
		"language en-gb":                         languageSet,
		"once more":                              again,
		"FAST":                                   fast,
		"stop.":                                  stop,
		"Bye-bye":                                stop,
		"yes please":                             yes,
		"not now":                                no,
		"I did it!":                              saysDone,
		"ask me":                                 askMe,
		"What's the secret?":                     wantsSecret,
		"language tlh":                           languageUnknown,
		"language en_GB":                         languageSet,
		"i use pidgin":                           clientNamed,
		"thunderbird":                            clientNamed,
		"Gajim":                                  clientWithoutOTR,
		"the quick brown fox":                    MessageReceived,
		"seven brass lanterns":                   secretInChat,
		"The secret is: SEVEN BRASS  lanterns!":  secretInChat,
		strings.Repeat("f", 39) + "0":            fingerprintWrong,
		"deadbeef":                               MessageReceived,
		"bad cafe":                               MessageReceived,
		strings.Repeat("long ", 5000):            MessageReceived,
		"help" + strings.Repeat(" \t\n", 10_000): help,
	} {
		r := rehearse(t)
		after(t, r, "hello")
		u := r.Tutor.turn(r.Session, r.Now)
		u.sig = Signal{Event: MessageReceived, Text: text}
		if got := u.read(); len(got) != 1 || got[0] != want {
			t.Errorf("%.40q means %v, want %s", text, got, want)
		}
	}
}

// No request for help counts as a wrong code, in whatever way it is written.
func TestWordsAreNoCodes(t *testing.T) {
	r := rehearse(t)
	after(t, r, "hello", "/start", "/verify seven brass lanterns")
	u := r.Tutor.turn(r.Session, r.Now)
	for _, d := range r.Tutor.lexicon.all {
		for w, ev := range d.meanings {
			for _, text := range []string{w, strings.ToUpper(w), "please " + w, w + " please!", strings.ReplaceAll(w, " ", "-")} {
				if got := u.readCode(text); got != "" {
					t.Errorf("%q, which means %s, is taken for %s", text, ev, got)
				}
			}
		}
	}
	for _, text := range []string{"make them help", "HELPHELPHELP", "what-is-that", "thunderbirds", "1st of March", "AAAA-BBBB-CCC0"} {
		if got := u.readCode(text); got != "" {
			t.Errorf("%q is taken for %s", text, got)
		}
	}
}

// A short code must stand alone: a long text would be many guesses.
func TestShortCodesAreNotFoundInTexts(t *testing.T) {
	o := rehearsalOptions()
	o.CodeFormat = "XX"
	r := New(basic(t), o).Rehearse(record.Learner{JID: "ada@example.org"}, start)
	after(t, r, "hello", "/start", "/verify seven brass lanterns")
	wantSaid(t, after(t, r, "A-B "+"{code}"), "heard", "code_1")
	wantSaid(t, after(t, r, "{code}"), "congratulations", "practise", "clean_up")
}

// A bot keeps a learner's own secret for the next session, and hands it over
// before the learner is heard there.
func TestOwnSecretForTheNextSession(t *testing.T) {
	const own = "copper violin thursday moss"
	for name, tt := range map[string]struct {
		lines []string
		kept  bool
	}{
		"stop":       {[]string{"hello", "/start", "stop"}, true},
		"expiry":     {[]string{"hello", "/start", "/wait 2h"}, true},
		"reset":      {[]string{"hello", "/event reset"}, true},
		"switch-off": {[]string{"hello", "/event closing"}, true},
		"verified":   {[]string{"hello", "/start", "/verify " + own, "stop"}, true},
		"passed":     {[]string{"hello", "/start", "/verify " + own, "{code}", "stop"}, false},
		"fell quiet": {[]string{"hello", "/start", "/verify " + own, "{code}", "/wait 2h"}, false},
		"in clear":   {[]string{"hello", own, "stop"}, false},
		"worn out":   {[]string{"hello", "/start", "/verify a", "/verify b", "/verify c", "/verify d", "/verify e", "/verify f", "stop"}, false},
	} {
		o := rehearsalOptions()
		o.DefaultSecret = Secret{}
		learner := record.Learner{JID: "ada@example.org"}
		r := New(basic(t), o).Rehearse(learner, start)
		if heard := after(t, r, "/secret "+own); len(heard) > 0 || r.Session.State != "waiting" {
			t.Errorf("%s: the secret is answered with %v", name, heard)
		}
		kept := true
		r.watch = func(effects []Effect) {
			for _, e := range effects {
				if _, forget := e.(ForgetSecret); forget {
					kept = false
				}
			}
		}
		after(t, r, tt.lines...)
		if kept != tt.kept || !r.Session.Over {
			t.Errorf("%s: the secret is kept: %t; the session is over: %t", name, kept, r.Session.Over)
		}
		next := r.Tutor.Rehearse(learner, start)
		if kept {
			after(t, next, "/secret "+own)
		}
		if after(t, next, "hello", "/start"); (next.Session.State == "encrypted") != tt.kept {
			t.Errorf("%s: the next session comes to %s", name, next.Session.State)
		}
	}
}

// The operator's secret for everybody is not the learner's to forget.
func TestLentSecretStays(t *testing.T) {
	r := rehearse(t)
	r.watch = func(effects []Effect) {
		for _, e := range effects {
			if _, forget := e.(ForgetSecret); forget {
				t.Error("the secret of all learners is to be forgotten")
			}
		}
	}
	after(t, r, "hello", "seven brass lanterns", "/start", "/verify seven brass lanterns", "{code}", "hello", "stop")
}

// Who goes on in another client gets the hints of that one.
func TestHintsAfterAChangeOfClient(t *testing.T) {
	r := rehearse(t)
	r.signal(Signal{Event: LearnerReturned, Client: clients.Evidence{Resource: "home", Software: "otrbot chat"}})
	after(t, r, "help", "help", "help", "help")
	effects := r.signal(Signal{Event: MessageReceived, Text: "hello", Client: clients.Evidence{Resource: "mcabber.6d828b0d"}})
	wantSaid(t, effects, "hello_again", "start_1")
	if _, asks := effects[0].(AskVersion); !asks {
		t.Errorf("the new client is not asked for its name: %s", Show(effects[0]))
	}
	hint := after(t, r, "help", "help")[0].(Say)
	if hint.Name != "start_3" || !strings.Contains(hint.Text, "mcabber") {
		t.Errorf("the hint is %s: %s", hint.Name, hint.Text)
	}
}

// A blank text is nothing at all.
func TestBlankTextIsNoNews(t *testing.T) {
	r := rehearse(t)
	after(t, r, "hello")
	for _, text := range []string{"", " ", "\n\t"} {
		if got := r.signal(Signal{Event: MessageReceived, Text: text}); got != nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestSameSignalsSameEffects(t *testing.T) {
	lines := []string{"hello", "help", "/start", "/ask Who? = seven brass lanterns", "/wait 5s", "/answer seven brass lanterns", "{code}", "stop"}
	a, b := rehearse(t), rehearse(t)
	for _, line := range lines {
		x, y := after(t, a, line), after(t, b, line)
		for i := range x {
			if Show(x[i]) != Show(y[i]) {
				t.Errorf("%s: %s, then %s", line, Show(x[i]), Show(y[i]))
			}
		}
	}
}

func TestQuickLearnersNeedNoTypingDelays(t *testing.T) {
	r := rehearse(t)
	after(t, r, "hello", "/start")
	for _, e := range after(t, r, "/verify seven brass lanterns") {
		if p, ok := e.(Pace); ok && !p.On {
			return
		}
	}
	t.Error("three quick steps, and still typing delays")
}

func TestSlowLearnersKeepThem(t *testing.T) {
	r := rehearse(t)
	for _, line := range []string{"hello", "/start", "/verify seven brass lanterns", "{code}"} {
		r.Now = r.Now.Add(time.Minute)
		for _, e := range after(t, r, line) {
			if p, ok := e.(Pace); ok {
				t.Errorf("%s: %+v", line, p)
			}
		}
	}
}

func TestOrder(t *testing.T) {
	r := rehearse(t)
	after(t, r, "hello")
	var refused *fsm.ActionNotAllowedError
	if _, err := r.Tutor.Order(r.Session, "start_smp", r.Now); !errors.As(err, &refused) {
		t.Errorf("in the clear: %v", err)
	}
	after(t, r, "/start")
	effects, err := r.Tutor.Order(r.Session, "start_smp", r.Now)
	if err != nil || len(effects) != 1 {
		t.Fatalf("encrypted: %v, %v", effects, err)
	}
	if _, ok := effects[0].(StartSMP); !ok {
		t.Errorf("encrypted: %v", Show(effects[0]))
	}
}

func TestStrangersGetOneAnswer(t *testing.T) {
	wantSaid(t, New(basic(t), Options{}).Stranger("", start), "stranger")
	for page, want := range map[gettext.Msg]bool{"": false, "the page of your course": true} {
		effects := New(basic(t), Options{CoursePage: page}).Stranger("", start)
		if got := strings.Contains(Show(effects[0]), "course"); got != want {
			t.Errorf("course page %q: %s", page, Show(effects[0]))
		}
	}
}

// What a stranger or a log sees of sessions and effects holds no secret.
func TestNothingSecretIsPrinted(t *testing.T) {
	r := rehearse(t)
	effects := after(t, r, "hello", "/start", "/verify seven brass lanterns")
	for _, form := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		printed := fmt.Sprintf(form, r.Session)
		for _, e := range effects {
			if _, ok := e.(Say); !ok {
				printed += fmt.Sprintf(form, e)
			}
		}
		for _, secret := range []string{ourSecret, r.Session.Code.Reveal(), "ada"} {
			if strings.Contains(printed, secret) {
				t.Errorf("%s prints %q: %s", form, secret, printed)
			}
		}
	}
}

// The hints name the places of every client that we know, in a length that any
// of them can take.
func TestHintsForEveryClient(t *testing.T) {
	l := basic(t)
	for _, c := range append(clients.All(), clients.Unknown) {
		r := New(l, rehearsalOptions()).Rehearse(record.Learner{JID: "ada@example.org"}, start)
		r.Session.Named = c.ID
		u := r.Tutor.turn(r.Session, start)
		for name := range l.Texts {
			look := &clumsy{}
			look.speakable(u.render(name))
			look.speakable(u.renderAgain(name))
			if len(look.faults) > 0 {
				t.Errorf("%s, text %s: %v", c.Name, name, look.faults)
			}
		}
	}
}

// Two short lines each.
func TestTextsAreShort(t *testing.T) {
	for name, text := range basic(t).Texts {
		for _, body := range []string{text.Body, text.Again} {
			lines := strings.Split(body, "\n")
			if len(lines) > 2 {
				t.Errorf("%s has %d lines", name, len(lines))
			}
			for _, line := range lines {
				if len([]rune(line)) > 160 {
					t.Errorf("%s has a line of %d characters", name, len([]rune(line)))
				}
			}
		}
	}
}

// A text in the clear within seconds of the key exchange was on its way; not
// so when the learner's program has come back in between.
func TestTextsThatWereOnTheirWay(t *testing.T) {
	r := rehearse(t)
	wantSaid(t, after(t, r, "hello", "/start", "/plain is it on?"), "early_text")
	wantSaid(t, after(t, r, "/event learner_left", "/event learner_returned", "/plain I am back"), "leak")
}

// The code in the clear, in the moment in which OTR comes on again.
func TestCodeThatWasOnItsWay(t *testing.T) {
	r := rehearse(t)
	after(t, r, "hello", "/start", "/verify seven brass lanterns", "/end", "/start")
	old := r.Session.Code.Reveal()
	wantSaid(t, after(t, r, "/plain {code}"), "early_text", "code_used_up", "code")
	if r.Session.Code.Reveal() == old {
		t.Error("the old code is still good")
	}
}
