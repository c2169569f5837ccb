package store_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/store"
	"otrbot/lti"
)

// once checks that of many goroutines on two handles exactly one is told yes.
func once(t *testing.T, what string, handles []*store.DB, ask func(d *store.DB) (bool, error)) {
	t.Helper()
	var all sync.WaitGroup
	var yes atomic.Int64
	for i := range 50 {
		all.Go(func() {
			got, err := ask(handles[i%len(handles)])
			if err != nil {
				t.Error(err)
			}
			if got {
				yes.Add(1)
			}
		})
	}
	all.Wait()
	same(t, what, yes.Load(), int64(1))
}

func twoHandles(t *testing.T) []*store.DB {
	t.Helper()
	dir := t.TempDir()
	return []*store.DB{openAt(t, dir, key(1)), openAt(t, dir, key(1))}
}

func TestANonceIsNewOnce(t *testing.T) {
	handles := twoHandles(t)
	use := func(owner, nonce string) func(d *store.DB) (bool, error) {
		return func(d *store.DB) (bool, error) { return d.Use(t.Context(), owner, nonce, noon) }
	}
	once(t, "a nonce", handles, use("key", "nonce"))
	once(t, "another's", handles, use("key2", "nonce"))
	once(t, "with the same letters", handles, use("ke", "ynonce"))
	once(t, "of another letter", handles, use("key", "noncE"))
	once(t, "of any length", handles, use("key", strings.Repeat("n", 100_000)))
	once(t, "of no length", handles, use("", ""))
	must(t, handles[0].SweepCourse(t.Context(), noon.Add(-time.Millisecond), 0))
	if fresh, err := handles[1].Use(t.Context(), "key", "nonce", noon); fresh || err != nil {
		t.Errorf("before it expires: %v, %v", fresh, err)
	}
	must(t, handles[0].SweepCourse(t.Context(), noon, 0))
	once(t, "after it expired", handles, use("key", "nonce"))
}

func TestALoginIsTakenOnce(t *testing.T) {
	handles := twoHandles(t)
	s := lti.State{Value: "v", Nonce: "n", Issuer: "https://lms.example", ClientID: "c", Browser: "b", Storage: "_parent",
		NewWindow: "https://tool.example/lti/login?x=1", Expires: noon}
	must(t, handles[0].PutState(t.Context(), s))
	must(t, handles[1].PutState(t.Context(), lti.State{Value: "w", Expires: noon.Add(time.Hour)}))
	got, err := handles[1].State(t.Context(), "v")
	must(t, err)
	same(t, "state", got, s)
	take := func(d *store.DB) (bool, error) { return d.TakeState(t.Context(), "v") }
	once(t, "state", handles, take)
	_, err = handles[0].State(t.Context(), "v")
	isErr(t, "a state that was taken", err, lti.ErrUnknown)

	must(t, handles[0].PutState(t.Context(), s))
	must(t, handles[1].SweepCourse(t.Context(), noon, 0))
	if taken, err := take(handles[0]); taken || err != nil {
		t.Errorf("an expired state: %v, %v", taken, err)
	}
	_, err = handles[0].State(t.Context(), "w")
	must(t, err)
}

func TestAnInvitationIsTakenOnceAndInTime(t *testing.T) {
	handles := twoHandles(t)
	token := [32]byte{1, 31: 1}
	must(t, handles[0].PutInvitation(t.Context(), token, "Campus", noon))
	name, err := handles[1].Invitation(t.Context(), token, noon.Add(-1*time.Millisecond))
	must(t, err)
	same(t, "name", name, "Campus")
	take := func(at time.Time) func(d *store.DB) (bool, error) {
		return func(d *store.DB) (bool, error) { return d.TakeInvitation(t.Context(), token, at) }
	}
	_, err = handles[1].Invitation(t.Context(), token, noon)
	isErr(t, "too late", err, course.ErrNone)
	if taken, err := take(noon)(handles[0]); taken || err != nil {
		t.Errorf("too late: %v, %v", taken, err)
	}
	once(t, "invitation", handles, take(noon.Add(-time.Second)))
	_, err = handles[1].Invitation(t.Context(), token, noon.Add(-time.Second))
	isErr(t, "used", err, course.ErrNone)
	_, err = handles[1].Invitation(t.Context(), [32]byte{1}, noon)
	isErr(t, "another token", err, course.ErrNone)
}
