package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"time"
)

// measureLaunches is the first minute of a class: so many launches while lessons go on, beside a minute of the same
// lessons alone.
func (p plan) measureLaunches(ctx context.Context, out io.Writer) error {
	if err := filesFor(2*p.launches + lessonPupils); err != nil { // both ends of the pages that are followed
		return err
	}
	s, err := newSchool()
	if err != nil {
		return err
	}
	defer s.server.Close()
	c, err := newClass(p, s.orders())
	if err != nil {
		return err
	}
	defer c.close()
	if err := c.gather(ctx); err != nil {
		return err
	}
	if _, err := c.lessons(ctx, 0, min(p.together, lessonPupils)); err != nil { // builds what a process keeps
		return err
	}
	first, err := c.bot.ask("address")
	if err != nil {
		return err
	}
	s.tool = first.Address
	empty, emptyRSS, err := c.weigh(ctx)
	if err != nil {
		return err
	}
	alone, err := c.steady(ctx)
	if err != nil {
		return err
	}
	following, leave := context.WithCancel(ctx)
	defer s.open.Wait()
	defer leave()
	rush := startRush(following, s, p)
	with, err := c.steady(ctx)
	result := rush.end()
	if err = errors.Join(err, result.fault); err != nil {
		return err
	}
	full, rss, err := c.weigh(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, `%s, %d cores, %s, Prosody on the loopback interface. Bot, pages and SQLite file in one process of its own; platform,
browsers and learners in another; all share the cores. Every second launch is by LTI 1.3 (login, platform, launch), the others by
LTI 1.1. Each page stays open and is followed by server-sent events. %d launches begin evenly within %v.

`, processor(), runtime.NumCPU(), runtime.Version(), p.launches, p.length)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(name, value string) { fmt.Fprintf(t, "%s\t%s\n", name, value) }
	row("launches", fmt.Sprint(len(result.launch)))
	row("in", result.taken.Round(100*time.Millisecond).String())
	row("launch, p50 / p99, ms", quantiles(result.launch))
	row("page, p50 / p99, ms", quantiles(result.page))
	row("lessons beside them", fmt.Sprint(with.lessons))
	row("answer to a line, p50 / p99, ms: alone", quantiles(alone.waits.line))
	row("answer to a line, p50 / p99, ms: beside launches", quantiles(with.waits.line))
	more := with.cpu[0].Seconds() - alone.cpu[0].Seconds()*float64(with.lessons)/float64(max(1, alone.lessons))
	row("process's CPU a launch with its page, ms (lessons taken off)", fmt.Sprintf("%.2f", 1000*more/float64(max(1, len(result.launch)))))
	row("process's CPU in all, of all cores", fmt.Sprintf("%.0f %%", 100*with.cpu[0].Seconds()/with.taken.Seconds()/float64(runtime.NumCPU())))
	row("memory for an open page: heap and stacks", kilobytes((full.Heap+full.Stacks-empty.Heap-empty.Stacks)/int64(max(1, p.launches))))
	row("memory for an open page: resident", kilobytes((rss-emptyRSS)/int64(max(1, p.launches))))
	return t.Flush()
}

// rush is pupils coming in.
type rush struct {
	mu     sync.Mutex
	result rushed
	done   chan struct{}
	start  time.Time
}

// rushed is what came of it.
type rushed struct {
	launch, page []time.Duration
	taken        time.Duration
	fault        error
}

// startRush begins a launch every so often, whether or not the one before has ended, as people do.
func startRush(ctx context.Context, s *school, p plan) *rush {
	r := &rush{done: make(chan struct{}), start: time.Now()}
	go func() {
		defer close(r.done)
		var each sync.WaitGroup
		defer each.Wait()
		var failed atomic.Bool
		tick := time.NewTicker(p.length / time.Duration(p.launches))
		defer tick.Stop()
		for n := 0; n < p.launches && !failed.Load(); n++ {
			each.Go(func() {
				v, err := s.visit(ctx, n)
				if err != nil {
					failed.Store(true)
				}
				r.note(v, err)
			})
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	}()
	return r
}

func (r *rush) note(v visit, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.result.fault = err
		return
	}
	r.result.launch, r.result.page = append(r.result.launch, v.launch), append(r.result.page, v.page)
	r.result.taken = time.Since(r.start)
}

// end waits for the last.
func (r *rush) end() rushed {
	<-r.done
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.result
}
