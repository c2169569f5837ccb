package xmppd

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Server is an XMPP server. Its methods may be called at any time by several goroutines.
type Server struct {
	config      Config
	log         *slog.Logger
	certificate tls.Certificate
	secret      []byte // for salts
	running     sync.WaitGroup
	stopping    atomic.Bool
	dice        sync.Mutex // Config.Rand is one reader for all

	mu        sync.Mutex
	accounts  map[string]*account // by local part
	resumable map[string]*session // by identifier of XEP-0198
	listeners map[net.Listener]bool
	conns     map[*conn]bool
	closed    bool
}

// New makes a server with the users of c. It listens nowhere yet.
func New(c Config) (*Server, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Server{
		config: c, log: c.Log, secret: make([]byte, 32),
		accounts: map[string]*account{}, resumable: map[string]*session{}, listeners: map[net.Listener]bool{}, conns: map[*conn]bool{},
	}
	s.config.Users = nil
	if _, err := io.ReadFull(c.Rand, s.secret); err != nil {
		return nil, fmt.Errorf("xmppd: randomness: %w", err)
	}
	if s.certificate, err = newCertificate(c.Domain, time.Now()); err != nil {
		return nil, fmt.Errorf("xmppd: certificate: %w", err)
	}
	for name, password := range c.Users {
		if err := s.AddUser(name, password); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// ErrAddress is an address that another machine could reach, or no address with a port.
var ErrAddress = errors.New("xmppd: no loopback address with a port: this server is for the machine it runs on")

// Listen opens an address for Serve, such as "127.0.0.1:5222"; port 0 is a free one. Errors: ErrAddress, before anything
// is open, and those of the system.
func Listen(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && !ip.IsLoopback() {
		return nil, fmt.Errorf("%q: %w", address, ErrAddress)
	}
	l, err := net.Listen("tcp", address)
	if wrong := (*net.AddrError)(nil); errors.As(err, &wrong) {
		return nil, fmt.Errorf("%q: %s: %w", address, wrong.Err, ErrAddress)
	}
	return l, err
}

// Serve lets clients in that connect to l, which it closes. STARTTLS is required. When ctx ends, the server closes.
// It returns nil when the server has been closed; an error if l breaks, or ErrAddress.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	defer l.Close()
	if tcp, ok := l.Addr().(*net.TCPAddr); ok && !tcp.IP.IsLoopback() {
		return fmt.Errorf("%s: %w", tcp, ErrAddress)
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.listeners[l] = true
	s.mu.Unlock()
	defer context.AfterFunc(ctx, func() { s.Close() })()
	for {
		raw, err := l.Accept()
		if err != nil {
			s.mu.Lock()
			delete(s.listeners, l)
			closed := s.closed
			s.mu.Unlock()
			if closed {
				s.running.Wait()
				return nil
			}
			return fmt.Errorf("xmppd: %w", err)
		}
		s.accept(raw)
	}
}

func (s *Server) accept(raw net.Conn) {
	c := &conn{server: s, raw: raw, net: raw, log: s.log.With("session", s.random(4))}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.conns) >= s.config.Clients {
		raw.Close()
		return
	}
	s.conns[c] = true
	s.running.Go(func() {
		c.serve()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.conns, c)
	})
}

// Close stops listening, tells the clients that the server shuts down, and waits until all is over, about a second at
// most. The server cannot be used again.
func (s *Server) Close() error {
	s.stopping.Store(true)
	s.mu.Lock()
	s.closed = true
	for l := range s.listeners {
		l.Close()
	}
	for _, a := range s.accounts {
		for _, one := range sessionsOf(a) {
			s.end(one, "system-shutdown")
		}
	}
	for c := range s.conns {
		if c.session == nil {
			c.raw.Close()
		} else {
			c.raw.SetDeadline(time.Now().Add(shutTime))
		}
	}
	s.mu.Unlock()
	s.running.Wait()
	return nil
}

// random is n random bytes in hexadecimal.
func (s *Server) random(n int) string {
	s.dice.Lock()
	defer s.dice.Unlock()
	b := make([]byte, n)
	if _, err := io.ReadFull(s.config.Rand, b); err != nil {
		rand.Read(b) // a nonce from the machine is better than none
	}
	return hex.EncodeToString(b)
}
