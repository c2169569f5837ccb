package bot

import (
	"context"
	"testing"
	"time"
)

// beating is a bot without a server, of which those parts run that are named.
func beating(t *testing.T, workers, alarms, notes bool) *Bot {
	b := newRoom(t, 0, func(c *Config) { c.Now = time.Now }).bot
	ctx, stop := context.WithCancel(t.Context())
	hands := 0
	if workers {
		hands = 2
	}
	b.workers = startWorkers(hands, b.do)
	ended := make(chan struct{}, 2)
	run := func(is bool, part func()) {
		if is {
			go func() { part(); ended <- struct{}{} }()
			return
		}
		ended <- struct{}{}
	}
	run(alarms, func() { b.alarms.run(ctx, b.now, b.ring) })
	run(notes, func() { b.listen(ctx) })
	t.Cleanup(func() { stop(); <-ended; <-ended; b.workers.stop() })
	return b
}

// A bot lives while all its parts work; one that hangs is enough for it not to.
func TestAlive(t *testing.T) {
	for name, c := range map[string]struct {
		workers, alarms, notes, lives bool
	}{
		"all work":               {true, true, true, true},
		"no goroutine works":     {false, true, true, false},
		"no alarm rings":         {true, false, true, false},
		"nobody asks the store":  {true, true, false, false},
		"the bot is not yet run": {false, false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := beating(t, c.workers, c.alarms, c.notes)
			for range 2 { // one that was given up does not confuse the next
				ctx, cancel := context.WithCancel(t.Context())
				if !c.lives { // however long that is
					ctx, cancel = context.WithTimeout(t.Context(), 10*time.Millisecond)
				}
				if err := b.Alive(ctx); (err == nil) != c.lives {
					t.Errorf("error %v", err)
				}
				cancel()
			}
		})
	}
}
