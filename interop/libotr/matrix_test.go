package libotr

import (
	"fmt"
	"sync/atomic"
	"testing"
)

// A pairing says who plays which side. make gives the side that moves first
// and the other.
type pairing struct {
	name string
	make func(t *testing.T, first, other setup) (party, party)
	// insist starts again when two commits crossed and both sides made way.
	insist bool
}

var sizes = []int{0, 100, 140, 400, 8000}

// A cell is one square of the matrix.
type cell struct {
	pairing pairing
	version int
	opening opening
	size    int
}

func (c cell) String() string {
	size := "whole"
	if c.size > 0 {
		size = fmt.Sprint("fragments of ", c.size)
	}
	return fmt.Sprintf("%s/v%d/%s/%s", c.pairing.name, c.version, c.opening.name, size)
}

// room opens the conversation of the cell. For version 2 only the first side
// is restricted to it: the other learns it from the offer.
func (c cell) room(t *testing.T) (r *room, first, other party) {
	t.Helper()
	policy := PolicyOpportunistic
	if c.version == 2 {
		policy &^= PolicyAllowV3
	}
	first, other = c.pairing.make(t,
		setup{"alice", "bob", policy, c.size},
		setup{"bob", "alice", PolicyOpportunistic, c.size})
	r = between(t, first, other)
	c.opening.open(r, first, other)
	r.settle()
	if c.pairing.insist && first.session().state != "encrypted" {
		first.start()
		r.settle()
	}
	r.expectSeen(first, c.opening.first)
	r.expectSeen(other, c.opening.other)
	r.expectPrivate(first, other, c.version)
	return r, first, other
}

func cells(p pairing) []cell {
	var all []cell
	for _, version := range []int{2, 3} {
		for _, o := range openings {
			for _, size := range sizes {
				all = append(all, cell{p, version, o, size})
			}
		}
	}
	return all
}

// matrix runs every exercise after every opening, in every version and size.
func matrix(t *testing.T, p pairing) {
	var count atomic.Int32
	t.Cleanup(func() { t.Logf("%s: %d cells", p.name, count.Load()) })
	for _, c := range cells(p) {
		for _, e := range exercises {
			t.Run(c.String()+"/"+e.name, func(t *testing.T) {
				t.Parallel()
				r, first, other := c.room(t)
				e.run(r, first, other)
				count.Add(1)
			})
		}
	}
}

var theyWithThemselves = pairing{name: "libotr with libotr", insist: true, make: func(t *testing.T, first, other setup) (party, party) {
	p := process(t)
	return newTheirs(t, p, "a", first), newTheirs(t, p, "b", other)
}}

// The matrix holds for libotr alone: what it asks for is what libotr does.
func TestLibotrWithItself(t *testing.T) { matrix(t, theyWithThemselves) }
