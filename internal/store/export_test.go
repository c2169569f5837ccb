package store

import (
	"context"

	"otrbot/internal/course"
)

// GradesOf returns all grades of an enrolment, the oldest first.
func (d *DB) GradesOf(ctx context.Context, enrolment int64) (all []course.Grade, err error) {
	err = d.with(ctx, func(c *connection) error {
		newest, err := gradesOf(c, enrolment)
		for _, g := range newest {
			all = append([]course.Grade{g}, all...)
		}
		return err
	})
	return all, err
}
