package xmppd

import (
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"
)

// Config says what a server is. The zero value of a field means its default.
type Config struct {
	Domain string // of all accounts; required
	Users  Users  // accounts at the start

	Mechanisms []string      // of SASL, in order; SCRAM-SHA-256, SCRAM-SHA-1, PLAIN
	Hold       time.Duration // how long a session waits for its client to come back; 5 minutes, negative: not at all
	Queue      int           // stanzas that may wait for one client; 1000. Beyond it the session ends
	Offline    int           // messages that may wait for an account without a client; 100
	Clients    int           // connections at a time; 1000

	Log  *slog.Logger // gets no words, names or addresses of users; nil for none
	Rand io.Reader    // for nonces and identifiers; nil: crypto/rand
}

// Users are passwords by the local part of an account's address. They do not print.
type Users map[string]string

// String tells how many there are.
func (u Users) String() string { return fmt.Sprintf("%d users", len(u)) }

// GoString is String.
func (u Users) GoString() string { return u.String() }

// Format writes String for every verb.
func (u Users) Format(f fmt.State, _ rune) { fmt.Fprint(f, u.String()) }

// MarshalText gives String.
func (u Users) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// LogValue is String.
func (u Users) LogValue() slog.Value { return slog.StringValue(u.String()) }

const (
	defaultHold    = 5 * time.Minute
	defaultQueue   = 1000
	defaultOffline = 100
	defaultClients = 1000

	loginTime  = 30 * time.Second // from connecting to having a session
	writeTime  = 20 * time.Second // for one write; a client that reads nothing for so long is gone
	shutTime   = time.Second      // for the last words when the server ends
	loginTries = 3

	bytesBeforeLogin = 16 << 10 // of a stanza
	bytesAfterLogin  = 256 << 10

	mostSessions = 10 // of one account
	mostContacts = 1000
	mostPrivate  = 20 // elements of XEP-0049 of one account
)

func (c Config) withDefaults() (Config, error) {
	c.Domain = strings.ToLower(c.Domain)
	if c.Domain == "" || strings.ContainsAny(c.Domain, "@/ '\"<>&") {
		return c, fmt.Errorf("xmppd: %q cannot be the domain of a server", c.Domain)
	}
	if c.Mechanisms == nil {
		c.Mechanisms = []string{scramSHA256, scramSHA1, plain}
	}
	for _, m := range c.Mechanisms {
		if _, ok := scramHashes[m]; !ok && m != plain {
			return c, fmt.Errorf("xmppd: no mechanism %q", m)
		}
	}
	if c.Hold == 0 {
		c.Hold = defaultHold
	}
	for _, f := range []struct {
		field *int
		value int
	}{{&c.Queue, defaultQueue}, {&c.Offline, defaultOffline}, {&c.Clients, defaultClients}} {
		if *f.field <= 0 {
			*f.field = f.value
		}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	return c, nil
}
