package grades

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"otrbot/internal/course"
	"otrbot/lti"
)

// Config is what a Courier needs.
type Config struct {
	Store Store
	Tool  *lti.Tool
	// Workers is how many grades may be under way at once, a quarter of them to one platform; 0: 16.
	Workers int
	Pace    Pace

	Now  func() time.Time // nil: time.Now
	Rand io.Reader        // nil: crypto/rand; safe for concurrent use
	Log  *slog.Logger     // nil: silent
}

// A Courier brings grades to platforms. It is safe for concurrent use.
type Courier struct {
	store   Store
	tool    *lti.Tool
	workers int
	each    int // workers for one platform
	pace    Pace
	now     func() time.Time
	rand    io.Reader
	log     *slog.Logger
	columns columns
}

// New makes a Courier.
func New(c Config) (*Courier, error) {
	if c.Store == nil || c.Tool == nil {
		return nil, errors.New("grades: needs a store and a tool")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Workers = cmp.Or(c.Workers, 16)
	return &Courier{
		store: c.Store, tool: c.Tool, workers: c.Workers, each: max(1, c.Workers/4), pace: c.Pace.orDefaults(),
		now: c.Now, rand: c.Rand, log: c.Log,
	}, nil
}

// patience is how long the store may fail at every question before Run gives up.
const patience = time.Minute

// Run delivers until ctx ends. What is under way then is finished, or after Pace.Grace left to the next process as
// doubtful. The error is the store's, when it has failed for a minute.
func (c *Courier) Run(ctx context.Context) error {
	work, abort := context.WithCancel(context.WithoutCancel(ctx))
	defer abort()
	r := newRound(c)
	defer func() { r.finish(work, abort) }()
	look := time.NewTimer(0)
	defer look.Stop()
	var failing time.Time // since when
	for {
		select {
		case <-ctx.Done():
			return nil
		case one := <-r.reports:
			r.take(one)
		case <-look.C:
			r.hungry = true
		}
		wait, err := r.advance(ctx, work)
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil:
			failing = time.Time{}
		case failing.IsZero():
			failing = c.now()
			c.log.Warn("the store of grades fails", "err", err)
		case c.now().Sub(failing) >= patience:
			return fmt.Errorf("grades: the store: %w", err)
		}
		look.Reset(wait)
	}
}

// keepTime is how long the store may take to keep what has become of a grade.
const keepTime = 30 * time.Second

// carry makes one try, between the mark of doubt and what came of it.
func (c *Courier) carry(ctx context.Context, d course.Delivery) report {
	one := report{platform: d.Enrolment.Platform, enrolment: d.Enrolment.ID, score: d.Grade.Score}
	keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.pace.Lease+keepTime)
	defer cancel()
	held, err := c.store.HoldGrade(keep, d.Grade.ID, c.now().Add(c.pace.Lease))
	if err != nil {
		c.log.Warn("a grade is not sent: the store fails", "grade", d.Grade.ID, "err", err)
		return one
	}
	if !held { // a better one took its place
		c.keep(keep, d.Grade)
		return one
	}
	r := c.deliver(ctx, d)
	one.verdict, one.at = r.verdict, c.now()
	c.tell(d, r)
	c.keep(keep, r.grade)
	return one
}

// keep tells the store what became of a grade. If that fails, the grade is doubtful there, until it is claimed again.
func (c *Courier) keep(ctx context.Context, g course.Grade) {
	if err := c.store.SettleGrade(ctx, g, c.now()); err != nil {
		c.log.Warn("what became of a grade is not kept: it is ours until the end of its lease", "grade", g.ID, "err", err)
	}
}

// tell writes what became of a grade: numbers and the platform's answer, nobody's name.
func (c *Courier) tell(d course.Delivery, r result) {
	g := r.grade
	level, text := slog.LevelDebug, "grade"
	switch {
	case g.State == course.GradeRefused:
		level, text = slog.LevelWarn, "grade refused"
	case g.State.Open():
		level, text = slog.LevelInfo, "grade not delivered yet"
	}
	c.log.Log(context.Background(), level, text, "grade", g.ID, "platform", d.Enrolment.Platform, "enrolment", g.Enrolment,
		"state", string(g.State), "tries", g.Tries, "why", string(g.Why), "err", r.err)
}
