package store_test

import (
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/store"
)

func TestSweepingErasesWhatIsOver(t *testing.T) {
	const day = 24 * time.Hour
	tests := map[string]struct {
		keep   time.Duration
		at     time.Time
		before func(t *testing.T, d *store.DB, e course.Enrolment)
		gone   bool
	}{
		"for ever":             {0, noon.Add(9999 * day), nil, false},
		"too early":            {30 * day, noon.Add(30*day - time.Hour), nil, false},
		"after a month":        {30 * day, noon.Add(30 * day), nil, true},
		"with a grade to send": {30 * day, noon.Add(40 * day), func(t *testing.T, d *store.DB, e course.Enrolment) { earn(t, d, e, 1, noon) }, false},
		"with a grade that arrived": {30 * day, noon.Add(40 * day), func(t *testing.T, d *store.DB, e course.Enrolment) {
			earn(t, d, e, 1, noon)
			g := claim(t, d, noon)[0].Grade
			g.State = course.GradeConfirmed
			must(t, d.SettleGrade(t.Context(), g, noon))
		}, true},
		"looked at since": {30 * day, noon.Add(40 * day), func(t *testing.T, d *store.DB, e course.Enrolment) {
			must(t, d.PutVisit(t.Context(), course.Visit{Token: [32]byte{1}, Enrolment: e.ID, Expires: noon.Add(99 * day)}))
			_, err := d.Visit(t.Context(), [32]byte{1}, noon.Add(20*day))
			must(t, err)
		}, false},
		"launched since": {30 * day, noon.Add(40 * day), func(t *testing.T, d *store.DB, e course.Enrolment) {
			enrol(t, d, launch(e.Platform, "ana"), noon.Add(20*day))
		}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, d *store.DB) {
				e := seated(t, d, put(t, d, campus()).ID, "ana", ann.JID)
				if test.before != nil {
					test.before(t, d, e)
				}
				must(t, d.SweepCourse(t.Context(), test.at, test.keep))
				_, err := d.Enrolment(t.Context(), e.ID)
				list, listed := d.Learners(t.Context())
				must(t, listed)
				if !test.gone {
					must(t, err)
					same(t, "learners", len(list), 1)
					return
				}
				isErr(t, "enrolment", err, course.ErrNone)
				same(t, "learners", len(list), 0)
			})
		})
	}
}
