package store

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"otrbot/internal/course"
)

// ClaimGrades returns open grades that are due, those first that have waited longest, and hides them from other callers
// until now+lease, or until SettleGrade. There is one of each enrolment at a time. Those of the platforms in except, by
// their IDs, are left alone.
//
// With a *Damaged error the others are returned and claimed. A grade without its Platform, of which nothing but the ID
// is left in Enrolment.Platform, has an empty one.
func (d *DB) ClaimGrades(ctx context.Context, now time.Time, lease time.Duration, limit int, except []int64) (all []course.Delivery, err error) {
	busy, err := json.Marshal(append([]int64{}, except...)) // a list that SQLite reads
	if err != nil {
		return nil, err
	}
	err = d.with(ctx, func(c *connection) error {
		var claimed []course.Grade
		if err := c.transaction(func(c *connection) error {
			if err := c.each(scanGrade(func(g course.Grade) { claimed = append(claimed, g) }), selectGrade+
				`FROM grade CROSS JOIN enrolment ON enrolment.id = grade.enrolment AND enrolment.sealed <> x''
				WHERE due <= ? AND grade.platform NOT IN (SELECT value FROM json_each(?)) ORDER BY due LIMIT ?`, millis(now), string(busy), limit); err != nil {
				return err
			}
			for _, g := range claimed {
				if err := c.exec("UPDATE grade SET due = ?1, claimed = ?1 WHERE id = ?2", millis(now.Add(lease)), g.ID); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
		all, err = d.deliveries(c, claimed)
		return err
	})
	return all, err
}

// OpenGrades returns the grades that wait, are in doubt or were refused, the oldest first. With a *Damaged error it
// returns the others.
func (d *DB) OpenGrades(ctx context.Context) (all []course.Delivery, err error) {
	err = d.with(ctx, func(c *connection) error {
		var open []course.Grade
		if err := c.each(scanGrade(func(g course.Grade) { open = append(open, g) }),
			selectGrade+"FROM grade WHERE state IN ('waiting', 'doubtful', 'refused') ORDER BY id"); err != nil {
			return err
		}
		all, err = d.deliveries(c, open)
		return err
	})
	return all, err
}

// deliveries adds to grades whose and where they are. Those whose enrolment is damaged are left out.
func (d *DB) deliveries(c *connection, grades []course.Grade) (all []course.Delivery, err error) {
	platforms := map[int64]course.Platform{}
	for _, g := range grades {
		delivery := course.Delivery{Grade: g}
		err = errors.Join(err, d.readWith(c, enrolmentRow, growing, func(r row, v [][]byte) {
			delivery.Enrolment = unpackEnrolment(r, v)
		}, selectEnrolment+"id = ?", g.Enrolment))
		if delivery.Enrolment.ID == 0 {
			continue
		}
		id := delivery.Enrolment.Platform
		if _, known := platforms[id]; !known {
			platforms[id] = course.Platform{}
			err = errors.Join(err, d.readWith(c, platformRow, growing, func(r row, v [][]byte) {
				platforms[id] = unpackPlatform(r, v)
			}, selectPlatform+"id = ?", id))
		}
		delivery.Platform = platforms[id]
		all = append(all, delivery)
	}
	return slices.Clip(all), err
}

// NextGrade is when the earliest open grade that nobody has claimed is due, or a claim ends; zero: there is none.
func (d *DB) NextGrade(ctx context.Context) (next time.Time, err error) {
	err = d.with(ctx, func(c *connection) error {
		all, err := c.numbers(`SELECT due FROM grade CROSS JOIN enrolment ON enrolment.id = grade.enrolment AND enrolment.sealed <> x''
			WHERE due IS NOT NULL ORDER BY due LIMIT 1`)
		if len(all) > 0 {
			next = fromMillis(all[0])
		}
		return err
	})
	return next, err
}
