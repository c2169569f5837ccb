package xmppd_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otrbot/internal/xmpp/stanza"
	"otrbot/internal/xmppd"
)

func TestLogin(t *testing.T) {
	for _, mechanism := range []string{"SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"} {
		t.Run(mechanism, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newWorld(t, xmppd.Config{}).secure()
				for _, tt := range []struct{ user, password, identity, want string }{
					{"alice", "builder", "", "not-authorized"},
					{"mallory", "wonder", "", "not-authorized"},
					{"Alice", "wonder", "alice@bot.example", "success"},
				} {
					if got := c.auth(mechanism, tt.user, tt.password, tt.identity); got != tt.want {
						t.Errorf("%+v: %s", tt, got)
					}
				}
				c.open("<features*</features>")
				c.bind("", "alice@bot.example/*")
				c.send("</stream:stream>")
				c.wantEnd("")
			})
		})
	}
}

func TestThreeTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newWorld(t, xmppd.Config{}).secure()
		for range 3 {
			if got := c.auth("SCRAM-SHA-256", "alice", "wrong", ""); got != "not-authorized" {
				t.Error(got)
			}
		}
		c.wantEnd("policy-violation")
	})
}

// Who has authenticated as alice is alice, whatever it says.
func TestIdentityIsWhatHasAuthenticated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, xmppd.Config{})
		for _, mechanism := range []string{"PLAIN", "SCRAM-SHA-1"} {
			if got := w.secure().auth(mechanism, "alice", "wonder", "bob@bot.example"); got != "invalid-authzid" {
				t.Errorf("%s: %s", mechanism, got)
			}
		}
		bob := w.online("bob", "x")
		alice := w.authenticated("alice")
		alice.bind("bob@bot.example/x", "alice@bot.example/bob@bot.example/x")
		alice.send("<message from='bob@bot.example/x' to='bob@bot.example/x'><body>I am you</body></message>")
		bob.want("<message from='alice@bot.example/bob@bot.example/x' to='bob@bot.example/x'><body>I am you</body></message>")
		alice.send("<iq type='set' id='1' from='bob@bot.example'><query xmlns='jabber:iq:roster'><item jid='eve@bot.example'/></query></iq>")
		alice.want("<iq type='result' id='1' to='alice@bot.example/bob@bot.example/x'/>")
		bob.quiet()
	})
}

func TestBadExchanges(t *testing.T) {
	sasl := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	auth := func(mechanism, first string) string {
		return "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='" + mechanism + "'>" + first + "</auth>"
	}
	for name, tt := range map[string]struct{ first, second, want string }{
		"a mechanism that was not offered": {first: auth("SCRAM-SHA-256-PLUS", sasl("n,,n=alice,r=x")), want: "invalid-mechanism"},
		"no base64":                        {first: auth("PLAIN", "***"), want: "incorrect-encoding"},
		"PLAIN of two parts":               {first: auth("PLAIN", sasl("alice\x00wonder")), want: "malformed-request"},
		"nothing":                          {first: auth("PLAIN", "="), want: "malformed-request"},
		"channel binding":                  {first: auth("SCRAM-SHA-1", sasl("p=tls-unique,,n=alice,r=x")), want: "malformed-request"},
		"an extension that must be known":  {first: auth("SCRAM-SHA-1", sasl("n,,m=x,n=alice,r=x")), want: "malformed-request"},
		"a bad name":                       {first: auth("SCRAM-SHA-1", sasl("n,,n=a=lice,r=x")), want: "malformed-request"},
		"no name":                          {first: auth("SCRAM-SHA-1", sasl("n,,n=,r=x")), want: "malformed-request"},
		"no nonce":                         {first: auth("SCRAM-SHA-1", sasl("n,,n=alice,r=")), want: "malformed-request"},
		"a bad identity":                   {first: auth("SCRAM-SHA-1", sasl("n,x=y,n=alice,r=x")), want: "malformed-request"},
		"abort":                            {first: auth("SCRAM-SHA-1", ""), second: "<abort xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>", want: "aborted"},
		"no proof":                         {first: auth("SCRAM-SHA-1", sasl("n,,n=alice,r=x")), second: sasl("c=biws,r=x"), want: "malformed-request"},
		"another nonce":                    {first: auth("SCRAM-SHA-1", sasl("n,,n=alice,r=x")), second: sasl("c=biws,r=x,p=AAAA"), want: "malformed-request"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newWorld(t, xmppd.Config{}).secure()
				c.send(tt.first)
				if tt.second != "" {
					c.want("<challenge*")
					if !strings.HasPrefix(tt.second, "<") {
						tt.second = "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>" + tt.second + "</response>"
					}
					c.send(tt.second)
				}
				c.want("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><" + tt.want + "/></failure>")
				if got := c.auth("PLAIN", "alice", "wonder", ""); got != "success" {
					t.Error(got)
				}
			})
		})
	}
}

// A name that does not exist gets the same answers, up to the proof: the same salt each time.
func TestUnknownUsersLookTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, xmppd.Config{})
		for _, mechanism := range []string{"SCRAM-SHA-1", "SCRAM-SHA-256"} {
			salts := map[string][]string{}
			for _, name := range []string{"alice", "alice", "mallory", "mallory"} {
				c := w.secure()
				c.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='" + mechanism + "'>" + base64.StdEncoding.EncodeToString([]byte("n,,n="+name+",r=x")) + "</auth>")
				e, err := c.r.Next()
				if err != nil {
					t.Fatal(err)
				}
				challenge, err := base64.StdEncoding.DecodeString(e.Text())
				fields := strings.Split(string(challenge), ",")
				if err != nil || len(fields) != 3 || len(fields[1]) != 2+24 || fields[2] != "i=4096" {
					t.Fatalf("%s: %q, %v", name, challenge, err)
				}
				salts[name] = append(salts[name], fields[1])
			}
			if salts["alice"][0] != salts["alice"][1] || salts["mallory"][0] != salts["mallory"][1] || salts["alice"][0] == salts["mallory"][0] {
				t.Errorf("%v", salts)
			}
		}
	})
}

// before says what a client may not send at a stage.
func TestBeforeLogin(t *testing.T) {
	connect := func(w *world) *client {
		c := w.connect()
		c.open("<features*</features>")
		return c
	}
	authenticated := func(w *world) *client { return w.authenticated("alice") }
	long := "<auth mechanism='" + strings.Repeat("x", 17<<10) + "'/>"
	for name, tt := range map[string]struct {
		stage func(*world) *client
		send  string
		want  string
	}{
		"login without TLS":         {connect, "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGFsaWNlAHdvbmRlcg==</auth>", "policy-violation"},
		"a stanza without TLS":      {connect, "<message to='bob@bot.example'/>", "policy-violation"},
		"bytes behind STARTTLS":     {connect, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><auth/>", "policy-violation"},
		"too large without TLS":     {connect, long, "policy-violation"},
		"a DTD":                     {connect, "<!DOCTYPE x []>", "restricted-xml"},
		"a comment":                 {connect, "<!-- x -->", "restricted-xml"},
		"no XML":                    {connect, "<a></b>", "not-well-formed"},
		"text":                      {connect, "hello", "bad-format"},
		"a stanza without login":    {(*world).secure, "<message to='bob@bot.example'/>", "not-authorized"},
		"too large without login":   {(*world).secure, long, "policy-violation"},
		"a stanza without resource": {authenticated, "<message to='bob@bot.example'/>", "not-authorized"},
		"too deep":                  {authenticated, strings.Repeat("<a>", 60) + strings.Repeat("</a>", 60), "policy-violation"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := tt.stage(newWorld(t, xmppd.Config{}))
				go c.conn.Write([]byte(tt.send))
				c.wantEnd(tt.want)
			})
		})
	}
}

func TestHeaders(t *testing.T) {
	for header, want := range map[string]string{
		strings.Replace(open, "bot.example", "other.example", 1):   "host-unknown",
		strings.Replace(open, "jabber:client", "jabber:server", 1): "invalid-namespace",
		strings.Replace(open, "1.0", "2.0", 1):                     "unsupported-version",
		"<stream xmlns='urn:x'>":                                   "invalid-namespace",
		"<!DOCTYPE x>":                                             "restricted-xml",
		"GET / HTTP/1.1":                                           "bad-format",
	} {
		synctest.Test(t, func(t *testing.T) {
			c := newWorld(t, xmppd.Config{}).connect()
			go c.conn.Write([]byte(header))
			c.r = stanza.NewReader(c.conn, stanza.Limits{})
			c.wantEnd(want)
		})
	}
}

func TestLoginTakesTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newWorld(t, xmppd.Config{}).secure()
		start := time.Now()
		c.wantEnd("connection-timeout")
		if waited := time.Since(start); waited < 20*time.Second || waited > 40*time.Second {
			t.Error(waited)
		}
	})
}

func TestConfigErrors(t *testing.T) {
	for name, c := range map[string]xmppd.Config{
		"no domain":    {},
		"a bad domain": {Domain: "a@b"},
		"a mechanism":  {Domain: "bot.example", Mechanisms: []string{"LOGIN"}},
		"a bad name":   {Domain: "bot.example", Users: xmppd.Users{"a@b": "x"}},
		"no name":      {Domain: "bot.example", Users: xmppd.Users{"": "x"}},
		"no password":  {Domain: "bot.example", Users: xmppd.Users{"a": ""}},
	} {
		if _, err := xmppd.New(c); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if got := fmt.Sprintf("%v %+v %#v %s", people, people, people, people.LogValue()); strings.Contains(got, "wonder") {
		t.Error(got)
	}
}

func TestLoopbackOnly(t *testing.T) {
	for _, address := range []string{"", ":0", "0.0.0.0:0", "192.0.2.1:5222", "[::]:0", "bot.example:5222", "5222", "127.0.0.1:99999"} {
		if l, err := xmppd.Listen(address); !errors.Is(err, xmppd.ErrAddress) {
			t.Errorf("%q: %v, %v", address, l, err)
		}
	}
	s, err := xmppd.New(xmppd.Config{Domain: "bot.example"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(t.Context(), everywhere{newPipes()}); !errors.Is(err, xmppd.ErrAddress) {
		t.Errorf("serves every interface: %v", err)
	}
}

// everywhere says that it listens on every interface.
type everywhere struct{ *pipes }

func (everywhere) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4zero, Port: 5222} }

// Over TCP, up to the end of the context.
func TestListen(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, err := xmppd.New(xmppd.Config{Domain: "bot.example", Users: people})
	if err != nil {
		t.Fatal(err)
	}
	l, err := xmppd.Listen("localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- s.Serve(ctx, l) }()

	certificate, fingerprint := s.Certificate()
	block, _ := pem.Decode(certificate)
	if sha256.Sum256(block.Bytes) != fingerprint {
		t.Error("the fingerprint is another's")
	}
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c := (&client{t: t, w: &world{t: t, server: s}, conn: conn}).secure()
	defer c.conn.Close()
	if got := c.auth("SCRAM-SHA-256", "bob", "builder", ""); got != "success" {
		t.Fatal(got)
	}
	c.open("<features*</features>")
	c.bind("x", "bob@bot.example/x")
	cancel()
	c.wantEnd("system-shutdown")
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := s.Serve(t.Context(), newPipes()); err != nil {
		t.Errorf("after the end: %v", err)
	}
}

func TestTooManyClients(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, xmppd.Config{Clients: 2})
		w.connect()
		c := w.secure()
		if _, err := w.connect().conn.Read(make([]byte, 1)); err == nil {
			t.Error("a third was let in")
		}
		c.conn.Close()
		synctest.Wait()
		w.secure()
	})
}

func TestMechanismsAsConfigured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newWorld(t, xmppd.Config{Mechanisms: []string{"SCRAM-SHA-1"}}).connect()
		c.open("<features*</features>")
		c.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
		c.want("<proceed*")
		c.handshake()
		c.open("<features*<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>SCRAM-SHA-1</mechanism></mechanisms></features>")
		c.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGFsaWNlAHdvbmRlcg==</auth>")
		c.want("<failure*<invalid-mechanism/></failure>")
	})
}

func TestUsersAfterTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, xmppd.Config{})
		if err := w.server.AddUser("Dave", "one"); err != nil {
			t.Fatal(err)
		}
		if err := w.server.AddUser("dave", "two"); err != nil {
			t.Fatal(err)
		}
		c := w.secure()
		for _, tt := range [][2]string{{"one", "not-authorized"}, {"two", "success"}} {
			if got := c.auth("PLAIN", "dave", tt[0], ""); got != tt[1] {
				t.Errorf("%s: %s", tt[0], got)
			}
		}
	})
}
