package xmpp

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"otrbot/internal/xmpp/stanza"
)

func TestPresence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, func(c *Config) { c.Software = Software{Name: "OTR Bot", Node: "https://example.org/bot"} })
		p := s.accept(t).serve()
		<-s.online
		c := s.client
		for want, act := range map[string]func() error{
			`<presence to="a@example.org" type="subscribe"/>`:  func() error { return c.Subscribe("a@example.org") },
			`<presence to="a@example.org" type="subscribed"/>`: func() error { return c.Approve("a@example.org") },
			`<presence to="b@example.org" type="subscribed"/>`: func() error {
				ok, err := c.PreApprove("b@example.org")
				if !ok {
					t.Error("not pre-approved")
				}
				return err
			},
			`<presence to="a@example.org" type="unavailable"><status>Say hello to go on</status></presence>`: func() error {
				return c.Send(Presence("a@example.org", "unavailable", "Say hello to go on"), 0)
			},
			`<presence><c xmlns="http://jabber.org/protocol/caps" hash="sha-1" node="https://example.org/bot" ver="` + c.conf.Software.hash() + `"/></presence>`: func() error {
				return c.Send(Presence("", "", ""), 0)
			},
		} {
			if err := act(); err != nil {
				t.Error(err)
			}
			if got := stanzaXML(p.expect("presence")); got != want {
				t.Errorf("%s, not %s", got, want)
			}
		}
		s.leave()
	})
}

// Nothing is approved before it is asked for where the server cannot do that: it would be lost.
func TestNoPreApproval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, nil)
		p := s.accept(t).login(offerBind + offerSM)
		p.bind()
		p.expect("enable")
		p.write(enabled)
		p.pump()
		<-s.online
		if ok, err := s.client.PreApprove("b@example.org"); ok || err != nil {
			t.Errorf("%v, %v", ok, err)
		}
		s.leave()
	})
}

// XEP-0115, 5.2 "Simple Generation Example".
func TestCapabilitiesHash(t *testing.T) {
	got := capabilities("client/pc//Exodus 0.9.1", []string{
		"http://jabber.org/protocol/caps", "http://jabber.org/protocol/disco#info",
		"http://jabber.org/protocol/disco#items", "http://jabber.org/protocol/muc"})
	if got != "QgayPKawpkPSDYmwT/WM94uAlu0=" {
		t.Error(got)
	}
}

func TestAvatar(t *testing.T) {
	const png = "\x89PNG\r\n\x1a\nimage"
	for _, v := range []struct {
		name, card string
		sets       bool
	}{
		{"no card yet", `<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`, true},
		{"another picture", `<vCard xmlns='vcard-temp'><FN>Bot</FN><PHOTO><BINVAL>AAAA</BINVAL></PHOTO></vCard>`, true},
		{"the same picture", `<vCard xmlns='vcard-temp'><FN>Bot</FN><PHOTO><BINVAL>iVBORw0KG` + "\n" + `gppbWFnZQ==</BINVAL></PHOTO></vCard>`, false},
	} {
		t.Run(v.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := stage(t, nil)
				p := s.accept(t).serve()
				<-s.online
				for _, e := range []*stanza.Element{Presence("", "", "here"), Presence("a@example.org", "", "Lesson one"), Presence("a@example.org", "subscribe", "")} {
					if err := s.client.Send(e, 0); err != nil {
						t.Error(err)
					}
					if p.expect("presence").Child(stanza.NSVCardUpdate, "x") != nil {
						t.Error("a hash before there is a picture")
					}
				}
				done := make(chan error, 1)
				go func() { done <- s.client.PublishAvatar(t.Context(), []byte(png)) }()
				typ := "result"
				if strings.HasPrefix(v.card, "<error") {
					typ = "error"
				}
				p.write(`<iq id='` + p.expect("iq").Attr("id") + `' type='` + typ + `'>` + v.card + `</iq>`)
				if v.sets {
					e := p.expect("iq")
					got := stanzaXML(e)
					if strings.Count(got, "<PHOTO>") != 1 || !strings.Contains(got, "iVBORw0KGgppbWFnZQ==") || strings.Contains(v.card, "FN") != strings.Contains(got, "<FN>Bot</FN>") {
						t.Errorf("%s", got)
					}
					p.write(`<iq id='` + e.Attr("id") + `' type='result'/>`)
				}
				if err := <-done; err != nil {
					t.Fatal(err)
				}
				again := p.expect("presence") // for those who saw the first one
				if again.Attr("to") != "" || textOf(again, "status") != "here" {
					t.Errorf("sent again: %s", stanzaXML(again))
				}
				checkPhoto(t, again, png)
				publishedAgain(t, s, p, png)
				s.leave()
			})
		})
	}
	c := must(New(Config{JID: "bot@example.org", Password: "x"}))
	if err := c.PublishAvatar(t.Context(), []byte("GIF89a")); !errors.Is(err, ErrNoPNG) {
		t.Error(err)
	}
}

func checkPhoto(t *testing.T, presence *stanza.Element, png string) {
	t.Helper()
	photo := presence.Child(stanza.NSVCardUpdate, "x").Child("", "photo").Text()
	if sum := sha1.Sum([]byte(png)); photo != hex.EncodeToString(sum[:]) {
		t.Errorf("hash %q", photo)
	}
}

// publishedAgain publishes the same picture, of which nobody hears, and then says goodbye.
func publishedAgain(t *testing.T, s *scene, p *peer, png string) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- s.client.PublishAvatar(t.Context(), []byte(png)) }()
	p.write(`<iq id='` + p.expect("iq").Attr("id") + `' type='result'><vCard xmlns='vcard-temp'><PHOTO><BINVAL>iVBORw0KGgppbWFnZQ==</BINVAL></PHOTO></vCard></iq>`)
	if err := <-done; err != nil {
		t.Error(err)
	}
	s.say("next")
	if e := p.read(); e == nil || e.Local != "message" {
		t.Errorf("%+v", e)
	}
}

// Who is not to be seen is not shown by a picture.
func TestAvatarOfNobody(t *testing.T) {
	const png = "\x89PNG\r\n\x1a\nimage"
	for name, before := range map[string][]*stanza.Element{
		"never shown": {Presence("a@example.org", "", "")},
		"left":        {Presence("", "", ""), Presence("", "unavailable", "")},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := stage(t, nil)
				p := s.accept(t).serve()
				<-s.online
				for _, e := range before {
					if err := s.client.Send(e, 0); err != nil {
						t.Error(err)
					}
				}
				publishedAgain(t, s, p, png)
				if err := s.client.Send(Presence("", "", ""), 0); err != nil {
					t.Error(err)
				}
				checkPhoto(t, p.expect("presence"), png)
				s.leave()
			})
		})
	}
}

func TestDomainsInPunycode(t *testing.T) {
	for domain, want := range map[string]string{ // RFC 3492, 7.1 among them
		"example.org":       "example.org",
		"bücher.example":    "xn--bcher-kva.example",
		"münchen.example":   "xn--mnchen-3ya.example",
		"他们为什么不说中文.example": "xn--ihqwcrb4cv8a8dqg056pqjye.example",
		"почемужеонинеговорятпорусски.example": "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l.example",
		"3年b組金八先生": "xn--3b-ww4c5e180e575a65lsy2b",
	} {
		if got := asciiDomain(domain); got != want {
			t.Errorf("%s: %s", domain, got)
		}
	}
}

func TestServersOfADomain(t *testing.T) {
	none := &net.DNSError{IsNotFound: true}
	direct := []*net.SRV{{Target: "d1.example.org.", Port: 5223, Priority: 5}, {Target: "d2.example.org.", Port: 443, Priority: 20}}
	start := []*net.SRV{{Target: "s1.example.org.", Port: 5222, Priority: 10}, {Target: "s2.example.org.", Port: 5222, Priority: 5, Weight: 10}}
	absent := []*net.SRV{{Target: "."}}
	for _, v := range []struct {
		name          string
		direct, start []*net.SRV
		derr, serr    error
		want          string
	}{
		{"both kinds, merged by priority", direct, start, nil, nil, "[{d1.example.org:5223 true} {s2.example.org:5222 false} {s1.example.org:5222 false} {d2.example.org:443 true}]"},
		{"one kind", nil, start, none, nil, "[{s2.example.org:5222 false} {s1.example.org:5222 false}]"},
		{"one kind is absent on purpose", absent, start, nil, nil, "[{s2.example.org:5222 false} {s1.example.org:5222 false}]"},
		{"no records", nil, nil, none, none, "[{example.org:5222 false}]"},
		{"no service", absent, absent, nil, nil, "the domain says that it has no XMPP server"},
		{"DNS does not answer", nil, nil, &net.DNSError{Err: "timeout", IsTimeout: true}, none, "timeout"},
	} {
		t.Run(v.name, func(t *testing.T) {
			c := must(New(Config{JID: "bot@example.org", Password: "x", Rand: zeros{},
				LookupSRV: func(_ context.Context, service, proto, name string) (string, []*net.SRV, error) {
					if proto != "tcp" || name != "example.org" {
						t.Errorf("looked up _%s._%s.%s", service, proto, name)
					}
					if service == "xmpps-client" {
						return "", v.direct, v.derr
					}
					return "", v.start, v.serr
				}}))
			got, err := c.targets(t.Context())
			if text := fmt.Sprint(got); err == nil && text != v.want || err != nil && !strings.Contains(err.Error(), v.want) {
				t.Errorf("%s, %v", text, err)
			}
		})
	}
}

// Among equals the weights decide, and every server is tried once.
func TestWeights(t *testing.T) {
	first := map[string]int{}
	for i := range 4000 {
		all := []service{{&net.SRV{Target: "heavy", Weight: 30}, false}, {&net.SRV{Target: "light", Weight: 10}, true}, {&net.SRV{Target: "none"}, false}}
		list, err := order(slices.Clone(all), counting(uint64(i)))
		if err != nil || len(list) != 3 {
			t.Fatal(list, err)
		}
		first[list[0].address]++
	}
	if first["heavy:0"] < 2*first["light:0"] || first["light:0"] < 5*first["none:0"] || first["none:0"] == 0 {
		t.Errorf("%v", first)
	}
}

// counting are dice that show one number.
type counting uint64

func (c counting) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(c >> (8 * (len(p) - 1 - i)))
	}
	return len(p), nil
}

// The next server is tried when one fails.
func TestNextServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, func(c *Config) {
			c.Server, c.Rand = "", zeros{}
			c.LookupSRV = func(_ context.Context, service, _, _ string) (string, []*net.SRV, error) {
				if service == "xmpps-client" {
					return "", nil, &net.DNSError{IsNotFound: true}
				}
				return "", []*net.SRV{{Target: "a.", Port: 1}, {Target: "b.", Port: 2, Priority: 1}}, nil
			}
		})
		s.accept(t).raw.Close()
		s.accept(t).serve() // in the same round
		<-s.online
		if a, b := <-s.where, <-s.where; a != "a:1" || b != "b:2" || len(s.offline) != 0 {
			t.Errorf("%s, %s", a, b)
		}
		s.leave()
	})
}

func TestPasswordDoesNotPrint(t *testing.T) {
	c := Config{Password: "correct horse"}
	text := fmt.Sprintf("%v %+v %#v %s %q %x", c, c, c, c.Password, c.Password, c.Password)
	j, err := json.Marshal(map[string]Password{"p": c.Password})
	if text += string(j); strings.Contains(text, "horse") || strings.Contains(text, "686f727365") || err != nil {
		t.Error(text, err)
	}
}
