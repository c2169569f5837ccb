package grades_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"otrbot/internal/store"
)

// A backup from before a class was graded is restored when all of it has been: what waited then is sent again, and no
// gradebook shows it. Platforms fail as ever meanwhile.
func TestGradesOfABackupAreNotGradedTwice(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // no test depends on it
	defer cancel()
	dir, elsewhere := t.TempDir(), t.TempDir()
	db, err := open(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	world := newWorld(t, ctx, db)
	_, err = db.KeyRing(ctx) // platforms know it before the backup is made
	world.must(err)
	begun := time.Now() // grades are from before it: one platform's clock is behind ours
	var pupils []pupil
	for _, p := range world.platforms {
		for i := range 20 {
			pupils = append(pupils, world.beginner(ctx, p, i, begun.Add(-time.Minute)))
		}
	}
	copied := filepath.Join(elsewhere, "copy")
	world.must(db.Backup(ctx, copied, time.Now()))
	world.must(child(ctx, dir).Run())
	for _, one := range pupils {
		if len(one.scores) > 1 {
			world.earn(ctx, one, 1, begun.Add(-5*time.Second))
		}
	}
	world.must(child(ctx, dir).Run())
	before, _ := world.effects()

	done, err := store.Restore(ctx, store.Restoration{From: copied, Key: store.Key{1: 1}, To: "sqlite://" + filepath.Join(elsewhere, "otrbot.db"),
		KeyFile: filepath.Join(elsewhere, "otrbot.key"), Now: time.Now()})
	world.must(err)
	if int(done.Grades) != len(pupils) {
		t.Errorf("%d grades may not have arrived, want %d", done.Grades, len(pupils))
	}
	world.must(child(ctx, elsewhere).Run())
	for _, one := range pupils {
		if why := one.wrong(); why != "" {
			t.Errorf("%s: %s", one.name, why)
		}
	}
	for _, p := range world.platforms {
		for _, what := range p.wrong {
			t.Error(what)
		}
	}
	states := world.states(elsewhere)
	if states["waiting"]+states["doubtful"] > 0 {
		t.Errorf("not settled: %v", states)
	}
	after, repeated := world.effects()
	t.Logf("%d effects before, %d after, %d the same once more; %v", before, after, repeated, states)
}

// beginner is a learner whose first grade waits. Every third goes on to the whole after that; not where neither a time nor
// reading protects a grade, see decision 19.
func (w *world) beginner(ctx context.Context, p *platform, i int, at time.Time) pupil {
	one := pupil{on: p, name: fmt.Sprintf("%s-%d", p.name, i), scores: []float64{1}}
	if i%3 == 0 && (p.readable || p.version != "1.1") {
		one.scores = []float64{0.5, 1}
	}
	e, err := w.db.Enrol(ctx, p.enrolment(one.name), time.Now())
	w.must(err)
	one.id = e.ID
	w.earn(ctx, one, one.scores[0], at)
	return one
}
