package otrxmpp_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

// Whatever people, servers and bad lines do: OTREnabled and OTRDisabled come in turn and agree with State, and a text of
// Alice's goes out in clear only after she was told that OTR is off and has said End.
func TestRandomConversations(t *testing.T) {
	for seed := range uint64(16) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := &wanderer{scene: newScene(t), dice: rand.New(rand.NewPCG(seed, 1))}
			w.restart = seed%3 == 0
			w.join(phone, testkit.Policy(testkit.VersionPolicy(2+int(seed)%2)))
			w.join(laptop, testkit.Policy(testkit.VersionPolicy(2+int(seed/2)%2)))
			w.join(tablet)
			for range 150 {
				w.step()
				w.check()
			}
		})
	}
}

type wanderer struct {
	*scene
	dice *rand.Rand
	on   bool
	said int
}

func (w *wanderer) route() string { return w.routes[w.dice.IntN(len(w.routes))] }

// step is something that may happen.
func (w *wanderer) step() {
	route := w.route()
	bob := w.bobs[route]
	try := func(r otr.Result, err error) {
		if err == nil {
			bob.Note(r)
		}
	}
	switch w.dice.IntN(16) {
	case 0:
		try(bob.Start())
	case 1, 2:
		try(bob.Send("Bob's words"))
	case 3:
		try(bob.End())
	case 4:
		try(bob.StartSMP([]byte("x")))
	case 5:
		try(bob.AnswerSMP([]byte("x")))
	case 6:
		try(bob.Refresh())
	case 7:
		w.note(w.alice.Presence(route, w.dice.IntN(2) == 0, w.now()))
	case 8:
		w.alices((*otrxmpp.Endpoint).Start)
	case 9:
		w.alices((*otrxmpp.Endpoint).End)
	case 10:
		w.alices((*otrxmpp.Endpoint).Tick)
	case 11:
		w.alices((*otrxmpp.Endpoint).Refresh)
	case 12:
		if len(w.sent) > 0 {
			last := w.sent[len(w.sent)-1]
			w.receive(otrxmpp.Message{From: last.To, Type: "error", ID: last.ID, ErrorCondition: "service-unavailable"})
		}
	case 13:
		bob.Out = nil // lost
	case 14:
		w.speak()
	case 15:
		w.clock.Advance(time.Duration(w.dice.IntN(2000)) * time.Second)
	}
	w.check()
	if w.dice.IntN(3) > 0 {
		w.flow()
	}
}

func (w *wanderer) alices(act func(*otrxmpp.Endpoint, time.Time) (otrxmpp.Result, error)) {
	w.reborn()
	if r, err := act(w.alice, w.now()); err == nil {
		w.note(r)
	}
}

// speak has Alice say something, and looks how it goes out.
func (w *wanderer) speak() {
	w.said++
	text := fmt.Sprintf("Alice's words %d", w.said)
	state := w.alice.State()
	r, err := w.alice.Send(text, w.now())
	w.note(r)
	if err != nil {
		if state == otr.Plaintext {
			w.t.Errorf("in clear, but not sent: %v", err)
		}
		return
	}
	for _, o := range r.Send {
		if inClear := strings.Contains(o.Body, "Alice's"); inClear != (state == otr.Plaintext) {
			w.t.Errorf("in state %v, sent %+v", state, o)
		}
	}
}

// check compares what was told with what is.
func (w *wanderer) check() {
	w.t.Helper()
	for _, event := range w.events {
		switch event.(type) {
		case otrxmpp.OTREnabled:
			if w.on {
				w.t.Error("enabled twice")
			}
			w.on = true
		case otrxmpp.OTRDisabled:
			if !w.on {
				w.t.Error("disabled twice")
			}
			w.on = false
		case otrxmpp.OTRAlreadySetup:
			if !w.on {
				w.t.Error("already set up, but not on")
			}
		}
	}
	w.events = nil
	if private := w.alice.State() == otr.Encrypted; private != w.on {
		w.t.Fatalf("private: %v, but told %v", private, w.on)
	}
	if _, ok := w.alice.Session(); ok != w.on {
		w.t.Errorf("a session: %v", ok)
	}
}
