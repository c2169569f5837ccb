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
	first     net.Addr
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

// ListenAndServe serves on the addresses of the configuration, until ctx ends or Close is called.
func (s *Server) ListenAndServe(ctx context.Context) error {
	plain, err := listen(s.config.Listen)
	if err != nil {
		return err
	}
	if s.config.ListenTLS == "" {
		return s.Serve(ctx, plain)
	}
	direct, err := listen(s.config.ListenTLS)
	if err != nil {
		plain.Close()
		return err
	}
	results := make(chan error, 1)
	go func() { results <- s.ServeTLS(ctx, direct) }()
	return errors.Join(s.Serve(ctx, plain), s.Close(), <-results)
}

func listen(address string) (net.Listener, error) {
	if err := loopbackName(address); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("xmppd: %w", err)
	}
	return l, nil
}

// Serve lets clients in that connect to l, which it closes. STARTTLS is required. When ctx ends, the server closes.
// It returns nil when the server has been closed; an error if l is no loopback address or breaks.
func (s *Server) Serve(ctx context.Context, l net.Listener) error { return s.serve(ctx, l, false) }

// ServeTLS is Serve with TLS from the first byte (XEP-0368).
func (s *Server) ServeTLS(ctx context.Context, l net.Listener) error { return s.serve(ctx, l, true) }

func (s *Server) serve(ctx context.Context, l net.Listener, direct bool) error {
	defer l.Close()
	if err := loopback(l.Addr()); err != nil {
		return err
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.listeners[l] = true
	if s.first == nil {
		s.first = l.Addr()
	}
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
		s.accept(raw, direct)
	}
}

func (s *Server) accept(raw net.Conn, direct bool) {
	c := &conn{server: s, raw: raw, net: raw, log: s.log.With("session", s.random(4))}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.conns) >= s.config.Clients {
		raw.Close()
		return
	}
	s.conns[c] = true
	s.running.Go(func() {
		c.serve(direct)
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.conns, c)
	})
}

// Addr is the address of the first listener that is served, nil before.
func (s *Server) Addr() net.Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.first
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
