package bot

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// alarms wakes each learner's session when it is due: one goroutine and one heap for all of them.
type alarms struct {
	mu      sync.Mutex
	heap    alarmHeap
	byJID   map[string]*alarm
	changed chan struct{} // the earliest alarm is another one now
}

type alarm struct {
	at    time.Time
	jid   string
	place int
}

func newAlarms() *alarms {
	return &alarms{byJID: make(map[string]*alarm), changed: make(chan struct{}, 1)}
}

// set moves the alarm of a learner; the zero time takes it away.
func (a *alarms) set(jid string, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	old := a.byJID[jid]
	switch {
	case at.IsZero() && old != nil:
		heap.Remove(&a.heap, old.place)
		delete(a.byJID, jid)
	case at.IsZero():
		return
	case old != nil:
		old.at = at
		heap.Fix(&a.heap, old.place)
	default:
		n := &alarm{at: at, jid: jid}
		a.byJID[jid] = n
		heap.Push(&a.heap, n)
	}
	if len(a.heap) > 0 && a.heap[0].jid == jid || at.IsZero() {
		select {
		case a.changed <- struct{}{}:
		default:
		}
	}
}

// run calls ring for each alarm when its time has come, until ctx ends. An alarm rings once.
func (a *alarms) run(ctx context.Context, now func() time.Time, ring func(jid string)) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		wait := time.Hour
		for {
			jid, left, ok := a.next(now())
			if !ok {
				break
			}
			if left > 0 {
				wait = left
				break
			}
			ring(jid)
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
			return
		case <-a.changed:
		case <-timer.C:
		}
	}
}

// next tells which alarm is the earliest and how long it has left, and takes it away if that is nothing.
func (a *alarms) next(now time.Time) (jid string, left time.Duration, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.heap) == 0 {
		return "", 0, false
	}
	first := a.heap[0]
	if left := first.at.Sub(now); left > 0 {
		return first.jid, left, true
	}
	heap.Pop(&a.heap)
	delete(a.byJID, first.jid)
	return first.jid, 0, true
}

// alarmHeap has the earliest alarm first: container/heap.
type alarmHeap []*alarm

func (h alarmHeap) Len() int           { return len(h) }
func (h alarmHeap) Less(i, j int) bool { return h[i].at.Before(h[j].at) }
func (h alarmHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i, j
}
func (h *alarmHeap) Push(x any) {
	n := x.(*alarm)
	n.place = len(*h)
	*h = append(*h, n)
}
func (h *alarmHeap) Pop() any {
	old := *h
	n := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return n
}
