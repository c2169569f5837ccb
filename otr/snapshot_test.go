package otr_test

import (
	"fmt"
	"testing"
)

// "goes on after a restart with the next message from the peer"
func TestSnapshotGoesOn(t *testing.T) {
	for _, version := range []int{2, 3} {
		for _, m := range moments(t, version, "snapshot") {
			t.Run(fmt.Sprintf("%s/v%d", m.name, version), func(t *testing.T) {
				m.goesOn(t, m.alice.restore(t))
			})
		}
	}
}
