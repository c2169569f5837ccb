package bot

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
)

// job is work that needs no learner.
type job func()

func (job) do(*turn) {}

// startJobs starts n workers that do jobs.
func startJobs(n int) *workers {
	return startWorkers(n, func(_ string, w work) { w.(job)() })
}

// What concerns one learner is done in the order it came, by one goroutine at a time, while many learners are served.
func TestWorkOfOneLearnerKeepsItsOrder(t *testing.T) {
	const people, pieces = 20, 100
	w := startJobs(4)
	busy, done := make([]int, people), make([][]int, people) // without locks: the race detector watches
	var posting sync.WaitGroup
	for p := range people {
		posting.Go(func() {
			for i := range pieces {
				err := w.post(fmt.Sprint(p), job(func() {
					busy[p]++
					if busy[p] != 1 {
						t.Errorf("learner %d is served by two", p)
					}
					done[p] = append(done[p], i)
					busy[p]--
				}))
				if err != nil {
					t.Errorf("piece %d of learner %d: %v", i, p, err)
				}
			}
		})
	}
	posting.Wait()
	w.stop()
	for p, got := range done {
		if len(got) != pieces || !slices.IsSorted(got) {
			t.Errorf("learner %d was served %v", p, got)
		}
	}
	if len(w.desks) > 0 || len(w.ready) > 0 {
		t.Errorf("%d desks and %d places in the line are left", len(w.desks), len(w.ready))
	}
}

// A learner who floods waits for themselves: whoever comes later takes turns with them.
func TestFloodHoldsUpNobody(t *testing.T) {
	w := startJobs(1)
	var order []string
	begun, gate := make(chan struct{}), make(chan struct{})
	post := func(who string, j job) error {
		return w.post(who, job(func() { order = append(order, who); j() }))
	}
	if err := post("flood", func() { close(begun); <-gate }); err != nil {
		t.Fatal(err)
	}
	<-begun
	nothing := func() {}
	refused := 0
	for range 2 * deskLimit {
		if err := post("flood", nothing); err == errFull {
			refused++
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if refused != deskLimit {
		t.Errorf("%d pieces of the flood were refused, want %d", refused, deskLimit)
	}
	for range 3 {
		if err := post("ana", nothing); err != nil {
			t.Fatal(err)
		}
	}
	close(gate)
	w.stop()
	if got, want := order[:6], []string{"flood", "ana", "flood", "ana", "flood", "ana"}; !slices.Equal(got, want) {
		t.Errorf("the order was %v, want %v", got, want)
	}
	if len(order) != 1+deskLimit+3 {
		t.Errorf("%d pieces were done", len(order))
	}
}

// One learner's slow work holds up only themselves.
func TestSlowWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := startJobs(2)
		gate := make(chan struct{})
		var slow, quick int
		for range 10 {
			w.post("slow", job(func() { <-gate; slow++ }))
			w.post("quick", job(func() { quick++ }))
		}
		synctest.Wait()
		if slow != 0 || quick != 10 {
			t.Errorf("%d slow and %d quick pieces are done, want 0 and 10", slow, quick)
		}
		close(gate)
		w.stop()
		if slow != 10 {
			t.Errorf("%d slow pieces are done in the end, want 10", slow)
		}
	})
}

// Stopping lets what waits be done, and refuses what comes later, also from the work itself.
func TestStopDrains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := startJobs(2)
		gate := make(chan struct{})
		done, refused := 0, 0
		for range 100 {
			w.post("ana", job(func() {
				<-gate
				done++
				if w.post("ana", job(func() { t.Error("work came after the end") })) == errDone {
					refused++
				}
			}))
		}
		stopped := make(chan struct{})
		go func() { w.stop(); close(stopped) }()
		synctest.Wait()
		close(gate)
		<-stopped
		if done != 100 || refused != 100 {
			t.Errorf("%d pieces done and %d refused, want 100 and 100", done, refused)
		}
		if err := w.post("bea", job(func() {})); err != errDone {
			t.Errorf("work after the end gives %v", err)
		}
	})
}
