package xmpp

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"otrbot/internal/xmpp/stanza"
)

func TestPoliteEndAndHandOver(t *testing.T) {
	t.Run("politely", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			book := &ledger{}
			s := stage(t, func(c *Config) { c.Journal = book })
			p := s.accept(t).serve()
			<-s.online
			s.say("goodbye")
			s.cancel(nil)
			if got := bodyOf(p.expect("message")); got != "goodbye" {
				t.Errorf("%q", got)
			}
			if got := p.expect("presence").Attr("type"); got != "unavailable" {
				t.Errorf("presence %q", got)
			}
			p.expect("r")
			p.write(`<a xmlns='urn:xmpp:sm:3' h='2'/></stream:stream>`)
			if err := <-s.done; err != nil {
				t.Error(err)
			}
			if book.ended != 1 || len(s.doubt) != 0 {
				t.Errorf("%d ended, %d in doubt", book.ended, len(s.doubt))
			}
		})
	})
	t.Run("handed over", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			book := &ledger{}
			s := stage(t, func(c *Config) { c.Journal = book })
			p := s.accept(t).serve()
			<-s.online
			s.leave()
			if e := p.read(); e != nil {
				t.Errorf("said <%s/>", e.Local)
			}
			if book.ended != 0 || book.now().SMID != "one" {
				t.Errorf("%d ended, journal %+v", book.ended, book.now())
			}
		})
	})
}

// A server that takes its time gets everything, and not a moment more than it needs.
func TestLongPoliteEnd(t *testing.T) {
	for name, v := range map[string]struct {
		features, end string
		more          time.Duration // after the last confirmation
	}{
		"and it closes the stream":               {offerBind + offerSM, `</stream:stream>`, 0},
		"and it does not":                        {offerBind + offerSM, "", time.Second},
		"and it knows no stream management":      {offerBind, `</stream:stream>`, 0},
		"and it does not, nor stream management": {offerBind, "", time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				book := &ledger{}
				s := stage(t, func(c *Config) { c.Journal, c.Timers.Close, c.Limits.Unacked = book, 25*time.Second, 4 })
				p := s.accept(t).login(v.features)
				p.bind()
				if v.features != offerBind {
					p.expect("enable")
					p.write(enabled)
				}
				p.pump()
				<-s.online
				const texts = 40
				for range texts {
					s.say("goodbye")
				}
				s.cancel(nil)
				began := time.Now()
				confirmSlowly(p, texts+1)
				confirmed := time.Since(began)
				p.write(v.end)
				if err := <-s.done; err != nil {
					t.Error(err)
				}
				if took := time.Since(began); confirmed < 10*time.Second || took > confirmed+v.more || took > 25*time.Second {
					t.Errorf("confirmed after %v, the end after %v", confirmed, took)
				}
				if queue := book.now().Queue; len(queue) != 0 || len(s.doubt) != 0 {
					t.Errorf("%d in the journal, %d in doubt", len(queue), len(s.doubt))
				}
			})
		})
	}
}

// confirmSlowly answers a question a second, until so many stanzas have come and the stream was ended.
func confirmSlowly(p *peer, all int) {
	h := 0
	for e := p.read(); e != nil; e = p.read() {
		switch {
		case e.Child(stanza.NSPing, "ping") != nil:
			<-time.After(time.Second)
			p.write(`<iq type='result' from='example.org' id='` + e.Attr("id") + `'/>`)
		case e.Local == "r":
			<-time.After(time.Second)
			p.write(fmt.Sprintf(`<a xmlns='urn:xmpp:sm:3' h='%d'/>`, h))
		case e.Local == "message" || e.Local == "presence":
			h++
		}
	}
	if h != all {
		p.t.Errorf("%d came, of %d", h, all)
	}
}

// What was written and not confirmed when time is up, or the server leaves, is for the next process to settle.
func TestPoliteEndLeavesDoubtInTheJournal(t *testing.T) {
	for name, v := range map[string]struct {
		answer string
		took   time.Duration
		kept   int
	}{
		"the server says nothing":         {"", 25 * time.Second, 3},
		"the server leaves":               {`</stream:stream>`, 0, 3},
		"the server leaves in the middle": {`<a xmlns='urn:xmpp:sm:3' h='1'/></stream:stream>`, 0, 2},
		"the server restarts":             {`<a xmlns='urn:xmpp:sm:3' h='2'/>` + streamErrorXML("system-shutdown"), 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				book := &ledger{}
				s := stage(t, func(c *Config) { c.Journal, c.Timers.Close = book, 25*time.Second })
				p := s.accept(t).serve()
				<-s.online
				s.say("one")
				s.say("two")
				s.cancel(nil)
				p.expect("presence")
				began := time.Now()
				p.write(v.answer)
				if err := <-s.done; err != nil || time.Since(began) != v.took {
					t.Errorf("%v after %v", err, time.Since(began))
				}
				if got := book.now(); len(got.Queue) != v.kept || got.SMID != "one" || book.ended != 0 || len(s.doubt) != 0 {
					t.Errorf("%d in doubt, %d ended, journal %+v", len(s.doubt), book.ended, got)
				}
			})
		})
	}
}
