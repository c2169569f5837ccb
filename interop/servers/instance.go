package servers

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

const (
	readyWithin = time.Minute     // from the start of the process to the first stream
	endsWithin  = 5 * time.Second // from the polite signal to the end of the process
	askAgain    = 20 * time.Millisecond
)

// A Kind is one of the servers that this package can start.
type Kind string

// The kinds, by the name of their Debian packages.
const (
	KindProsody  Kind = "prosody"
	KindEjabberd Kind = "ejabberd"
)

// Options change what a server offers. The zero value is a server for
// example.org that requires TLS, keeps sessions for resumption, and has neither
// archive, offline storage nor limits.
type Options struct {
	Domain    string        // default "example.org"
	SHA1      bool          // accounts are kept for SCRAM-SHA-1; default SCRAM-SHA-256
	MAM       bool          // every message is archived, for everyone
	Offline   bool          // messages to people who are away are kept for them
	Rate      int           // bytes a second that a client may send; 0: no limit
	MaxStanza int           // bytes of one stanza; default 262144, what both servers ship
	NoDelay   bool          // Prosody sends small packets at once, without Nagle's algorithm, as ejabberd does by itself
	Hold      time.Duration // how long a cut session can be resumed, in whole seconds; default five minutes
	MinTLS    uint16        // tls.VersionTLS12 or 13; default 12
	MaxTLS    uint16        // default 13
}

func (o Options) withDefaults() Options {
	if o.Domain == "" {
		o.Domain = "example.org"
	}
	if o.MaxStanza == 0 {
		o.MaxStanza = 262_144
	}
	if o.Hold == 0 {
		o.Hold = 5 * time.Minute
	}
	if o.MinTLS == 0 {
		o.MinTLS = 0x0303
	}
	if o.MaxTLS == 0 {
		o.MaxTLS = 0x0304
	}
	return o
}

// hold is the resumption time as configuration files write it.
func (o Options) hold() string { return strconv.Itoa(int(o.Hold / time.Second)) }

// An Instance is a server, running or stopped. Its data outlive a restart, not
// Close. It is safe for concurrent use, Stop, Kill and Start apart.
type Instance struct {
	Kind   Kind
	Domain string

	dir     string
	ports   ports
	issuer  *authority
	backend backend
	process *process // nil: stopped
}

type ports struct{ c2s, directTLS, admin int }

// A backend is what the two kinds do in their own ways.
type backend interface {
	configure(i *Instance, o Options) error            // writes the configuration into i.dir
	command(i *Instance) *exec.Cmd                     // runs the server in the foreground
	register(i *Instance, name, password string) error // while it runs
	logFile() string                                   // below i.dir
}

// Start starts a server and returns when it answers a stream header. The error
// of a machine without the server names the Debian package that brings it.
func Start(k Kind, o Options) (*Instance, error) {
	o = o.withDefaults()
	dir, err := os.MkdirTemp("", string(k)+"-")
	if err != nil {
		return nil, err
	}
	i := &Instance{Kind: k, Domain: o.Domain, dir: dir, backend: backends[k]()}
	if err := i.prepare(o); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", k, err), os.RemoveAll(dir))
	}
	if err := i.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return i, nil
}

var backends = map[Kind]func() backend{
	KindProsody:  func() backend { return &prosody{} },
	KindEjabberd: func() backend { return &ejabberd{} },
}

func (i *Instance) prepare(o Options) error {
	var err error
	if i.issuer, err = newAuthority(i.path("certs"), i.Domain); err != nil {
		return err
	}
	for _, port := range []*int{&i.ports.c2s, &i.ports.directTLS, &i.ports.admin} {
		if *port, err = freePort(); err != nil {
			return err
		}
	}
	return i.backend.configure(i, o)
}

// Addr is where the server speaks XMPP and requires STARTTLS.
func (i *Instance) Addr() string { return loopback(i.ports.c2s) }

// DirectTLSAddr is where the server speaks XMPP inside TLS from the first byte.
func (i *Instance) DirectTLSAddr() string { return loopback(i.ports.directTLS) }

// CAFile is a PEM file with the authority that signed the server's certificate.
func (i *Instance) CAFile() string { return i.issuer.file }

// Roots holds the same authority.
func (i *Instance) Roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(i.issuer.certificate)
	return pool
}

// Register makes an account and returns its password, 26 letters and digits.
// The server must be running.
func (i *Instance) Register(name string) (password string, err error) {
	password = rand.Text()
	if err := i.backend.register(i, name, password); err != nil {
		return "", fmt.Errorf("register %s at %s: %w", name, i.Kind, err)
	}
	return password, nil
}

// Start starts a server that was stopped or killed, on the same ports with the
// same data.
func (i *Instance) Start() error {
	p, err := run(i.backend.command(i), i.path("output"))
	if err != nil {
		return fmt.Errorf("start %s (Debian's package %s brings it): %w", i.Kind, i.Kind, err)
	}
	i.process = p
	if err := i.awaitStream(); err != nil {
		err = fmt.Errorf("start %s: %w\n%s", i.Kind, err, i.Log())
		i.Kill()
		return err
	}
	return nil
}

// Stop ends the server politely: its clients are told.
func (i *Instance) Stop() { i.end(syscall.SIGTERM) }

// Kill ends the server as a power failure would. ejabberd forgets what it was
// told in the last few seconds, accounts too.
func (i *Instance) Kill() { i.end(syscall.SIGKILL) }

func (i *Instance) end(signal syscall.Signal) {
	if i.process != nil {
		i.process.end(signal)
		i.process = nil
	}
}

// Close ends the server and removes everything that it kept.
func (i *Instance) Close() error {
	i.Kill()
	return os.RemoveAll(i.dir)
}

// PID is the id of the running process, for measurements; 0 when there is none.
func (i *Instance) PID() int {
	if i.process == nil {
		return 0
	}
	return i.process.command.Process.Pid
}

// Log returns the end of what the server wrote, for the message of a test that
// fails.
func (i *Instance) Log() string {
	if text := tail(i.path(i.backend.logFile())); text != "" {
		return text
	}
	return tail(i.path("output")) // it did not get as far as its log
}

func (i *Instance) path(name string) string { return filepath.Join(i.dir, name) }

// awaitStream waits until the port answers a stream header with features: the
// port opens earlier than the server is ready.
func (i *Instance) awaitStream() error {
	ctx, cancel := context.WithTimeout(context.Background(), readyWithin)
	defer cancel()
	tick := time.NewTicker(askAgain)
	defer tick.Stop()
	for {
		err := greet(ctx, i.Addr(), i.Domain)
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-i.process.ended:
			return errors.New("it ended by itself")
		case <-ctx.Done():
			return fmt.Errorf("no stream within %v: %w", readyWithin, err)
		}
	}
}

// greet opens a stream and closes it when the features have come.
func greet(ctx context.Context, address, domain string) error {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return err
	}
	const header = `<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" version="1.0" to="%s">`
	if _, err := fmt.Fprintf(conn, header, domain); err != nil {
		return err
	}
	if err := readUntil(conn, "</stream:features>"); err != nil {
		return err
	}
	_, err = io.WriteString(conn, "</stream:stream>")
	return err
}
