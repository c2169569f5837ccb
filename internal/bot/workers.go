package bot

import (
	"errors"
	"sync"
)

// workers lets any number of learners wait for a few goroutines. What concerns one learner is done in the order it came
// and never by two goroutines at once; learners with work take turns, one piece at a time, so that a flood from
// one of them holds up nobody else.
type workers struct {
	mu      sync.Mutex
	wake    sync.Cond
	ready   []*desk // desks with work that no goroutine has, in the order they will be served
	desks   map[string]*desk
	stopped bool
	running sync.WaitGroup
	do      func(jid string, w work)
}

// A desk is where the work of one learner waits.
type desk struct {
	jid   string
	queue []work
	taken bool // a goroutine serves it, or it stands in ready
}

// deskLimit is how many pieces of work may wait for one learner; more are refused.
const deskLimit = 256

// startWorkers starts n goroutines that do the work.
func startWorkers(n int, do func(jid string, w work)) *workers {
	p := &workers{desks: make(map[string]*desk), do: do}
	p.wake.L = &p.mu
	for range n {
		p.running.Go(p.serve)
	}
	return p
}

// Why work is not taken.
var (
	errFull = errors.New("too much waits for this learner")
	errDone = errors.New("the workers have stopped")
)

// post adds a piece of work. Its errors are errFull and errDone.
func (p *workers) post(jid string, w work) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	d := p.desks[jid]
	switch {
	case p.stopped:
		return errDone
	case d != nil && len(d.queue) >= deskLimit:
		return errFull
	}
	if d == nil {
		d = &desk{jid: jid}
		p.desks[jid] = d
	}
	d.queue = append(d.queue, w)
	if !d.taken {
		d.taken = true
		p.ready = append(p.ready, d)
		p.wake.Signal()
	}
	return nil
}

func (p *workers) serve() {
	for {
		d, w, ok := p.take()
		if !ok {
			return
		}
		p.do(d.jid, w)
		p.done(d)
	}
}

// take waits for the next piece of work; false when the workers have stopped and nothing is left.
func (p *workers) take() (*desk, work, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.ready) == 0 {
		if p.stopped {
			return nil, nil, false
		}
		p.wake.Wait()
	}
	d := p.ready[0]
	p.ready[0] = nil
	p.ready = p.ready[1:]
	w := d.queue[0]
	d.queue[0] = nil
	d.queue = d.queue[1:]
	return d, w, true
}

// done puts the desk at the end of the line if it has more work, and away if not.
func (p *workers) done(d *desk) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(d.queue) == 0 {
		d.taken = false
		delete(p.desks, d.jid)
		return
	}
	p.ready = append(p.ready, d)
	p.wake.Signal()
}

// stop refuses new work, lets what waits be done, and returns when it is.
func (p *workers) stop() {
	p.mu.Lock()
	p.stopped = true
	p.wake.Broadcast()
	p.mu.Unlock()
	p.running.Wait()
}
