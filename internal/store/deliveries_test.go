package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/store"
)

// graded is a class of so many users, each with a grade, on platforms taken in turn.
func graded(t testing.TB, d *store.DB, n int, platforms ...course.Platform) (class []course.Enrolment) {
	t.Helper()
	for i := range n {
		e := seated(t, d, platforms[i%len(platforms)].ID, fmt.Sprint("user", i), fmt.Sprintf("user%d@example.org", i))
		earn(t, d, e, 1, noon.Add(time.Duration(i)*time.Second))
		class = append(class, e)
	}
	return class
}

func owners(all []course.Delivery) (ids []int64) {
	for _, one := range all {
		ids = append(ids, one.Enrolment.ID)
	}
	return ids
}

func TestADeliveryHasAllThatIsNeeded(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		p := put(t, d, campus())
		e := graded(t, d, 1, p)[0]
		newer := launch(p.ID, "user0")
		newer.Outcome.SourcedID = "newest"
		enrol(t, d, newer, noon)
		got := claim(t, d, noon.Add(time.Minute))
		g, err := d.Grade(t.Context(), e.ID)
		must(t, err)
		same(t, "delivery", got, []course.Delivery{{Grade: g, Enrolment: known(t, d, e.ID), Platform: p}})
		same(t, "sourcedid", got[0].Enrolment.Outcome.SourcedID, "newest")
	})
}

func TestGradesAreClaimedInOrderAndSomeAtATime(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		c, s := put(t, d, campus()), put(t, d, school())
		class := graded(t, d, 5, c, s)
		first, err := d.ClaimGrades(t.Context(), noon.Add(3*time.Second), time.Minute, 2, nil)
		must(t, err)
		same(t, "the first two", owners(first), []int64{class[0].ID, class[1].ID})
		same(t, "but not of the school", owners(claim(t, d, noon.Add(3*time.Second), s.ID)), []int64{class[2].ID})
		same(t, "the rest of what is due", owners(claim(t, d, noon.Add(3*time.Second))), []int64{class[3].ID})
		next, err := d.NextGrade(t.Context())
		must(t, err)
		same(t, "next", next, noon.Add(4*time.Second).Truncate(time.Millisecond))
		same(t, "the last", owners(claim(t, d, noon.Add(4*time.Second))), []int64{class[4].ID})
		same(t, "nothing", len(claim(t, d, noon.Add(4*time.Second))), 0)

		next, err = d.NextGrade(t.Context())
		must(t, err)
		same(t, "next", next, noon.Add(63*time.Second).Truncate(time.Millisecond)) // when the first leases end
		same(t, "after the leases", len(claim(t, d, noon.Add(64*time.Second))), 5)
		open, err := d.OpenGrades(t.Context())
		must(t, err)
		same(t, "open", len(open), 5)
		for i, one := range open {
			one.Grade.State = []course.GradeState{course.GradeConfirmed, course.GradeKept, course.GradeRefused, course.GradeDoubtful, course.GradeWaiting}[i]
			one.Grade.Next = noon.Add(time.Hour)
			must(t, d.SettleGrade(t.Context(), one.Grade, noon))
		}
		open, err = d.OpenGrades(t.Context())
		must(t, err)
		same(t, "for the administrator", owners(open), []int64{class[2].ID, class[3].ID, class[4].ID})
	})
}

func TestNothingIsDueWhenThereIsNothing(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		next, err := d.NextGrade(t.Context())
		must(t, err)
		same(t, "next", next, time.Time{})
		same(t, "claimed", len(claim(t, d, noon)), 0)
		must(t, d.SettleGrade(t.Context(), course.Grade{ID: 99, Enrolment: 99, State: course.GradeWaiting}, noon))
		held, err := d.HoldGrade(t.Context(), 99, noon)
		if held || err != nil {
			t.Errorf("holding nothing: %v, %v", held, err)
		}
	})
}

func TestNoGradeIsClaimedTwice(t *testing.T) {
	handles := twoHandles(t)
	graded(t, handles[0], 60, put(t, handles[0], campus()))
	var mu sync.Mutex
	times := map[int64]int{}
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for {
				got, err := handles[i%2].ClaimGrades(t.Context(), noon.Add(time.Hour), time.Minute, 3, nil)
				if err != nil {
					t.Error(err)
				}
				if len(got) == 0 {
					return
				}
				mu.Lock()
				for _, id := range owners(got) {
					times[id]++
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	same(t, "claimed", len(times), 60)
	for id, n := range times {
		if n != 1 {
			t.Errorf("%d was claimed %d times", id, n)
		}
	}
}

// openGrades is a database with 10,000 open grades of two platforms.
func openGrades(b *testing.B) (d *store.DB, busy course.Platform) {
	d = openAt(b, b.TempDir(), key(1))
	busy = put(b, d, campus())
	graded(b, d, 10_000, busy, put(b, d, school()))
	b.ReportAllocs()
	b.ResetTimer()
	return d, busy
}

func BenchmarkClaimGrades(b *testing.B) {
	d, busy := openGrades(b)
	late := noon.AddDate(0, 0, 1)
	for name, except := range map[string][]int64{"all": nil, "one platform down": {busy.ID}} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				got, err := d.ClaimGrades(b.Context(), late, 0, 16, except)
				must(b, err)
				if len(got) != 16 {
					b.Fatal(len(got))
				}
			}
		})
	}
}

func BenchmarkNextGrade(b *testing.B) {
	d, _ := openGrades(b)
	for range b.N {
		_, err := d.NextGrade(b.Context())
		must(b, err)
	}
}

// One learner's launch with all that the store does for it.
func BenchmarkLaunch(b *testing.B) {
	d := openAt(b, b.TempDir(), key(1))
	p := put(b, d, campus())
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		_, err := d.Registrations(b.Context(), "https://lms.example", "client")
		must(b, err)
		e := enrol(b, d, launch(p.ID, fmt.Sprint(i)), noon)
		must(b, d.PutVisit(b.Context(), course.Visit{Token: [32]byte{byte(i), byte(i >> 8), byte(i >> 16)}, Enrolment: e.ID, Expires: noon.Add(time.Hour)}))
		must(b, d.ClaimAddress(b.Context(), e.ID, fmt.Sprintf("user%d@example.org", i), noon))
	}
}
