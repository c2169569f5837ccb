package otr_test

import (
	"fmt"
	"math"
	"testing"

	"otrbot/otr"
)

// namesOf checks that every value has a name, and returns how many names the first ones have.
func namesOf[T interface {
	~int
	fmt.Stringer
}](t *testing.T, values int) int {
	t.Helper()
	names := map[string]bool{}
	for v := range T(values) {
		names[v.String()] = true
	}
	for _, v := range []T{-1, T(values), T(values) + 1, math.MaxInt, math.MinInt} {
		if v.String() == "" {
			t.Errorf("%T(%d) has no name", v, int(v))
		}
	}
	if names[""] {
		t.Errorf("a %T has no name", T(0))
	}
	return len(names)
}

// What a program logs has a name, whatever the value; the reasons and states of the library have one each.
func TestNames(t *testing.T) {
	for _, test := range []struct {
		kind       string
		got, wants int
	}{
		{"MessageState", namesOf[otr.MessageState](t, int(otr.Finished)+1), 3},
		{"AuthState", namesOf[otr.AuthState](t, int(otr.AuthAwaitingSig)+1), 4},
		{"SMPState", namesOf[otr.SMPState](t, int(otr.SMPAwaitingPeer4)+1), 3}, // one for all waits for the peer
		{"Reason", namesOf[otr.Reason](t, int(otr.NoKey)+1), 10},
		{"SMPAbortReason", namesOf[otr.SMPAbortReason](t, int(otr.AbortedSessionEnded)+1), 5},
	} {
		if test.got != test.wants {
			t.Errorf("%s: %d different names, want %d", test.kind, test.got, test.wants)
		}
	}
}
