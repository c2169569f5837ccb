package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/store"
)

// teach goes on with a class of five: each change has a session, progress and, for a new learner, a grade that all say
// the same number.
func teach(ctx context.Context, d *store.DB) error {
	platforms, err := d.Platforms(ctx)
	if err != nil {
		return err
	}
	class, err := d.Class(ctx, platforms[0].ID, "1", "link")
	if err != nil {
		return err
	}
	n := 0
	for _, m := range class {
		n = max(n, m.Progress.Answer.Left)
	}
	for {
		n++
		m := class[n%len(class)]
		if _, err := d.Commit(ctx, record.Change{
			JID: m.JID, Session: []byte(fmt.Sprint(n)),
			Progress: &record.Progress{Step: record.StepCode, Answer: record.Answer{Note: 1, Left: n}},
			Grade:    &record.Grade{Enrolment: m.ID, Score: float64(n) / 1e6, At: noon.Add(time.Duration(n) * time.Hour)},
		}); err != nil {
			return err
		}
		fmt.Println(n)
	}
}

func TestAKilledProcessKeepsSessionProgressAndGradeTogether(t *testing.T) {
	dir := t.TempDir()
	d := openAt(t, dir, key(1))
	p := put(t, d, campus())
	for i := range fewLearners {
		seated(t, d, p.ID, fmt.Sprint("user", i), learnerOf(i))
	}
	heard(t, d)
	must(t, d.Close())
	for range 8 {
		c, lines := process(t, "teach", dir)
		told := 0
		for range 1 + rand.IntN(60) {
			if !lines.Scan() {
				t.Fatalf("ended by itself: %v", c.Wait())
			}
			fmt.Sscan(lines.Text(), &told)
		}
		must(t, c.Process.Kill())
		for lines.Scan() {
			fmt.Sscan(lines.Text(), &told)
		}
		c.Wait()
		d := openAt(t, dir, key(1))
		last := 0
		data := map[string]string{}
		sessions, err := d.Sessions(t.Context())
		must(t, err)
		for _, s := range sessions {
			data[s.JID] = string(s.Data)
		}
		class, err := d.Class(t.Context(), p.ID, "1", "link")
		must(t, err)
		for _, m := range class {
			n := m.Progress.Answer.Left
			if n == 0 {
				continue
			}
			last = max(last, n)
			same(t, "session", data[m.JID], fmt.Sprint(n))
			if m.Grade == nil || m.Grade.Score != float64(n)/1e6 || m.Grade.State != course.GradeWaiting {
				t.Errorf("the grade of change %d: %+v", n, m.Grade)
			}
		}
		if last < told {
			t.Errorf("told of change %d, and %d is the last", told, last)
		}
		must(t, d.Close())
	}
}
