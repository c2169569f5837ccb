// Package demo shows the whole bot on one machine: a server on the loopback
// interface, the bot on it, and two accounts for learners. Nothing else has to be
// installed, nothing is reachable from outside, and nothing remains.
package demo

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net"

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
	Listen string         // loopback address with a port; port 0 is a free one
	Lesson *lesson.Lesson // nil: the basic one
	Typing bool           // the bot takes time over a message, as if typing
	Log    *slog.Logger   // nil: silent

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
}

// An Account is one to log in with.
type Account struct {
	JID      string
	Password secret.Text
}

// ErrAddress is an address that the demo does not listen on.
var ErrAddress = errors.New("the demo is for this machine alone: give a loopback address and a port, such as 127.0.0.1:5222")

// Run shows the demo until ctx ends; then the bot says goodbye to everybody, and all is gone. Errors are those of the
// address, of the temporary directory and of [bot.Bot.Run].
func Run(ctx context.Context, c Config) error {
	l, err := listen(c.Listen)
	if err != nil {
		return err
	}
	h, err := build(l.Addr())
	if err == nil {
		err = h.furnish()
	}
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer h.remove()

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
	if errors.Is(err, xmppd.ErrAddress) {
		return nil, fmt.Errorf("%q: %w", address, ErrAddress)
	}
	return l, err
}

// house is where the demo takes place.
type house struct {
	Scene
	server    *xmppd.Server
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
