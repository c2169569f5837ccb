package xmpp

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestBackoffDoublesWithJitter(t *testing.T) {
	b := backoff{min: 200 * time.Millisecond}
	most := func(n uint64) (uint64, error) { return n - 1, nil }
	least := func(uint64) (uint64, error) { return 0, nil }
	want := []time.Duration{200, 400, 800, 1600, 3200, 5000, 5000}
	for i, w := range want {
		b.tries = i
		high, _ := b.next(5*time.Second, most)
		b.tries = i
		low, _ := b.next(5*time.Second, least)
		if high != w*time.Millisecond || low != w*time.Millisecond/2 {
			t.Errorf("try %d: %v to %v", i, low, high)
		}
	}
	b.reset()
	if p, _ := b.next(time.Minute, most); p != 200*time.Millisecond {
		t.Errorf("after a reset: %v", p)
	}
	b.tries = 1_000_000
	if p, _ := b.next(time.Minute, most); p != time.Minute {
		t.Errorf("after a million tries: %v", p)
	}
}

// A server that refuses connections is asked ever more seldom, and not seldom enough to miss the hold time.
func TestRefusedConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var pauses []time.Duration
		last := time.Now()
		s := stage(t, func(c *Config) {
			c.Rand = zeros{}
			c.Dial = func(context.Context, string, string) (net.Conn, error) {
				pauses = append(pauses, time.Since(last))
				last = time.Now()
				return nil, &net.OpError{Op: "dial", Err: errors.New("refused")}
			}
		})
		for range 10 {
			<-s.offline
		}
		s.leave()
		want := []time.Duration{0, 100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600}
		for i := range want {
			want[i] *= time.Millisecond
		}
		if !slices.Equal(pauses[:10], want) {
			t.Errorf("%v", pauses)
		}
	})
}

func TestPauseIsResetByASessionThatLasted(t *testing.T) {
	for _, v := range []struct {
		lasted, want time.Duration
	}{{time.Minute, 100 * time.Millisecond}, {time.Second, 200 * time.Millisecond}} {
		synctest.Test(t, func(t *testing.T) {
			s := stage(t, func(c *Config) { c.Rand = zeros{} })
			s.accept(t).serve().raw.Close()
			<-s.offline
			p := s.accept(t)
			p.resume("0")
			keepAlive(p, v.lasted)
			p.raw.Close()
			<-s.offline
			cut := time.Now()
			s.accept(t).raw.Close()
			if got := time.Since(cut); got != v.want {
				t.Errorf("after %v: pause %v, not %v", v.lasted, got, v.want)
			}
			s.leave()
		})
	}
}

// keepAlive answers stream management for a while.
func keepAlive(p *peer, d time.Duration) {
	end := time.After(d)
	for {
		select {
		case a := <-p.in:
			if a.e != nil && a.e.Local == "r" {
				p.write(`<a xmlns='urn:xmpp:sm:3' h='0'/>`)
			}
		case <-end:
			return
		}
	}
}

func TestConflictEndsRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, nil)
		p := s.accept(t).serve()
		<-s.online
		p.write(streamErrorXML("conflict"))
		if err := <-s.done; !errors.Is(err, ErrConflict) {
			t.Error(err)
		}
		if err := s.client.Send(message("x"), 0); !errors.Is(err, ErrClosed) {
			t.Errorf("Send afterwards: %v", err)
		}
	})
}

func streamErrorXML(condition string) string {
	return `<stream:error><` + condition + ` xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>`
}

func TestSystemShutdownIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, nil)
		p := s.accept(t).serve()
		<-s.online
		p.write(streamErrorXML("system-shutdown"))
		s.accept(t).resume("0")
		if got := <-s.online; !got.Resumed {
			t.Error("not resumed")
		}
		s.leave()
	})
}

func TestSeeOtherHostIsFollowedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, func(c *Config) { c.Rand = zeros{} })
		redirect := func(host string) {
			p := s.accept(t)
			p.secure()
			p.open(offerSASL)
			p.expect("auth")
			p.write(`<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>` + host + `</see-other-host></stream:error>`)
			p.raw.Close()
		}
		began := time.Now()
		redirect("other.example.org:5999")
		redirect("[2001:db8::1]")
		if waited := time.Since(began); waited != 0 {
			t.Errorf("waited %v before following", waited)
		}
		s.accept(t).serve()
		if waited := time.Since(began); waited == 0 {
			t.Error("the second one was followed at once")
		}
		<-s.online
		for i, want := range []string{"127.0.0.1:5222", "other.example.org:5999", "127.0.0.1:5222"} {
			if got := <-s.where; got != want {
				t.Errorf("connection %d: to %s, not %s", i, got, want)
			}
		}
		s.leave()
	})
}

func TestServerThatSaysNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, nil)
		began := time.Now()
		p := s.accept(t)
		p.pumpRaw()
		if err := <-s.offline; !errors.Is(err, errSilent) || time.Since(began) != 30*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		s.leave()
	})
}

// Silence, or talk that never confirms anything, ends a connection; the session goes on with the next.
func TestServerThatFallsSilent(t *testing.T) {
	for name, talk := range map[string]string{"nothing": "", "white space": " "} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := stage(t, nil)
				p := s.accept(t).serve()
				<-s.online
				began := time.Now()
				go func() {
					for talk != "" {
						<-time.After(10 * time.Second)
						if _, err := io.WriteString(p.conn, talk); err != nil {
							return
						}
					}
				}()
				<-s.offline
				if d := time.Since(began); d < time.Minute || d > 2*time.Minute {
					t.Errorf("given up after %v", d)
				}
				s.leave()
				<-time.After(time.Minute) // for the server to notice
			})
		})
	}
}

// A server that stops reading holds up neither handler nor senders, and is left when a write has taken too long.
func TestFrozenServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage(t, nil)
		p := s.accept(t).login(offerBind + offerSM)
		p.bind()
		p.expect("enable")
		p.write(enabled) // and never reads again
		<-s.online
		began := time.Now()
		for range 100 {
			s.say("hello")
		}
		if d := time.Since(began); d != 0 {
			t.Errorf("Send waited %v", d)
		}
		p.write(`<message from='alice@example.org/x'><body>still there?</body></message>`)
		<-s.stanzas
		<-s.offline
		if d := time.Since(began); d != 20*time.Second {
			t.Errorf("left after %v", d)
		}
		s.leave()
	})
}

// Whatever the client is doing, it ends within a second.
func TestContextEndsRunInEachPhase(t *testing.T) {
	hang := func(*peer) {}
	for name, server := range map[string]func(*peer){
		"header":   hang,
		"features": func(p *peer) { p.r = nil; p.pumpRaw(); p.header() },
		"starttls": func(p *peer) { p.open(offerTLS); p.expect("starttls") },
		"hello": func(p *peer) {
			p.open(offerTLS)
			p.expect("starttls")
			p.write(`<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`)
		},
		"auth":    func(p *peer) { p.secure(); p.open(offerSASL); p.expect("auth") },
		"bind":    func(p *peer) { p.login(offerBind); p.expect("iq") },
		"enable":  func(p *peer) { p.login(offerBind + offerSM); p.bind(); p.expect("enable") },
		"session": func(p *peer) { p.serve() },
		"frozen":  func(p *peer) { p.login(offerBind); p.bind() },
	} {
		for _, cause := range []error{nil, ErrHandOver} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := stage(t, nil)
					p := s.accept(t)
					server(p)
					synctest.Wait()
					began := time.Now()
					s.cancel(cause)
					if err := <-s.done; err != nil || time.Since(began) > time.Second {
						t.Errorf("%v after %v", err, time.Since(began))
					}
					p.raw.Close()
				})
			})
		}
	}
}

func TestContextEndsRunBeforeAConnection(t *testing.T) {
	block := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	for name, change := range map[string]func(*Config){
		"lookup": func(c *Config) {
			c.Server = ""
			c.LookupSRV = func(ctx context.Context, _, _, _ string) (string, []*net.SRV, error) { return "", nil, block(ctx) }
		},
		"dial": func(c *Config) {
			c.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) { return nil, block(ctx) }
		},
		"pause": func(c *Config) {
			c.Dial = func(context.Context, string, string) (net.Conn, error) { return nil, net.ErrClosed }
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := stage(t, change)
				synctest.Wait()
				began := time.Now()
				s.cancel(nil)
				if err := <-s.done; err != nil || time.Since(began) > time.Second {
					t.Errorf("%v after %v", err, time.Since(began))
				}
			})
		})
	}
}
