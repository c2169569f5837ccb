package otrxmpp

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"otrbot/otr"
)

// Config is who talks with whom, and how.
type Config struct {
	// User holds the account's private key and what is known about the peer's keys.
	User *otr.UserState
	// Account is our own side; its name is our bare JID, its protocol usually "xmpp".
	Account otr.Account
	// Peer is the bare JID of the other side. Messages that belong to another one are the caller's to keep away.
	Peer string
	// OTR is how the conversations behave. Its Time is asked by Restore alone, since every other call says what time it
	// is. Its Limits have defaults here that suit a chat between people rather than those of package otr.
	OTR otr.Config
	// MaxBody is the longest body, in bytes, that OTR may need: longer messages are cut into fragments. 0 is 48000,
	// which every known server carries; a server that promises less says so (XEP-0478).
	MaxBody int
	// AwayLimit is how long a private conversation waits for a client that went away. 0 is half an hour.
	AwayLimit time.Duration
	// AutoAnswer has the secret of SetSecret answer every verification that the peer asks for, as the original did.
	// Otherwise it answers one, and is forgotten.
	AutoAnswer bool
}

const (
	defaultMaxBody   = 48_000
	defaultAwayLimit = 30 * time.Minute
)

// ErrConfig is wrapped by the errors of New and Restore that a Config causes; other errors are those of package otr.
var ErrConfig = errors.New("otrxmpp: unusable configuration")

// New is an endpoint that has not said anything yet.
func New(c Config) (*Endpoint, error) {
	e, err := newEndpoint(c)
	if err != nil {
		return nil, err
	}
	main, err := e.newChannel()
	if err != nil {
		return nil, err
	}
	e.channels = append(e.channels, main)
	var prefix [4]byte
	if _, err := io.ReadFull(e.random(), prefix[:]); err != nil {
		return nil, fmt.Errorf("otrxmpp: random source: %w", err)
	}
	e.prefix = hex.EncodeToString(prefix[:])
	return e, nil
}

// newEndpoint is one without its channels.
func newEndpoint(c Config) (*Endpoint, error) {
	switch {
	case c.User == nil:
		return nil, fmt.Errorf("%w: no User", ErrConfig)
	case c.Account.Name == "":
		return nil, fmt.Errorf("%w: no Account", ErrConfig)
	case c.Peer == "":
		return nil, fmt.Errorf("%w: no Peer", ErrConfig)
	case c.AwayLimit < 0:
		return nil, fmt.Errorf("%w: AwayLimit is %v", ErrConfig, c.AwayLimit)
	}
	if c.AwayLimit == 0 {
		c.AwayLimit = defaultAwayLimit
	}
	if c.MaxBody == 0 {
		c.MaxBody = defaultMaxBody
	}
	c.OTR.MaxMessageSize = c.MaxBody
	limit(&c.OTR.Limits)
	e := &Endpoint{config: c}
	e.config.OTR.Time = func() time.Time { return e.now }
	return e, nil
}

// limit sets the limits that the program has left open: a person has a few devices and speaks a few times in a minute,
// each key exchange costs us modular exponentiations, and no stanza is longer than what servers carry.
func limit(l *otr.Limits) {
	for _, limit := range []struct {
		value *int
		usual int
	}{
		{&l.MessageBytes, 256 << 10},
		{&l.FragmentBytes, 128 << 10},
		{&l.PartialMessages, 4},
		{&l.Instances, 8},
		{&l.AnswersPerMinute, 20},
		{&l.HeldTexts, 20},
	} {
		if *limit.value == 0 {
			*limit.value = limit.usual
		}
	}
}

func (e *Endpoint) newChannel() (*channel, error) {
	conv, err := e.config.User.NewConversation(e.peer(), e.config.OTR)
	if err != nil {
		return nil, err
	}
	return &channel{conv: conv}, nil
}

func (e *Endpoint) peer() otr.Peer { return otr.Peer{Account: e.config.Account, Name: e.config.Peer} }

func (e *Endpoint) random() io.Reader {
	if e.config.OTR.Rand != nil {
		return e.config.OTR.Rand
	}
	return rand.Reader
}
