package store

import (
	"context"
	"time"

	"otrbot/internal/course"
)

// SweepCourse erases what is over: visits, logins, nonces and invitations that have expired, and enrolments that were
// not seen, on the page or in the chat, for as long as keep and have no grade on its way. keep 0 keeps them for ever.
func (d *DB) SweepCourse(ctx context.Context, now time.Time, keep time.Duration) error {
	at := millis(now)
	erased := int64(0)
	err := d.rewrite(ctx, func(c *connection) error {
		for _, table := range []string{"visit", "login", "nonce", "invitation"} {
			n, err := c.affected("DELETE FROM "+table+" WHERE expires <= ?", at)
			if err != nil {
				return err
			}
			erased += n
		}
		if err := c.exec("DELETE FROM attempt WHERE at <= ?", millis(now.Add(-triesFor))); err != nil {
			return err
		}
		if err := c.exec("DELETE FROM news WHERE enrolment NOT IN (SELECT id FROM enrolment)"); err != nil || keep == 0 {
			return err
		}
		old, err := c.numbers(`SELECT id FROM enrolment WHERE active <= ? AND NOT EXISTS
			(SELECT 1 FROM grade WHERE grade.enrolment = enrolment.id AND state IN (?, ?))`,
			millis(now.Add(-keep)), course.GradeWaiting, course.GradeDoubtful)
		if err != nil {
			return err
		}
		for _, id := range old {
			if _, err := d.forget(c, id); err != nil {
				return err
			}
		}
		erased += int64(len(old))
		return nil
	})
	if err == nil && erased > 0 {
		_, err = d.erased(ctx, true, nil)
	}
	return err
}
