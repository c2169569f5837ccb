package web

import (
	"context"
	"sync"
	"time"
)

const (
	lookEvery  = 300 * time.Millisecond // how often the store is asked what has changed
	sweepEvery = 10 * time.Minute

	mostStreams = 10_000 // of everybody
	mostOfOne   = 8      // of one enrolment
)

// A hub wakes those who wait for a change of an enrolment.
type hub struct {
	mu      sync.Mutex
	waiting map[int64]map[chan struct{}]bool
	count   int
	over    bool
	closed  chan struct{}
}

func newHub() *hub {
	return &hub{waiting: map[int64]map[chan struct{}]bool{}, closed: make(chan struct{})}
}

// wait registers somebody who wants to be woken by the channel, until leave is called. ok is false when there are too
// many.
func (h *hub) wait(id int64) (wake <-chan struct{}, leave func(), ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.over || h.count >= mostStreams || len(h.waiting[id]) >= mostOfOne {
		return nil, nil, false
	}
	c := make(chan struct{}, 1)
	if h.waiting[id] == nil {
		h.waiting[id] = map[chan struct{}]bool{}
	}
	h.waiting[id][c] = true
	h.count++
	return c, func() { h.leave(id, c) }, true
}

func (h *hub) leave(id int64, c chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.waiting[id][c] {
		return
	}
	delete(h.waiting[id], c)
	h.count--
	if len(h.waiting[id]) == 0 {
		delete(h.waiting, id)
	}
}

// wakeUp wakes all who wait for one of these.
func (h *hub) wakeUp(ids []int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, id := range ids {
		for c := range h.waiting[id] {
			nudge(c)
		}
	}
}

// wakeAll is for when it is not known what has changed.
func (h *hub) wakeAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, all := range h.waiting {
		for c := range all {
			nudge(c)
		}
	}
}

func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // is awake already
	}
}

func (h *hub) size() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.count
}

// end sends everybody home.
func (h *hub) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.over {
		h.over = true
		close(h.closed)
	}
}

// Run keeps open pages up to date and erases what has expired, until the context ends; then it ends the streams, so that
// the http.Server can shut down, and returns the context's error. It is called once.
func (s *Server) Run(ctx context.Context) error {
	defer s.hub.end()
	look, sweep := time.NewTicker(lookEvery), time.NewTicker(sweepEvery)
	defer look.Stop()
	defer sweep.Stop()
	s.sweep(ctx)
	p := poller{store: s.c.Store, hub: s.hub}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-sweep.C:
			s.sweep(ctx)
		case <-look.C:
			if err := p.look(ctx); err != nil && ctx.Err() == nil {
				s.c.Log.Warn("the store could not say what has changed", "err", err)
			}
		}
	}
}

func (s *Server) sweep(ctx context.Context) {
	if err := s.c.Store.SweepCourse(ctx, s.c.Now(), s.now.Load().c.Keep); err != nil && ctx.Err() == nil {
		s.c.Log.Warn("what has expired could not be erased", "err", err)
	}
}

// A poller asks the store what has changed, while somebody waits for it.
type poller struct {
	store Store
	hub   *hub
	since int64
}

func (p *poller) look(ctx context.Context) error {
	if p.hub.size() == 0 {
		p.since = 0
		return nil
	}
	ids, version, err := p.store.EnrolmentsChanged(ctx, p.since)
	if err != nil {
		return err
	}
	if p.since == 0 {
		p.hub.wakeAll() // what changed since the first of them came is not known
	}
	p.since = version
	p.hub.wakeUp(ids)
	return nil
}
