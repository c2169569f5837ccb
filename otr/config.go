package otr

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"
)

// Config is how one conversation behaves. The zero value is usable: OTR off, no length limit, the defaults below.
type Config struct {
	// Policy is what the conversation may do by itself.
	Policy Policy
	// MaxMessageSize is the longest message, in bytes, that the transport carries; OTR messages above it are cut into
	// fragments. 0 is no limit; 40 is the least. Texts in clear are never cut.
	MaxMessageSize int
	// QueryText follows the query in the same message, for people whose client does not know OTR. Empty: a short
	// English sentence.
	QueryText string
	// ErrorTexts are the sentences the peer sees in error messages; a missing one is in English.
	ErrorTexts map[ErrorCode]string
	// ResendPrefix stands before a text that is sent again after a new key exchange. Empty: "[resent] ".
	ResendPrefix string
	// PadTo pads each encrypted text to a multiple of so many bytes, to hide its length (Protocol v3, "Type 0:
	// Padding"). 0 is no padding; at most 32768.
	PadTo int
	// HeartbeatAfter is how long we may have been silent when a text arrives before an empty message answers it, so
	// that keys rotate. 0 is a minute; negative is never.
	HeartbeatAfter time.Duration
	// Convert, if set, changes each text just before it is encrypted and just after it was decrypted.
	Convert func(Direction, string) string
	// Limits bound what strangers can make us do and hold.
	Limits Limits
	// Rand is the source of all randomness; nil is crypto/rand. It must be cryptographically secure, and safe for
	// concurrent use if conversations share it.
	Rand io.Reader
	// Time tells the time; nil is time.Now.
	Time func() time.Time
}

// Limits bound what a peer, or a stranger in its name, can cost. Zero fields have the defaults given.
type Limits struct {
	MessageBytes     int // longest message accepted, whole or put together; default 1 MiB
	FragmentBytes    int // bytes held in all partial messages together, with room for up to 4 times as many; default 1 MiB
	PartialMessages  int // partial messages held; default 16
	Instances        int // clients of one peer remembered; default 64
	AnswersPerMinute int // answers of each kind to key exchange messages and wrong SMP steps; default 60
	HeldTexts        int // texts kept under RequireEncryption until the conversation is private; default 100
}

// Direction tells Config.Convert which way a text goes.
type Direction int

// The directions of a text.
const (
	Sending   Direction = iota // before encryption
	Receiving                  // after decryption
)

// ErrorCode says which sentence of Config.ErrorTexts an error message carries; the values are libotr's.
type ErrorCode int

// The causes of an error message.
const (
	ErrorUnreadable ErrorCode = 3 // an encrypted message could not be read
	ErrorMalformed  ErrorCode = 4 // an encrypted message was damaged
)

const (
	defaultQueryText    = "I would like to talk with you privately, using Off-the-Record messaging (OTR), but your client does not seem to support it."
	defaultResendPrefix = "[resent] "

	// defaultHeartbeat is how long we may have been silent before a received text is answered by a heartbeat.
	defaultHeartbeat = time.Minute
	// resendWindow is how old a text may be to be sent again after a new key exchange.
	resendWindow = time.Minute
	// commitLifetime is how long an unanswered D-H Commit Message keeps its secret.
	commitLifetime = time.Minute
	// minMessageSize leaves room for the header of a fragment, in version 3 36 bytes, and some text.
	minMessageSize = 40
)

// TickInterval is how often [Conversation.Tick] wants to be called while a program runs.
const TickInterval = 70 * time.Second

// ErrConfig is wrapped by the errors of NewConversation that a Config causes.
var ErrConfig = errors.New("otr: unusable configuration")

// withDefaults is the configuration with every default filled in.
func (c Config) withDefaults() (Config, error) {
	if c.MaxMessageSize < 0 || c.MaxMessageSize > 0 && c.MaxMessageSize < minMessageSize {
		return c, fmt.Errorf("%w: MaxMessageSize is %d; a fragment needs at least %d bytes, 0 is no limit", ErrConfig, c.MaxMessageSize, minMessageSize)
	}
	if c.PadTo < 0 || c.PadTo > 1<<15 {
		return c, fmt.Errorf("%w: PadTo is %d; it goes from 0 to 32768", ErrConfig, c.PadTo)
	}
	if c.Policy.Has(RequireEncryption) && !c.Policy.enabled() {
		return c, fmt.Errorf("%w: Policy has RequireEncryption, but neither AllowV2 nor AllowV3", ErrConfig)
	}
	if err := c.Limits.fill(); err != nil {
		return c, err
	}
	if c.QueryText == "" {
		c.QueryText = defaultQueryText
	}
	if c.ResendPrefix == "" {
		c.ResendPrefix = defaultResendPrefix
	}
	if c.HeartbeatAfter == 0 {
		c.HeartbeatAfter = defaultHeartbeat
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Time == nil {
		c.Time = time.Now
	}
	return c, nil
}

// fill sets the defaults.
func (l *Limits) fill() error {
	for _, limit := range []struct {
		name  string
		value *int
		usual int
	}{
		{"MessageBytes", &l.MessageBytes, 1 << 20},
		{"FragmentBytes", &l.FragmentBytes, 1 << 20},
		{"PartialMessages", &l.PartialMessages, 16},
		{"Instances", &l.Instances, 64},
		{"AnswersPerMinute", &l.AnswersPerMinute, 60},
		{"HeldTexts", &l.HeldTexts, 100},
	} {
		if *limit.value < 0 {
			return fmt.Errorf("%w: Limits.%s is %d; 0 is the default", ErrConfig, limit.name, *limit.value)
		}
		if *limit.value == 0 {
			*limit.value = limit.usual
		}
	}
	return nil
}

// errorText is the sentence the peer reads for a cause.
func (c *Config) errorText(code ErrorCode) string {
	if text, ok := c.ErrorTexts[code]; ok {
		return text
	}
	if code == ErrorUnreadable {
		return "You sent an encrypted message that could not be read."
	}
	return "You sent a damaged message."
}
