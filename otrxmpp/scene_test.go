package otrxmpp_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

// Bob's clients, by the full JIDs that they write from.
const (
	phone  = testkit.Bob + "/phone.6d828b0d"
	laptop = testkit.Bob + "/laptop"
	tablet = testkit.Bob + "/tablet"
)

// scene is Alice's endpoint, and clients of Bob that know no more of XMPP than their addresses.
type scene struct {
	t      testing.TB
	clock  *testkit.Clock
	config otrxmpp.Config
	alice  *otrxmpp.Endpoint
	bobs   map[string]*testkit.Client
	routes []string

	// restart has Alice restored from a snapshot before everything that happens to her.
	restart bool
	events  []otrxmpp.Event
	sent    []otrxmpp.Outgoing
	queue   []otrxmpp.Outgoing // not delivered yet
	count   int
}

type option func(*otrxmpp.Config)

func withPolicy(p otr.Policy) option { return func(c *otrxmpp.Config) { c.OTR.Policy = p } }

func newScene(t testing.TB, options ...option) *scene {
	t.Helper()
	s := &scene{t: t, clock: testkit.NewClock(), bobs: map[string]*testkit.Client{}}
	s.config = otrxmpp.Config{
		User:    testkit.User(t, testkit.Alice),
		Account: otr.Account{Name: testkit.Alice, Protocol: testkit.Protocol},
		Peer:    testkit.Bob,
		OTR:     otr.Config{Policy: otr.Manual, Rand: testkit.Rand(t.Name() + " alice"), Time: s.clock.Now},
	}
	for _, o := range options {
		o(&s.config)
	}
	var err error
	if s.alice, err = otrxmpp.New(s.config); err != nil {
		t.Fatal(err)
	}
	return s
}

// join adds a client of Bob's at a route.
func (s *scene) join(route string, options ...testkit.Option) *testkit.Client {
	s.t.Helper()
	user := testkit.User(s.t, testkit.Bob) // each client has its own instance tag
	c := testkit.NewClientOf(s.t, user, testkit.Bob, testkit.Alice, s.t.Name()+route, s.clock, options...)
	s.bobs[route] = c
	s.routes = append(s.routes, route)
	return c
}

// move gives a client another resource.
func (s *scene) move(from, to string) {
	s.bobs[to] = s.bobs[from]
	delete(s.bobs, from)
	for i, r := range s.routes {
		if r == from {
			s.routes[i] = to
		}
	}
}

func (s *scene) now() time.Time { return s.clock.Now() }

func (s *scene) reborn() {
	s.t.Helper()
	if !s.restart {
		return
	}
	snapshot, err := s.alice.Snapshot()
	if err != nil {
		s.t.Fatal(err)
	}
	s.alice.Close()
	if s.alice, err = otrxmpp.Restore(s.config, snapshot); err != nil {
		s.t.Fatal(err)
	}
}

func (s *scene) note(r otrxmpp.Result) otrxmpp.Result {
	s.sent = append(s.sent, r.Send...)
	s.queue = append(s.queue, r.Send...)
	s.events = append(s.events, r.Events...)
	return r
}

// receive gives Alice a message as it is.
func (s *scene) receive(m otrxmpp.Message) otrxmpp.Result {
	s.t.Helper()
	s.reborn()
	return s.note(s.alice.Receive(m, s.now()))
}

// message is a chat message of Bob's.
func (s *scene) message(from, body string) otrxmpp.Message {
	s.count++
	return otrxmpp.Message{
		From: from, To: testkit.Alice + "/bot", ID: fmt.Sprint("m", s.count), Type: "chat", Bodies: []otrxmpp.Body{{Text: body}},
	}
}

func (s *scene) says(from, body string) otrxmpp.Result {
	s.t.Helper()
	return s.receive(s.message(from, body))
}

// do is one of Alice's actions, which must not fail.
func (s *scene) do(action func(e *otrxmpp.Endpoint, now time.Time) (otrxmpp.Result, error)) otrxmpp.Result {
	s.t.Helper()
	s.reborn()
	r, err := action(s.alice, s.now())
	if err != nil {
		s.t.Fatal(err)
	}
	return s.note(r)
}

func (s *scene) start() otrxmpp.Result {
	s.t.Helper()
	return s.do((*otrxmpp.Endpoint).Start)
}

func (s *scene) end() otrxmpp.Result {
	s.t.Helper()
	return s.do((*otrxmpp.Endpoint).End)
}

func (s *scene) say(text string) otrxmpp.Result {
	s.t.Helper()
	return s.do(func(e *otrxmpp.Endpoint, now time.Time) (otrxmpp.Result, error) { return e.Send(text, now) })
}

// flow carries everything where it is addressed until all is quiet. A server gives what is for the bare JID to all clients.
func (s *scene) flow() {
	s.t.Helper()
	for range 10_000 {
		switch from := s.speaker(); {
		case len(s.queue) > 0:
			out := s.queue[0]
			s.queue = s.queue[1:]
			for _, route := range s.routes {
				if (out.To == route || out.To == testkit.Bob) && out.Body != "" {
					s.bobs[route].Get(out.Body)
				}
			}
		case from != "":
			s.says(from, s.bobs[from].Take())
		default:
			return
		}
	}
	s.t.Fatal("no end of messages")
}

func (s *scene) speaker() string {
	for _, route := range s.routes {
		if len(s.bobs[route].Out) > 0 {
			return route
		}
	}
	return ""
}

// secure makes the conversation with the client of a route private, at Bob's wish.
func (s *scene) secure(route string) {
	s.t.Helper()
	bob := s.bobs[route]
	bob.Do(bob.Start())
	s.flow()
	if got := bob.State(); got != otr.Encrypted {
		s.t.Fatalf("%s: %v", route, got)
	}
	s.events, bob.Events = nil, nil
}

// private has Bob say something in private.
func (s *scene) private(route, text string) {
	s.t.Helper()
	s.bobs[route].Say(text)
	s.flow()
}

// expect consumes the events up to the first of a type.
func expect[E otrxmpp.Event](s *scene) E {
	s.t.Helper()
	for i, event := range s.events {
		if e, ok := event.(E); ok {
			s.events = s.events[i+1:]
			return e
		}
	}
	var none E
	s.t.Fatalf("no %s among %+v", none.Name(), s.events)
	return none
}

// expectOnly consumes all events, which must have exactly these names.
func (s *scene) expectOnly(names ...string) {
	s.t.Helper()
	var got []string
	for _, e := range s.events {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		s.t.Errorf("events %v, want %v", got, names)
	}
	s.events = nil
}

func (s *scene) expectState(want otr.MessageState) {
	s.t.Helper()
	if got := s.alice.State(); got != want {
		s.t.Errorf("state %v, want %v", got, want)
	}
}

func (s *scene) expectSilence(r otrxmpp.Result) {
	s.t.Helper()
	if len(r.Send) > 0 {
		s.t.Errorf("answered with %+v", r.Send)
	}
}

// versions runs a test for both versions of the protocol.
func versions(t *testing.T, test func(*testing.T, otr.Policy)) {
	for _, v := range []int{2, 3} {
		t.Run(fmt.Sprint("v", v), func(t *testing.T) { test(t, testkit.VersionPolicy(v)) })
	}
}
