package xmpp

import (
	"testing"

	"otrbot/internal/xmpp/stanza"
)

// Whatever element comes, it is handled, and only a wrong count of the server's is an error.
func FuzzStanza(f *testing.F) {
	for _, s := range []string{
		`<message xmlns='jabber:client' from='a@b/c' type='chat'><body>x</body></message>`,
		`<presence xmlns='jabber:client' from='a@b/c' type='subscribe'/>`,
		`<iq xmlns='jabber:client' id='1' type='get'><query xmlns='http://jabber.org/protocol/disco#info' node='x'/></iq>`,
		`<iq xmlns='jabber:client' id='1' type='set' from='bot@example.org'><query xmlns='jabber:iq:roster'><item jid='a@b' subscription='both'><group>g</group></item></query></iq>`,
		`<iq xmlns='jabber:client' id='1' type='result' from='a@b/c'><query xmlns='jabber:iq:version'><name>x</name></query></iq>`,
		`<iq xmlns='jabber:client' id='1' type='error'><error/></iq>`,
		`<r xmlns='urn:xmpp:sm:3'/>`, `<a xmlns='urn:xmpp:sm:3' h='0'/>`, `<a xmlns='urn:xmpp:sm:3' h='4294967296'/>`,
		`<iq xmlns='jabber:client' type='get'><ping xmlns='urn:xmpp:ping'/></iq>`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 16<<10 {
			return
		}
		e, err := stanza.Parse(b, stanza.Limits{})
		if err != nil {
			return
		}
		c := must(New(Config{JID: "bot@example.org", Password: "x", Software: Software{Name: "x", Node: "y"}}))
		w := newWitness()
		w.act = func(*stanza.Element) { _ = c.Send(copyOf(e), 0) }
		c.queries["1"] = &query{to: "a@b/c", result: make(chan reply, 1), sent: true}
		if err := c.handle(&link{managed: true}, w, e, true); err != nil && e.Space != stanza.NSSM {
			t.Error(err)
		}
	})
}
