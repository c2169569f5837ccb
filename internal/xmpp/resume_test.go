package xmpp

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestCutAndResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := &ledger{}
		s := stage(t, func(c *Config) { c.Journal = book })
		p := s.accept(t).serve()
		<-s.online
		p.write(`<message from='a@example.org/x'><body>in</body></message><presence from='a@example.org/x'/><iq type='get' id='1' from='a@example.org/x'><ping xmlns='urn:xmpp:ping'/></iq><a xmlns='urn:xmpp:sm:3' h='0'/>`)
		<-s.stanzas
		<-s.stanzas
		if e := p.expect("iq"); e.Attr("type") != "result" {
			t.Error("ping not answered")
		}
		for i := range 3 {
			s.say(fmt.Sprint(i))
		}
		synctest.Wait()
		p.raw.Close()
		<-s.offline
		s.say("while away")

		p = s.accept(t)
		e := p.resume("2") // the pong and the first message
		if e.Attr("h") != "3" || e.Attr("previd") != "one" {
			t.Errorf("resume %v", e.Attrs)
		}
		if got := <-s.online; !got.Resumed || got.JID != fullJID {
			t.Errorf("%+v", got)
		}
		var bodies []string
		for range 3 {
			bodies = append(bodies, bodyOf(p.expect("message")))
		}
		if !slices.Equal(bodies, []string{"1", "2", "while away"}) {
			t.Errorf("sent again: %q", bodies)
		}
		p.write(`<a xmlns='urn:xmpp:sm:3' h='5'/>`)
		synctest.Wait()
		if got := book.now(); got.H != 3 || got.Acked != 5 || len(got.Queue) != 0 {
			t.Errorf("journal %+v", got)
		}
		if len(s.doubt) != 0 {
			t.Error("nothing was in doubt")
		}
		s.leave()
	})
}

// A killed process leaves its journal; the next one asks for the same session with the same counts.
func TestResumeFromTheJournalOfAKilledProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := &ledger{any: true, saved: Saved{SMID: "old", JID: fullJID, H: 41, Acked: 6,
			Queue: []Sent{{Seq: 7, Ref: 70, XML: []byte("<message id='7'/>")}, {Seq: 8, Ref: 80, XML: []byte("<message id='8'/>")}}}}
		s := stage(t, func(c *Config) { c.Journal = book })
		p := s.accept(t)
		if e := p.resume("7"); e.Attr("h") != "41" || e.Attr("previd") != "old" {
			t.Errorf("resume %v", e.Attrs)
		}
		<-s.online
		if id := p.expect("message").Attr("id"); id != "8" {
			t.Errorf("sent %s again", id)
		}
		s.say("new")
		p.expect("message")
		synctest.Wait()
		if got := book.now(); got.Acked != 7 || len(got.Queue) != 2 || got.Queue[1].Seq != 9 || got.Queue[1].Ref != 7 {
			t.Errorf("journal %+v", got)
		}
		s.leave()
	})
}

func TestResumptionFails(t *testing.T) {
	for _, v := range []struct{ name, answer, doubt string }{
		{"without a count", `<failed xmlns='urn:xmpp:sm:3'/>`, "<message id='7'/><message id='8'/>"},
		{"with a count", `<failed xmlns='urn:xmpp:sm:3' h='7'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>`, "<message id='8'/>"},
		{"with a full count", `<failed xmlns='urn:xmpp:sm:3' h='8'/>`, ""},
		{"with a wrong count", `<failed xmlns='urn:xmpp:sm:3' h='9'/>`, "<message id='7'/><message id='8'/>"},
	} {
		t.Run(v.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				book := &ledger{any: true, saved: Saved{SMID: "old", JID: fullJID, Acked: 6,
					Queue: []Sent{{7, 70, []byte("<message id='7'/>")}, {8, 80, []byte("<message id='8'/>")}}}}
				s := stage(t, func(c *Config) { c.Journal = book })
				p := s.accept(t).login(offerBind + offerSM)
				p.expect("resume")
				p.write(v.answer)
				p.bind() // on the same connection
				p.expect("enable")
				p.write(strings.Replace(enabled, "one", "two", 1))
				p.pump()
				if got := <-s.online; got.Resumed {
					t.Error("not resumed at all")
				}
				if v.doubt != "" {
					if got := xmlOf(<-s.doubt); got != v.doubt {
						t.Errorf("in doubt: %s", got)
					}
				}
				s.say("next")
				if got := bodyOf(p.expect("message")); got != "next" {
					t.Errorf("%q went out first: what is in doubt must not be sent again", got)
				}
				synctest.Wait()
				if got := book.now(); book.ended != 1 || got.SMID != "two" || got.Queue[0].Seq != 1 {
					t.Errorf("%d ended, journal %+v", book.ended, got)
				}
				s.leave()
			})
		})
	}
}

// An answer to the resumption that cannot be right, as after a power cut that took the journal's last words, would be
// the same the next time: that session is given up, and the next connection begins a new one.
func TestResumptionThatCannotBe(t *testing.T) {
	for name, answer := range map[string]string{
		"a count of more than was sent": `<resumed xmlns='urn:xmpp:sm:3' previd='old' h='9'/>`,
		"a count that goes back":        `<resumed xmlns='urn:xmpp:sm:3' previd='old' h='5'/>`,
		"no count":                      `<resumed xmlns='urn:xmpp:sm:3' previd='old'/>`,
		"another session":               `<resumed xmlns='urn:xmpp:sm:3' previd='new' h='6'/>`,
		"an odd answer":                 `<enabled xmlns='urn:xmpp:sm:3' id='old'/>`,
		"a stanza over the limit":       `<message><body>` + strings.Repeat("x", 70_000) + `</body></message>`,
		"no XML":                        `<resumed></failed>`,
		"a comment":                     `<!-- resumed -->`,
		"our part was not well-formed":  streamErrorXML("not-well-formed"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				book := &ledger{any: true, saved: Saved{SMID: "old", JID: fullJID, Acked: 6,
					Queue: []Sent{{7, 70, []byte("<message id='7'/>")}, {8, 80, []byte("<message id='8'/>")}}}}
				s := stage(t, func(c *Config) { c.Journal = book })
				p := s.accept(t).login(offerBind + offerSM)
				p.expect("resume")
				p.write(answer)
				<-s.offline
				s.accept(t).serve() // binds, and asks for no resumption
				if got := <-s.online; got.Resumed {
					t.Error("resumed")
				}
				if got := xmlOf(<-s.doubt); got != "<message id='7'/><message id='8'/>" {
					t.Errorf("in doubt: %s", got)
				}
				if got := book.now(); book.ended != 1 || got.SMID != "one" {
					t.Errorf("%d ended, journal %+v", book.ended, got)
				}
				s.leave()
			})
		})
	}
}

// What only the network or the server's state broke off is asked for again.
func TestResumptionIsAskedForAgain(t *testing.T) {
	for name, end := range map[string]string{"a cut": "", "a restart": streamErrorXML("system-shutdown")} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := stage(t, func(c *Config) { c.Journal = &ledger{any: true, saved: Saved{SMID: "old", JID: fullJID, Acked: 6}} })
				p := s.accept(t).login(offerBind + offerSM)
				p.expect("resume")
				p.write(end)
				p.raw.Close()
				<-s.offline
				if e := s.accept(t).resume("6"); e.Attr("previd") != "old" {
					t.Errorf("resume %v", e.Attrs)
				}
				if got := <-s.online; !got.Resumed {
					t.Error("not resumed")
				}
				s.leave()
			})
		})
	}
}

// The counters go past 2^32: XEP-0198, 4.
func TestCountersWrap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := &ledger{any: true, saved: Saved{SMID: "old", JID: fullJID, H: 1<<32 - 2, Acked: 1<<32 - 2}}
		s := stage(t, func(c *Config) { c.Journal = book })
		p := s.accept(t)
		p.resume("4294967294")
		<-s.online
		for range 4 {
			s.say("out")
			p.expect("message")
			p.write(`<message from='a@example.org/x'><body>in</body></message>`)
			<-s.stanzas
		}
		p.write(`<r xmlns='urn:xmpp:sm:3'/>`)
		if h := p.expect("a").Attr("h"); h != "2" {
			t.Errorf("received: %s", h)
		}
		p.write(`<a xmlns='urn:xmpp:sm:3' h='4294967295'/>`)
		synctest.Wait()
		if got := book.now(); got.Acked != 1<<32-1 || len(got.Queue) != 3 {
			t.Errorf("%d, %d waiting", got.Acked, len(got.Queue))
		}
		p.write(`<a xmlns='urn:xmpp:sm:3' h='2'/>`)
		synctest.Wait()
		if got := book.now(); got.Acked != 1<<32+2 || len(got.Queue) != 0 || got.H != 2 {
			t.Errorf("journal %+v", got)
		}
		s.leave()
	})
}

// What made the stream break must not come again with a resumption.
func TestPoison(t *testing.T) {
	for name, poison := range map[string]string{
		"a comment":                `<!-- x -->`,
		"a DTD":                    `<!DOCTYPE x []>`,
		"no XML":                   `<message></presence>`,
		"a count that cannot be":   `<a xmlns='urn:xmpp:sm:3' h='2'/>`,
		"a count that goes back":   `<a xmlns='urn:xmpp:sm:3' h='1'/><a xmlns='urn:xmpp:sm:3' h='0'/>`,
		"our stanza was too large": streamErrorXML("policy-violation"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := stage(t, nil)
				p := s.accept(t).serve()
				<-s.online
				s.say("hello")
				p.expect("message")
				p.write(poison)
				<-s.offline
				settled := strings.Contains(poison, "h='1'")
				if n := len(s.doubt); n != 1 && !settled {
					t.Error("nothing in doubt")
				}
				s.accept(t).serve() // binds at once, no resumption
				if got := <-s.online; got.Resumed {
					t.Error("resumed")
				}
				s.leave()
			})
		})
	}
}

// The bytes of a stanza are on the wire only when the journal has it; a broken journal ends Run.
func TestJournalComesFirst(t *testing.T) {
	broken := errors.New("disk full")
	t.Run("sending", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			book := &ledger{}
			s := stage(t, func(c *Config) { c.Journal = book })
			p := s.accept(t).serve()
			<-s.online
			book.mu.Lock()
			book.fail = broken
			book.mu.Unlock()
			s.say("unkept")
			if err := <-s.done; !errors.Is(err, broken) {
				t.Error(err)
			}
			if e := p.read(); e != nil {
				t.Errorf("on the wire: %s", e.Local)
			}
		})
	})
	t.Run("receiving", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			book := &ledger{}
			s := stage(t, func(c *Config) { c.Journal = book })
			p := s.accept(t).serve()
			<-s.online
			book.mu.Lock()
			book.fail = broken
			book.mu.Unlock()
			p.write(`<message from='a@example.org/x'/>`)
			if err := <-s.done; !errors.Is(err, broken) {
				t.Error(err)
			}
			if len(s.stanzas) != 0 {
				t.Error("the handler got what was not kept")
			}
		})
	})
	t.Run("gaps", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := stage(t, func(c *Config) { c.Journal = &ledger{any: true, saved: Saved{Acked: 3, Queue: []Sent{{Seq: 5}}}} })
			var lost *JournalError
			if err := <-s.done; !errors.As(err, &lost) {
				t.Error(err)
			}
		})
	})
}

// The server is asked after some stanzas and after some time; unconfirmed stanzas are bounded.
func TestQuestions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, func(c *Config) { c.Limits.Unacked = 30 })
		p := s.accept(t).serve()
		<-s.online
		began := time.Now()
		p.expect("r")
		if d := time.Since(began); d != 15*time.Second {
			t.Errorf("first question after %v", d)
		}
		p.write(`<a xmlns='urn:xmpp:sm:3' h='0'/>`)
		for range 100 {
			s.say("x")
		}
		got, asked := 0, 0
		for confirmed := 0; confirmed < 100; {
			switch e := p.read(); e.Local {
			case "message":
				got++
			case "r":
				asked++
				confirmed = got
				p.write(fmt.Sprintf(`<a xmlns='urn:xmpp:sm:3' h='%d'/>`, got))
			}
			synctest.Wait()
			if n := got - confirmed; n > 30 {
				t.Fatalf("%d unconfirmed stanzas", n)
			}
		}
		if asked < 4 || asked > 7 {
			t.Errorf("asked %d times", asked)
		}
		s.leave()
	})
}

// Without stream management a ping confirms what was sent before it, and the rest is in doubt after a cut.
func TestServerWithoutStreamManagement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := &ledger{}
		s := stage(t, func(c *Config) { c.Journal = book })
		p := s.accept(t).login(offerBind)
		p.bind()
		p.pump()
		<-s.online
		s.say("one")
		p.expect("message")
		ping := p.expect("iq")
		p.write(`<iq type='result' from='mallory@example.com/x' id='` + ping.Attr("id") + `'/>`)
		synctest.Wait()
		if book.now().Acked != 0 {
			t.Error("believed a stranger")
		}
		p.write(`<iq type='result' from='example.org' id='` + ping.Attr("id") + `'/>`)
		synctest.Wait()
		if book.now().Acked != 1 {
			t.Error("not confirmed")
		}
		s.say("two")
		p.expect("message")
		p.raw.Close()
		p = s.accept(t).login(offerBind)
		p.bind()
		p.pump()
		if got := <-s.doubt; len(got) != 1 || got[0].Ref != 7 || !strings.Contains(string(got[0].XML), "two") {
			t.Errorf("in doubt: %s", xmlOf(got))
		}
		s.leave()
	})
}
