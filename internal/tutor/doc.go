// Package tutor teaches one learner at a time to chat encrypted and to verify
// who is there: it is told what happened and answers with what to do.
//
// A Tutor is a lesson with its settings; it does not change and serves any
// number of learners at once. A Session is one learner's way through the
// lesson, plain data that the caller keeps:
//
//	s := t.Begin(learner, now)
//	for _, e := range t.Handle(s, tutor.Signal{Event: tutor.OTREnabled, Channel: tutor.Channel{Encrypted: true}}, now) {
//		… // Say, AskSMP, Retire and so on
//	}
//	if at, ok := t.Due(s); ok { … } // call Tick at that time
//
// The package reads no clock, opens no connection and knows nothing of OTR's
// messages or of XMPP. Same session, same signals, same times: same effects.
// One goroutine at a time may use a Session.
package tutor
