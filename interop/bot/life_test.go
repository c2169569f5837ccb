package bot_test

import (
	"strings"
	"testing"
	"time"

	"otrbot/internal/record"
	"otrbot/internal/secret"
	"otrbot/internal/testkit/learner"
	"otrbot/internal/tutor"
	"otrbot/internal/xmpp"
	"otrbot/interop/servers"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

var options = tutor.Options{DefaultSecret: secret.New(shared), NoTyping: true}

// greeted is a learner who has said hello and was answered.
func (h *house) greeted(t *testing.T, name string) *script {
	t.Helper()
	ctx := timeout(t)
	s := &script{Learner: h.learner(ctx, name, otr.AllowV2|otr.AllowV3), t: t, ctx: ctx}
	s.wait(learner.Shows("available"))
	s.must(s.Say("hello"))
	s.wait(learner.Says("Hello"))
	return s
}

// encrypted is a learner who has switched OTR on and was told so.
func (h *house) encrypted(t *testing.T, name string) *script {
	t.Helper()
	s := h.greeted(t, name)
	s.must(s.StartOTR())
	s.wait(learner.Is[otrxmpp.OTREnabled])
	s.wait(says(t, "otr_on"))
	return s
}

// The bot is replaced by another process in the middle of a lesson: the conversation goes on, and the learner's
// client sees nobody come or go.
func TestHandOver(t *testing.T) {
	each(t, func(t *testing.T, server *servers.Instance) {
		h := newHouse(t, server, options)
		h.start()
		s := h.encrypted(t, "bea")
		before := len(s.Seen())

		if err := h.stopped(xmpp.ErrHandOver); err != nil {
			t.Fatalf("the old bot ends with %v", err)
		}
		s.must(s.Say("are you there?")) // nobody is, for the moment
		h.start()
		s.wait(learner.Says(""))
		s.must(s.Verify(shared))
		s.wait(learner.Is[otrxmpp.CorrectSecretReceived])
		for _, seen := range s.Seen()[before:] {
			if seen.Presence != "" {
				t.Errorf("the learner's client saw presence %q", seen.Presence)
			}
		}
		if !strings.Contains(h.log.String(), "resumed=true") {
			t.Error("the new bot did not resume the stream")
		}
	})
}

// Stopped for good, the bot says goodbye, encrypted, and forgets the learner.
func TestGoodbye(t *testing.T) {
	each(t, func(t *testing.T, server *servers.Instance) {
		h := newHouse(t, server, options)
		h.start()
		s := h.encrypted(t, "cora")
		if err := h.stopped(nil); err != nil {
			t.Fatalf("the bot ends with %v", err)
		}
		s.wait(says(t, "closing"))
		s.wait(learner.Is[otrxmpp.OTRDisabled])
		s.wait(learner.Shows("unavailable"))
		kept, err := h.desk.Sessions(t.Context())
		if err != nil || len(kept) > 0 {
			t.Errorf("%d sessions are kept, %v", len(kept), err)
		}
	})
}

// A session that nobody uses is warned, then ended, with a status that says how to come back; and it can be begun again.
func TestSilence(t *testing.T) {
	h := newHouse(t, shop[servers.KindProsody], tutor.Options{
		DefaultSecret: secret.New(shared), NoTyping: true, Warning: 2 * time.Second, Expiry: 4 * time.Second,
	})
	h.start()
	s := h.greeted(t, "dora")
	s.wait(learner.Shows("unavailable"))
	if status := s.Seen()[s.n-1].Status; status == "" {
		t.Error("the status does not say how to come back")
	}
	s.must(s.Say("hello again"))
	s.wait(learner.Says("Hello"))
}

// A command that runs beside the bot sets a secret, resets and removes a learner.
func TestNotes(t *testing.T) {
	h := newHouse(t, shop[servers.KindProsody], tutor.Options{NoTyping: true})
	h.start()
	s := h.encrypted(t, "emma")
	ctx := t.Context()
	const own = "Sieben Zwerge im Regen 5"
	s.must(h.desk.PutSecret(ctx, s.JID(), []byte(own)))
	s.wait(says(t, "secret_kept"))
	s.must(s.Verify(own))
	s.wait(learner.Is[otrxmpp.CorrectSecretReceived])

	if _, err := h.desk.ResetLearner(ctx, s.JID()); err != nil {
		t.Fatal(err)
	}
	s.wait(learner.Is[otrxmpp.OTRDisabled])
	s.wait(learner.Shows("unavailable"))
	s.must(s.EndOTR())
	s.must(s.Say("hello"))
	s.wait(learner.Says("Hello"))

	if _, err := h.desk.RemoveLearner(ctx, s.JID()); err != nil {
		t.Fatal(err)
	}
	s.wait(learner.Shows("unavailable"))
}

// Somebody who is not on the list gets one polite answer, however often they write.
func TestStranger(t *testing.T) {
	each(t, func(t *testing.T, server *servers.Instance) {
		h := newHouse(t, server, options)
		h.start()
		known := h.greeted(t, "frida")
		ctx := timeout(t)
		name := "stranger-" + strings.SplitN(h.jid, "@", 2)[0]
		l := h.login(ctx, name+"@"+server.Domain, register(t, server, name), otr.AllowV2|otr.AllowV3)
		s := &script{Learner: l, t: t, ctx: ctx}
		for range 20 {
			s.must(s.Say("hello"))
		}
		s.must(s.StartOTR())
		s.wait(learner.Says(""))
		known.must(known.Say("help"))
		known.wait(learner.Says(""))
		for _, seen := range s.Seen()[s.n:] {
			if _, ok := seen.Text(); ok || seen.Event != nil {
				t.Errorf("the stranger saw more: %v", s)
			}
		}
	})
}

// A secret that was set yesterday is there when the learner comes, and still there for another try after a session
// that led nowhere.
func TestSecretWaits(t *testing.T) {
	h := newHouse(t, shop[servers.KindProsody], tutor.Options{NoTyping: true, Warning: 2 * time.Second, Expiry: 4 * time.Second})
	ctx := timeout(t)
	name := "hanna-" + strings.SplitN(h.jid, "@", 2)[0]
	jid, password := name+"@"+h.server.Domain, register(t, h.server, name)
	const own = "Sieben Zwerge im Regen 5"
	for _, err := range []error{
		h.desk.PutLearner(ctx, record.Learner{JID: jid, Source: record.FromCommand}),
		h.desk.PutSecret(ctx, jid, []byte(own)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	h.start()
	s := &script{Learner: h.login(ctx, jid, password, otr.AllowV2|otr.AllowV3), t: t, ctx: ctx}
	s.wait(says(t, "greeting"))
	s.wait(learner.Shows("unavailable")) // nobody did anything

	s.must(s.Say("hello"))
	s.wait(says(t, "greeting"))
	s.must(s.StartOTR())
	s.wait(learner.Is[otrxmpp.OTREnabled])
	s.must(s.Verify(own))
	s.wait(learner.Is[otrxmpp.CorrectSecretReceived])
}
