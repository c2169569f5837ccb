package course

import "time"

// A GradeState is how far a grade is on its way.
type GradeState string

// The states of a grade.
const (
	GradeWaiting    GradeState = "waiting"    // to be sent, or sent again, at Next
	GradeDoubtful   GradeState = "doubtful"   // sent, and the answer did not arrive: it will be read back
	GradeConfirmed  GradeState = "confirmed"  // the platform has it
	GradeKept       GradeState = "kept"       // the platform has a better one, which stays
	GradeSuperseded GradeState = "superseded" // a later one went in its place
	GradeRefused    GradeState = "refused"    // will not be sent again unless somebody asks for it
	GradeNowhere    GradeState = "nowhere"    // the link is not graded, or this is practice
)

// Open reports whether something has still to be done.
func (s GradeState) Open() bool { return s == GradeWaiting || s == GradeDoubtful }

// A Grade on its way to a platform. Its time never changes: platforms take the same score with the same time once.
type Grade struct {
	ID        int64 // given by the store
	Enrolment int64
	Score     float64   // above 0, up to 1
	Done      bool      // the whole lesson
	At        time.Time // when it was earned: UTC, milliseconds
	State     GradeState
	Tries     int
	Next      time.Time // when it is looked at again; zero: never
	Until     time.Time // when we give up
	Why       Why       // why it is not there yet, or never will be; empty: nothing went wrong
}

// Why is what stands in the way of a grade, for a page that turns it into a sentence.
type Why string

// The reasons.
const (
	WhyUnreachable Why = "unreachable"  // no answer, or the platform's own failure: we try again
	WhyNotAllowed  Why = "not-allowed"  // the platform does not let us send grades
	WhyNotLearner  Why = "not-learner"  // the platform does not grade this user
	WhyGone        Why = "gone"         // the link, the course or the user is not there any more
	WhyForeignHost Why = "foreign-host" // the launch named a service elsewhere than on the platform
	WhyNoPlatform  Why = "no-platform"  // what is known of the platform here is damaged, or of another version of LTI
	WhyRefused     Why = "refused"      // the platform refused it for another reason
	WhyTooLong     Why = "too-long"     // we have tried for three days
)

// A Delivery is a grade with all that is needed to send it.
type Delivery struct {
	Grade     Grade
	Enrolment Enrolment
	Platform  Platform
}

// Supersedes reports whether a new grade goes in place of one that is still on its way, or after one that has
// arrived: a grade is never lowered.
func (g Grade) Supersedes(old Grade) bool { return g.Score > old.Score }
