package grades_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/store"
)

const (
	classSize = 1667 // learners on each of six platforms
	kills     = 20
)

// A pupil is one learner and what must be in the gradebook in the end.
type pupil struct {
	on     *platform
	name   string
	id     int64     // of the enrolment
	scores []float64 // earned, one after the other
	better bool      // a teacher has given the full grade
}

// class makes the learners of a platform: most earn one grade, some grow, some have got a better one from a teacher.
func class(p *platform) (all []pupil) {
	for i := range classSize {
		one := pupil{on: p, name: fmt.Sprintf("%s-%d", p.name, i), scores: []float64{1}}
		switch {
		case i%100 == 7 && p.readable:
			one.better = true
			one.scores = []float64{0.75}
			p.book[one.name] = []effect{{score: 1, other: true}}
		case i%24 == 0:
			one.scores = []float64{0.5, 1}
		case i%5 == 0:
			one.scores = []float64{0.25}
		}
		all = append(all, one)
	}
	return all
}

func TestKilledTwentyTimesEachGradeArrivesOnce(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute) // no test depends on it
	defer cancel()
	dir := t.TempDir()
	db, err := open(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	world := newWorld(t, ctx, db)
	begun := time.Now()
	pupils, growing := world.enrol(ctx)
	seeded := time.Since(begun)
	begun = time.Now()
	for n := range kills {
		world.killedOnce(ctx, dir, func() {
			share := len(growing) / (kills - n)
			for _, one := range growing[:share] {
				world.earn(ctx, one, 1, time.Now())
			}
			growing = growing[share:]
			world.disturb(ctx, n)
		})
		if n%7 == 6 {
			world.stoppedOnce(ctx, dir)
		}
	}
	last := child(ctx, dir)
	world.must(last.Run())
	took := time.Since(begun)

	wrong := 0
	for _, one := range pupils {
		if why := one.wrong(); why != "" {
			if wrong++; wrong < 20 {
				t.Errorf("%s: %s", one.name, why)
			}
		}
	}
	for _, p := range world.platforms {
		for _, what := range p.wrong {
			t.Error(what)
		}
		if p.columns != (p.made == 1) || p.made > 1 {
			t.Errorf("%s: %d columns were made", p.name, p.made)
		}
	}
	world.must(db.Close())
	states := world.states(dir)
	if closed := states[course.GradeConfirmed] + states[course.GradeKept] + states[course.GradeSuperseded]; len(states) > 3 ||
		closed != world.earned || states[course.GradeKept] < world.better {
		t.Errorf("of %d grades, %d beside better ones: %v", world.earned, world.better, states)
	}
	t.Logf("%d grades of %d learners, %d wrong: %v", world.earned, len(pupils), wrong, states)
	t.Logf("killed %d times; %.1f s to enrol, %.1f s to deliver; the tool's keys were fetched %d times", kills, seeded.Seconds(), took.Seconds(), world.keys.asked)
	effects, repeated := world.effects()
	t.Logf("%d effects, %d of them the same once more; requests:\n%sfaults:\n%s", effects, repeated, table(world.faults.requests), table(world.faults.dealt))
}

// wrong tells what is wrong with the learner's place in the gradebook, and with everything that ever was there; "" for
// nothing.
func (one pupil) wrong() string {
	history := one.on.book[one.name]
	if one.better {
		if len(history) != 1 || !history[0].other {
			return fmt.Sprintf("a better grade was written over: %v", history)
		}
		return ""
	}
	seen := map[float64]time.Time{}
	for i, e := range history {
		at, again := seen[e.score]
		switch {
		case !slices.Contains(one.scores, e.score):
			return fmt.Sprintf("never earned: %v", history)
		case i > 0 && e.score < history[i-1].score:
			return fmt.Sprintf("lowered: %v", history)
		case again && !at.Equal(e.at):
			return fmt.Sprintf("the same grade with another time: %v", history)
		case again && one.on.again != 0:
			return fmt.Sprintf("taken twice: %v", history)
		case one.on.version == "1.3" && e.done != (e.score == 1):
			return fmt.Sprintf("final or not: %v", history)
		}
		seen[e.score] = e.at
	}
	if last, there := one.on.last(one.name); !there || last.score != one.scores[len(one.scores)-1] {
		return fmt.Sprintf("lost: there is %v, earned were %v", history, one.scores)
	}
	return ""
}

// world is the platforms, and the store as the rest of the bot sees it.
type world struct {
	t         *testing.T
	db        *store.DB
	faults    *faults
	keys      *published
	platforms []*platform
	earned    int // grades
	better    int // learners with a better one
}

func newWorld(t *testing.T, ctx context.Context, db *store.DB) *world {
	w := &world{t: t, db: db, faults: newFaults()}
	w.keys = &published{fetch: func() ([]byte, error) {
		ring, err := db.KeyRing(ctx)
		if err != nil {
			return nil, err
		}
		return ring.JWKS()
	}}
	for _, h := range habits {
		p := newPlatform(t, h, w.keys, w.faults)
		var err error
		p.id, err = db.PutPlatform(ctx, p.asPlatform())
		w.must(err)
		w.platforms = append(w.platforms, p)
	}
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// enrol launches for everybody, and each earns the first grade.
func (w *world) enrol(ctx context.Context) (all, growing []pupil) {
	for _, p := range w.platforms {
		for i, one := range class(p) {
			e, err := w.db.Enrol(ctx, p.enrolment(one.name), time.Now())
			w.must(err)
			one.id = e.ID
			at := time.Now()
			if p.future && i%80 == 3 {
				at = at.Add(2 * time.Second) // the bot's clock is ahead
			}
			w.earn(ctx, one, one.scores[0], at)
			if len(one.scores) > 1 {
				growing = append(growing, one)
			}
			if one.better {
				w.better++
			}
			all = append(all, one)
		}
	}
	return all, growing
}

func (w *world) earn(ctx context.Context, one pupil, score float64, at time.Time) {
	_, err := w.db.Commit(ctx, record.Change{
		JID:   one.name + "@example.org",
		Grade: &record.Grade{Enrolment: one.id, Score: score, Done: score == 1, At: at},
	})
	w.must(err)
	w.earned++
}

// disturb is what else happens on such a day.
func (w *world) disturb(ctx context.Context, day int) {
	switch day {
	case 4:
		_, err := w.db.RotateKeys(ctx, time.Now(), 0)
		w.must(err)
	case 11:
		_, err := w.db.ReplaceKeys(ctx, time.Now())
		w.must(err)
	case 5, 12, 13, 18:
		for _, p := range w.platforms {
			p.forget()
		}
	}
}

// killedOnce runs the courier until it is killed at some request.
func (w *world) killedOnce(ctx context.Context, dir string, meanwhile func()) {
	w.t.Helper()
	c := child(ctx, dir)
	w.must(c.Start())
	killed := make(chan error, 1)
	w.faults.arm(1+w.faults.roll(700), func() { killed <- c.Process.Kill() })
	meanwhile()
	if err := c.Wait(); c.ProcessState.Exited() {
		w.t.Fatalf("the courier ended by itself: %v", err)
	}
	w.must(<-killed)
}

// stoppedOnce asks the courier at some request to stop, as a new version of the bot would. It finishes what it has begun,
// and keeps no grade from the next.
func (w *world) stoppedOnce(ctx context.Context, dir string) {
	w.t.Helper()
	c := exec.CommandContext(ctx, os.Args[0])
	c.Env = append(os.Environ(), courierDir+"="+dir)
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	w.must(err)
	claims := time.Now().Add(hurry.Lease) // of this one end later
	w.must(c.Start())
	w.faults.arm(1+w.faults.roll(500), func() { in.Close() })
	w.must(c.Wait())
	var claimed int
	raw, err := sql.Open("sqlite", filepath.Join(dir, "otrbot.db"))
	w.must(err)
	defer raw.Close()
	w.must(raw.QueryRow("SELECT count(*) FROM grade WHERE claimed > ?", claims.UnixMilli()).Scan(&claimed))
	if claimed > 0 {
		w.t.Errorf("the courier has stopped, and keeps %d grades", claimed)
	}
}

func (f *faults) roll(n int) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.dice.IntN(n)
}

// child is the courier, in a process of its own.
func child(ctx context.Context, dir string) *exec.Cmd {
	c := exec.CommandContext(ctx, os.Args[0])
	c.Env = append(os.Environ(), courierDir+"="+dir)
	c.Stderr = os.Stderr
	c.StdinPipe() // closed by Wait, or when this process ends
	return c
}

// states counts the grades in the database.
func (w *world) states(dir string) map[course.GradeState]int {
	raw, err := sql.Open("sqlite", filepath.Join(dir, "otrbot.db"))
	w.must(err)
	defer raw.Close()
	rows, err := raw.Query("SELECT state, count(*) FROM grade GROUP BY state")
	w.must(err)
	defer rows.Close()
	all := map[course.GradeState]int{}
	for rows.Next() {
		var state course.GradeState
		var n int
		w.must(rows.Scan(&state, &n))
		all[state] = n
	}
	w.must(rows.Err())
	return all
}

// effects counts the changes of all gradebooks, and those that changed nothing.
func (w *world) effects() (all, repeated int) {
	for _, p := range w.platforms {
		for _, history := range p.book {
			all += len(history)
			for i := 1; i < len(history); i++ {
				if history[i].score == history[i-1].score {
					repeated++
				}
			}
		}
	}
	return all, repeated
}
