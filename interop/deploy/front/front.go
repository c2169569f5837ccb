package front

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"otrbot/interop/deploy/certs"
)

// patience is for a server to start, and for an answer. No test depends on its length.
const patience = 30 * time.Second

// Kind is a web server that we have a sample for.
type Kind string

// The web servers, by the names of their programs.
const (
	Nginx Kind = "nginx"
	Caddy Kind = "caddy"
)

// Kinds are all of them.
func Kinds() []Kind { return []Kind{Caddy, Nginx} }

// A Front is a web server in front of a backend. It may be used by goroutines of
// one test.
type Front struct {
	URL   string         // "https://tool.localhost:23456"
	Plain string         // "http://tool.localhost:23457": redirects
	Trust string         // the authority's public key: base64 of its SHA-256
	Roots *x509.CertPool // the authority

	dir     string
	command *exec.Cmd
}

// Start starts one for a site of this name, below localhost, and waits until it
// answers. The backend is host and port.
func Start(t testing.TB, kind Kind, name, backend string) *Front {
	t.Helper()
	program, err := exec.LookPath(string(kind))
	if err != nil {
		t.Fatalf("no %s: run scripts/install-peers", kind)
	}
	dir := t.TempDir()
	authority := certs.New(t)
	chain, key := authority.Sign(t, name)
	for file, text := range map[string]string{"fullchain.pem": chain, "privkey.pem": key} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	site := site{name: name, backend: backend, https: freePort(t), http: freePort(t), dir: dir}
	command, err := commandOf(kind, program, site)
	if err != nil {
		t.Fatal(err)
	}
	f := &Front{
		URL: "https://" + net.JoinHostPort(name, site.https), Plain: "http://" + net.JoinHostPort(name, site.http),
		Trust: authority.Trust(), Roots: authority.Roots(), dir: dir,
	}
	f.run(t, command)
	f.answers(t, site)
	return f
}

func commandOf(kind Kind, program string, s site) (*exec.Cmd, error) {
	if kind == Nginx {
		return nginx(program, s)
	}
	return caddy(program, s)
}

// run starts the program; it ends with the test, or with this process.
func (f *Front) run(t testing.TB, command *exec.Cmd) {
	t.Helper()
	output, err := os.Create(filepath.Join(f.dir, "output.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer output.Close() // the child has its own
	command.Stdout, command.Stderr = output, output
	command.SysProcAttr = endsWithUs()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	f.command = command
	t.Cleanup(func() {
		f.Stop()
		if t.Failed() {
			t.Logf("%s wrote:\n%s", command.Path, f.Logs(t))
		}
	})
}

// Stop ends the server. Then its logs are complete.
func (f *Front) Stop() {
	if f.command.ProcessState == nil {
		_ = f.command.Process.Signal(syscall.SIGTERM) // it may have ended by itself
		_ = f.command.Wait()                          // ended by a signal
	}
}

// answers waits until both ports take connections.
func (f *Front) answers(t testing.TB, s site) {
	t.Helper()
	late := time.After(patience)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for _, port := range []string{s.http, s.https} {
		for {
			c, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", port))
			if err == nil {
				_ = c.Close()
				break
			}
			select {
			case <-again.C:
			case <-late:
				t.Fatalf("it does not listen: %v\n%s", err, f.Logs(t))
			}
		}
	}
}

// Logs is everything that the server has written so far, of any kind.
func (f *Front) Logs(t testing.TB) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(f.dir, "*.log"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString("--- " + filepath.Base(name) + "\n" + string(text))
	}
	return all.String()
}

// Client believes the authority, finds names below localhost, speaks HTTP/2
// where it can, and follows no redirect.
func (f *Front) Client() *http.Client {
	return &http.Client{
		Timeout: patience,
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: f.Roots, MinVersion: tls.VersionTLS12},
			DialContext:     onLoopback, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// freePort finds a loopback port below those that the kernel gives to connections.
func freePort(t testing.TB) string {
	t.Helper()
	for range 100 {
		port := strconv.Itoa(20_000 + rand.IntN(12_000))
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port))
		if err != nil {
			continue
		}
		_ = l.Close()
		return port
	}
	t.Fatal("no free port")
	return ""
}

// onLoopback connects to the port of an address on this machine, whatever its name.
func onLoopback(ctx context.Context, network, address string) (net.Conn, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	var d net.Dialer
	return d.DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
}
