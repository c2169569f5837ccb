package xmpp

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Each server breaks one rule; Run ends with a typed error, and no session has begun.
func TestLoginFailures(t *testing.T) {
	var (
		setup   *SetupError
		refused *TLSRefused
		auth    *AuthError
	)
	scram := func(change func(*fakeSCRAM)) func(*peer) {
		return func(p *peer) {
			p.secure()
			p.open(offerSASL)
			f := newFakeSCRAM(p)
			change(f)
			f.run()
		}
	}
	withTLS := func(change func(*tls.Config)) func(*peer) {
		return func(p *peer) {
			change(p.tls)
			p.secure()
			if err := p.conn.(*tls.Conn).Handshake(); err == nil {
				p.read()
			}
		}
	}
	certificate := func(name string, until time.Time, signed bool) func(*peer) {
		return withTLS(func(c *tls.Config) {
			c.Certificates = []tls.Certificate{authority().issue(name, until, signed)}
		})
	}
	for _, v := range []struct {
		name   string
		change func(*Config)
		server func(*peer)
		want   any // what errors.As finds
	}{
		{"STARTTLS not offered and refused", nil, func(p *peer) {
			p.open(offerSASL)
			p.expect("starttls")
			p.write(`<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`)
		}, &setup},
		{"a domain that it does not serve", nil, func(p *peer) {
			p.pumpRaw()
			p.header()
			p.write(streamErrorXML("host-unknown"))
		}, &setup},
		{"words behind proceed", nil, func(p *peer) {
			p.open(offerTLS)
			p.expect("starttls")
			p.write(`<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><stream:features/>`)
		}, &setup},
		{"no features", nil, func(p *peer) { p.secure(); p.open("") }, &setup},
		{"odd features", nil, func(p *peer) { p.secure(); p.open(offerBind + offerSM) }, &setup},
		{"no features after the login", nil, func(p *peer) { p.login("") }, &setup},
		{"PLAIN only", nil, func(p *peer) {
			p.secure()
			p.open(`<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>`)
		}, &setup},
		{"no binding though we insist", func(c *Config) { c.RequireChannelBinding = true }, func(p *peer) { p.secure(); p.open(offerSASL) }, &setup},
		{"4095 iterations", nil, scram(func(f *fakeSCRAM) { f.iterations = 4095 }), &setup},
		{"a billion iterations", nil, scram(func(f *fakeSCRAM) {
			f.first = func(n string) string { return "r=" + n + ",s=c2FsdA==,i=1000000000" }
		}), &setup},
		{"a nonce of its own", nil, scram(func(f *fakeSCRAM) {
			f.first = func(string) string { return "r=other,s=c2FsdA==,i=4096" }
		}), &setup},
		{"an unfinished attribute", nil, scram(func(f *fakeSCRAM) {
			f.first = func(n string) string { return "r=" + n + ",s=c2FsdA==,i=" }
		}), &setup},
		{"signature missing", nil, scram(func(f *fakeSCRAM) { f.last = func(string) string { return "" } }), &setup},
		{"signature wrong", nil, scram(func(f *fakeSCRAM) { f.last = func(string) string { return "v=AAAA" } }), &setup},
		{"signature missing in a challenge", nil, scram(func(f *fakeSCRAM) { f.apart, f.last = true, func(string) string { return "x" } }), &setup},
		{"success at once", nil, scram(func(f *fakeSCRAM) { f.early = true }), &setup},
		{"wrong password", nil, scram(func(f *fakeSCRAM) { f.failure = "not-authorized" }), &auth},
		{"account disabled", nil, scram(func(f *fakeSCRAM) { f.failure = "account-disabled" }), &auth},
		{"certificate for another name", nil, certificate("example.com", farOff, true), &setup},
		{"certificate expired", nil, certificate("example.org", longAgo.Add(time.Hour), true), &setup},
		{"certificate signed by itself", nil, certificate("example.org", farOff, false), &setup},
		{"TLS 1.1", nil, withTLS(func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }), &refused},
		{"TLS 1.2 where 1.3 is wanted", func(c *Config) { c.TLS.MinVersion = tls.VersionTLS13 },
			withTLS(func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }), &refused},
		{"no common suite", func(c *Config) { c.TLS.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384} },
			withTLS(func(c *tls.Config) { c.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256} }), &refused},
		{"a server that hangs up on our list of suites", func(c *Config) { c.TLS.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384} },
			hangUp, &refused},
		{"a suite of TLS 1.3 that is not in the list", func(c *Config) { c.TLS.CipherSuites = []uint16{tls.TLS_CHACHA20_POLY1305_SHA256} },
			withTLS(func(*tls.Config) {}), &refused},
	} {
		t.Run(v.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := stage(t, v.change)
				ended := make(chan struct{})
				go func() {
					for {
						select {
						case raw := <-s.calls:
							p := &peer{t: t, raw: raw, conn: raw, tls: serverTLS()}
							v.server(p)
							p.raw.Close()
						case <-ended:
							return
						}
					}
				}()
				err := <-s.done
				close(ended)
				if err == nil || !errors.As(err, v.want) {
					t.Errorf("%T: %v", err, err)
				}
				if len(s.online) > 0 {
					t.Error("online all the same")
				}
				if strings.Contains(err.Error(), "horse") {
					t.Error("the error tells the password")
				}
				if errors.Is(err, ErrNotAuthorized) != (v.want == any(&auth)) {
					t.Error("ErrNotAuthorized or not?")
				}
			})
		})
	}
}

// hangUp ends the connection when it has seen the client's hello.
func hangUp(p *peer) {
	p.open(offerTLS)
	p.expect("starttls")
	p.write(`<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`)
	if _, err := p.raw.Read(make([]byte, 4096)); err != nil {
		p.t.Error(err)
	}
}

func TestPlainTCPWhereTLSWasMeant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, func(c *Config) { c.DirectTLS = true })
		p := s.accept(t)
		p.pumpRaw()
		p.write("HTTP/1.0 400 Bad Request\r\n\r\n")
		var setup *SetupError
		if err := <-s.done; !errors.As(err, &setup) {
			t.Errorf("%v", err)
		}
	})
}

// pumpRaw throws away what the client writes.
func (p *peer) pumpRaw() {
	go func() {
		for b := make([]byte, 1024); ; {
			if _, err := p.raw.Read(b); err != nil {
				return
			}
		}
	}()
}

func TestLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, nil)
		s.accept(t).serve()
		got := <-s.online
		if got != (Session{JID: fullJID, Mechanism: "SCRAM-SHA-256", TLSVersion: "TLS 1.3"}) {
			t.Errorf("%+v", got)
		}
		if s.client.JID() != fullJID {
			t.Errorf("JID %s", s.client.JID())
		}
		s.leave()
	})
}

func TestSignatureInAChallenge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, nil)
		p := s.accept(t)
		p.secure()
		p.open(offerSASL)
		f := newFakeSCRAM(p)
		f.apart = true
		f.run()
		p.open(offerBind)
		p.bind()
		p.pump()
		<-s.online
		if f.gs2 != "y" {
			t.Errorf("flag %s: the server could not see that its offer was cut", f.gs2)
		}
		s.leave()
	})
}

func TestDirectTLS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, func(c *Config) { c.DirectTLS = true })
		p := s.accept(t)
		p.tls.NextProtos = []string{"xmpp-client"}
		server := tls.Server(p.raw, p.tls)
		p.conn = server
		p.open(offerSASL)
		if state := server.ConnectionState(); state.NegotiatedProtocol != "xmpp-client" || state.ServerName != "example.org" {
			t.Errorf("protocol %q, name %q", state.NegotiatedProtocol, state.ServerName)
		}
		newFakeSCRAM(p).run()
		p.open(offerBind)
		p.bind()
		p.pump()
		<-s.online
		s.leave()
	})
}

func TestConflictAtBinding(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, nil)
		p := s.accept(t).login(offerBind)
		iq := p.expect("iq")
		p.write(`<iq type='error' id='` + iq.Attr("id") + `'><error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`)
		if err := <-s.done; !errors.Is(err, ErrConflict) {
			t.Error(err)
		}
	})
}

// A problem of the server's that began after a first session may pass.
func TestSetupErrorAfterASession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, nil)
		s.accept(t).serve().raw.Close()
		<-s.online
		<-s.offline
		s.accept(t).login("").raw.Close()
		p := s.accept(t)
		p.tls.Certificates = []tls.Certificate{authority().issue("example.org", longAgo.Add(time.Hour), true)}
		p.secure()
		if p.conn.(*tls.Conn).Handshake() == nil {
			p.read()
		}
		p.raw.Close()
		s.accept(t).resume("0")
		if got := <-s.online; !got.Resumed {
			t.Error("not resumed")
		}
		s.leave()
	})
}

// Authorities that are changed count from the next connection on, and do no harm to one that lasts.
func TestOtherAuthorities(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, nil)
		first := s.accept(t).serve()
		<-s.online
		s.client.SetRoots(x509.NewCertPool())
		s.say("still here")
		if body := bodyOf(first.expect("message")); body != "still here" {
			t.Errorf("the server reads %q", body)
		}
		first.raw.Close()
		<-s.offline
		p := s.accept(t)
		p.secure()
		if p.conn.(*tls.Conn).Handshake() == nil {
			p.read()
		}
		p.raw.Close()
		var setup *SetupError
		if err := <-s.offline; !errors.As(err, &setup) {
			t.Errorf("a server that nobody vouches for: %v", err)
		}
		s.client.SetRoots(authority().pool)
		s.accept(t).resume("1")
		if got := <-s.online; !got.Resumed {
			t.Error("not resumed")
		}
		s.leave()
	})
}

func TestTemporaryAuthFailureIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, nil)
		p := s.accept(t)
		p.secure()
		p.open(offerSASL)
		f := newFakeSCRAM(p)
		f.failure = "temporary-auth-failure"
		f.run()
		s.accept(t).serve()
		<-s.online
		s.leave()
	})
}

func TestNegotiatedConnectionIsChecked(t *testing.T) {
	good := tls.ConnectionState{Version: tls.VersionTLS12, CipherSuite: tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}
	for _, v := range []struct {
		name string
		TLS
		ok bool
	}{
		{"no wishes", TLS{MinVersion: tls.VersionTLS12}, true},
		{"in the list", TLS{MinVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}}, true},
		{"not in the list", TLS{MinVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}}, false},
		{"too old", TLS{MinVersion: tls.VersionTLS13}, false},
	} {
		var refused *TLSRefused
		if err := v.check(good); (err == nil) != v.ok || err != nil && !errors.As(err, &refused) {
			t.Errorf("%s: %v", v.name, err)
		}
	}
}

func TestConfig(t *testing.T) {
	good := Config{JID: "bot@example.org", Password: "x"}
	for _, v := range []struct {
		name   string
		change func(*Config)
	}{
		{"no JID", func(c *Config) { c.JID = "" }},
		{"JID without local part", func(c *Config) { c.JID = "example.org" }},
		{"JID with a resource", func(c *Config) { c.JID = "bot@example.org/x" }},
		{"resource too long", func(c *Config) { c.Resource = strings.Repeat("x", 2000) }},
		{"no password", func(c *Config) { c.Password = "" }},
		{"password with a line end", func(c *Config) { c.Password = "x\n" }},
		{"server without port", func(c *Config) { c.Server = "example.org" }},
		{"TLS 1.1", func(c *Config) { c.TLS.MinVersion = tls.VersionTLS11 }},
	} {
		c := good
		v.change(&c)
		if _, err := New(c); err == nil {
			t.Errorf("%s: accepted", v.name)
		}
	}
	if _, err := New(good); err != nil {
		t.Error(err)
	}
}

// A certificate is refused with the reason why: a private authority is mended in the settings, the others on the server.
func TestCertificateProblem(t *testing.T) {
	for _, v := range []struct {
		name       string
		dns        string
		until      time.Time
		signed     bool
		says, lies string
	}{
		{"another name", "example.com", farOff, true, "not valid for this domain: it has another name", "authority"},
		{"expired", "example.org", longAgo.Add(time.Hour), true, "it has expired", "domain"},
		{"unknown authority", "example.org", farOff, false, "it comes from an unknown authority", "domain"},
	} {
		t.Run(v.name, func(t *testing.T) {
			chain := authority().issue(v.dns, v.until, v.signed)
			client, server := net.Pipe()
			defer client.Close()
			go func() {
				_ = tls.Server(server, &tls.Config{Certificates: []tls.Certificate{chain}}).Handshake()
				server.Close()
			}()
			err := handshakeError(tls.Client(client, TLS{Roots: authority().pool}.config("example.org")).Handshake())
			var setup *SetupError
			if !errors.As(err, &setup) || !strings.Contains(setup.Problem, v.says) || strings.Contains(setup.Problem, v.lies) {
				t.Errorf("%v", err)
			}
		})
	}
}
