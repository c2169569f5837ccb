package bot

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// clocked runs alarms and writes down what rings when, in seconds since the start.
type clocked struct {
	*alarms
	start time.Time
	rung  []string
}

func startAlarms(t *testing.T) *clocked {
	c := &clocked{alarms: newAlarms(), start: time.Now()}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		c.run(ctx, time.Now, func(jid string) {
			c.rung = append(c.rung, fmt.Sprintf("%s at %v", jid, time.Since(c.start)))
		})
	}()
	t.Cleanup(func() { stop(); <-ended })
	return c
}

func (c *clocked) in(jid string, seconds int) {
	c.set(jid, c.start.Add(time.Duration(seconds)*time.Second))
}

// passes lets time pass, and then wants those alarms to have rung since the last call.
func (c *clocked) passes(t *testing.T, d time.Duration, want ...string) {
	t.Helper()
	synctest.Wait()
	<-time.After(d)
	synctest.Wait()
	if !slices.Equal(c.rung, want) {
		t.Errorf("after %v rang %q, want %q", time.Since(c.start), c.rung, want)
	}
	c.rung = nil
}

func TestAlarms(t *testing.T) {
	tests := map[string]func(*testing.T, *clocked){
		"ring once each, the earliest first": func(t *testing.T, c *clocked) {
			c.in("cora", 30)
			c.in("ana", 10)
			c.in("bea", 20)
			c.passes(t, time.Minute, "ana at 10s", "bea at 20s", "cora at 30s")
			c.passes(t, 10*time.Hour)
		},
		"set while an earlier one waits": func(t *testing.T, c *clocked) {
			c.in("ana", 1000)
			c.passes(t, time.Second)
			c.in("bea", 5)
			c.passes(t, 10*time.Second, "bea at 5s")
		},
		"moved earlier": func(t *testing.T, c *clocked) {
			c.in("ana", 1000)
			c.in("bea", 900)
			c.passes(t, time.Second)
			c.in("ana", 3)
			c.passes(t, 999*time.Second, "ana at 3s", "bea at 15m0s")
		},
		"moved later": func(t *testing.T, c *clocked) {
			c.in("ana", 10)
			c.in("bea", 20)
			c.passes(t, time.Second)
			c.in("ana", 30)
			c.passes(t, time.Minute, "bea at 20s", "ana at 30s")
		},
		"taken away": func(t *testing.T, c *clocked) {
			for i, jid := range []string{"ana", "bea", "cora", "dora"} {
				c.in(jid, 10*(i+1))
			}
			c.passes(t, time.Second)
			c.set("ana", time.Time{})
			c.set("cora", time.Time{})
			c.set("nobody", time.Time{})
			c.passes(t, time.Minute, "bea at 20s", "dora at 40s")
			if len(c.byJID) > 0 {
				t.Errorf("%d alarms are left", len(c.byJID))
			}
		},
		"in the past": func(t *testing.T, c *clocked) {
			c.in("ana", -100)
			c.passes(t, 0, "ana at 0s")
		},
		"later than the longest sleep": func(t *testing.T, c *clocked) {
			c.in("ana", 3*3600)
			c.passes(t, 4*time.Hour, "ana at 3h0m0s")
		},
		"many, in any order": func(t *testing.T, c *clocked) {
			var want []string
			for i := range 500 {
				c.in(fmt.Sprint(i), 1+i*211%500) // 211 and 500 have no common divisor: each second once
			}
			for s := range 500 {
				for i := range 500 {
					if i*211%500 == s {
						want = append(want, fmt.Sprintf("%d at %v", i, time.Duration(s+1)*time.Second))
					}
				}
			}
			c.passes(t, time.Hour, want...)
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, startAlarms(t)) })
		})
	}
}

// An alarm that is set while it rings, as a session's next one is, rings again.
func TestAlarmSetAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAlarms()
		ctx, stop := context.WithCancel(t.Context())
		rung := 0
		a.set("ana", time.Now())
		a.run(ctx, time.Now, func(jid string) {
			if rung++; rung == 5 {
				stop()
				return
			}
			a.set(jid, time.Now().Add(time.Minute))
		})
		if rung != 5 {
			t.Errorf("it rang %d times", rung)
		}
	})
}
