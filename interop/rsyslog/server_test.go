package rsyslog

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// patience is how long anything may take.
const patience = 20 * time.Second

// A server is a rsyslogd. What it has understood it sends back to the test.
type server struct {
	t                *testing.T
	dir              string
	udp, tcp, tls    string // addresses
	roots            *x509.CertPool
	understood       chan []byte // lines of JSON
	command          *exec.Cmd
	plain, modern    string // sockets: as Debian's /dev/log, and for RFC 5424
	settings, errors string
}

// A record is what rsyslogd has made of a message, by the names of its properties.
type record struct {
	Message  string `json:"msg"`
	Host     string `json:"hostname"`
	App      string `json:"app-name"`
	PID      string `json:"procid"`
	ID       string `json:"msgid"`
	Data     string `json:"structured-data"`
	Facility string `json:"syslogfacility"`
	Severity string `json:"syslogseverity"`
	Time     string `json:"timereported"`
	Tag      string `json:"syslogtag"`
	Version  string `json:"protocol-version"`
}

func newServer(t *testing.T) *server {
	t.Helper()
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	s := &server{t: t, dir: dir, plain: in("plain"), modern: in("modern"), settings: in("settings"), errors: in("errors"),
		udp: freeAddress(t, "udp"), tcp: freeAddress(t, "tcp"), tls: freeAddress(t, "tcp"),
		understood: make(chan []byte, 5000)}
	s.roots = certify(t, in("ca.pem"), in("cert.pem"), in("key.pem"))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go s.listen(listener)
	port := func(address string) string {
		_, port, _ := net.SplitHostPort(address) // it is one of ours
		return port
	}
	text := fmt.Sprintf(`global(workDirectory=%[1]q defaultNetstreamDriverCAFile=%[2]q defaultNetstreamDriverCertFile=%[3]q defaultNetstreamDriverKeyFile=%[4]q)
module(load="imuxsock" sysSock.use="off")
module(load="imudp")
module(load="imtcp")
template(name="understood" type="list" option.jsonf="on") {
	property(outname="msg" name="msg" format="jsonf")
	property(outname="hostname" name="hostname" format="jsonf")
	property(outname="app-name" name="app-name" format="jsonf")
	property(outname="procid" name="procid" format="jsonf")
	property(outname="msgid" name="msgid" format="jsonf")
	property(outname="structured-data" name="structured-data" format="jsonf")
	property(outname="syslogfacility" name="syslogfacility" format="jsonf")
	property(outname="syslogseverity" name="syslogseverity" format="jsonf")
	property(outname="syslogtag" name="syslogtag" format="jsonf")
	property(outname="protocol-version" name="protocol-version" format="jsonf")
	property(outname="timereported" name="timereported" dateFormat="rfc3339" format="jsonf")
}
ruleset(name="all") { action(type="omfwd" target="127.0.0.1" port=%[5]q protocol="tcp" template="understood" action.resumeRetryCount="-1" action.resumeInterval="1") }
input(type="imuxsock" socket=%[6]q ruleset="all")
input(type="imuxsock" socket=%[7]q ruleset="all" useSpecialParser="off" parseHostname="on" useSysTimeStamp="off")
input(type="imudp" address="127.0.0.1" port=%[8]q ruleset="all")
input(type="imtcp" address="127.0.0.1" port=%[9]q ruleset="all")
input(type="imtcp" address="127.0.0.1" port=%[10]q ruleset="all" streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="anon")
`, dir, in("ca.pem"), in("cert.pem"), in("key.pem"), port(listener.Addr().String()), s.plain, s.modern, port(s.udp), port(s.tcp), port(s.tls))
	if err := os.WriteFile(s.settings, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// start begins the server and waits until it listens.
func (s *server) start() {
	s.t.Helper()
	path, err := exec.LookPath("rsyslogd")
	if err != nil {
		path = "/usr/sbin/rsyslogd" // not in the path of everybody
	}
	s.command = exec.Command(path, "-n", "-f", s.settings, "-i", filepath.Join(s.dir, "pid"))
	s.command.SysProcAttr = endsWithUs()
	errors, err := os.OpenFile(s.errors, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.t.Fatal(err)
	}
	defer errors.Close()
	s.command.Stdout, s.command.Stderr = errors, errors
	if err := s.command.Start(); err != nil {
		s.t.Fatalf("%v (Debian: apt-get install rsyslog rsyslog-openssl)", err)
	}
	s.t.Cleanup(s.stop)
	// Datagrams to nobody are lost: ask until there is an answer.
	conn, err := net.Dial("udp", s.udp)
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		conn.Write([]byte("<14>1 - - ready - - - ")) // refused until it listens
		if r, err := s.read(50 * time.Millisecond); err == nil && r.App == "ready" {
			return
		}
	}
	s.t.Fatalf("rsyslogd does not listen:\n%s", s.complaints())
}

// stop ends the server, if it runs.
func (s *server) stop() {
	if s.command != nil {
		_ = s.command.Process.Kill() // it may have ended by itself
		_ = s.command.Wait()
		s.command = nil
	}
}

func (s *server) complaints() string {
	b, _ := os.ReadFile(s.errors) // for a failure that is told anyway
	return string(b)
}

// listen takes what the server sends, however often it is started.
func (s *server) listen(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			for lines := bufio.NewReader(c); ; {
				line, err := lines.ReadBytes('\n')
				if err != nil {
					return
				}
				s.understood <- line
			}
		}()
	}
}

func (s *server) read(within time.Duration) (r record, err error) {
	select {
	case line := <-s.understood:
		return r, json.Unmarshal(line, &r)
	case <-time.After(within):
		return r, os.ErrDeadlineExceeded
	}
}

// next is the next record of the program under test.
func (s *server) next() record {
	s.t.Helper()
	for {
		r, err := s.read(patience)
		if err != nil {
			s.t.Fatalf("%v\n%s", err, s.complaints())
		}
		if r.App != "ready" {
			return r
		}
	}
}

func freeAddress(t *testing.T, network string) string {
	t.Helper()
	if network == "udp" {
		c, err := net.ListenPacket(network, "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.LocalAddr().String()
	}
	l, err := net.Listen(network, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// certify writes a certificate for 127.0.0.1 that vouches for itself.
func certify(t *testing.T, caFile, certFile, keyFile string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "logs.example"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for name, content := range map[string][]byte{caFile: cert, certFile: cert, keyFile: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(cert)
	return pool
}
