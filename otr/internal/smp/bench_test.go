package smp

import (
	"testing"
)

// BenchmarkRun is one comparison, both sides.
func BenchmarkRun(b *testing.B) {
	random := dice(1)
	b.ReportAllocs()
	for b.Loop() {
		var alice, bob Machine
		m1, _, err := alice.Start(random, aliceID, []byte("love"), nil)
		must(b, err)
		_, err = bob.Receive(random, m1)
		must(b, err)
		m2, err := bob.Answer(random, bobID, []byte("love"))
		must(b, err)
		o, err := alice.Receive(random, m2)
		must(b, err)
		o, err = bob.Receive(random, *o.Reply)
		must(b, err)
		o, err = alice.Receive(random, *o.Reply)
		must(b, err)
		if o.Event != Succeeded {
			b.Fatalf("%+v", o)
		}
	}
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
