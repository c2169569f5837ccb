// Package demo shows the whole bot on one machine: a server on the loopback
// interface, the bot on it, two accounts for learners, and a course in a learning
// management system that launches the bot's pages. Nothing else has to be
// installed, nothing is reachable from outside, and nothing remains.
package demo

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"syscall"

	"otrbot/gettext"
	"otrbot/internal/lesson"
	"otrbot/internal/secret"
	"otrbot/internal/xmppd"
)

// Domain of all accounts. Clients find the server by this name alone if it listens on port 5222.
const Domain = "localhost"

// The local parts of the addresses.
const botName = "otrbot"

var learners = [...]string{"ana", "ben"}

// Config says what is shown.
type Config struct {
	Listen string // loopback address with a port; port 0 is a free one
	Web    string // the same for the bot's pages, and
	LMS    string // for the course; "" for either: there is none
	// SpareWeb takes free ports where those of Web and LMS are in use.
	SpareWeb bool
	Lesson   *lesson.Lesson // nil: the basic one
	// Languages are those that people may choose; nil: the program's.
	Languages *gettext.Set
	Typing    bool         // the bot takes time over a message, as if typing
	Log       *slog.Logger // nil: silent

	// Ready is called once, when the bot is there.
	Ready func(Scene)
}

// A Scene is all that somebody needs to take part. Its files are gone when the demo is.
type Scene struct {
	Address     net.Addr          // where the server listens; STARTTLS is required
	Bot         string            // its bare JID
	Accounts    []Account         // for learners
	Secret      secret.Text       // that the bot shares with every learner
	Certificate string            // path of the server's certificate, in PEM
	Fingerprint [sha256.Size]byte // of the certificate
	Mcabber     string            // path of a configuration for mcabber, which has no other way to be told
	Course      *Course           // nil: there is none
}

// An Account is one to log in with.
type Account struct {
	JID      string
	Password secret.Text
}

// ErrAddress is an address that the demo does not listen on.
var ErrAddress = errors.New("the demo is for this machine alone: give a loopback address and a port, such as 127.0.0.1:5222")

// A TakenError is an address that is in use.
type TakenError struct {
	Address string // as the caller gave it
	err     error
}

// Error is the system's.
func (e *TakenError) Error() string { return e.err.Error() }

// Unwrap gives the system's error.
func (e *TakenError) Unwrap() error { return e.err }

// Run shows the demo until ctx ends; then the bot says goodbye to everybody, and all is gone. Errors are those of the
// addresses, ErrAddress and TakenError, of the temporary directory and of [bot.Bot.Run].
func Run(ctx context.Context, c Config) error {
	l, err := listen(c.Listen)
	if err != nil {
		return err
	}
	school, err := openSchool(c)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer school.close()
	h, err := build(l.Addr())
	if err == nil {
		err = h.furnish()
	}
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer h.remove()
	h.school, h.Course = school, school.at()

	// The server outlives the bot, so that its goodbyes arrive.
	open, shut := context.WithCancel(context.WithoutCancel(ctx))
	teaching, stop := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- h.server.Serve(open, l); stop() }()
	err = h.teach(teaching, c)
	shut()
	return errors.Join(err, <-served)
}

// listen opens the address.
func listen(address string) (net.Listener, error) {
	l, err := xmppd.Listen(address)
	switch {
	case errors.Is(err, xmppd.ErrAddress):
		return nil, fmt.Errorf("%q: %w", address, ErrAddress)
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, &TakenError{address, err}
	}
	return l, err
}

// house is where the demo takes place.
type house struct {
	Scene
	server    *xmppd.Server
	school    *school     // nil: there is none
	password  secret.Text // the bot's
	directory string      // for files that last as long as the demo
}

// build makes the accounts, and a server that has them.
func build(at net.Addr) (*house, error) {
	var random [2 + len(learners)]secret.Text
	for i := range random {
		var err error
		if random[i], err = secret.Generate(secret.Readable(), nil); err != nil {
			return nil, err
		}
	}
	h := &house{Scene: Scene{Address: at, Bot: botName + "@" + Domain, Secret: random[0]}, password: random[1]}
	users := xmppd.Users{botName: h.password.Reveal()}
	for i, name := range learners {
		users[name] = random[2+i].Reveal()
		h.Accounts = append(h.Accounts, Account{name + "@" + Domain, random[2+i]})
	}
	var err error
	h.server, err = xmppd.New(xmppd.Config{Domain: Domain, Users: users})
	return h, err
}
