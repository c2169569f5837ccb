package xmppd_test

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"net"
	"strings"
	"testing"

	"otrbot/internal/xmpp/stanza"
	"otrbot/internal/xmppd"
)

// A message of the size of an OTR message to another client and its answer, over TCP and TLS.
func BenchmarkRoundTrip(b *testing.B) {
	s, err := xmppd.New(xmppd.Config{Domain: "bot.example", Users: people})
	if err != nil {
		b.Fatal(err)
	}
	l, err := xmppd.Listen("127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go s.Serve(context.Background(), l)
	defer s.Close()
	dial := func(name string) *benchClient {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		c := &benchClient{b: b, conn: conn}
		c.say(open + "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
		c.next(2)
		*c = benchClient{b: b, conn: tls.Client(conn, &tls.Config{InsecureSkipVerify: true})}
		c.say(open)
		c.say("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>" + base64.StdEncoding.EncodeToString([]byte("\x00"+name+"\x00"+people[name])) + "</auth>")
		c.next(2)
		c.r = nil
		c.say(open)
		c.say("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>x</resource></bind></iq>")
		c.next(2)
		return c
	}
	alice, bob := dial("alice"), dial("bob")
	body := "' type='chat'><body>?OTR:" + strings.Repeat("QUFB", 150) + ".</body></message>"
	for b.Loop() {
		alice.say("<message to='bob@bot.example/x" + body)
		bob.next(1)
		bob.say("<message to='alice@bot.example/x" + body)
		alice.next(1)
	}
}

type benchClient struct {
	b    *testing.B
	conn net.Conn
	r    *stanza.Reader
}

func (c *benchClient) say(xml string) {
	if _, err := c.conn.Write([]byte(xml)); err != nil {
		c.b.Fatal(err)
	}
}

func (c *benchClient) next(n int) {
	if c.r == nil {
		c.r = stanza.NewReader(c.conn, stanza.Limits{})
	}
	for range n {
		if _, err := c.r.Next(); err != nil {
			c.b.Fatal(err)
		}
	}
}
