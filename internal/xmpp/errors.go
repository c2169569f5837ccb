package xmpp

import (
	"errors"
	"fmt"

	"otrbot/internal/xmpp/stanza"
)

var (
	// ErrHandOver as the cause of Run's context makes it close the socket only, so that another process can resume.
	ErrHandOver = errors.New("xmpp: handed over to another process")
	// ErrConflict: another client has logged in with our resource.
	ErrConflict = errors.New("xmpp: another client has taken this account's resource; two must not run with the same one")
	// ErrNotAuthorized: the server refuses the account or its password.
	ErrNotAuthorized = errors.New("xmpp: the server refuses the login: check the account and its password")
	// ErrClosed: the client does not run any more.
	ErrClosed = errors.New("xmpp: closed")
	// ErrQueueFull: too much waits to be sent.
	ErrQueueFull = errors.New("xmpp: too many stanzas wait to be sent")
	// ErrTooBig: the server would close the stream over a stanza of this size.
	ErrTooBig = errors.New("xmpp: stanza is larger than the server accepts")
	// ErrSessionLost: the session that an IQ was sent in has ended; its answer will not come.
	ErrSessionLost = errors.New("xmpp: the session ended before the answer came")
	// ErrNoAnswer: an IQ was not answered in time.
	ErrNoAnswer = errors.New("xmpp: no answer in time")

	errSilent = errors.New("xmpp: the server does not answer any more")
	errClosed = errors.New("xmpp: the server closed the stream")
)

// TLSRefused means that the connection is not as configured. Nothing was sent over it.
type TLSRefused struct {
	Version, Suite string // what was negotiated, empty if nothing was
	Problem        string
}

func (e *TLSRefused) Error() string {
	if e.Version == "" {
		return "xmpp: TLS refused: " + e.Problem
	}
	return fmt.Sprintf("xmpp: TLS refused: %s (negotiated: %s, %s)", e.Problem, e.Version, e.Suite)
}

// SetupError means that server and settings do not fit. It ends Run unless there was a session before: then somebody may be
// at work on the server, and the client tries again.
type SetupError struct {
	Problem string
	Err     error // may be nil
}

func (e *SetupError) Error() string {
	if e.Err == nil {
		return "xmpp: " + e.Problem
	}
	return "xmpp: " + e.Problem + ": " + e.Err.Error()
}

func (e *SetupError) Unwrap() error { return e.Err }

// AuthError is a refused login. It is ErrNotAuthorized unless the server calls it temporary.
type AuthError struct {
	Condition string // RFC 6120, 6.5
	Text      string // the server's words, not to be trusted
}

func (e *AuthError) Error() string {
	if e.temporary() {
		return "xmpp: the server cannot check the login at present (" + e.Condition + ")"
	}
	return ErrNotAuthorized.Error() + " (" + e.Condition + ")"
}

// Is tells errors.Is that a lasting refusal is ErrNotAuthorized.
func (e *AuthError) Is(target error) bool { return target == ErrNotAuthorized && !e.temporary() }

func (e *AuthError) temporary() bool {
	return e.Condition == "temporary-auth-failure" || e.Condition == "aborted"
}

// StreamError is the server's reason to end the stream: RFC 6120, 4.9.
type StreamError struct {
	Condition string
	Host      string // for see-other-host
}

// Error is a sentence for whoever runs the program.
func (e *StreamError) Error() string {
	if errors.Is(e, ErrConflict) {
		return ErrConflict.Error()
	}
	return "xmpp: the server ended the stream: " + e.Condition
}

// Is tells errors.Is that "conflict" is ErrConflict.
func (e *StreamError) Is(target error) bool {
	return target == ErrConflict && e.Condition == "conflict"
}

// ours reports whether something we sent, or seemed to send, made the server end the stream.
func (e *StreamError) ours() bool {
	switch e.Condition {
	case "bad-format", "bad-namespace-prefix", "invalid-from", "invalid-namespace", "invalid-xml", "not-well-formed",
		"policy-violation", "restricted-xml", "unsupported-encoding", "unsupported-feature", "unsupported-stanza-type":
		return true
	}
	return false
}

// QueryError is an IQ's answer of type "error": RFC 6120, 8.3.
type QueryError struct {
	Type      string // cancel, modify, auth, wait, continue
	Condition string
}

func (e *QueryError) Error() string { return "xmpp: refused: " + e.Condition }

// condition is the name of an error's defined condition, and its human-readable text if there is any.
func condition(e *stanza.Element, space string) string {
	if e != nil {
		for c := range e.Children() {
			if c.Space == space && c.Local != "text" {
				return c.Local
			}
		}
	}
	return "undefined-condition"
}

// JournalError ends Run: the journal could not keep something.
type JournalError struct{ Err error }

func (e *JournalError) Error() string { return "xmpp: journal: " + e.Err.Error() }

func (e *JournalError) Unwrap() error { return e.Err }

func journaled(err error) error {
	if err == nil {
		return nil
	}
	return &JournalError{err}
}
