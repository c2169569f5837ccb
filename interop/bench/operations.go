package main

import (
	"fmt"
	"io"
	"slices"
	"syscall"
	"time"
)

// operation is one line of the table. The C program knows the same names and
// does the same work.
type operation struct {
	name, unit string
	target     float64 // the ratio to reach first
	batch      int     // units between two looks at the clock
	once       bool    // a measurement of memory: one turn, its own way
	prepare    func() (work, error)
}

// work is one unit and what is checked after it without being timed.
type work struct {
	unit, after func() error
}

var operations = []operation{
	{name: "dsa_keygen", unit: "keys/s", target: 3, batch: 1, prepare: keyGeneration},
	{name: "ake_v2", unit: "AKE/s", target: 4, batch: 1, prepare: keyExchange(2)},
	{name: "ake_v3", unit: "AKE/s", target: 4, batch: 1, prepare: keyExchange(3)},
	{name: "smp", unit: "SMP/s", target: 3, batch: 1, prepare: inPrivate(verify)},
	{name: "pingpong_100", unit: "round trips/s", target: 4, batch: 1, prepare: inPrivate(pingPong())},
	{name: "oneway_100", unit: "msgs/s", target: 1.2, batch: 1000, prepare: inPrivate(oneWay(100))},
	{name: "oneway_10k", unit: "msgs/s", target: 1.2, batch: 1000, prepare: inPrivate(oneWay(10_000))},
	{name: "frag_100k", unit: "msgs/s", target: 2.5, batch: 10, prepare: inFragments(1000, 100_000)},
	{name: "mem_conv", unit: "bytes", target: 15, once: true},
}

// measureHere does one operation with this library in this process.
func measureHere(name string, seconds float64, out io.Writer) error {
	i := slices.IndexFunc(operations, func(o operation) bool { return o.name == name })
	if i < 0 {
		return fmt.Errorf("unknown operation %q", name)
	}
	o := operations[i]
	if o.once {
		bytes, err := memory()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(out, conversations, bytes)
		return err
	}
	w, err := o.prepare()
	if err != nil {
		return err
	}
	if _, err := o.timed(w); err != nil { // builds what a process keeps
		return err
	}
	units, used, limit := 0, time.Duration(0), time.Duration(seconds*float64(time.Second))
	for used < limit {
		spent, err := o.timed(w)
		if err != nil {
			return err
		}
		units += o.batch
		used += spent
	}
	_, err = fmt.Fprintln(out, units, used.Seconds())
	return err
}

// timed does one batch and returns its CPU time.
func (o *operation) timed(w work) (time.Duration, error) {
	start := cpuTime()
	for range o.batch {
		if err := w.unit(); err != nil {
			return 0, err
		}
	}
	used := cpuTime() - start
	if w.after == nil {
		return used, nil
	}
	return used, w.after()
}

// cpuTime is what the process has used, in user and system mode.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // cannot happen with these arguments
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
