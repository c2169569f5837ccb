package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// level is what was measured with so many open sessions.
type level struct {
	sessions       int
	opened         time.Duration
	heap, resident int64 // for one session, in bytes
	steady, burst  round
}

// round is a number of lessons.
type round struct {
	lessons int
	taken   time.Duration
	cpu     [3]time.Duration // the bot's, the server's, the learners'
	waits   waits
}

func (r round) perSecond() float64 { return float64(r.lessons) / r.taken.Seconds() }

func (r round) perLesson(who int) float64 { return r.cpu[who].Seconds() / float64(r.lessons) }

// measure measures level by level with one bot.
func (p plan) measure(ctx context.Context, out io.Writer) error {
	if err := filesFor(p.most() + lessonPupils); err != nil {
		return err
	}
	c, err := newClass(p, courseOrders{})
	if err != nil {
		return err
	}
	defer c.close()
	if err := c.gather(ctx); err != nil {
		return err
	}
	if _, err := c.lessons(ctx, 0, p.together); err != nil { // builds what a process keeps
		return err
	}
	empty, emptyRSS, err := c.weigh(ctx)
	if err != nil {
		return err
	}
	heading(out, p, empty, emptyRSS)
	profile := p.keep
	if profile == "" {
		profile = filepath.Join(c.dir, "cpu.pprof")
	}
	var levels []level
	for _, n := range p.sessions {
		l, err := c.level(ctx, n, empty, emptyRSS, profile)
		if err != nil {
			fmt.Fprintf(out, "%d sessions: %v\n", n, err)
			break // what was measured is worth printing
		}
		fmt.Fprintf(os.Stderr, "%d sessions measured\n", n)
		levels = append(levels, l)
	}
	if len(levels) == 0 {
		return fmt.Errorf("nothing could be measured")
	}
	report(out, p, levels)
	if err := where(ctx, out, profile); err != nil {
		return err
	}
	taken, err := c.restart(ctx)
	if err != nil {
		return fmt.Errorf("restart: %w", err)
	}
	w, rss, err := c.weigh(ctx)
	if err == nil {
		restarted(out, len(c.idle), taken, w, rss)
	}
	return err
}

func (c *class) level(ctx context.Context, n int, empty weight, emptyRSS int64, profile string) (l level, err error) {
	l.sessions = n
	start := time.Now()
	if err := c.open(ctx, n); err != nil {
		return l, err
	}
	l.opened = time.Since(start)
	full, rss, err := c.weigh(ctx)
	if err != nil {
		return l, err
	}
	l.heap = (full.Heap + full.Stacks - empty.Heap - empty.Stacks) / int64(n)
	l.resident = (rss - emptyRSS) / int64(n)
	if c.plan.keep != "" {
		if _, err := c.bot.ask("heap " + c.plan.keep + ".heap"); err != nil {
			return l, err
		}
	}
	if l.steady, err = c.steady(ctx); err != nil {
		return l, err
	}
	if _, err := c.bot.ask("profile " + profile); err != nil {
		return l, err
	}
	l.burst, err = c.lessons(ctx, c.plan.burst, c.plan.together)
	if _, stopped := c.bot.ask("profiled"); err == nil {
		err = stopped
	}
	return l, err
}

// weigh is the bot's memory when it has nothing to do.
func (c *class) weigh(ctx context.Context) (weight, int64, error) {
	if err := c.quiet(ctx); err != nil {
		return weight{}, 0, err
	}
	w, err := c.bot.ask("weigh")
	if err != nil {
		return w, 0, err
	}
	rss, err := resident(c.bot.pid())
	return w, rss, err
}

// steady begins lessons at the plan's rate.
func (c *class) steady(ctx context.Context) (round, error) {
	gap := time.Duration(float64(time.Second) / c.plan.perSecond())
	return c.round(ctx, func(give func()) {
		tick := time.NewTicker(gap)
		defer tick.Stop()
		var wg sync.WaitGroup
		defer wg.Wait()
		for range max(1, int(c.plan.length/gap)) {
			wg.Go(give)
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	})
}

// lessons gives one after the other, so many at a time, for a while; each learner in a chain has one at least.
func (c *class) lessons(ctx context.Context, length time.Duration, together int) (round, error) {
	return c.round(ctx, func(give func()) {
		end := time.Now().Add(length)
		var wg sync.WaitGroup
		for range together {
			wg.Go(func() {
				for first := true; first || time.Now().Before(end) && ctx.Err() == nil; first = false {
					give()
				}
			})
		}
		wg.Wait()
	})
}

// round has all give lessons, and counts what they cost when it returns.
func (c *class) round(ctx context.Context, all func(give func())) (r round, err error) {
	var mu sync.Mutex
	before, err := c.times()
	if err != nil {
		return r, err
	}
	start := time.Now()
	all(func() {
		var p *pupil
		select {
		case p = <-c.free:
		case <-ctx.Done():
			return
		}
		p.waits = waits{}
		fault := p.lesson(ctx)
		mu.Lock()
		defer mu.Unlock()
		if fault != nil {
			err = fault
			return
		}
		r.lessons++
		r.waits.add(p.waits)
		c.free <- p
	})
	r.taken = time.Since(start)
	after, late := c.times()
	for i := range after {
		r.cpu[i] = after[i] - before[i]
	}
	if err == nil {
		err = late
	}
	if err == nil {
		err = ctx.Err()
	}
	return r, err
}

// times are the CPU times of the bot, the server and the learners.
func (c *class) times() (t [3]time.Duration, err error) {
	for i, pid := range []int{c.bot.pid(), c.server.PID(), os.Getpid()} {
		if t[i], err = cpu(pid); err != nil {
			return t, err
		}
	}
	return t, nil
}
