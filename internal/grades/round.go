package grades

import (
	"context"
	"time"

	"otrbot/internal/course"
)

// A round is one Run: what is claimed and under way, by platform. One goroutine has it.
type round struct {
	c       *Courier
	lanes   map[int64]*lane
	running int
	reports chan report
	hungry  bool             // there may be more in the store than was claimed
	sent    map[int64]report // the last of each enrolment, for Pace.Gap
}

// A lane is one platform.
type lane struct {
	claimed  []claim // wait for their turn
	running  int
	failures int       // in a row
	rest     time.Time // until then nothing is sent
}

type claim struct {
	course.Delivery
	until time.Time // by then another process may have it
}

// A report is what one try says about the way to the platform.
type report struct {
	platform, enrolment int64
	score               float64
	at                  time.Time // when it ended; zero: nothing was tried
	verdict             verdict
}

func newRound(c *Courier) *round {
	return &round{c: c, lanes: map[int64]*lane{}, reports: make(chan report), sent: map[int64]report{}}
}

// advance starts what can be started and tells how long nothing else is to be done.
func (r *round) advance(ctx, work context.Context) (time.Duration, error) {
	wait := r.c.pace.Look
	r.start(ctx, work)
	for r.hungry && r.running < r.c.workers {
		now := r.c.now()
		next, err := r.c.store.NextGrade(ctx)
		if err != nil {
			return wait, err
		}
		if next.IsZero() || next.After(now) {
			r.hungry = false
			if !next.IsZero() {
				wait = min(wait, next.Sub(now))
			}
			break
		}
		limit := 2 * r.c.workers
		all, err := r.c.store.ClaimGrades(ctx, now, r.c.pace.Lease, limit, r.busy(now))
		if err != nil && len(all) == 0 {
			return wait, err
		}
		if err != nil { // some cannot be read; the others need not suffer
			r.c.log.Warn("not all grades can be read", "err", err)
		}
		r.hungry = len(all) == limit
		for _, d := range all {
			l := r.lane(d.Enrolment.Platform)
			l.claimed = append(l.claimed, claim{d, now.Add(r.c.pace.Lease)})
		}
		r.start(ctx, work)
	}
	return min(wait, r.nextRest()), nil
}

// busy are the platforms for which nothing more is claimed: the grades of one that is slow or down must not keep those
// of others in the store.
func (r *round) busy(now time.Time) []int64 {
	var all []int64
	for id, l := range r.lanes {
		if len(l.claimed) > 0 || !r.open(l, now) {
			all = append(all, id)
		}
	}
	return all
}

// open reports whether one more may be sent to the platform. After a failure one goes ahead.
func (r *round) open(l *lane, now time.Time) bool {
	most := r.c.each
	if l.failures > 0 {
		most = 1
	}
	return l.running < most && !now.Before(l.rest)
}

// start lets workers go.
func (r *round) start(ctx, work context.Context) {
	for id, l := range r.lanes {
		for len(l.claimed) > 0 && r.running < r.c.workers && r.open(l, r.c.now()) && ctx.Err() == nil {
			one := l.claimed[0]
			l.claimed = l.claimed[1:]
			r.send(work, l, one)
			r.hungry = r.hungry || len(l.claimed) == 0
		}
		if len(l.claimed) == 0 && l.running == 0 && l.failures == 0 {
			delete(r.lanes, id)
		}
	}
}

func (r *round) send(work context.Context, l *lane, one claim) {
	now := r.c.now()
	if !now.Before(one.until) {
		return // it is somebody else's, or will be claimed again
	}
	if free := r.gapEnds(one.Delivery); now.Before(free) {
		g := one.Grade
		g.Next = free
		r.c.keep(work, g)
		return
	}
	l.running++
	r.running++
	go func() { r.reports <- r.c.carry(work, one.Delivery) }()
}

// gapEnds is when a different grade of the enrolment may follow the last one.
func (r *round) gapEnds(d course.Delivery) time.Time {
	last, ok := r.sent[d.Enrolment.ID]
	if !ok || last.score == d.Grade.Score {
		return time.Time{}
	}
	return last.at.Add(r.c.pace.Gap)
}

// tolerated is how many tries in a row may fail before a platform is left alone for a while. One grade at which a
// platform stumbles each time is not worth it: others go well in between.
const tolerated = 3

// take draws conclusions from a try.
func (r *round) take(one report) {
	r.running--
	l := r.lane(one.platform)
	l.running--
	r.hungry = r.hungry || len(l.claimed) == 0
	if one.at.IsZero() {
		return
	}
	if one.verdict.sent {
		r.remember(one)
	}
	if !one.verdict.down {
		l.failures, l.rest = 0, time.Time{}
		return
	}
	l.failures++
	rest := min(one.verdict.after, r.c.pace.Most)
	if l.failures >= tolerated {
		rest = max(rest, r.c.pace.doubled(l.failures-tolerated, r.c.pace.Rest))
	}
	l.rest = one.at.Add(rest)
}

// maxSent bounds what is remembered for the gap.
const maxSent = 1000

func (r *round) remember(one report) {
	if len(r.sent) >= maxSent {
		for id, old := range r.sent {
			if one.at.Sub(old.at) >= r.c.pace.Gap {
				delete(r.sent, id)
			}
		}
	}
	r.sent[one.enrolment] = one
}

// nextRest is when the first platform that something waits for has rested.
func (r *round) nextRest() time.Duration {
	wait, now := r.c.pace.Look, r.c.now()
	for _, l := range r.lanes {
		if len(l.claimed) > 0 && l.rest.After(now) {
			wait = min(wait, l.rest.Sub(now))
		}
	}
	return wait
}

func (r *round) lane(platform int64) *lane {
	l := r.lanes[platform]
	if l == nil {
		l = new(lane)
		r.lanes[platform] = l
	}
	return l
}

// finish gives back what was not begun, and waits for what was.
func (r *round) finish(work context.Context, abort context.CancelFunc) {
	grace := time.AfterFunc(r.c.pace.Grace, abort)
	defer grace.Stop()
	keep, cancel := context.WithTimeout(work, r.c.pace.Grace)
	defer cancel()
	for _, l := range r.lanes {
		for _, one := range l.claimed {
			r.c.keep(keep, one.Grade)
		}
	}
	for ; r.running > 0; r.running-- {
		<-r.reports
	}
}
