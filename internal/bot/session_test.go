package bot

import (
	"context"
	"encoding/binary"
	"reflect"
	"strings"
	"testing"
	"time"

	"otrbot/internal/record"
	"otrbot/internal/xmpp"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

// again is another process on the same store, in the place of the first.
func (r *room) again() { r.Helper(); r.open(r.bot.config) }

// Another process goes on with the lesson wherever it is: greeted, in the middle of the key exchange, encrypted,
// in the middle of a check, verified.
func TestSessionIsTakenUp(t *testing.T) {
	r := newRoom(t, 20)
	step := func(what string, f func()) {
		r.Helper()
		r.again()
		f()
		r.again()
		r.passes(time.Minute / 2)
		if r.Failed() {
			r.Fatalf("in %s", what)
		}
	}
	step("the greeting", func() { r.says("hello") })
	if got := r.shown(); !r.saw(got, "greeting") || !r.saw(got, "first_step") {
		t.Fatalf("the learner sees %+v", got)
	}
	step("the key exchange", func() { r.onlyOne(r.learner.Start(r.now)) })
	if r.learner.State() != otr.Encrypted {
		t.Fatal("OTR is not on")
	}
	step("the check", func() { r.onlyOne(r.learner.StartSMP([]byte(shared), r.now)) })
	if got := r.shown(); !r.learner.Verified() || !strings.Contains(got[len(got)-1].text, "code") {
		t.Fatalf("verified: %t, the learner sees %+v", r.learner.Verified(), got)
	}
	code := r.bot.lives.of(ana).session.Code.Reveal()
	step("the end", func() { r.says(code) })
	if got := r.shown(); !r.saw(got, "congratulations") {
		t.Fatalf("the learner sees %+v", got)
	}
}

// onlyOne is a click of the learner; then the two talk, and each message of the learner finds a new bot.
func (r *room) onlyOne(result otrxmpp.Result, err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
	r.give(result)
	for len(r.sent) > 0 {
		r.again()
		e := r.sent[0]
		r.sent = r.sent[1:]
		r.show(e)
	}
}

// What is kept is what was there.
func TestKeepAndRestore(t *testing.T) {
	r := newRoom(t, 20)
	r.says("hello")
	r.encrypts()
	l := r.bot.lives.of(ana)
	l.online = []string{"desk", "phone"}
	data, err := l.keep()
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.bot.restore(record.Session{JID: ana, Data: data}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.id != l.id || got.status != l.status || got.composing != l.composing || !reflect.DeepEqual(got.online, l.online) || len(got.sayings) != len(l.sayings) {
		t.Errorf("restored %+v, want %+v", got, l)
	}
	if got.endpoint.State() != otr.Encrypted || got.session.State != l.session.State {
		t.Errorf("restored in state %v, %v", got.endpoint.State(), got.session.State)
	}
	if !r.bot.due(got).Equal(r.bot.due(l)) {
		t.Errorf("due %v, want %v", r.bot.due(got), r.bot.due(l))
	}
}

// A session that cannot be read is left out and told of; the learner begins anew, and nobody else suffers.
func TestDamagedSession(t *testing.T) {
	const bea = "bea@example.org"
	ctx := context.Background()
	r := newRoom(t, 0)
	r.says("hello")
	good, err := r.bot.lives.of(ana).keep()
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"rubbish": []byte("rubbish"), "another version": append([]byte{liveVersion + 1}, good[1:]...),
		"cut": good[:len(good)-1], "too long": append(good[:len(good):len(good)], 0),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := r.store.Commit(ctx, record.Change{JID: bea, Session: data}); err != nil {
				t.Fatal(err)
			}
			r.log.Reset()
			r.again()
			if r.bot.lives.of(bea) != nil || r.bot.lives.of(ana) == nil {
				t.Error("the wrong session is taken up")
			}
			if log := r.log.String(); strings.Count(log, "level=ERROR") != 1 || strings.Contains(log, bea) || strings.Contains(log, "rubbish") {
				t.Errorf("the log says %s", log)
			}
		})
	}
	r.shown()
	r.says("help")
	if got := r.shown(); !r.saw(got, "start_1") {
		t.Errorf("the other learner sees %+v", got)
	}
}

// restoreLimit bounds the inputs of FuzzRestore. A session in the middle of a check has some 6,000 bytes.
const restoreLimit = 1 << 16

// Whatever the store gives back, it is refused or is a session that can be kept again.
func FuzzRestore(f *testing.F) {
	r := newRoom(f, 20)
	seed := func() {
		data, err := r.bot.lives.of(ana).keep()
		if err != nil || len(data) > restoreLimit {
			f.Fatalf("%d bytes, %v", len(data), err)
		}
		f.Add(data)
		f.Add(data[:len(data)-1])
	}
	r.says("hello")
	seed()
	r.encrypts()
	seed()
	result, err := r.learner.StartSMP([]byte(shared), r.now)
	if err != nil {
		f.Fatal(err)
	}
	r.give(result)
	seed()
	f.Add([]byte{})
	f.Add(parts(liveVersion, "{}", "{}", "", "", ""))
	f.Add(parts(liveVersion, "{}", "{}", "", ""))
	f.Add(parts(liveVersion, "null", "null", "(privkeys)", "x", "y", "z"))
	f.Add(parts(liveVersion+1, "{}", "{}", "", "", ""))
	f.Add([]byte{liveVersion, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > restoreLimit {
			return
		}
		l, err := r.bot.restore(record.Session{JID: ana, Data: data}, nil)
		if err != nil {
			return
		}
		if _, err := l.keep(); err != nil {
			t.Errorf("what was restored cannot be kept: %v", err)
		}
		r.bot.due(l)
	})
}

// parts writes a kept session of parts.
func parts(version byte, all ...string) []byte {
	data := []byte{version}
	for _, part := range all {
		data = binary.BigEndian.AppendUint32(data, uint32(len(part)))
		data = append(data, part...)
	}
	return data
}

// A message that nobody knows to have arrived lets the step be told again: once for each learner, whether this process
// had sent it or another one, and not for typing notices.
func TestStepIsToldAgainAfterDoubt(t *testing.T) {
	const one, two = "<message to='" + anaJID + "' type='chat'><body>one</body></message>", "<message xmlns='jabber:client' to='" + ana + "' type='chat'><body>two</body></message>"
	const rest = "<message to='" + anaJID + "' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>"
	tests := map[string]struct {
		doubt []string
		told  int
	}{
		"as on the wire":                  {[]string{one}, 1},
		"kept by another process":         {[]string{two}, 1},
		"several":                         {[]string{one, two, one}, 1},
		"nothing that anybody would miss": {[]string{rest, "<presence to='" + ana + "'/>", "not XML", ""}, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t, 0)
			r.says("hello")
			r.shown()
			var doubt []xmpp.Sent
			for _, xml := range test.doubt {
				doubt = append(doubt, xmpp.Sent{XML: []byte(xml)})
			}
			r.bot.workers = startWorkers(1, r.bot.do)
			(&handler{Bot: r.bot}).InDoubt(doubt)
			r.bot.workers.stop()
			r.deliver()
			told := 0
			for _, one := range r.shown() {
				if strings.Contains(one.text, r.text("first_step")) {
					told++
				}
			}
			if told != test.told {
				t.Errorf("the first step is told again %d times, want %d", told, test.told)
			}
		})
	}
}
