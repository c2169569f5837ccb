package bot

import (
	"otrbot/fsm"
	"otrbot/internal/clients"
	"otrbot/internal/tutor"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

// happened tells the tutor what the endpoint has seen.
func (t *turn) happened(e otrxmpp.Event) {
	t.bot.watch(e)
	t.catchUp(e)
	switch e := e.(type) {
	case otrxmpp.MessageReceived:
		t.heard(e)
	case otrxmpp.OTREnabled:
		t.signal(tutor.Signal{Event: tutor.OTREnabled, ByPeer: e.PeerStarted})
	case otrxmpp.OTRDisabled:
		t.disabled(e)
	case otrxmpp.OTRAlreadySetup:
		t.signal(tutor.Signal{Event: tutor.OTRAlreadySetup, ByPeer: e.PeerStarted})
	case otrxmpp.SMPStarted:
		t.signal(tutor.Signal{Event: tutor.SMPStarted, ByPeer: true})
	case otrxmpp.SMPQuestionUsed:
		t.signal(tutor.Signal{Event: tutor.SMPQuestionUsed, Question: e.Question, ByPeer: true})
	case otrxmpp.SMPAborted:
		t.signal(tutor.Signal{Event: tutor.SMPAborted, ByPeer: e.ByPeer})
	case otrxmpp.CorrectSecretReceived:
		t.signal(tutor.Signal{Event: tutor.CorrectSecretReceived, Asked: e.Asked, WithQuestion: e.Question})
	case otrxmpp.IncorrectSecretReceived:
		t.signal(tutor.Signal{Event: tutor.IncorrectSecretReceived, Asked: e.Asked, WithQuestion: e.Question})
	case otrxmpp.Requested:
		t.signal(tutor.Signal{Event: tutor.OTRRequested, Client: clients.Evidence{Query: e.Text}})
	case otrxmpp.Tagged:
		t.signal(tutor.Signal{Event: tutor.ClientSeen, Client: clients.Evidence{Tagged: true}})
	case otrxmpp.Unreadable:
		t.bot.otrLog.Debug("unreadable", "session", t.id, "reason", e.Reason, "detail", e.Detail)
		t.signal(tutor.Signal{Event: tutor.Unreadable})
	case otrxmpp.PeerError:
		t.signal(tutor.Signal{Event: tutor.ErrorReceived})
	case otrxmpp.OtherEncryption:
		t.signal(tutor.Signal{Event: tutor.OtherEncryption})
	case otrxmpp.Refused:
		t.signal(tutor.Signal{Event: tutor.Refused})
	case otrxmpp.Bounced:
		t.missed = true
		t.signal(tutor.Signal{Event: tutor.Bounced})
	case otrxmpp.OtherDevice:
		t.signal(tutor.Signal{Event: tutor.OtherDevice})
	case otrxmpp.Ignored:
		t.bot.otrLog.Debug("ignored", "session", t.id, "why", e.Why, "detail", e.Detail)
	case otrxmpp.NewKey:
		t.signal(tutor.Signal{Event: tutor.NewKey})
	case otrxmpp.TrustChanged, otrxmpp.Held, otrxmpp.Resent, otrxmpp.NotSent,
		otrxmpp.SecretReceived, otrxmpp.UnsafeSecretReceived:
		// Kept by the endpoint or the change; nothing that a learner did.
	}
}

// heard is a text of the learner.
func (t *turn) heard(e otrxmpp.MessageReceived) {
	if t.bot.options.Load().logUserMessages {
		t.bot.log.Info("the learner says", "session", t.id, "text", e.Text)
	}
	t.speak(true)
	t.signal(tutor.Signal{Event: tutor.MessageReceived, Text: e.Text, Raw: e.Raw, Encrypted: e.Encrypted})
}

// disabled is the end of OTR. We end it too, so that what the tutor says now reaches the learner, whose client shows it
// as unprotected.
func (t *turn) disabled(e otrxmpp.OTRDisabled) {
	if e.ByPeer || e.Lost {
		t.take(t.endpoint.End(t.now))
	}
	t.signal(tutor.Signal{Event: tutor.OTRDisabled, ByPeer: e.ByPeer, Lost: e.Lost})
}

// signal tells the tutor, and does what it says.
func (t *turn) signal(s tutor.Signal) {
	if t.over {
		return
	}
	t.followLanguage()
	s.Channel, s.Lang = t.channel(), t.lang
	s.Client, t.news = t.news.With(s.Client), clients.Evidence{}
	from := t.session.State
	effects := t.tutor.Handle(t.session, s, t.now)
	t.trace(s.Event, from)
	t.perform(effects)
}

// trace logs a step of the lesson.
func (t *turn) trace(e fsm.Event, from fsm.State) {
	t.bot.log.Debug("signal", "session", t.id, "event", string(e), "from", string(from), "to", string(t.session.State))
}

// channel is the conversation as the tutor sees it.
func (t *turn) channel() tutor.Channel {
	c := tutor.Channel{Encrypted: t.endpoint.State() == otr.Encrypted}
	if key, ok := t.user.Key(t.bot.otrAccount()); ok {
		c.OwnKey = key.Fingerprint().String()
	}
	if s, ok := t.endpoint.Session(); ok {
		c.PeerKey = s.Fingerprint.String()
	}
	return c
}
