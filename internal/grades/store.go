package grades

import (
	"context"
	"time"

	"otrbot/internal/course"
)

// Store is the outbox. It is safe for concurrent use, by several processes too.
type Store interface {
	// NextGrade is when the earliest open grade that nobody has claimed is due; zero: there is none.
	NextGrade(ctx context.Context) (time.Time, error)
	// ClaimGrades gives at most limit open grades that are due, the oldest first, of other platforms than those in except,
	// at most one of each enrolment and none while another of the enrolment is claimed. Nobody else gets them until
	// now+lease.
	ClaimGrades(ctx context.Context, now time.Time, lease time.Duration, limit int, except []int64) ([]course.Delivery, error)
	// HoldGrade marks a claimed grade as doubtful, because it is about to be sent, and keeps others from it until then.
	// False: it is not open any more, and must not be sent.
	HoldGrade(ctx context.Context, id int64, until time.Time) (bool, error)
	// SettleGrade gives up a claim, and keeps what has become of the grade. One that was closed meanwhile does not open
	// again; one that was erased is no error.
	SettleGrade(ctx context.Context, g course.Grade, now time.Time) error
}
