package libotr

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"otrbot/otr"
)

// The counts of every run; soak_test.go has ten times as many.

func TestHandshakesWithFreshKeys(t *testing.T) { handshakes(t, 1000) }
func TestSMPRuns(t *testing.T)                 { smpRuns(t, 2000) }

// workers run side by side, each with a helper process of its own.
const workers = 2

// aProcessFor is how many runs a helper process serves.
const aProcessFor = 100

// only is the policy that allows one version.
func only(version int) int { return map[int]int{2: PolicyAllowV2, 3: PolicyAllowV3}[version] }

// divide runs count numbered runs in batches, several at once.
func divide(t *testing.T, count int, batch func(t *testing.T, from, to int)) {
	t.Helper()
	turns := make(chan struct{}, workers)
	var done sync.WaitGroup
	for from := 0; from < count; from += aProcessFor {
		to := min(from+aProcessFor, count)
		turns <- struct{}{}
		done.Go(func() {
			t.Run(fmt.Sprintf("%d to %d", from+1, to), func(t *testing.T) { batch(t, from, to) })
			<-turns
		})
	}
	done.Wait()
	t.Logf("%d runs", count)
}

// handshakes runs so many key exchanges, with a fresh DSA key on both sides
// each time; the domain parameters are shared, since they take long to make.
func handshakes(t *testing.T, count int) {
	parameters, err := otr.GenerateParameters(nil)
	if err != nil {
		t.Fatal(err)
	}
	divide(t, count, func(t *testing.T, from, to int) {
		p, dir := process(t), t.TempDir()
		for n := from; n < to; n++ {
			version := 2 + n%2
			policy := only(version)
			alice := newOurs(t, setup{"alice", "bob", policy, 0})
			freshKey(t, alice.user, "alice", parameters)
			bob := newTheirs(t, p, fmt.Sprint("b", n), setup{"bob", "alice", policy, 0})
			bob.keys = filepath.Join(dir, fmt.Sprint("keys", n))
			writeFreshKey(t, bob.keys, "bob", parameters)
			bob.login()

			r := between(t, alice, bob)
			first := []party{alice, bob}[n/2%2]
			first.start()
			r.settle()
			r.expectPrivate(alice, bob, version)
			alice.say("hello")
			bob.say("hello")
			r.settle()
			r.expectSeen(alice, "secured|text: hello")
			r.expectSeen(bob, "secured|text: hello")
			if t.Failed() {
				t.Fatalf("handshake %d failed", n+1)
			}
		}
	})
}

func freshKey(t *testing.T, user *otr.UserState, account string, parameters *otr.Parameters) {
	t.Helper()
	key, err := otr.GenerateKeyWithParameters(parameters, nil)
	if err == nil {
		err = user.SetKey(otr.Account{Name: account, Protocol: protocol}, key)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// writeFreshKey makes a key for libotr and writes it as libotr reads it.
func writeFreshKey(t *testing.T, path, account string, parameters *otr.Parameters) {
	t.Helper()
	user := otr.NewUserState()
	freshKey(t, user, account, parameters)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := user.WriteKeys(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// smpRuns runs so much of SMP, in turns from each side, with and without a
// question, every tenth time with different secrets, with new session keys
// after every 20 runs.
func smpRuns(t *testing.T, count int) {
	divide(t, count, func(t *testing.T, from, to int) {
		p := process(t)
		var r *room
		var sides []party
		for n := from; n < to; n++ {
			if (n-from)%20 == 0 {
				policy := only(2 + n/20%2)
				sides = []party{
					newOurs(t, setup{"alice", "bob", policy, 0}),
					newTheirs(t, p, fmt.Sprint("b", n), setup{"bob", "alice", policy, 0}),
				}
				r = between(t, sides[0], sides[1])
				private(r, sides[0])
			}
			secret, answer, outcome := fmt.Sprint("secret ", n), fmt.Sprint("secret ", n), "smp succeeded"
			if n%10 == 9 {
				answer, outcome = "a guess", "smp failed"
			}
			smpRun(r, sides[n%2], sides[1-n%2], secret, answer, outcome)
			if t.Failed() {
				t.Fatalf("SMP run %d failed", n+1)
			}
		}
	})
}
