//go:build ctcheck

package group

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"fmt"
	"math"
	"math/big"
	mathrand "math/rand/v2"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"
	"time"
)

// A statistical timing test in the manner of dudect (Reparaz, Balasch and
// Verbauwhede, "Dude, is my code constant time?"): measure an operation on a
// fixed secret and on random secrets, in random order, and compare the two
// distributions with Welch's t-test, also after cropping the slow tail, where
// interrupts live. |t| above the threshold says that the time depends on the
// secret; a t below it says that this many measurements showed nothing.
//
// Run by hand, on a quiet machine:
//
//	go test -tags ctcheck -run TestConstantTime -v ./otr/internal/group
const (
	ctThreshold = 4.5 // one chance in 10^5 for each t; leaks grow without bound
	ctLeak      = 10  // what the controls must exceed
)

// A timed operation works on one secret in one place of memory. Class 0 is a
// fixed secret, class 1 a random one; everything else is alike.
type timed struct {
	name    string
	samples int
	batch   int // operations in one measurement, above the clock's resolution
	// prepare returns what puts a secret of the class in its place.
	prepare func(class int) (place func())
	run     func()
	leaks   bool // a control: the method must flag it
}

func TestConstantTime(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for _, op := range operations(t) {
		t.Run(op.name, func(t *testing.T) {
			worst, report := measure(op)
			t.Logf("%d measurements, worst |t| = %.2f; %s", op.samples, worst, report)
			switch {
			case op.leaks && worst < ctLeak:
				t.Errorf("the control is not flagged: |t| = %.2f", worst)
			case !op.leaks && worst > ctThreshold:
				t.Errorf("the time depends on the secret: |t| = %.2f", worst)
			}
		})
	}
}

// measure interleaves the classes at random. The secrets come from a pool, made
// before the clock runs.
func measure(op timed) (worst float64, report string) {
	const pool = 256
	var inputs [2][pool]func()
	for class := range inputs {
		for i := range pool {
			inputs[class][i] = op.prepare(class)
		}
	}
	order := mathrand.New(mathrand.NewPCG(1, 2))
	times := [2][]float64{}
	for i := range op.samples + op.samples/10 {
		class := order.IntN(2)
		inputs[class][order.IntN(pool)]()
		start := time.Now()
		for range op.batch {
			op.run()
		}
		elapsed := float64(time.Since(start))
		if i >= op.samples/10 { // after warming up
			times[class] = append(times[class], elapsed)
		}
		if i%4096 == 0 {
			runtime.GC()
		}
	}

	all := slices.Concat(times[0], times[1])
	slices.Sort(all)
	// The full set and the sets without the slowest 50, 20, 10, 5 and 1 percent.
	for _, keep := range []float64{1, 0.99, 0.95, 0.90, 0.80, 0.50} {
		limit := all[int(keep*float64(len(all)-1))]
		value := welch(crop(times[0], limit), crop(times[1], limit))
		report += fmt.Sprintf(" %.0f%%: %+.2f", 100*keep, value)
		worst = max(worst, math.Abs(value))
	}
	return worst, report
}

func crop(times []float64, limit float64) []float64 {
	var kept []float64
	for _, x := range times {
		if x <= limit {
			kept = append(kept, x)
		}
	}
	return kept
}

// welch returns the t of two samples with unequal variances.
func welch(a, b []float64) float64 {
	meanA, varianceA := moments(a)
	meanB, varianceB := moments(b)
	deviation := math.Sqrt(varianceA/float64(len(a)) + varianceB/float64(len(b)))
	if deviation == 0 {
		return 0
	}
	return (meanA - meanB) / deviation
}

func moments(x []float64) (mean, variance float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		variance += (v - mean) * (v - mean) / float64(len(x)-1)
	}
	return mean, variance
}

// operations lists what handles secrets. The fixed secret is extreme, one bit
// set, so that skipped work would show; the fixed MAC is the right one.
func operations(t *testing.T) []timed {
	t.Helper()
	random := random(t)
	peer := randomElement(t, random)
	k := *key(t)
	digest, fresh := draw(t, 32), draw(t, 32)

	var (
		dh     DHSecret
		x      Scalar
		hash   [32]byte
		result Element
		r      = randomScalar(t, random)
		mac    [sha1.Size]byte
		right  = [sha1.Size]byte(draw(t, sha1.Size))
		base   = NewBase(&peer)
		sink   bool
	)
	// fixedOrRandom makes the preparation of a secret in `place`.
	fixedOrRandom := func(place, fixed []byte, adjust func([]byte)) func(int) func() {
		return func(class int) func() {
			value := draw(t, len(place))
			adjust(value)
			if class == 0 {
				copy(value, fixed)
			}
			return func() { copy(place, value) }
		}
	}
	asIs := func([]byte) {}
	below := func(limit *big.Int) func([]byte) {
		return func(b []byte) { new(big.Int).Mod(integer(b), limit).FillBytes(b) }
	}
	unit := func(n int) []byte { return append(make([]byte, n-1), 1) }

	secretDH := fixedOrRandom(dh.value[:], unit(dhSize), asIs)
	secretX := fixedOrRandom(x.value[:], unit(Size), below(bigQ))
	secretHash := fixedOrRandom(hash[:], unit(len(hash)), asIs)
	secretKey := fixedOrRandom(k.x[:], unit(qSize), below(integer(k.Q)))
	secretElement := fixedOrRandom(result.value[:], peer.value[:], below(bigP))
	arrivingMAC := fixedOrRandom(mac[:], right[:], asIs)

	return []timed{
		{name: "control: variable-time power", samples: 4_000, batch: 1, leaks: true, prepare: secretDH,
			run: func() { leakyPower(&peer, dh.value[:]) }},
		{name: "control: comparison up to the first difference", samples: 200_000, batch: 64, leaks: true, prepare: arrivingMAC,
			run: func() { sink = sink != leakyEqual(mac[:], right[:]) }},
		{name: "DHSecret.Public", samples: 60_000, batch: 1, prepare: secretDH,
			run: func() { dh.Public() }},
		{name: "DHSecret.Shared", samples: 30_000, batch: 1, prepare: secretDH,
			run: func() { dh.Shared(&peer) }},
		{name: "SharedPair", samples: 30_000, batch: 1, prepare: secretDH,
			run: func() { SharedPair(&dh, &dh, &peer) }},
		{name: "Base.Power", samples: 30_000, batch: 1, prepare: secretX,
			run: func() { base.Power(&x) }},
		{name: "Power2", samples: 30_000, batch: 1, prepare: secretX,
			run: func() { Power2(&x) }},
		{name: "Element.Power", samples: 10_000, batch: 1, prepare: secretX,
			run: func() { peer.Power(&x) }},
		{name: "Element.PowerHash", samples: 30_000, batch: 1, prepare: secretHash,
			run: func() { peer.PowerHash(&hash) }},
		{name: "SubMul", samples: 200_000, batch: 4, prepare: secretX,
			run: func() { SubMul(&r, &x, &hash) }},
		{name: "PrivateKey.Sign", samples: 60_000, batch: 1, prepare: secretKey,
			run: func() { _, _ = k.Sign(digest, bytes.NewReader(fresh)) }},
		{name: "Equal", samples: 200_000, batch: 64, prepare: secretElement,
			run: func() { sink = sink != Equal(&result, &peer) }},
		{name: "hmac.Equal on a MAC", samples: 200_000, batch: 64, prepare: arrivingMAC,
			run: func() { sink = sink != hmac.Equal(mac[:], right[:]) }},
		{name: "subtle.ConstantTimeCompare on a MAC", samples: 200_000, batch: 64, prepare: arrivingMAC,
			run: func() { sink = sink != (subtle.ConstantTimeCompare(mac[:], right[:]) == 1) }},
	}
}

func draw(t *testing.T, n int) []byte {
	t.Helper()
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		t.Fatal(err)
	}
	return b
}

// leakyPower multiplies only for the bits that are set.
func leakyPower(base *Element, exponent []byte) Element {
	var x, acc number
	x.set(base)
	f := prime()
	copy(acc[:], f.one)
	for i := 8*len(exponent) - 1; i >= 0; i-- {
		f.sqr(acc[:], acc[:])
		if bit(exponent, i) == 1 {
			f.mul(acc[:], acc[:], x[:])
		}
	}
	return acc.element()
}

// leakyEqual stops at the first difference.
func leakyEqual(a, b []byte) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
