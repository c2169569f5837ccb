package chat

import (
	"strings"
	"time"
)

// Trust says in words how far what is written can be trusted.
type Trust string

// The words, which mean the same wherever they appear.
const (
	NotPrivate Trust = "not private"         // sent in clear: servers and listeners can read it
	Unverified Trust = "private, unverified" // encrypted; who reads it is open
	Verified   Trust = "private, verified"   // encrypted for a key whose owner is known
	Finished   Trust = "finished"            // the private conversation is over, and nothing is sent
)

// Kind is what sort of thing a Line is.
type Kind int

// The kinds of lines.
const (
	Note    Kind = iota // something happened, or answers a command
	Text                // somebody wrote this
	Own                 // the user wrote this
	Warning             // something is not as it should be
	Ask                 // somebody waits for an answer of the user
	Fault               // a command that was not carried out
)

// Line is something to tell the user.
type Line struct {
	Kind  Kind
	Event string // its name for scripts, such as "otr_enabled"; package otrxmpp's names where it is one of its events
	Peer  string // bare JID of the conversation it belongs to; empty: all of them
	Trust Trust  // of Text and Own
	Words string // clean; may have several lines
	Late  bool   // a Text that a server has kept meanwhile
	At    time.Time
}

// String is the line as line mode writes it, without a line break.
func (l Line) String() string {
	words := strings.Join(strings.Fields(l.Words), " ")
	switch l.Kind {
	case Text:
		return l.Peer + " (" + l.mark() + "): " + words
	case Own:
		return "you to " + l.Peer + " (" + l.mark() + "): " + words
	case Warning:
		return "WARNING: " + words
	case Fault:
		return "Not done: " + words
	}
	return words
}

// mark says how a text came, in words.
func (l Line) mark() string {
	if l.Late {
		return string(l.Trust) + ", sent earlier"
	}
	return string(l.Trust)
}

// Status is how things stand.
type Status struct {
	Account string
	Online  bool
	Peer    string // whom the user writes to; empty: nobody yet
	Here    string // "here" or "not here"; empty: the peer does not let us know
	Trust   Trust  // of what the user would write now
	Running bool   // a verification is under way
	Asked   bool   // the peer waits for an answer to its wish to verify
	Secret  string // what the next line typed is, such as "secret": it must not be shown; empty: a text or a command
}

// String is the status in a line: what matters most comes first.
func (s Status) String() string { return s.with() }

// with is the line with more parts, before the user's own account.
func (s Status) with(more ...string) string {
	var parts []string
	if s.Peer == "" {
		parts = append(parts, "nobody to talk with yet: /to ADDRESS")
	} else {
		parts = append(parts, string(s.Trust)+": "+s.Peer)
	}
	switch {
	case !s.Online:
		parts = append(parts, "not connected")
	case s.Here != "":
		parts = append(parts, s.Here)
	}
	switch {
	case s.Asked:
		parts = append(parts, "waits for your /answer")
	case s.Running:
		parts = append(parts, "verifying")
	}
	parts = append(append(parts, more...), "you are "+s.Account)
	return strings.Join(parts, " - ")
}
