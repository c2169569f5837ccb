package xmpp

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"otrbot/internal/xmpp/stanza"
)

const stranger = "from='mallory@example.com/\u1113' "

// Whatever a stranger sends, the next message is handled and the counts are right.
func TestStrangerCannotEndTheSession(t *testing.T) {
	for name, xml := range map[string]string{
		"a resource that no profile allows": `<message ` + stranger + `><body>x</body></message>`,
		"an unknown payload":                `<message ` + stranger + `><x xmlns='urn:example:none'><y/></x></message>`,
		"no body":                           `<message ` + stranger + `/>`,
		"an odd type":                       `<message ` + stranger + `type='odd'/>`,
		"an odd presence":                   `<presence ` + stranger + `type='odd'><priority>x</priority></presence>`,
		"an IQ of no type":                  `<iq ` + stranger + `id='1'/>`,
		"an IQ of an odd type":              `<iq ` + stranger + `id='1' type='odd'><query xmlns='jabber:iq:roster'/></iq>`,
		"an IQ without payload":             `<iq ` + stranger + `id='1' type='get'/>`,
		"an IQ without id":                  `<iq ` + stranger + `type='get'><ping xmlns='urn:xmpp:ping'/></iq>`,
		"an answer that nobody waits for":   `<iq ` + stranger + `id='1' type='result'/>`,
		"an error without condition":        `<iq ` + stranger + `id='1' type='error'/>`,
		"65 KiB of text":                    `<message ` + stranger + `><body>` + strings.Repeat("x", 66_000) + `</body></message>`,
		"a deep stanza":                     `<message ` + stranger + `>` + strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100) + `</message>`,
		"many children":                     `<presence ` + stranger + `>` + strings.Repeat("<a/>", 5000) + `</presence>`,
		"a broken avatar":                   `<message ` + stranger + `><event xmlns='http://jabber.org/protocol/pubsub#event'><items/></event></message>`,
		"an unknown element of the stream":  `<x xmlns='urn:example:none'/>`,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := stage(t, nil)
				p := s.accept(t).serve()
				<-s.online
				p.write(xml)
				p.write(`<message from='alice@example.org/x'><body>and now?</body></message><r xmlns='urn:xmpp:sm:3'/>`)
				for {
					if e := <-s.stanzas; bodyOf(e) == "and now?" {
						break
					}
				}
				want := "2"
				if strings.HasPrefix(xml, "<x ") {
					want = "1"
				}
				if h := p.expect("a").Attr("h"); h != want {
					t.Errorf("h %s", h)
				}
				s.leave()
			})
		})
	}
}

func TestPanicOfAHandlerConcernsOneStanza(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, nil)
		s.act = func(e *stanza.Element) {
			if bodyOf(e) == "bad" {
				panic("oh")
			}
		}
		p := s.accept(t).serve()
		<-s.online
		p.write(`<message from='a@example.org/x'><body>bad</body></message><message from='a@example.org/x'><body>good</body></message>`)
		<-s.stanzas
		if got := bodyOf(<-s.stanzas); got != "good" {
			t.Errorf("%q", got)
		}
		s.leave()
	})
}

// Answers to a flood of questions do not push out what the program has to say.
func TestFloodOfQuestions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, func(c *Config) { c.Limits.Waiting, c.Limits.Unacked = 100, 10 })
		p := s.accept(t).serve()
		<-s.online
		for i := range 1000 {
			p.write(fmt.Sprintf(`<iq type='get' id='%d' from='mallory@example.com/x'><ping xmlns='urn:xmpp:ping'/></iq>`, i))
		}
		synctest.Wait()
		for range 40 {
			s.say("still here") // 100 may wait
		}
		s.leave()
	})
}

func TestAutomaticAnswers(t *testing.T) {
	software := Software{Type: "bot", Name: "OTR Bot", Version: "2.0", OS: "Linux", Node: "https://example.org/bot", Features: []string{"urn:xmpp:receipts"}}
	node := software.Node + "#" + software.hash()
	for _, v := range []struct{ name, request, answer string }{
		{"ping", `type='get'><ping xmlns='urn:xmpp:ping'/>`, `<iq type="result"`},
		{"version", `type='get'><query xmlns='jabber:iq:version'/>`, `<name>OTR Bot</name><version>2.0</version><os>Linux</os>`},
		{"features", `type='get'><query xmlns='http://jabber.org/protocol/disco#info'/>`, `<feature var="urn:xmpp:receipts"/>`},
		{"identity", `type='get'><query xmlns='http://jabber.org/protocol/disco#info'/>`, `<identity category="client" type="bot" name="OTR Bot"/>`},
		{"features by hash", `type='get'><query xmlns='http://jabber.org/protocol/disco#info' node='` + node + `'/>`, `<feature var="urn:xmpp:ping"/>`},
		{"features by another hash", `type='get'><query xmlns='http://jabber.org/protocol/disco#info' node='x'/>`, `<item-not-found `},
		{"items", `type='get'><query xmlns='http://jabber.org/protocol/disco#items'/>`, `<query xmlns="http://jabber.org/protocol/disco#items"/>`},
		{"unknown question", `type='get'><query xmlns='jabber:iq:last'/>`, `<service-unavailable `},
		{"unknown order", `type='set'><x xmlns='urn:example:none'/>`, `<service-unavailable `},
		{"order to ping", `type='set'><ping xmlns='urn:xmpp:ping'/>`, `<service-unavailable `},
		{"nothing", `type='get'>`, `<bad-request `},
	} {
		t.Run(v.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := stage(t, func(c *Config) { c.Software = software })
				p := s.accept(t).serve()
				<-s.online
				p.write(`<iq id='q' from='alice@example.org/x' ` + v.request + `</iq>`)
				e := p.expect("iq")
				got := stanzaXML(e)
				if !strings.Contains(got, v.answer) || e.Attr("id") != "q" || e.Attr("to") != "alice@example.org/x" {
					t.Errorf("%s", got)
				}
				if len(s.stanzas) != 0 {
					t.Error("the handler was bothered")
				}
				s.leave()
			})
		})
	}
}

func TestWhatIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, func(c *Config) { c.Limits.Waiting = 10 })
		p := s.accept(t).login(`<limits xmlns='urn:xmpp:stream-limits:0'><max-bytes>20000</max-bytes></limits>` + offerBind)
		p.bind()
		p.pump()
		<-s.online
		for _, v := range []struct {
			name string
			e    *stanza.Element
			want error
		}{
			{"a control character", message("a\x01b"), stanza.ErrIllegalText},
			{"bytes that are no UTF-8", message("\xff"), stanza.ErrIllegalText},
			{"300 kB", message(strings.Repeat("x", 300_000)), ErrTooBig},
			{"more than this server takes", message(strings.Repeat("x", 20_000)), ErrTooBig},
		} {
			if err := s.client.Send(v.e, 0); !errors.Is(err, v.want) {
				t.Errorf("%s: %v", v.name, err)
			}
		}
		if err := s.client.Send(stanza.New("urn:example:none", "x"), 0); err == nil {
			t.Error("something that is no stanza was accepted")
		}
		s.say("the stream is alive")
		p.expect("message")
		p.raw.Close()
		<-s.offline
		for range 10 {
			s.say("wait")
		}
		if err := s.client.Send(message("one more"), 0); !errors.Is(err, ErrQueueFull) {
			t.Errorf("a full queue: %v", err)
		}
		if n, oldest := s.client.Backlog(); n != 10 || oldest != 0 {
			t.Errorf("%d wait, for %v", n, oldest)
		}
		p = s.accept(t).login(offerBind)
		p.bind()
		p.pump()
		for range 10 {
			if got := bodyOf(p.expect("message")); got != "wait" {
				t.Errorf("%q went out", got)
			}
		}
		s.leave()
	})
}
