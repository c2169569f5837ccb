package xmppd

import (
	"testing"
	"time"

	"otrbot/internal/xmpp/stanza"
)

// Whatever a client with a session sends, the server goes on, says nobody else's words in its name, and queues only
// what can be written.
func FuzzStanzas(f *testing.F) {
	for _, s := range []string{
		"<message to='bob@bot.example/x' from='carol@bot.example'><body>hi</body></message><message to='/'/><message/>",
		"<message to='carol@bot.example'><body>hi</body></message><message to='bob@bot.example' type='error'/>",
		"<presence><priority> 300 </priority></presence><presence type='unavailable'/><presence to='bob@bot.example'/>",
		"<presence type='subscribe' to='bob@bot.example'/><presence type='subscribed' to='bob@bot.example'/><presence type='unsubscribe' to='bob@bot.example'/>" +
			"<presence type='unsubscribed' to='bob@bot.example'/><presence type='probe' to='bob@bot.example'/>",
		"<iq type='set' id='1'><query xmlns='jabber:iq:roster'><item jid='bob@bot.example'/></query></iq>" +
			"<iq type='set'><query xmlns='jabber:iq:roster'><item jid='bob@bot.example' subscription='remove'/></query></iq>",
		"<iq type='get'><query xmlns='jabber:iq:private'><a xmlns='b'/></query></iq><iq type='set' to='\u1113@bot.example/'><vCard xmlns='vcard-temp'/></iq>",
		"<enable xmlns='urn:xmpp:sm:3' resume='1'/><r xmlns='urn:xmpp:sm:3'/><a xmlns='urn:xmpp:sm:3' h='4294967295'/><resume xmlns='urn:xmpp:sm:3'/>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		list, err := stanza.Parse([]byte("<list xmlns='jabber:client'>"+raw[:min(len(raw), 4000)]+"</list>"), stanza.Limits{})
		if err != nil {
			return
		}
		s := fuzzServer(t)
		alice, bob := fuzzSession(s, "alice"), fuzzSession(s, "bob")
		for e := range list.Children() {
			if err := s.handle(alice, e); err != nil {
				break
			}
		}
		for _, e := range bob.out.rest() {
			if from := e.Attr("from"); from != "" && stanza.Bare(from) != "alice@bot.example" && stanza.Bare(from) != "bob@bot.example" {
				t.Fatalf("%q: something from %q", raw, from)
			}
			if e.Local == "message" && e.Attr("from") != alice.jid {
				t.Fatalf("%q: a message from %q", raw, e.Attr("from"))
			}
		}
		s.drop(alice)
		s.drop(bob)
	})
}

func fuzzServer(t *testing.T) *Server {
	c, err := Config{Domain: "bot.example", Hold: time.Hour}.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	return &Server{config: c, log: c.Log, accounts: map[string]*account{}, resumable: map[string]*session{}}
}

// fuzzSession is a session whose client is away.
func fuzzSession(s *Server, name string) *session {
	a := &account{
		name: name, jid: name + "@bot.example", roster: map[string]*contact{}, sessions: map[string]*session{}, private: map[string]*stanza.Element{},
	}
	one := &session{account: a, jid: a.jid + "/x", out: newOutbox(1000), directed: map[string]bool{}, interested: true}
	s.accounts[name], a.sessions["x"] = a, one
	s.wait(one)
	s.handle(one, stanza.New(stanza.NSClient, "presence"))
	return one
}
