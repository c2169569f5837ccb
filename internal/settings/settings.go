// Package settings reads what an operator sets: defaults, then the TOML file,
// then the environment, then flags. Every fault is told at once, with line and
// column and without the value of a secret.
package settings

import (
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"time"
)

// Settings are complete and checked.
type Settings struct {
	Locale     string // of texts, for learners without their own: "en_GB"
	LocalesDir string // absolute path of translations beside the program's; may be empty
	XMPP       XMPP
	TLS        TLS
	Bot        Bot
	Learners   []Learner // in the order of the file
	Store      Store
	Web        Web
	LTI        LTI
	Watch      Watch
	Log        Log

	File     string   // that was read; empty if all came from the environment
	Warnings []string // what is allowed but should not stay so

	values []Value
}

// XMPP says as whom the bot logs in.
type XMPP struct {
	DefaultAccount string    // canonical bare JID of one of Accounts
	Accounts       []Account // in the order of the file
}

// Account returns the account of a canonical bare JID.
func (x XMPP) Account(jid string) (Account, bool) {
	for _, a := range x.Accounts {
		if a.JID == jid {
			return a, true
		}
	}
	return Account{}, false
}

// An Account is a login on an XMPP server.
type Account struct {
	JID                   string // canonical bare JID
	Password              Secret
	Server                string // "host:port" instead of what DNS says; may be empty
	DirectTLS             bool   // TLS from the first byte, at Server
	Resource              string
	Avatar                string // path of a PNG file; may be empty
	Picture               []byte // what is in it
	RequireChannelBinding bool

	password, passwordFile, passwordCredential string // where the password comes from
}

// TLS says which connections are good enough.
type TLS struct {
	MinVersion   uint16         // of crypto/tls
	CipherSuites []uint16       // of crypto/tls; empty: those that Go thinks safe
	Roots        *x509.CertPool // nil: those of the machine

	caFile string
}

// Bot is how the bot teaches.
type Bot struct {
	Title           string
	Description     string // empty: the lesson's own words, as with the next two
	ProjectName     string
	Helper          string
	Lesson          string // "basic", or the absolute path of a file
	LessonText      []byte // what is in the file, not parsed yet; nil for basic
	DefaultSecret   Secret
	MayStartSMP     bool
	SecretTries     int
	CodeFormat      string
	CodeTries       int
	WarningTimeout  time.Duration // less than SessionTimeout
	SessionTimeout  time.Duration
	CheckInterval   time.Duration
	Typing          bool
	TypingSpeed     int // characters a second
	LogUserMessages bool
	OfferOTR        bool // with white space in clear texts
	TakeOffers      bool // switch OTR on when the learner's client offers it like that
}

// A Learner may talk to the bot.
type Learner struct {
	JID    string // canonical bare JID
	Locale string // empty: that of Settings
}

// Store says where sessions are kept.
type Store struct {
	URL     string // "sqlite:///absolute/path"
	KeyFile string // absolute path, of the credential if there is one

	keyCredential string
}

// Web is where the pages for courses are. Without PublicURL there are none.
type Web struct {
	PublicURL string         // "https://otr.example.org", without a slash at the end
	Listen    string         // "host:port"
	CSSURL    string         // of a style sheet beside the pages' own; may be empty
	Proxies   []netip.Prefix // of proxies whose X-Forwarded-For counts, beside this machine
}

// LTI is how courses are treated.
type LTI struct {
	PartialCredit      bool           // send a part of the grade for each step
	ApproveDeployments bool           // take new deployments without asking
	Retention          time.Duration  // how long an enrolment is kept after its last launch
	AllowNetworks      []netip.Prefix // private networks in which platforms may be
}

// Secret is a password that does not print.
type Secret struct {
	_ [0]func() // no ==
	s string
}

const hidden = "[secret]"

// Reveal returns the password itself.
func (s Secret) Reveal() string { return s.s }

// IsZero reports whether there is none.
func (s Secret) IsZero() bool { return s.s == "" }

func (s Secret) String() string               { return hidden }
func (s Secret) GoString() string             { return hidden }
func (s Secret) Format(f fmt.State, _ rune)   { io.WriteString(f, hidden) }
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
func (s Secret) LogValue() slog.Value         { return slog.StringValue(hidden) }
