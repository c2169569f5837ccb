package chatxml_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"otrbot/internal/chatxml"
	"otrbot/internal/xmpp/stanza"
	"otrbot/otrxmpp"
)

const head = `<message xmlns="jabber:client" from="bob@example.org/x" to="alice@example.org/bot" id="m1" type="chat">`

func read(t *testing.T, inside string) otrxmpp.Message {
	t.Helper()
	e, err := stanza.Parse([]byte(head+inside+"</message>"), stanza.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	m, ok := chatxml.Read(e)
	if !ok {
		t.Fatal("no message")
	}
	return m
}

// What clients and servers put into messages, and what a stranger might.
func TestRead(t *testing.T) {
	const (
		omemo  = `<encrypted xmlns="eu.siacs.conversations.axolotl"><header sid="1"/>`
		omemo2 = `<encrypted xmlns="urn:xmpp:omemo:2"><header sid="1"/>`
		note   = `<body>I sent you an OMEMO message.</body>`
		stamp  = "2026-03-14T09:26:53Z"
	)
	when := time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)
	body := func(texts ...string) (all []otrxmpp.Body) {
		for _, text := range texts {
			all = append(all, otrxmpp.Body{Text: text})
		}
		return all
	}
	for _, test := range []struct {
		name, inside string
		want         otrxmpp.Message
	}{
		{"nothing", ``, otrxmpp.Message{}},
		{"a body", `<body> &lt;b&gt; ` + "\t" + `</body>`, otrxmpp.Message{Bodies: body(" <b> \t")}},
		{"an empty body", `<body/>`, otrxmpp.Message{Bodies: body("")}},
		{"a body with elements", `<body>a<b>c</b>d</body>`, otrxmpp.Message{Bodies: body("ad")}},
		{"bodies", `<body xml:lang="nl">a</body><body>b</body>`, otrxmpp.Message{Bodies: []otrxmpp.Body{{Lang: "nl", Text: "a"}, {Text: "b"}}}},
		{"a foreign body", `<body xmlns="urn:example:x">a</body>`, otrxmpp.Message{}},
		{"formatted text", `<html xmlns="http://jabber.org/protocol/xhtml-im"><body xmlns="http://www.w3.org/1999/xhtml">other</body></html><body>a</body>`,
			otrxmpp.Message{XHTML: true, Bodies: body("a")}},
		{"a delay", `<body>a</body><delay xmlns="urn:xmpp:delay" stamp="` + stamp + `"/>`, otrxmpp.Message{Bodies: body("a"), Delay: when}},
		{"a delay with fractions", `<delay xmlns="urn:xmpp:delay" stamp="2026-03-14T09:26:53.5Z"/>`, otrxmpp.Message{Delay: when.Add(time.Second / 2)}},
		{"an old delay", `<x xmlns="jabber:x:delay" stamp="20260314T09:26:53"/>`, otrxmpp.Message{Delay: when}},
		{"a delay that is none", `<delay xmlns="urn:xmpp:delay" stamp="soon"/>`, otrxmpp.Message{Delay: time.Unix(0, 0).UTC()}},
		{"a carbon", `<received xmlns="urn:xmpp:carbons:2"><forwarded xmlns="urn:xmpp:forward:0">` + head + `<body>?OTRv2?</body></message></forwarded></received>`,
			otrxmpp.Message{Carbon: true}},
		{"a sent carbon, old", `<sent xmlns="urn:xmpp:carbons:1"/>`, otrxmpp.Message{Carbon: true}},
		{"kept from carbons", `<private xmlns="urn:xmpp:carbons:2"/><body>a</body>`, otrxmpp.Message{Bodies: body("a")}},
		{"from an archive", `<result xmlns="urn:xmpp:mam:2"><forwarded xmlns="urn:xmpp:forward:0">` + head + `<body>old</body></message></forwarded></result>`,
			otrxmpp.Message{}},
		{"marked as OTR", `<body>a</body><encryption xmlns="urn:xmpp:eme:0" namespace="urn:xmpp:otr:0"/>`,
			otrxmpp.Message{Bodies: body("a"), Encryption: "urn:xmpp:otr:0"}},
		{"OMEMO", omemo + `<payload/></encrypted>` + note, otrxmpp.Message{Bodies: body("I sent you an OMEMO message."), Encryption: "eu.siacs.conversations.axolotl"}},
		{"OMEMO without a note", omemo2 + `<payload/></encrypted>`, otrxmpp.Message{Encryption: "urn:xmpp:omemo:2"}},
		{"OMEMO, keys alone", omemo + `</encrypted><encryption xmlns="urn:xmpp:eme:0" namespace="eu.siacs.conversations.axolotl"/>`, otrxmpp.Message{}},
		{"OX", `<openpgp xmlns="urn:xmpp:openpgp:0">x</openpgp>` + note, otrxmpp.Message{Bodies: body("I sent you an OMEMO message."), Encryption: "urn:xmpp:openpgp:0"}},
		{"old OpenPGP", `<x xmlns="jabber:x:encrypted">x</x>`, otrxmpp.Message{Encryption: "jabber:x:encrypted"}},
		{"something new", `<encryption xmlns="urn:xmpp:eme:0" namespace="urn:example:new"/>`, otrxmpp.Message{Encryption: "urn:example:new"}},
		{"an error", `<body>a</body><error type="cancel"><text xmlns="urn:ietf:params:xml:ns:xmpp-stanzas">x</text><service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/><x/></error>`,
			otrxmpp.Message{Bodies: body("a"), ErrorCondition: "service-unavailable"}},
		{"an error about nothing", `<error/>`, otrxmpp.Message{}},
		{"receipts", `<request xmlns="urn:xmpp:receipts"/><received xmlns="urn:xmpp:receipts" id="m0"/>`, otrxmpp.Message{ReceiptAsked: true, Receipt: "m0"}},
		{"a chat state", `<paused xmlns="http://jabber.org/protocol/chatstates"/>`, otrxmpp.Message{ChatState: "paused"}},
		{"no chat state", `<asleep xmlns="http://jabber.org/protocol/chatstates"/>`, otrxmpp.Message{}},
		{"an invitation", `<x xmlns="http://jabber.org/protocol/muc#user"><invite from="a@example.org"/></x>`, otrxmpp.Message{MUCInvite: true}},
		{"a direct one", `<x xmlns="jabber:x:conference" jid="room@muc.example.org"/>`, otrxmpp.Message{MUCInvite: true}},
		{"from a room", `<body>a</body><x xmlns="http://jabber.org/protocol/muc#user"/>`, otrxmpp.Message{Bodies: body("a"), MUCPrivate: true}},
		{"Psi", `<subject/><body>a</body><active xmlns="http://jabber.org/protocol/chatstates"/><request xmlns="urn:xmpp:receipts"/>`,
			otrxmpp.Message{Bodies: body("a"), ChatState: "active", ReceiptAsked: true}},
		{"marks and ids", `<origin-id xmlns="urn:xmpp:sid:0" id="x"/><stanza-id xmlns="urn:xmpp:sid:0" id="y"/><markable xmlns="urn:xmpp:chat-markers:0"/>`, otrxmpp.Message{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			want := test.want
			want.From, want.To, want.ID, want.Type = "bob@example.org/x", "alice@example.org/bot", "m1", "chat"
			if got := read(t, test.inside); !reflect.DeepEqual(got, want) {
				t.Errorf("read  %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	for _, e := range []*stanza.Element{nil, stanza.New(stanza.NSClient, "presence"), stanza.New(stanza.NSClient, "iq")} {
		if m, ok := chatxml.Read(e); ok {
			t.Errorf("%+v is no message: %+v", e, m)
		}
	}
}

// Rules 1, 3 and 14 of docs/spec/otr-over-xmpp.md, on the wire.
func TestWrite(t *testing.T) {
	const marks = `<private xmlns="urn:xmpp:carbons:2"/><no-copy xmlns="urn:xmpp:hints"/><no-store xmlns="urn:xmpp:hints"/>`
	for _, test := range []struct {
		name string
		out  otrxmpp.Outgoing
		want string
	}{
		{"a text in clear", otrxmpp.Outgoing{Body: "a<b>&amp;"}, `<body>a&lt;b&gt;&amp;amp;</body>`},
		{"a query", otrxmpp.Outgoing{Body: "?OTRv23?", OTR: true}, `<body>?OTRv23?</body>` + marks},
		{"an encrypted text", otrxmpp.Outgoing{Body: "?OTR:AAMD.", OTR: true, EME: true},
			`<body>?OTR:AAMD.</body>` + marks + `<encryption xmlns="urn:xmpp:eme:0" namespace="urn:xmpp:otr:0"/>`},
		{"a receipt", otrxmpp.Outgoing{ReceiptFor: "m1"}, `<received xmlns="urn:xmpp:receipts" id="m1"/>`},
		{"a chat state", otrxmpp.Outgoing{ChatState: "composing"}, `<composing xmlns="http://jabber.org/protocol/chatstates"/>`},
		{"no chat state", otrxmpp.Outgoing{ChatState: "a b"}, ``},
	} {
		test.out.To, test.out.ID, test.out.Type = "bob@example.org/x", "o1", "chat"
		got, err := chatxml.Write(test.out).Append(nil, stanza.NSClient)
		if err != nil {
			t.Fatal(err)
		}
		want := `<message to="bob@example.org/x" id="o1" type="chat">` + test.want + `</message>`
		if test.want == "" {
			want = `<message to="bob@example.org/x" id="o1" type="chat"/>`
		}
		if text := strings.ReplaceAll(string(got), "'", `"`); text != want {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, text, want)
		}
	}
}

// Rule 13: white space survives the way out and in.
func TestWhiteSpaceSurvives(t *testing.T) {
	const text = "help \t  \t\t\t\t \t \t \t    \t\t  \t\t"
	b, err := chatxml.Write(otrxmpp.Outgoing{Body: text}).Append(nil, "")
	if err != nil {
		t.Fatal(err)
	}
	e, err := stanza.Parse(b, stanza.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if m, _ := chatxml.Read(e); len(m.Bodies) != 1 || m.Bodies[0].Text != text {
		t.Errorf("read %+v", m.Bodies)
	}
}

// FuzzRead reads every stanza that the stream layer lets pass, and answers it with one that can be sent.
func FuzzRead(f *testing.F) {
	for _, inside := range []string{
		`<body>a</body>`, `<error><gone xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>`, `<delay xmlns="urn:xmpp:delay" stamp="x"/>`,
		`<received xmlns="urn:xmpp:carbons:2"/>`, `<x xmlns="http://jabber.org/protocol/muc#user"/>`, `<encrypted xmlns="urn:xmpp:omemo:2"/>`,
	} {
		f.Add([]byte(head + inside + "</message>"))
	}
	f.Add([]byte(`<message/>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 64<<10 {
			return
		}
		e, err := stanza.Parse(b, stanza.Limits{})
		if err != nil {
			return
		}
		m, ok := chatxml.Read(e)
		if !ok {
			return
		}
		var text strings.Builder
		for _, body := range m.Bodies {
			text.WriteString(body.Text)
		}
		out := otrxmpp.Outgoing{To: m.From, ID: m.ID, Type: "chat", Body: text.String(), OTR: true, EME: true, ReceiptFor: m.ID, ChatState: m.ChatState}
		sent, err := chatxml.Write(out).Append(nil, "")
		if err != nil {
			t.Fatalf("%+v cannot be sent: %v", out, err)
		}
		again, err := stanza.Parse(sent, stanza.Limits{Bytes: 1 << 20})
		if err != nil {
			t.Fatalf("%s cannot be read: %v", sent, err)
		}
		back, _ := chatxml.Read(again)
		if back.To != m.From || back.ID != m.ID || back.ChatState != m.ChatState || out.Body != "" && back.Bodies[0].Text != out.Body {
			t.Errorf("sent %+v, came %+v", out, back)
		}
	})
}
