package grades

import (
	"context"
	"math"
	"time"

	"otrbot/internal/course"
)

// Deliver tries once to bring a grade to its platform, and gives back what has become of it: State, Tries, Next and Why
// are for the store. It does not touch the store: whoever calls it has marked the grade there as doubtful, while
// d.Grade.State says whether an earlier try may have arrived. When ctx ends, the grade is due again at once.
func (c *Courier) Deliver(ctx context.Context, d course.Delivery) course.Grade {
	return c.deliver(ctx, d).grade
}

// A result is what one try came to.
type result struct {
	grade   course.Grade
	verdict verdict // the one that decided
	err     error   // what is behind it, for the log
}

func (c *Courier) deliver(ctx context.Context, d course.Delivery) result {
	t := &try{c: c, g: d.Grade, doubtful: d.Grade.State == course.GradeDoubtful}
	switch {
	case !d.Enrolment.Gradable():
		return t.end(course.GradeNowhere, verdict{kind: refused}, nil)
	case !(t.g.Score > 0 && t.g.Score <= 1): // platforms lose a 0, and it tells a learner nothing
		return t.end(course.GradeRefused, verdict{kind: refused, why: course.WhyRefused}, nil)
	}
	place, err := c.open(ctx, d)
	if err != nil {
		return t.failed(ctx, judgeOpen(err), err)
	}
	there, v, err := t.look(ctx, place)
	switch {
	case v.kind == later || v.kind == refused:
		return t.failed(ctx, v, err)
	case there.enough(t.g.Score):
		return t.arrived(there)
	}
	unread := v.kind == blind
	err = place.send(ctx, t.g)
	switch v = judge(err); v.kind {
	case done:
		return t.end(course.GradeConfirmed, v, nil)
	case stale:
		return t.stale(ctx, place, unread, v, err)
	case refused:
		place.refused()
	}
	t.doubtful = t.doubtful || v.sent
	return t.failed(ctx, v, err)
}

// A try is one grade on its way.
type try struct {
	c        *Courier
	g        course.Grade // as it was before
	doubtful bool         // it may have arrived
}

// mark is what the gradebook has.
type mark struct {
	score  float64
	graded bool
}

// tolerance is for platforms that round: to points of a column, to a few digits.
const tolerance = 0.005

// enough reports whether the score need not be sent.
func (m mark) enough(score float64) bool { return m.graded && m.score > score-tolerance }

// look reads the gradebook. A 0 is what Moodle shows of those who have no grade, and counts as none.
func (t *try) look(ctx context.Context, place book) (mark, verdict, error) {
	score, graded, err := place.read(ctx)
	return mark{score, graded && score > 0}, judgeRead(err, t.g.Tries), err
}

// stale: "LTI AGS", "Score publish service", timestamp: the platform has a score of this time or of a later one. If it
// is ours, an earlier try has arrived.
func (t *try) stale(ctx context.Context, place book, unread bool, v verdict, cause error) result {
	var there mark
	if !unread {
		var look verdict
		var err error
		there, look, err = t.look(ctx, place)
		if look.kind == later || look.kind == refused {
			t.doubtful = true
			return t.failed(ctx, look, err)
		}
		unread = look.kind == blind
	}
	switch longer := t.g.Tries >= staleAfter; {
	case there.enough(t.g.Score):
		return t.arrived(there)
	case longer && t.doubtful && !there.graded && (unread || !t.g.Done): // platforms may hide a score that is not final
		return t.end(course.GradeConfirmed, v, nil)
	case longer && (unread || there.graded): // somebody else has graded since
		return t.end(course.GradeRefused, v, cause)
	}
	// It may only be busy, or show the grade a little later. Where nothing is there, nothing can be newer: its clock is
	// behind ours.
	v.kind = later
	return t.failed(ctx, v, cause)
}

// staleAfter is the number of tries, some twenty minutes, after which a platform that calls a grade out of date is
// believed without seeing it. Before, the conflict may be with something else.
const staleAfter = 8

func (t *try) arrived(there mark) result {
	state := course.GradeConfirmed
	if math.Abs(there.score-t.g.Score) > tolerance {
		state = course.GradeKept
	}
	return t.end(state, verdict{kind: done}, nil)
}

// end closes the grade: it is not looked at again.
func (t *try) end(state course.GradeState, v verdict, err error) result {
	g := t.g
	g.Tries++
	g.State, g.Why, g.Next = state, v.why, time.Time{}
	if state != course.GradeRefused {
		g.Why = ""
	}
	return result{g, v, err}
}

// failed is a try that did not bring the grade there, as far as we know.
func (t *try) failed(ctx context.Context, v verdict, err error) result {
	if v.kind == refused {
		return t.end(course.GradeRefused, v, err)
	}
	g := t.g
	g.State = course.GradeWaiting
	if t.doubtful {
		g.State = course.GradeDoubtful
	}
	now := t.c.now()
	if ctx.Err() != nil { // we have to stop: nobody's failure
		g.Next = now
		v.down = false
		return result{g, v, err}
	}
	if !now.Before(g.Until) {
		if v.why == course.WhyUnreachable {
			v.why = course.WhyTooLong
		}
		return t.end(course.GradeRefused, v, err)
	}
	g.Tries++
	g.Why = v.why
	g.Next = now.Add(max(t.c.pace.pause(g.Tries, t.c.rand), v.after))
	if g.Next.After(g.Until) {
		g.Next = g.Until // a last try
	}
	return result{g, v, err}
}
