package xmpp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otrbot/internal/xmpp/stanza"
)

type outcome struct {
	e   *stanza.Element
	err error
}

func (s *scene) ask(to string) <-chan outcome {
	done := make(chan outcome, 1)
	go func() {
		e, err := s.client.Query(s.t.Context(), stanza.New(stanza.NSClient, "iq", "to", to).Add(stanza.New(stanza.NSPing, "ping")))
		done <- outcome{e, err}
	}()
	return done
}

func TestAnswersAreMatchedByIDAndSender(t *testing.T) {
	for _, v := range []struct {
		name, to, from string
		ok             bool
	}{
		{"the one asked", "alice@example.org/x", "alice@example.org/x", true},
		{"written in another way", "Alice@Example.org/x", "alice@example.org/x", true},
		{"another resource", "alice@example.org/x", "alice@example.org/X", false},
		{"the bare address", "alice@example.org/x", "alice@example.org", false},
		{"somebody else", "alice@example.org/x", "mallory@example.org/x", false},
		{"nobody", "alice@example.org/x", "", false},
		{"our server, asked as nobody", "", "", true},
		{"our account, asked as nobody", "", "bot@example.org", true},
		{"ourselves, asked as nobody", "", fullJID, true},
		{"a stranger for our server", "", "mallory@example.com", false},
		{"another resource of ours", "", "bot@example.org/other", false},
		{"our server by name", "example.org", "example.org", true},
		{"our server by name, no sender", "example.org", "", true},
		{"our account for our server", "example.org", "bot@example.org", false},
	} {
		t.Run(v.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := stage(t, nil)
				p := s.accept(t).serve()
				<-s.online
				done := s.ask(v.to)
				id := p.expect("iq").Attr("id")
				p.write(stanzaXML(stanza.New(stanza.NSClient, "iq", "type", "result", "id", id, "from", v.from)))
				synctest.Wait()
				if got := len(done) == 1; got != v.ok {
					t.Errorf("taken: %v", got)
				}
				if err := (<-done).err; (err == nil) != v.ok || !v.ok && !errors.Is(err, ErrNoAnswer) {
					t.Error(err)
				}
				s.leave()
			})
		})
	}
}

// stanzaXML writes e with double quotes.
func stanzaXML(e *stanza.Element) string {
	return strings.ReplaceAll(string(must(e.Append(nil, stanza.NSClient))), "'", `"`)
}

func TestRefusedQuery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, nil)
		p := s.accept(t).serve()
		<-s.online
		done := s.ask("alice@example.org/x")
		p.write(stanzaXML(stanza.ErrorReply(p.expect("iq"), "cancel", "item-not-found").Set("from", "alice@example.org/x")))
		var refused *QueryError
		if err := (<-done).err; !errors.As(err, &refused) || refused.Condition != "item-not-found" || refused.Type != "cancel" {
			t.Error(err)
		}
		s.leave()
	})
}

// A late answer belongs to nobody; a ping after a query that was left alone is answered.
func TestQueriesThatNobodyAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, nil)
		p := s.accept(t).serve()
		<-s.online
		began := time.Now()
		done := s.ask("alice@example.org/x")
		id := p.expect("iq").Attr("id")
		go answerQuestions(p)
		if err := (<-done).err; !errors.Is(err, ErrNoAnswer) || time.Since(began) != 30*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		p.write(`<iq type='result' from='alice@example.org/x' id='` + id + `'/>`)
		if e := <-s.stanzas; e.Attr("id") != id {
			t.Errorf("%+v", e)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.client.Query(ctx, stanza.New(stanza.NSClient, "iq")); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		s.leave()
		if err := (<-s.ask("")).err; !errors.Is(err, ErrClosed) {
			t.Errorf("after the end: %v", err)
		}
	})
}

func answerQuestions(p *peer) {
	for a := range p.in {
		if a.e.Local == "r" {
			p.write(`<a xmlns='urn:xmpp:sm:3' h='1'/>`)
		}
	}
}

// An answer may come in the resumed session; in a new one it will not.
func TestQueriesAcrossSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, nil)
		p := s.accept(t).serve()
		<-s.online
		kept, lost := s.ask("alice@example.org/x"), s.ask("carol@example.org/x")
		ids := map[string]string{}
		for range 2 {
			e := p.expect("iq")
			ids[e.Attr("to")] = e.Attr("id")
		}
		p.raw.Close()
		p = s.accept(t)
		p.resume("2")
		p.write(`<iq type='result' from='alice@example.org/x' id='` + ids["alice@example.org/x"] + `'/>`)
		if err := (<-kept).err; err != nil {
			t.Error(err)
		}
		p.raw.Close()
		p = s.accept(t).login(offerBind + offerSM)
		p.expect("resume")
		p.write(`<failed xmlns='urn:xmpp:sm:3'/>`)
		p.bind()
		p.expect("enable")
		p.write(enabled)
		p.pump()
		if err := (<-lost).err; !errors.Is(err, ErrSessionLost) {
			t.Error(err)
		}
		s.leave()
	})
}

func TestSendAndQueryFromAHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, nil)
		done := make(chan error, 1)
		s.act = func(*stanza.Element) {
			s.say("echo")
			go func() {
				_, err := s.client.SoftwareVersion(t.Context(), "alice@example.org/x")
				done <- err
			}()
		}
		p := s.accept(t).serve()
		<-s.online
		p.write(`<message from='alice@example.org/x'/>`)
		p.expect("message")
		p.write(`<iq type='result' from='alice@example.org/x' id='` + p.expect("iq").Attr("id") + `'/>`)
		if err := <-done; err != nil {
			t.Error(err)
		}
		s.leave()
	})
}

func TestSoftwareVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, nil)
		p := s.accept(t).serve()
		<-s.online
		go func() {
			e := p.expect("iq")
			p.write(`<iq type='result' from='alice@example.org/x' id='` + e.Attr("id") + `'><query xmlns='jabber:iq:version'><name>Gajim</name><version>` +
				strings.Repeat("é", 1000) + `</version></query></iq>`)
		}()
		got, err := s.client.SoftwareVersion(t.Context(), "alice@example.org/x")
		if err != nil || got.Name != "Gajim" || len(got.Version) > longestName || got.OS != "" {
			t.Errorf("%+v, %v", got, err)
		}
		s.leave()
	})
}

func TestRoster(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, nil)
		p := s.accept(t).serve()
		<-s.online
		var items strings.Builder
		for i := range 5000 {
			fmt.Fprintf(&items, `<item jid='learner%04d@example.org' name='Learner' subscription='both'><group>class</group></item>`, i)
		}
		go func() {
			e := p.expect("iq")
			p.write(`<iq type='result' id='` + e.Attr("id") + `'><query xmlns='jabber:iq:roster'>` + items.String() + `</query></iq>`)
		}()
		list, err := s.client.Roster(t.Context())
		if err != nil || len(list) != 5000 {
			t.Fatalf("%d entries, %v", len(list), err)
		}
		if k := list[4999]; k.JID != "learner4999@example.org" || k.Subscription != "both" || !slices.Equal(k.Groups, []string{"class"}) {
			t.Errorf("%+v", k)
		}
		push := func(from, item string) string {
			p.write(`<iq type='set' id='p' ` + from + `><query xmlns='jabber:iq:roster'><item ` + item + `/></query></iq>`)
			return p.expect("iq").Attr("type")
		}
		for _, v := range []struct{ from, item, jid, answer, subscription string }{
			{"", "jid='new@example.org' subscription='from' ask='subscribe'", "new@example.org", "result", "from"},
			{"from='bot@example.org'", "jid='new@example.org' subscription='both'", "new@example.org", "result", "both"},
			{"from='example.org'", "jid='new@example.org' subscription='remove'", "new@example.org", "result", ""},
			{"from='mallory@example.com/x'", "jid='mallory@example.com' subscription='both'", "mallory@example.com", "error", ""},
			{"from='bot@example.org/other'", "jid='mallory@example.com' subscription='both'", "mallory@example.com", "error", ""},
		} {
			if got := push(v.from, v.item); got != v.answer {
				t.Errorf("%s: answered %s", v.from, got)
			}
			if k, _ := s.client.Contact(v.jid); k.Subscription != v.subscription {
				t.Errorf("%s: %+v", v.from, k)
			}
		}
		s.leave()
	})
}

func TestRosterChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, nil)
		p := s.accept(t).serve()
		<-s.online
		for want, change := range map[string]func() error{
			`<item jid="a@example.org" name="A"><group>class</group></item>`: func() error {
				return s.client.SetContact(t.Context(), Contact{JID: "a@example.org", Name: "A", Groups: []string{"class"}})
			},
			`<item jid="a@example.org" subscription="remove"/>`: func() error { return s.client.RemoveContact(t.Context(), "a@example.org") },
		} {
			done := make(chan error, 1)
			go func() { done <- change() }()
			e := p.expect("iq")
			if got := stanzaXML(e); !strings.Contains(got, want) || e.Attr("type") != "set" {
				t.Errorf("%s", got)
			}
			p.write(stanzaXML(stanza.Reply(e, "result")))
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		s.leave()
	})
}
