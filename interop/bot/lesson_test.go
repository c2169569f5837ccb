package bot_test

import (
	"testing"

	"otrbot/internal/secret"
	"otrbot/internal/testkit/learner"
	"otrbot/internal/tutor"
	"otrbot/interop/servers"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

// A learner says hello, switches OTR on, verifies with the secret and is told a code.
func TestLesson(t *testing.T) {
	each(t, func(t *testing.T, server *servers.Instance) {
		ctx := timeout(t)
		h := newHouse(t, server, tutor.Options{DefaultSecret: secret.New(shared)})
		h.start()
		s := &script{Learner: h.learner(ctx, "ana", otr.AllowV2|otr.AllowV3), t: t, ctx: ctx}

		s.wait(learner.Shows("available"))
		s.must(s.Say("hello"))
		s.wait(learner.Says(""))
		s.must(s.StartOTR())
		s.wait(learner.Is[otrxmpp.OTREnabled])
		s.wait(learner.Says(""))
		s.must(s.Verify(shared))
		s.wait(learner.Is[otrxmpp.CorrectSecretReceived])
		s.wait(learner.Says("-"))
		t.Log(s)
	})
}
