package record

import "time"

// A Step is how far a learner is. Steps are in this order, and a page shows them so.
type Step string

// The steps.
const (
	StepLaunched  Step = ""          // opened the page
	StepInvited   Step = "invited"   // has entered an address: the bot invites it
	StepChatting  Step = "chatting"  // the bot and the learner can write to each other
	StepEncrypted Step = "encrypted" // OTR is on
	StepVerified  Step = "verified"  // both have verified each other
	StepCode      Step = "code"      // the bot has told the code
	StepDone      Step = "done"      // the code was right
)

// Steps returns all of them in their order.
func Steps() []Step {
	return []Step{StepLaunched, StepInvited, StepChatting, StepEncrypted, StepVerified, StepCode, StepDone}
}

// Number is the step's place in the order, from 0; that of an unknown one is 0.
func (s Step) Number() int {
	for i, one := range Steps() {
		if one == s {
			return i
		}
	}
	return 0
}

// A Trouble is what a learner was stopped by last, for a page that turns it into a sentence.
type Trouble string

// The troubles.
const (
	NoTrouble          Trouble = ""
	TroubleNoAnswer    Trouble = "no-answer"    // the invitation was not accepted, or declined
	TroubleBounced     Trouble = "bounced"      // the address does not exist, or its server cannot be reached
	TroubleLeft        Trouble = "left"         // the learner's client is offline
	TroubleClient      Trouble = "client"       // the client does not know OTR
	TroubleOtherCrypto Trouble = "other-crypto" // the client encrypts with something else, such as OMEMO
	TroubleNoSecret    Trouble = "no-secret"    // there is no shared secret to verify with
	TroubleWeakSecret  Trouble = "weak-secret"  // the one that was set is soon guessed
	TroubleBurnt       Trouble = "burnt-secret" // it stood in the chat, or was tried too often
	TroubleDiffers     Trouble = "differs"      // the secrets differ, or the answer was wrong
	TroubleAborted     Trouble = "aborted"      // the verification was given up
	TroubleEnded       Trouble = "ended"        // OTR was on and is off
	TroubleUnreadable  Trouble = "unreadable"   // messages could not be read
	TroubleWrongCode   Trouble = "wrong-code"   // the code was wrong
	TroubleExpired     Trouble = "expired"      // the session ended in silence

	// Of these the store tells: the enrolment has no address any more.
	TroubleAddressLost  Trouble = "address-lost"  // the address went to another enrolment, or was freed
	TroubleAddressMoved Trouble = "address-moved" // the same user took the address along to another activity
)

// Progress is what others than the bot may know of a learner's lesson: steps, never words, keys or secrets.
type Progress struct {
	Step    Step
	Best    Step      // the farthest step that was ever reached: see After
	Trouble Trouble   // since Step was reached; empty: none
	Client  string    // ID of the learner's chat program, as package clients has it; empty: not known
	Since   time.Time // when Step was reached, or Trouble began
	Active  time.Time // when the learner did something last
	Ended   bool      // there is no session any more
	Invited time.Time // when the bot's invitation went out; zero: it waits for its turn, or none was needed

	// Fingerprint is the bot's in this session, as clients show it; empty until the learner has entered it on the page
	// as their own client shows it: one that is copied from the page would prove nothing.
	Fingerprint string
	// Answer is about the last code or fingerprint that came from the page; its Note tells which.
	Answer Answer
}

// After is the progress that follows old: the farthest step stays. Who is at StepInvited again waits for another
// invitation.
func (p Progress) After(old Progress) Progress {
	p.Best = p.Step
	if old.Best.Number() > p.Best.Number() {
		p.Best = old.Best
	}
	if p.Answer.Note == 0 {
		p.Answer = old.Answer
	}
	if p.Client == "" {
		p.Client = old.Client
	}
	if p.Invited.IsZero() && p.Step != StepInvited {
		p.Invited = old.Invited
	}
	return p
}

// An Answer is what the bot makes of a code or fingerprint from the page.
type Answer struct {
	Note    int64 // that brought it
	Verdict Verdict
	Left    int // tries that are left before the code is changed; only with VerdictWrong
}

// A Verdict says whether something was right.
type Verdict string

// The verdicts.
const (
	VerdictRight   Verdict = "right"
	VerdictWrong   Verdict = "wrong"
	VerdictWornOut Verdict = "worn-out" // wrong too often: the bot has made another code
	VerdictNone    Verdict = "none"     // nothing was told that it could be compared with: no session, not verified yet
	VerdictOld     Verdict = "old"      // the session in which it was told is over
)

// A Grade is what a learner has earned. The store keeps it until the platform has it.
type Grade struct {
	Enrolment int64
	Score     float64 // above 0, up to 1
	Done      bool    // the whole lesson; else there is more to earn
	At        time.Time
}

// A Submission is the data of a NoteCode or NoteFingerprint, as JSON. It is sealed with the note.
type Submission struct {
	Enrolment int64
	Text      string
}
