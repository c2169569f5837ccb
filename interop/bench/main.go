// Bench compares this library with libotr: the same work units, on the same
// machine, in the same run. It needs a C compiler and libotr's headers; `make
// peers` installs them.
//
//	go run ./interop/bench [-seconds 2] [-rounds 4] [-only smp,ake_v3]
//
// Both sides of a conversation live in one process with one thread, every
// result is checked, and what counts is the process's CPU time. The rounds of
// the two libraries alternate, so that a machine that gets slower slows both.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	seconds := flags.Float64("seconds", 2, "CPU seconds for each operation and library")
	rounds := flags.Int("rounds", 4, "how many turns the seconds are cut into")
	only := flags.String("only", "", "operations to measure, separated by commas; empty: all")
	ours := flags.String("ours", "", "measure one operation of this library and print the bare figures (used by bench itself)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *ours != "" {
		return measureHere(*ours, *seconds, out)
	}
	if *rounds < 1 || *seconds <= 0 {
		return errors.New("rounds and seconds must be positive")
	}
	chosen, err := choose(*only)
	if err != nil {
		return err
	}
	return compare(chosen, *seconds, *rounds, out)
}

// choose returns the operations with the names given, all for "".
func choose(names string) ([]operation, error) {
	if names == "" {
		return operations, nil
	}
	var chosen []operation
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(operations, func(o operation) bool { return o.name == name })
		if i < 0 {
			return nil, fmt.Errorf("unknown operation %q", name)
		}
		chosen = append(chosen, operations[i])
	}
	return chosen, nil
}
