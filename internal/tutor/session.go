package tutor

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"otrbot/fsm"
	"otrbot/internal/clients"
	"otrbot/internal/record"
	"otrbot/internal/secret"
)

// A Session is a learner's way through a lesson. It is plain data with a JSON
// form, which holds secrets: whoever keeps it seals it. It prints as no more
// than its state.
type Session struct {
	State fsm.State
	// Locale is what is known of the learner's language, whether there are texts in it or not; empty: nothing.
	Locale   string
	Choosing bool   // the languages have been told: a code alone chooses one
	Name     string // local part of the learner's address: a secret must not be made of it
	// Page: the learner has a course page, where secrets and codes belong. The caller keeps it up to date, between
	// calls.
	Page bool

	Channel  Channel
	Since    time.Time        // when OTR was switched on last
	SMP      bool             // a verification is under way
	Evidence clients.Evidence // what is known of the learner's client
	Named    string           // ID of the client that the learner named

	// Who has verified whom, as far as this side can know. A click in the learner's window is invisible here.
	LearnerTrusts, BotTrusts bool

	Secret   Secret   // the shared secret; empty: none
	Lent     bool     // it is the operator's default secret and not this learner's own
	Seen     bool     // it has stood in the chat
	Burnt    []string // hashes of those that were used up: they do not come back
	Served   bool     // it is the learner's own and has led through the lesson: the next round needs another
	Code     Secret   // to be told in the verified chat
	CodeTold bool     // it has been told
	Passed   bool     // the learner has made it
	Wrong    int      // wrong codes so far
	Compared bool     // the learner has entered our fingerprint on the course page, as the own program shows it

	Hint     int                     // hints given in this state
	Failures map[string]int          // by kind
	Told     map[fsm.Event]time.Time // when noisy events were answered last
	Spoken   map[string]int          // how often each text was said
	Said     []string                // names of the texts that "again" repeats
	Quick    int                     // quick steps in a row
	Fast     bool                    // no typing delays
	Stepped  time.Time               // when the last step was made

	Timers   map[Timer]time.Time
	Silence  int       // how often the hint timer has fired
	Quiet    time.Time // since when it runs
	Active   time.Time // when the learner was active last: see Refreshing
	Warned   time.Time // when the learner was warned that the session will end; zero: not since Active
	Aborting bool      // we have given up a verification ourselves
	Over     bool      // Retire has been returned

	// What Progress tells.
	Step    record.Step
	Trouble record.Trouble // since Step was reached
	Stood   time.Time      // when Step was reached, or Trouble began or ended
	Heard   time.Time      // when the learner did something last, in the chat or on a page
	Away    time.Time      // since when the learner's client is gone; zero: it is not
}

// kept is the JSON form, with what Secret does not show.
type kept struct {
	*alias
	Secret, Code string `json:",omitempty"`
}

type alias Session

// MarshalJSON writes the session with its secrets.
func (s *Session) MarshalJSON() ([]byte, error) {
	return json.Marshal(kept{(*alias)(s), s.Secret.Reveal(), s.Code.Reveal()})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *Session) UnmarshalJSON(b []byte) error {
	k := kept{alias: (*alias)(s)}
	if err := json.Unmarshal(b, &k); err != nil {
		return err
	}
	s.Secret, s.Code = secret.New(k.Secret), secret.New(k.Code)
	return nil
}

// Verified reports whether both sides have verified each other and the
// conversation is encrypted, as far as this side can know.
func (s *Session) Verified() bool {
	return s.Channel.Encrypted && s.LearnerTrusts && s.BotTrusts
}

func (s *Session) String() string             { return fmt.Sprintf("session in state %s", s.State) }
func (s *Session) GoString() string           { return s.String() }
func (s *Session) LogValue() slog.Value       { return slog.StringValue(string(s.State)) }
func (s *Session) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.String()) }
