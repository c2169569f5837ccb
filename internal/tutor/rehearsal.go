package tutor

import (
	"fmt"
	"strings"
	"time"

	"otrbot/fsm"
	"otrbot/internal/clients"
	"otrbot/internal/record"
)

// A Rehearsal plays a lesson without a chat: it stands for the learner's chat
// program and for the clock. Tests and `otrbot lesson play` use it.
type Rehearsal struct {
	Tutor   *Tutor
	Session *Session
	Now     time.Time

	channel Channel
	asked   string         // who runs a verification: "", "learner", "bot"
	byQ     bool           // it has a question
	secret  string         // what the learner typed for it
	bots    *Secret        // what the bot gave for it
	offered bool           // the bot has offered OTR
	watch   func([]Effect) // sees each answer of the tutor before anything follows from it; nil: nobody
}

// Keys of a rehearsal; the second of each pair comes with "/key".
const (
	rehearsedBotKey     = "0F1E2D3C 4B5A6978 8796A5B4 C3D2E1F0 01234567"
	rehearsedLearnerKey = "89ABCDEF 01234567 89ABCDEF 01234567 89ABCDEF"
	anotherLearnerKey   = "FEDCBA98 76543210 FEDCBA98 76543210 FEDCBA98"
)

// Rehearse begins a rehearsal at a time.
func (t *Tutor) Rehearse(learner record.Learner, start time.Time) *Rehearsal {
	return &Rehearsal{Tutor: t, Session: t.Begin(learner, start), Now: start}
}

// RehearsalHelp says what can be typed in a rehearsal.
const RehearsalHelp = `What you type is what the learner writes. Lines with a stroke are clicks and events:
  /start  /end            switch OTR on or off in the learner's program
  /lost                   the learner's program is gone without a word
  /refresh  /key          renew the keys; come back with another key
  /verify SECRET          verify by shared secret
  /ask QUESTION = ANSWER  verify by question
  /answer SECRET          answer the bot's check
  /abort                  cancel the check
  /secret WORDS           a secret arrives from outside the chat
  /page                   the learner gets a course page, or has none any more
  /weak WORDS             the page has refused a secret that is easy to guess
  /code CODE  /digits FP  the code or a fingerprint arrives from the page
  /plain TEXT             write a text unencrypted although OTR is on
  /client NAME            the learner's program tells its name
  /wait 90s               let time pass
  /event NAME             any event that a chat can send
`

// Type does what a line says and returns what the tutor does about it.
func (r *Rehearsal) Type(line string) ([]Effect, error) {
	word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	rest = strings.TrimSpace(rest)
	if !strings.HasPrefix(word, "/") {
		return r.signal(Signal{Event: MessageReceived, Text: strings.TrimSpace(line), Encrypted: r.channel.Encrypted}), nil
	}
	do, ok := rehearsed[word]
	if !ok {
		return nil, fmt.Errorf("there is no %s here; /help says what there is", word)
	}
	return do(r, rest)
}

// Wait lets time pass and does what becomes due, each at its time.
func (r *Rehearsal) Wait(d time.Duration) []Effect {
	var all []Effect
	end := r.Now.Add(d)
	for at, ok := r.Tutor.Due(r.Session); ok && !at.After(end); at, ok = r.Tutor.Due(r.Session) {
		r.Now = at
		all = append(all, r.perform(r.Tutor.Tick(r.Session, at))...)
	}
	r.Now = end
	return all
}

// signal hands the tutor an event, with the conversation as it is now.
func (r *Rehearsal) signal(sig Signal) []Effect {
	sig.Channel = r.channel
	return r.perform(r.Tutor.Handle(r.Session, sig, r.Now))
}

// perform is what the learner's program makes of effects. It returns them with
// all they lead to, in order.
func (r *Rehearsal) perform(effects []Effect) []Effect {
	if r.watch != nil {
		r.watch(effects)
	}
	var all []Effect
	for _, e := range effects {
		all = append(all, e)
		switch e := e.(type) {
		case StartOTR:
			r.offered = true
		case EndOTR:
			if r.channel.Encrypted {
				r.channel.Encrypted, r.asked = false, ""
				all = append(all, r.signal(Signal{Event: OTRDisabled})...)
			}
		case AnswerSMP:
			r.bots = &e.Secret
			all = append(all, r.decide()...)
		case StartSMP:
			r.asked, r.byQ, r.bots = "bot", false, &e.Secret
		case AskSMP:
			r.asked, r.byQ, r.bots = "bot", true, &e.Secret
		case AbortSMP:
			r.asked = ""
			all = append(all, r.signal(Signal{Event: SMPAborted})...)
		}
	}
	return all
}

// decide ends a verification for which both have given a secret.
func (r *Rehearsal) decide() []Effect {
	ev := IncorrectSecretReceived
	if r.bots.Reveal() == r.secret {
		ev = CorrectSecretReceived
	}
	asked := r.asked == "bot"
	r.asked = ""
	return r.signal(Signal{Event: ev, Asked: asked, WithQuestion: r.byQ})
}

func (r *Rehearsal) enable(ev fsm.Event) []Effect {
	r.channel.Encrypted, r.channel.OwnKey = true, rehearsedBotKey
	if r.channel.PeerKey == "" {
		r.channel.PeerKey = rehearsedLearnerKey
	}
	return append(r.abandon(), r.signal(Signal{Event: ev, ByPeer: !r.offered})...)
}

// abandon ends a verification together with the keys that it belongs to.
func (r *Rehearsal) abandon() []Effect {
	if r.asked == "" {
		return nil
	}
	r.asked = ""
	return r.signal(Signal{Event: SMPAborted})
}

// rehearsed are the lines with a stroke.
var rehearsed = map[string]func(r *Rehearsal, rest string) ([]Effect, error){
	"/start": func(r *Rehearsal, _ string) ([]Effect, error) {
		all := r.signal(Signal{Event: OTRRequested, Client: clients.Evidence{Query: "?OTRv23?"}})
		if r.channel.Encrypted {
			return append(all, r.enable(OTRAlreadySetup)...), nil
		}
		return append(all, r.enable(OTREnabled)...), nil
	},
	"/refresh": func(r *Rehearsal, _ string) ([]Effect, error) { return r.enable(OTRAlreadySetup), nil },
	"/key": func(r *Rehearsal, _ string) ([]Effect, error) {
		r.channel.PeerKey = anotherLearnerKey
		return r.enable(OTREnabled), nil
	},
	"/end": func(r *Rehearsal, _ string) ([]Effect, error) {
		if !r.channel.Encrypted {
			return nil, fmt.Errorf("OTR is off: nothing to end")
		}
		r.channel.Encrypted = false
		return append(r.abandon(), r.signal(Signal{Event: OTRDisabled, ByPeer: true})...), nil
	},
	"/lost": func(r *Rehearsal, _ string) ([]Effect, error) {
		if !r.channel.Encrypted {
			return r.signal(Signal{Event: LearnerLeft}), nil
		}
		r.channel.Encrypted = false
		return append(r.abandon(), r.signal(Signal{Event: OTRDisabled, Lost: true})...), nil
	},
	"/verify": func(r *Rehearsal, rest string) ([]Effect, error) { return r.verify(SMPStarted, "", rest) },
	"/ask": func(r *Rehearsal, rest string) ([]Effect, error) {
		question, answer, _ := strings.Cut(rest, "=")
		return r.verify(SMPQuestionUsed, strings.TrimSpace(question), strings.TrimSpace(answer))
	},
	"/answer": func(r *Rehearsal, rest string) ([]Effect, error) {
		if r.asked != "bot" {
			return nil, fmt.Errorf("the bot has not asked")
		}
		r.secret = rest
		return r.decide(), nil
	},
	"/abort": func(r *Rehearsal, _ string) ([]Effect, error) {
		if r.asked == "" {
			return nil, fmt.Errorf("no check is running")
		}
		r.asked = ""
		return r.signal(Signal{Event: SMPAborted, ByPeer: true}), nil
	},
	"/secret": func(r *Rehearsal, rest string) ([]Effect, error) {
		return r.signal(Signal{Event: SecretReceived, Text: rest}), nil
	},
	"/weak": func(r *Rehearsal, rest string) ([]Effect, error) {
		return r.signal(Signal{Event: SecretReceived, Text: rest, Weak: true}), nil
	},
	"/page": func(r *Rehearsal, _ string) ([]Effect, error) {
		r.Session.Page = !r.Session.Page
		return nil, nil
	},
	"/code": func(r *Rehearsal, rest string) ([]Effect, error) {
		return r.signal(Signal{Event: CodeReceived, Text: rest}), nil
	},
	"/digits": func(r *Rehearsal, rest string) ([]Effect, error) {
		return r.signal(Signal{Event: FingerprintReceived, Text: rest}), nil
	},
	"/plain": func(r *Rehearsal, rest string) ([]Effect, error) {
		return r.signal(Signal{Event: MessageReceived, Text: rest}), nil
	},
	"/client": func(r *Rehearsal, rest string) ([]Effect, error) {
		return r.signal(Signal{Event: ClientSeen, Client: clients.Evidence{Software: rest}}), nil
	},
	"/wait": func(r *Rehearsal, rest string) ([]Effect, error) {
		d, err := time.ParseDuration(rest)
		if err != nil || d < 0 {
			return nil, fmt.Errorf("how long? write it as 90s or 5m")
		}
		return r.Wait(d), nil
	},
	"/event": func(r *Rehearsal, rest string) ([]Effect, error) {
		for _, e := range Events() {
			if e.Name == rest {
				if fsm.Event(rest) == SMPAborted {
					r.asked = ""
				}
				return r.signal(Signal{Event: fsm.Event(rest), ByPeer: true}), nil
			}
		}
		return nil, fmt.Errorf("there is no event %q that a chat can send", rest)
	},
}

// verify is the learner's own verification.
func (r *Rehearsal) verify(ev fsm.Event, question, secret string) ([]Effect, error) {
	if !r.channel.Encrypted {
		return nil, fmt.Errorf("OTR is off: the program has no such entry now")
	}
	var all []Effect
	if r.asked != "" { // a new verification ends the one that runs
		r.asked = ""
		all = r.signal(Signal{Event: SMPAborted, ByPeer: true})
	}
	r.asked, r.byQ, r.secret, r.bots = "learner", ev == SMPQuestionUsed, secret, nil
	return append(all, r.signal(Signal{Event: ev, Question: question})...), nil
}
