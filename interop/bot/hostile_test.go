package bot_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"otrbot/internal/record"
	"otrbot/internal/testkit/learner"
	"otrbot/internal/xmpp"
	"otrbot/interop/servers"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

// An attack is what somebody sends to an address. $ stands for that, and % for somebody else who learns there.
type attack struct {
	name string
	xml  string
	n    int
}

func repeated(s string, n int) string { return strings.Repeat(s, n) }

// attacks are those that need no knowledge of OTR.
func attacks() []attack {
	const delayed = "<delay xmlns='urn:xmpp:delay' stamp='1999-01-01T00:00:00Z'/>"
	return []attack{
		{"a body over the limit", "<message to='$' type='chat'><body>" + repeated("x", 200_000) + "</body></message>", 5},
		{"too deep", "<message to='$' type='chat'><body>deep</body>" + repeated("<a>", 60) + repeated("</a>", 60) + "</message>", 5},
		{"too many children", "<message to='$' type='chat'><body>wide</body>" + repeated("<a/>", 3000) + "</message>", 5},
		{"too large an attribute", "<message to='$' type='chat' id='" + repeated("i", 100_000) + "'><body>long</body></message>", 5},
		{"a query over the limit", "<iq to='$' type='get' id='big'><query xmlns='" + repeated("urn:", 30_000) + "'/></iq>", 5},
		{"messages in a burst", "<message to='$' type='chat'><body>hello</body></message>", 500},
		{"no body, no type, nothing", "<message to='$'/><message to='$' type='chat'/><message to='$' type='chat'><body/></message><message to='$' type='odd'><body>odd</body></message>", 10},
		{"odd payloads", "<message to='$' type='chat'><body xmlns='urn:x'>not a body</body><x xmlns='jabber:x:data'/><event xmlns='http://jabber.org/protocol/pubsub#event'><items/></event>" +
			"<html xmlns='http://jabber.org/protocol/xhtml-im'/><delay xmlns='urn:xmpp:delay' stamp='never'/></message>", 20},
		{"a new subject in two languages", "<message to='$' type='normal' xml:lang='xx'><subject>?OTRv23?</subject><body xml:lang='y'>a</body><body>b</body><thread/></message>", 20},
		{"queries for everything", "<iq to='$' type='get' id='q'><query xmlns='jabber:iq:roster'/></iq><iq to='$' type='set' id='s'><query xmlns='jabber:iq:roster'><item jid='%' subscription='remove'/></query></iq>" +
			"<iq to='$' type='get' id='d'><query xmlns='http://jabber.org/protocol/disco#info' node='" + repeated("n", 3000) + "'/></iq>", 50},
		{"answers that nobody asked for", "<iq to='$' type='result' id='1'/><iq to='$' type='error' id='2'/>", 100},
		{"errors with OTR bodies", "<message to='$' type='error' id='1'><body>?OTRv23?</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>", 50},
		{"queries for OTR", "<message to='$' type='chat'><body>?OTRv23?</body></message>", 100},
		{"old queries", "<message to='$' type='chat'><body>?OTRv23?</body>" + delayed + "</message>", 50},
		{"errors of OTR", "<message to='$' type='chat'><body>?OTR Error: no</body></message>", 50},
		{"rubbish of OTR", "<message to='$' type='chat'><body>?OTR:AAMD" + repeated("QUJD", 500) + ".</body></message>", 50},
		{"fragments without end", "<message to='$' type='chat'><body>?OTR,1,60000," + repeated("QUJD", 2000) + ",</body></message>", 50},
		{"fragments for tags", "<message to='$' type='chat'><body>?OTR|00000200|00000000,1,3," + repeated("QUJD", 2000) + ",</body></message>", 50},
		{"forged carbons", "<message to='$' from='#' type='chat'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>" +
			"<message xmlns='jabber:client' from='%/desk' to='$' type='chat'><body>stop</body></message></forwarded></received></message>" +
			"<message to='$' type='chat'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>" +
			"<message xmlns='jabber:client' from='%/desk' to='$' type='chat'><body>?OTRv23?</body></message></forwarded></sent></message>", 50},
		{"a room", "<message to='$' type='groupchat'><body>hello all</body></message>", 20},
		{"invitations", "<message to='$'><x xmlns='http://jabber.org/protocol/muc#user'><invite from='#'/></x><body>come</body></message>" +
			"<message to='$'><x xmlns='jabber:x:conference' jid='room@conference.example.org'/></message>", 20},
		{"OMEMO", "<message to='$' type='chat'><encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/><payload>AAAA</payload></encrypted><body>I sent you an OMEMO message</body></message>", 20},
		{"invitations to be seen", "<presence to='$' type='subscribe'/>", 100},
		{"answers to invitations", "<presence to='$' type='subscribed'/><presence to='$' type='unsubscribed'/><presence to='$' type='unsubscribe'/>", 20},
		{"coming and going", "<presence to='$'><status>here</status></presence><presence to='$' type='unavailable'/>", 1000},
		{"typing", "<message to='$' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>", 100},
	}
}

// on is the attack as XML, with the real addresses.
func (a attack) on(bot, bystander, from string) string {
	one := strings.NewReplacer("$", bot, "%", bystander, "#", from).Replace(a.xml)
	return repeated(one, a.n)
}

// commits are openings of key exchanges, each with an instance tag of its own.
func commits(t *testing.T, n int) (bodies []string) {
	t.Helper()
	for range n {
		user, account := otr.NewUserState(), otr.Account{Name: "mallory@example.org", Protocol: "xmpp"}
		key, err := otr.GenerateKeyWithParameters(parameters(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := user.SetKey(account, key); err != nil {
			t.Fatal(err)
		}
		e, err := otrxmpp.New(otrxmpp.Config{User: user, Account: account, Peer: "bot@example.org", OTR: otr.Config{Policy: otr.AllowV3}})
		if err != nil {
			t.Fatal(err)
		}
		r := e.Receive(otrxmpp.Message{From: "bot@example.org/bot", Type: "chat", Bodies: []otrxmpp.Body{{Text: "?OTRv3?"}}}, time.Time{})
		for _, o := range r.Send {
			bodies = append(bodies, o.Body)
		}
	}
	if len(bodies) != n {
		t.Fatalf("%d openings instead of %d", len(bodies), n)
	}
	return bodies
}

// lessonSteps are what is left of a lesson for somebody who was greeted, one step after the other.
func (s *script) lessonSteps() []func() {
	return []func(){
		func() {
			s.must(s.StartOTR())
			s.wait(learner.Is[otrxmpp.OTREnabled])
			s.wait(says(s.t, "otr_on"))
		},
		func() {
			s.must(s.Verify("not the secret"))
			s.wait(learner.Is[otrxmpp.IncorrectSecretReceived])
		},
		func() {
			s.must(s.Verify(shared))
			s.wait(learner.Is[otrxmpp.CorrectSecretReceived])
			s.wait(says(s.t, "code"))
		},
		func() {
			s.must(s.Say(s.code()))
			s.wait(says(s.t, "congratulations"))
		},
	}
}

// code is the code that the learner was told last.
func (s *script) code() string {
	s.t.Helper()
	for _, seen := range slices.Backward(s.Seen()) {
		if m, ok := seen.Text(); ok && codeForm.MatchString(m.Text) {
			return codeForm.FindString(m.Text)
		}
	}
	s.t.Fatal("the learner was told no code")
	return ""
}

// unharmed wants the bot to have stayed online, to have no fault of its own to report, and to remember nobody but its
// learners.
func (h *house) unharmed(sessions int) {
	h.t.Helper()
	log := h.log.String()
	for _, bad := range []string{"level=ERROR", "offline", "refused and is dropped"} {
		if n := strings.Count(log, bad); n > 0 {
			h.t.Errorf("%d lines of the log have %q", n, bad)
		}
	}
	if n := strings.Count(log, "msg=online"); n != 1 {
		h.t.Errorf("the bot went online %d times", n)
	}
	kept, err := h.desk.Sessions(h.t.Context())
	if err != nil || len(kept) != sessions {
		h.t.Errorf("%d sessions are kept, %v; want %d", len(kept), err, sessions)
	}
}

// While somebody goes through the lesson, a stranger does everything that a client can do, from a resource that strict
// programs do not take for one. The lesson goes on, and the stranger gets one polite answer.
func TestHostileStranger(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, server *servers.Instance) {
		h := newHouse(t, server, options)
		h.start()
		s := h.greeted(t, "ana")
		name := "mallory-" + strings.SplitN(h.jid, "@", 2)[0]
		m := intrude(t, server, name, register(t, server, name), "\u1113")
		all := attacks()
		for _, body := range commits(t, 10) {
			all = append(all, attack{"an opening", "<message to='$' type='chat'><body>" + body + "</body></message>", 5})
		}
		steps := s.lessonSteps()
		for i, a := range all {
			m.send(a.on(h.jid+"/bot", s.JID(), m.jid))
			m.send(a.on(h.jid, s.JID(), m.jid))
			s.must(s.Say("help"))
			s.wait(learner.Says(""))
			if i%7 == 6 && len(steps) > 0 {
				steps[0]()
				steps = steps[1:]
			}
		}
		m.ping(s.ctx, h.jid+"/bot")
		s.must(s.Say("help"))
		s.wait(learner.Says(""))
		if len(steps) > 0 {
			t.Fatalf("%d steps of the lesson are left", len(steps))
		}
		if got := m.got(h.jid, "message"); len(got) != 1 || strings.Contains(fmt.Sprint(got[0]), "?OTR") {
			t.Errorf("the stranger got %d messages, want one polite answer", len(got))
		}
		if got := m.got(h.jid, "presence"); len(got) > 1 {
			t.Errorf("the stranger was shown %d presences", len(got))
		}
		h.unharmed(1)
		if waiting, err := h.desk.Inbox(t.Context()); err != nil || len(waiting) > 0 {
			t.Errorf("%d stanzas of strangers are kept, %v", len(waiting), err)
		}
	})
}

// A learner on the list floods. Others do not notice; the answers are in proportion.
func TestHostileLearner(t *testing.T) {
	t.Parallel()
	server := shop[servers.KindProsody]
	h := newHouse(t, server, options)
	h.start()
	s := h.greeted(t, "ana")
	name := "flo-" + strings.SplitN(h.jid, "@", 2)[0]
	flo := record.Learner{JID: name + "@" + server.Domain, Source: record.FromCommand}
	m := intrude(t, server, name, register(t, server, name), "\u1113")
	if err := h.desk.PutLearner(t.Context(), flo); err != nil {
		t.Fatal(err)
	}
	s.must(h.desk.PutSecret(t.Context(), flo.JID, []byte("Zehn Birnen, elf Äpfel"))) // the bot has read its list when it takes this
	all := attacks()
	all = append(all, attack{"three hundred messages", "<message to='$' type='chat'><body>again</body></message>", 300})
	for _, body := range commits(t, 30) {
		all = append(all, attack{"an opening", "<message to='$' type='chat'><body>" + body + "</body></message>", 2})
	}
	steps, sent := s.lessonSteps(), 0
	for i, a := range all {
		m.send(a.on(h.jid+"/bot", s.JID(), m.jid))
		sent += a.n
		s.must(s.Say("help"))
		s.wait(learner.Says(""))
		if i%9 == 8 && len(steps) > 0 {
			steps[0]()
			steps = steps[1:]
		}
	}
	m.ping(s.ctx, h.jid+"/bot")
	for { // until nothing of the flood is left
		s.must(s.Say("help"))
		s.wait(learner.Says(""))
		if waiting, err := h.desk.Inbox(t.Context()); err != nil {
			t.Fatal(err)
		} else if len(waiting) == 0 {
			break
		}
	}
	if len(steps) > 0 {
		t.Fatalf("%d steps of the lesson are left", len(steps))
	}
	m.ping(s.ctx, h.jid+"/bot")
	messages, presences := len(m.got(h.jid, "message")), len(m.got(h.jid, "presence"))
	t.Logf("%d messages and %d presences for %d attacks", messages, presences, sent)
	if messages > sent || presences > sent {
		t.Errorf("the learner got %d messages and %d presences for %d attacks", messages, presences, sent)
	}
	h.unharmed(2)
	kept, err := h.desk.Sessions(t.Context())
	for _, k := range kept {
		if len(k.Data) > 200_000 {
			t.Errorf("a session has %d bytes, %v", len(k.Data), err)
		}
	}
}

// What waits for the bot when it comes back, after another process has taken over, is no worse.
func TestBombOnResumption(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, server *servers.Instance) {
		h := newHouse(t, server, options)
		h.start()
		s := h.greeted(t, "ana")
		name := "mallory-" + strings.SplitN(h.jid, "@", 2)[0]
		m := intrude(t, server, name, register(t, server, name), "\u1113")
		steps := s.lessonSteps()
		steps[0]()
		for _, step := range steps[1:3] {
			if err := h.stopped(xmpp.ErrHandOver); err != nil {
				t.Fatal(err)
			}
			for _, a := range attacks() {
				a.n = min(a.n, 8) // Prosody gives up a session for which more than 500 stanzas wait
				m.send(a.on(h.jid+"/bot", s.JID(), m.jid))
			}
			m.ping(s.ctx, s.JID()+"/desk")
			h.start()
			step()
		}
		steps[3]()
		m.ping(s.ctx, h.jid+"/bot")
		if got := m.got(h.jid, "message"); len(got) > 2 { // at most one of each process
			t.Errorf("the stranger got %d messages", len(got))
		}
		if log := h.log.String(); strings.Contains(log, "level=ERROR") || strings.Count(log, "resumed=true") != 2 {
			t.Error("the bot has not resumed its stream twice")
		}
	})
}
