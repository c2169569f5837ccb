package otr_test

import (
	"fmt"
	"strings"
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

// A scene is a client of the library, Alice, and a handmade Bob.
type scene struct {
	t       *testing.T
	version int
	alice   *testkit.Client
	bob     *handmade
	clock   *testkit.Clock
}

// newScene has Alice in PLAINTEXT. The policy allows the version, and what else is given.
func newScene(t *testing.T, version int, options ...testkit.Option) *scene {
	t.Helper()
	clock := testkit.NewClock()
	return &scene{
		t: t, version: version, clock: clock,
		alice: testkit.NewClient(t, testkit.Alice, testkit.Bob, t.Name()+"alice", clock, options...),
		bob:   newHandmade(t, version, testkit.Bob, t.Name()+"bob"),
	}
}

// policy allows both versions and sets the flags.
func policy(flags otr.Policy) testkit.Option { return testkit.Policy(otr.Manual | flags) }

// onlyPolicy allows one version and sets the flags.
func onlyPolicy(version int, flags otr.Policy) testkit.Option {
	return testkit.Policy(testkit.VersionPolicy(version) | flags)
}

// private makes the conversation private; Bob begins.
func (s *scene) private() *scene {
	s.t.Helper()
	s.exchange()
	return s
}

// exchange runs the AKE, begun by Bob, and returns Alice's Secured.
func (s *scene) exchange() otr.Secured {
	s.t.Helper()
	key := only[*wire.DHKey](s.t, s.alice.Receive(s.bob.commit()))
	result := s.alice.Receive(s.bob.reveal(key))
	s.bob.finish(first[*wire.Signature](s.t, result))
	s.is(otr.Encrypted)
	return event[otr.Secured](s.t, result)
}

// finished makes the conversation private and has Bob end it.
func (s *scene) finished() *scene {
	s.t.Helper()
	s.private()
	s.alice.Receive(s.bob.data("", []wire.TLV{{Type: wire.TLVDisconnected}}))
	s.is(otr.Finished)
	return s
}

// in brings Alice into a message state.
func (s *scene) in(state otr.MessageState) *scene {
	s.t.Helper()
	switch state {
	case otr.Encrypted:
		s.private()
	case otr.Finished:
		s.finished()
	}
	return s
}

// is checks the message state.
func (s *scene) is(want otr.MessageState) {
	s.t.Helper()
	if got := s.alice.State(); got != want {
		s.t.Fatalf("message state is %v, want %v", got, want)
	}
}

// auth checks the authentication state.
func (s *scene) auth(want otr.AuthState) {
	s.t.Helper()
	if got := s.alice.AuthState(); got != want {
		s.t.Fatalf("authentication state is %v, want %v", got, want)
	}
}

// get lets Alice receive a message.
func (s *scene) get(message string) otr.Result { return s.alice.Receive(message) }

// query is a Query Message that offers the version of the scene alone.
func (s *scene) query() string { return fmt.Sprintf("?OTRv%d?", s.version) }

// tag is a whitespace tag that offers the version of the scene alone.
func (s *scene) tag() string { return whitespaceTag(s.version) }

// must fails the test on an error of an action of Alice.
func (s *scene) must(r otr.Result, err error) otr.Result {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// talks checks that texts pass both ways.
func (s *scene) talks() {
	s.t.Helper()
	r := s.get(s.bob.data("How do you do?", nil))
	wantText(s.t, r, "How do you do?")
	s.reads(s.must(s.alice.Send("Fine.")), "Fine.")
}

// reads checks that the last message of a result is a text that Bob can read.
func (s *scene) reads(r otr.Result, want string) {
	s.t.Helper()
	if len(r.Send) == 0 {
		s.t.Fatal("nothing was sent")
	}
	m, ok := parse(s.t, r.Send[len(r.Send)-1]).(*wire.Data)
	if !ok {
		s.t.Fatalf("sent %q, want a Data Message", r.Send)
	}
	if text, _ := s.bob.read(m); text != want {
		s.t.Fatalf("Bob reads %q, want %q", text, want)
	}
}

func whitespaceTag(versions ...int) string {
	tag := "\x20\x09\x20\x20\x09\x09\x09\x09\x20\x09\x20\x09\x20\x09\x20\x20"
	for _, v := range versions {
		tag += map[int]string{
			1: "\x20\x09\x20\x09\x20\x20\x09\x20",
			2: "\x20\x20\x09\x09\x20\x20\x09\x20",
			3: "\x20\x20\x09\x09\x20\x20\x09\x09",
		}[v]
	}
	return tag
}

// only returns the one message of a result, which must be an M.
func only[M wire.Message](t testing.TB, r otr.Result) M {
	t.Helper()
	if len(r.Send) != 1 {
		t.Fatalf("%d messages sent, want 1: %.100q; events %+v", len(r.Send), r.Send, r.Events)
	}
	return first[M](t, r)
}

// first returns the first message of a result, which must be an M.
func first[M wire.Message](t testing.TB, r otr.Result) M {
	t.Helper()
	if len(r.Send) == 0 {
		var want M
		t.Fatalf("nothing was sent, want a %T; events %+v", want, r.Events)
	}
	m, ok := parse(t, r.Send[0]).(M)
	if !ok {
		t.Fatalf("sent %.100q, want a %T", r.Send[0], m)
	}
	return m
}

// silent checks that nothing was sent.
func silent(t testing.TB, r otr.Result) {
	t.Helper()
	if len(r.Send) != 0 {
		t.Fatalf("sent %.200q, want nothing", r.Send)
	}
}

// event returns the first event of its type.
func event[E otr.Event](t testing.TB, r otr.Result) E {
	t.Helper()
	for _, e := range r.Events {
		if e, ok := e.(E); ok {
			return e
		}
	}
	var want E
	t.Fatalf("no %T among the events %+v", want, r.Events)
	return want
}

// none checks that there is no event of the type.
func none[E otr.Event](t testing.TB, r otr.Result) {
	t.Helper()
	for _, e := range r.Events {
		if e, ok := e.(E); ok {
			t.Fatalf("unexpected event %T %+v", e, e)
		}
	}
}

// wantText checks a text that arrived privately.
func wantText(t testing.TB, r otr.Result, want string) {
	t.Helper()
	if got := event[otr.Received](t, r).Text; got != want {
		t.Fatalf("received %q, want %q", got, want)
	}
}

// wantClear checks a text that arrived in clear.
func wantClear(t testing.TB, r otr.Result, text string, warn bool) {
	t.Helper()
	e := event[otr.ReceivedInClear](t, r)
	if e.Text != text || e.Unexpected != warn {
		t.Fatalf("received in clear %+v, want %q, warning %v", e, text, warn)
	}
}

// wantRejected checks the reason of a rejection.
func wantRejected(t testing.TB, r otr.Result, reason otr.Reason) {
	t.Helper()
	if e := event[otr.Rejected](t, r); e.Reason != reason {
		t.Fatalf("rejected as %v (%s), want %v", e.Reason, e.Detail, reason)
	}
}

// wantQuery checks that one Query Message was sent.
func wantQuery(t testing.TB, r otr.Result) {
	t.Helper()
	if len(r.Send) != 1 || wire.Classify(r.Send[0]).Kind != wire.KindQuery {
		t.Fatalf("sent %.100q, want one Query Message", r.Send)
	}
}

// wantError checks that one Error Message was sent.
func wantError(t testing.TB, r otr.Result) {
	t.Helper()
	if len(r.Send) != 1 || !strings.HasPrefix(r.Send[0], "?OTR Error:") {
		t.Fatalf("sent %.100q, want one Error Message", r.Send)
	}
}
