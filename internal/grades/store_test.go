package grades_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"otrbot/internal/course"
)

// nowhere is a store for couriers that do not run.
type nowhere struct{}

var errNowhere = errors.New("this courier does not run")

func (nowhere) NextGrade(context.Context) (time.Time, error) { return time.Time{}, errNowhere }
func (nowhere) ClaimGrades(context.Context, time.Time, time.Duration, int, []int64) ([]course.Delivery, error) {
	return nil, errNowhere
}
func (nowhere) HoldGrade(context.Context, int64, time.Time) (bool, error)  { return false, errNowhere }
func (nowhere) SettleGrade(context.Context, course.Grade, time.Time) error { return errNowhere }

// outbox is a store in memory.
type outbox struct {
	mu        sync.Mutex
	rows      []*row // the oldest first
	fails     error
	settled   chan course.Grade // may be nil
	questions int
}

type row struct {
	course.Delivery
	claimed time.Time
	history []course.GradeState
}

func (o *outbox) put(all ...course.Delivery) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, d := range all {
		o.rows = append(o.rows, &row{Delivery: d, history: []course.GradeState{d.Grade.State}})
	}
}

func (r *row) due() time.Time {
	if r.claimed.After(r.Grade.Next) {
		return r.claimed
	}
	return r.Grade.Next
}

func (o *outbox) NextGrade(context.Context) (next time.Time, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.questions++
	for _, r := range o.rows {
		if r.Grade.State.Open() && (next.IsZero() || r.due().Before(next)) {
			next = r.due()
		}
	}
	return next, o.fails
}

func (o *outbox) ClaimGrades(_ context.Context, now time.Time, lease time.Duration, limit int, except []int64) (all []course.Delivery, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	taken := map[int64]bool{}
	for _, r := range o.rows {
		if r.claimed.After(now) {
			taken[r.Enrolment.ID] = true
		}
	}
	for _, r := range o.rows {
		if !r.Grade.State.Open() || r.due().After(now) || taken[r.Enrolment.ID] || slices.Contains(except, r.Platform.ID) || len(all) == limit {
			continue
		}
		taken[r.Enrolment.ID] = true
		r.claimed = now.Add(lease)
		all = append(all, r.Delivery)
	}
	return all, o.fails
}

func (o *outbox) find(id int64) *row {
	for _, r := range o.rows {
		if r.Grade.ID == id && r.Grade.State.Open() {
			return r
		}
	}
	return nil
}

func (o *outbox) HoldGrade(_ context.Context, id int64, until time.Time) (bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	r := o.find(id)
	if r == nil || o.fails != nil {
		return false, o.fails
	}
	r.Grade.State, r.claimed = course.GradeDoubtful, until
	r.history = append(r.history, course.GradeDoubtful)
	return true, nil
}

func (o *outbox) SettleGrade(_ context.Context, g course.Grade, now time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fails != nil {
		return o.fails
	}
	if r := o.find(g.ID); r != nil {
		r.Grade, r.claimed = g, time.Time{}
		r.history = append(r.history, g.State)
	}
	if o.settled != nil {
		o.settled <- g
	}
	return nil
}

// grade is how a grade stands.
func (o *outbox) grade(id int64) course.Grade {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, r := range o.rows {
		if r.Grade.ID == id {
			return r.Grade
		}
	}
	return course.Grade{}
}

func (o *outbox) fail(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fails = err
}

// claimed counts the open grades of a platform that somebody has claimed.
func (o *outbox) claimed(platform int64) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := 0
	for _, r := range o.rows {
		if r.Platform.ID == platform && r.Grade.State.Open() && r.claimed.After(time.Now()) {
			n++
		}
	}
	return n
}
