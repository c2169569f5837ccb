package clients

import "regexp"

// A Client is a chat program in which somebody is logged in and talks to one
// peer. Its methods fail the test when the program does not do what it is told.
// It belongs to the goroutine of the test.
//
// Expect, WaitFor and Transcript look at what has come since the last thing that
// the user did, so that what follows from one deed may come in any order.
type Client interface {
	Name() string // of the program
	JID() string  // bare
	Can(Skill) bool

	Talk(jid string)  // opens the chat with a peer
	Add(jid string)   // takes the peer into the contact list, asks for its presence, and opens the chat
	Allow(jid string) // waits for the peer to ask for our presence, and lets it
	Say(text string)
	StartOTR()
	EndOTR()
	Refresh()
	VerifySecret(secret string)
	VerifyQuestion(question, answer string)
	Answer(secret string) // to the peer's verification, with or without a question
	Abort()

	Expect(Sign)
	WaitFor(*regexp.Regexp) string // the line that matches
	Transcript() []string
	Heard() []string // all that the peer has said since the program was started
	Screen() string  // everything, for the message of a test that fails
	Restart()        // kills the program as a power failure would, starts it again with what it keeps on disk, and opens the chat
}

// Login says who logs in where.
type Login struct {
	JID      string // bare
	Password string
	Addr     string // of the server, host:port
	CAFile   string // of the server's certificate
	Resource string // default: the program's name

	// Opportunistic makes the program offer OTR in white space behind its texts, and take such an offer of the peer.
	Opportunistic bool
}

// policy is the name that two of the programs have for it.
func (l Login) policy() string {
	if l.Opportunistic {
		return "opportunistic"
	}
	return "manual"
}

// A Sign is something that every client shows in its own words.
type Sign int

// The signs.
const (
	Encrypted     Sign = iota // OTR is on
	Ended                     // OTR is off, whoever ended it
	SecretAsked               // the peer wants to verify by a shared secret
	QuestionAsked             // the peer asks a question
	Verified                  // the secrets were the same
	NotVerified               // they were not
	Aborted                   // the peer gave up the verification
	SaidInClear               // a line of the peer came without OTR
	SaidEncrypted             // a line of the peer came with OTR
	countOfSigns
)

func (s Sign) String() string {
	return [...]string{"OTR is on", "OTR is off", "a secret is asked for", "a question is asked", "verified", "not verified", "verification aborted",
		"a line in the clear", "an encrypted line"}[s]
}

// A Skill is something that not every client can do.
type Skill int

// The skills.
const (
	AskQuestion   Skill = iota // verify by a question of one's own
	AbortSMP                   // give up a verification that runs
	RefreshInside              // ask for new keys without ending the session
	Version3                   // OTR version 3
	StayFinished               // when the peer ends OTR, the user has to end it too before anything can be sent
)
