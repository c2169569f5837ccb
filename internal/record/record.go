// Package record holds what is kept between one message and the next, as plain
// data: the bot fills it, the store keeps it, and neither needs to know the other.
//
// Addresses are canonical bare JIDs. Everything here that could name or quote a
// learner is sealed by the store before it touches a disk.
package record

import (
	"errors"
	"time"
)

// ErrDamaged is wrapped by errors of a store that could not read some of what it has kept. It has returned the rest.
var ErrDamaged = errors.New("something that was kept is damaged")

// A Learner may talk to the bot.
type Learner struct {
	JID    string // canonical bare form
	Locale string // such as "nl" or "pt_BR"; empty: the bot's default
	Source Source
	Added  time.Time
	// Enrolment is the part in a course that this address belongs to at present; 0: none. The store fills it in.
	Enrolment int64
}

// Source says where a learner comes from: those of the settings cannot be removed by a command.
type Source string

// The sources.
const (
	FromSettings Source = "settings"
	FromCommand  Source = "command"
	FromCourse   Source = "course"
)

// A Change is everything that handling one thing leads to. The store keeps all of it or nothing.
type Change struct {
	JID string
	// Session is the learner's session from now on; empty: there is none, and everything about it is erased.
	Session []byte
	// Due is when the session wants to be woken at the latest; zero: never.
	Due time.Time
	// Handled and Noted are the In and the Note that this change answers; 0: none. Keeping the change deletes them.
	Handled, Noted int64
	// ForgetSecret erases the secret that was set for the learner: it was used up, or the lesson is done.
	ForgetSecret bool
	// Unlist takes a learner whom a course has put on the list off it, with the secret: the lesson was passed. Nothing
	// happens to others, nor while a NoteInvite, NoteEnrolled or NoteSecret waits that this change does not answer:
	// whoever claims the address again, or has just set a secret, stays.
	Unlist bool
	// Locale is the language that the learner has chosen in the chat; empty: no news. It is kept for the learner, and
	// for the enrolment that the address belongs to.
	Locale string
	// Progress is for the enrolment that the address belongs to, if there is one; nil: no news.
	Progress *Progress
	// Grade is kept with the rest, to be sent to the platform; nil: none.
	Grade *Grade
	// Out are stanzas to send, in this order, after those already waiting.
	Out []Out
}

// A Session is a learner's session as it was kept last.
type Session struct {
	JID  string
	Data []byte
	Due  time.Time
}

// An In is a stanza that has arrived and is not handled yet.
type In struct {
	ID     int64 // given by the store, rising
	Stanza []byte
}

// An Out is a stanza on its way out.
type Out struct {
	ID     int64 // given by the store, rising; never 0 once kept
	JID    string
	Stanza []byte
}

// A Stream is what another process needs to go on with an account's stream: XEP-0198, "Resumption".
type Stream struct {
	SMID, JID string // the stream's id for resumption; the full JID bound to it
	Max       time.Duration
	Since     time.Time
	H         uint32 // stanzas received
	Acked     uint64 // stanzas the server has confirmed
	Queue     []Queued
}

// A Queued stanza was given to the stream and is not confirmed.
type Queued struct {
	Seq    uint64 // its place in the stream, from 1
	Out    int64  // the Out it was; 0: none
	Stanza []byte
}

// A Note is something that another process, such as a command or a web page, wants the bot to know.
type Note struct {
	ID   int64
	JID  string
	Kind NoteKind
	Data []byte // depends on Kind; empty where nothing is said of it
}

// NoteKind says what a note is about.
type NoteKind string

// The kinds of notes.
const (
	NoteInvite NoteKind = "invite" // a learner was added
	NoteRemove NoteKind = "remove" // a learner was removed: end the session, leave the roster
	NoteReset  NoteKind = "reset"  // end the session; the next one starts from the beginning
	// NoteRestored: a copy of the database was put back, from when the learner was in a lesson: begin anew
	NoteRestored NoteKind = "restored"
	NoteSecret   NoteKind = "secret" // the learner's shared secret was set

	NoteWeakSecret  NoteKind = "weak-secret" // Data is a secret that the page has refused: the bot says so in the chat
	NoteCode        NoteKind = "code"        // Data is a Submission: the code, from the page
	NoteFingerprint NoteKind = "fingerprint" // Data is a Submission: the bot's fingerprint as the learner's client shows it
	NoteEnrolled    NoteKind = "enrolled"    // the address belongs to another enrolment from now on
)
