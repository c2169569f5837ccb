package logging

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
)

// An Address is where a syslog server listens.
type Address struct {
	Network string // "unixgram", "udp", "tcp" or "tls"
	Where   string // a path, or "host:port"
	Classic bool   // write as to /dev/log, not as RFC 5424 says
}

// ParseAddress reads "/dev/log", "unix:/run/log.sock", "udp://host:514",
// "tcp://host:601" or "tls://host:6514". A path alone means a socket like
// /dev/log, where what RFC 5424 says is not understood.
func ParseAddress(s string) (Address, error) {
	scheme, rest, ok := strings.Cut(s, ":")
	switch {
	case filepath.IsAbs(s) && usable(s):
		return Address{"unixgram", s, true}, nil
	case ok && scheme == "unix":
		if path := strings.TrimPrefix(rest, "//"); filepath.IsAbs(path) && usable(path) {
			return Address{"unixgram", path, false}, nil
		}
	case ok && (scheme == "udp" || scheme == "tcp" || scheme == "tls"):
		where, slashes := strings.CutPrefix(rest, "//")
		host, port, err := net.SplitHostPort(where)
		n, bad := strconv.ParseUint(port, 10, 16)
		if slashes && err == nil && bad == nil && n != 0 && host != "" && usable(host) && !strings.ContainsAny(host, " /@") {
			return Address{scheme, where, false}, nil
		}
	}
	return Address{}, fmt.Errorf(`%q: write "/dev/log", "unix:PATH", "udp://HOST:514", "tcp://HOST:601" or "tls://HOST:6514"`, cut(s))
}

// usable excludes what cannot be in a path or the name of a host.
func usable(s string) bool { return visible(s) == s && len(s) < 256 }

// String writes what ParseAddress reads.
func (a Address) String() string {
	switch {
	case a == Address{}:
		return ""
	case a.Classic:
		return a.Where
	case a.Network == "unixgram":
		return "unix:" + a.Where
	}
	return a.Network + "://" + a.Where
}

// Facilities are the names of RFC 5424's facilities that a program may have,
// by "6.2.1. PRI"; without those of the kernel and of clocks.
func Facilities() []string {
	return slices.DeleteFunc(slices.Clone(facilities), func(s string) bool { return s == "" })
}

var facilities = []string{"", "user", "mail", "daemon", "auth", "", "lpr", "news", "uucp", "", "authpriv", "ftp", "", "", "", "",
	"local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"}

const daemon = 3

// Syslog says which server gets the log, and how.
type Syslog struct {
	Address  Address
	Level    slog.Leveler // least level; nil: info
	Facility string       // one of Facilities; empty: daemon
	App      string       // what the program is called; empty: otrbot
	Host     string       // empty: what the machine calls itself
	TLS      *tls.Config  // for tls; nil: the machine's authorities
	Queue    int          // messages that may wait; 0: 1000

	// Dial connects; nil: as package net does.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// What servers take: RFC 5426 "3.2. Message Size" recommends 2048 octets, RFC
// 5425 "4.3.1. Message Length" 8192, of which rsyslog as it comes takes 8096.
const (
	longestDatagram = 2048
	longestStream   = 8000
)

// newSyslog is a handler that never waits for the server, and what sends for it.
func newSyslog(s Syslog) (slog.Handler, *remote, error) {
	facility := daemon
	if s.Facility != "" {
		facility = slices.Index(facilities, s.Facility)
	}
	if facility < 0 || s.Address == (Address{}) {
		return nil, nil, errors.New("logging: a syslog server needs an address and one of the facilities")
	}
	from := sender{facility: facility, host: s.Host, app: s.App, pid: strconv.Itoa(os.Getpid())}
	if from.app == "" {
		from.app = "otrbot"
	}
	if from.host == "" {
		from.host, _ = os.Hostname() // without one it is the nil value
	}
	var sequence atomic.Uint64
	encode := func(e entry) []byte {
		switch n := sequence.Add(1); {
		case s.Address.Classic:
			return from.classic(e, longestDatagram)
		case s.Address.Network == "udp":
			return from.modern(e, n, longestDatagram)
		case s.Address.Network == "unixgram":
			return from.modern(e, n, longestStream)
		default:
			return counted(from.modern(e, n, longestStream))
		}
	}
	r := newRemote(s.dial(), encode, s.Queue, s.Address.Network == "tcp" || s.Address.Network == "tls")
	return &handler{level: s.Level, write: r.send}, r, nil
}

func (s Syslog) dial() func(context.Context) (net.Conn, error) {
	dial := s.Dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	if s.Address.Network != "tls" {
		return func(ctx context.Context) (net.Conn, error) { return dial(ctx, s.Address.Network, s.Address.Where) }
	}
	config := &tls.Config{}
	if s.TLS != nil {
		config = s.TLS.Clone()
	}
	config.MinVersion = max(config.MinVersion, tls.VersionTLS12)
	if config.ServerName == "" {
		config.ServerName, _, _ = net.SplitHostPort(s.Address.Where) // ParseAddress has checked it
	}
	return func(ctx context.Context) (net.Conn, error) {
		plain, err := dial(ctx, "tcp", s.Address.Where)
		if err != nil {
			return nil, err
		}
		conn := tls.Client(plain, config)
		if err := conn.HandshakeContext(ctx); err != nil {
			plain.Close()
			return nil, err
		}
		return conn, nil
	}
}
