package xmpp

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
)

// A counting server that a test cuts at any point: it remembers what it received, across connections.
type counter struct {
	received []string
	h        int
}

// take reads until the client has nothing more to say or n stanzas have come; the last one is torn if so wished.
func (c *counter) take(p *peer, n int) {
	for range n {
		synctest.Wait()
		select {
		case a, open := <-p.in:
			if !open {
				return
			}
			if a.e.Local == "message" {
				c.received = append(c.received, bodyOf(a.e))
				c.h++
			}
		default:
			return
		}
	}
}

// The connection is cut after each number of elements, again and again, with and without a new process in between.
// However it goes, each message arrives once and in order.
func TestNothingIsLostOrDoubledByCuts(t *testing.T) {
	const messages = 12
	for cut := 1; cut <= messages+2; cut++ {
		for _, killed := range []bool{false, true} {
			t.Run(fmt.Sprintf("after %d, killed %v", cut, killed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					book, server := &ledger{}, &counter{}
					change := func(c *Config) { c.Journal = book }
					s := stage(t, change)
					p := s.accept(t).serve()
					<-s.online
					for i := range messages {
						s.say(fmt.Sprint(i))
						if i == messages/2 {
							server.take(p, cut)
						}
					}
					synctest.Wait()
					for round := 0; len(server.received) < messages; round++ {
						if round > messages {
							t.Fatal("no progress")
						}
						p.raw.Close()
						if killed {
							s.leave()
							left := book.now()
							s = stage(t, change)
							p = s.accept(t)
							if e := p.resume(fmt.Sprint(server.h)); e.Attr("h") != fmt.Sprint(left.H) {
								t.Errorf("h %s", e.Attr("h"))
							}
						} else {
							<-s.offline
							p = s.accept(t)
							p.resume(fmt.Sprint(server.h))
						}
						<-s.online
						server.take(p, cut)
					}
					if want := numbers(messages); !slices.Equal(server.received, want) {
						t.Errorf("received %q", server.received)
					}
					s.leave()
				})
			})
		}
	}
}

func numbers(n int) []string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprint(i))
	}
	return list
}

// The same from the other side: what the server sends is handed on once, however often the connection is cut before
// the count of it has been told.
func TestNothingReceivedIsLostOrDoubled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := &ledger{}
		change := func(c *Config) { c.Journal = book }
		s := stage(t, change)
		p := s.accept(t).serve()
		<-s.online
		var got []string
		hear := func(n int) {
			for range n {
				got = append(got, bodyOf(<-s.stanzas))
			}
		}
		send := func(from, to int) {
			for i := from; i < to; i++ {
				p.write(fmt.Sprintf(`<message from='a@example.org/x'><body>%d</body></message>`, i))
			}
		}
		send(0, 3)
		hear(3)
		p.write(`<message from='a@example.org/x'><body>3</bo`) // torn
		p.raw.Close()
		p = s.accept(t)
		if h := p.resume("0").Attr("h"); h != "3" {
			t.Errorf("h %s", h)
		}
		send(3, 6)
		hear(3)
		s.leave()
		s = stage(t, change)
		p = s.accept(t)
		if h := p.resume("0").Attr("h"); h != "6" {
			t.Errorf("h %s", h)
		}
		send(6, 8)
		hear(2)
		if !slices.Equal(got, numbers(8)) {
			t.Errorf("%q", got)
		}
		s.leave()
	})
}

// A write that was cut in the middle is repeated whole.
func TestTornWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, nil)
		p := s.accept(t).login(offerBind + offerSM)
		p.bind()
		p.expect("enable")
		p.write(enabled)
		<-s.online
		s.say("whole")
		synctest.Wait()
		if _, err := p.raw.Read(make([]byte, 10)); err != nil {
			t.Error(err)
		}
		p.raw.Close()
		p = s.accept(t)
		p.resume("0")
		if got := bodyOf(p.expect("message")); got != "whole" {
			t.Errorf("%q", got)
		}
		s.leave()
	})
}
