package store_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/store"
)

func TestAVisitLastsUntilItExpires(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		e := enrol(t, d, launch(put(t, d, campus()).ID, "ana"), noon)
		v := course.Visit{Token: [32]byte{1, 31: 9}, Enrolment: e.ID, Staff: true, ReturnURL: "https://lms.example/back?x=1", Framed: true,
			Begun: noon, Expires: noon.Add(time.Hour)}
		must(t, d.PutVisit(t.Context(), v))
		visit := func(at time.Time, want course.Visit, wantErr error) {
			t.Helper()
			got, err := d.Visit(t.Context(), want.Token, at)
			isErr(t, "visit", err, wantErr)
			if wantErr == nil {
				same(t, "visit", got, want)
			}
		}
		visit(noon, v, nil)
		visit(v.Expires.Add(-1), v, nil)
		visit(v.Expires, v, course.ErrNone)
		visit(noon, course.Visit{Token: [32]byte{1}}, course.ErrNone)

		v.Expires = noon.Add(2 * time.Hour) // is used
		must(t, d.PutVisit(t.Context(), v))
		visit(noon.Add(time.Hour), v, nil)
		v.Enrolment = 99
		isErr(t, "of nobody", d.PutVisit(t.Context(), v), course.ErrNone)
	})
}

func TestACookieIsBoundOnce(t *testing.T) {
	dir := t.TempDir()
	handles := []*store.DB{openAt(t, dir, key(1)), openAt(t, dir, key(1))}
	d := handles[0]
	e := enrol(t, d, launch(put(t, d, campus()).ID, "ana"), noon)
	v := course.Visit{Token: [32]byte{1}, Enrolment: e.ID, Begun: noon, Expires: noon.Add(time.Hour)}
	must(t, d.PutVisit(t.Context(), v))

	var all sync.WaitGroup
	var winner atomic.Int64
	for i := range 20 {
		all.Go(func() {
			bound, err := handles[i%2].BindVisit(t.Context(), v.Token, [32]byte{byte(i + 1)})
			if err != nil || bound && !winner.CompareAndSwap(0, int64(i+1)) {
				t.Errorf("bound twice, or %v", err)
			}
		})
	}
	all.Wait()
	must(t, d.PutVisit(t.Context(), v)) // prolonged by somebody who read it before
	got, err := d.Visit(t.Context(), v.Token, noon)
	must(t, err)
	same(t, "cookie", got.Cookie, [32]byte{byte(winner.Load())})
	bound, err := d.BindVisit(t.Context(), [32]byte{2}, [32]byte{1})
	if bound || err != nil {
		t.Errorf("to no visit: %v, %v", bound, err)
	}
	other := v
	other.Token, other.Cookie = [32]byte{3}, [32]byte{7}
	must(t, d.PutVisit(t.Context(), other))
	got, err = d.Visit(t.Context(), other.Token, noon)
	must(t, err)
	same(t, "visit with a cookie from the start", got, other)
}
