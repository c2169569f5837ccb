package main

import (
	"context"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// The bot's process is this one started again.
func TestMain(m *testing.M) {
	if slices.Contains(os.Args, "-bot") {
		main()
		return
	}
	os.Exit(m.Run())
}

// The measurement gives its lessons, and prints all that it promises; how fast that is, is for a quiet machine.
func TestMeasure(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var out strings.Builder
	if err := run(ctx, []string{"-sessions", "2,4", "-length", "1s", "-burst", "1s", "-together", "2"}, nil, &out); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	for _, words := range []string{
		"open sessions", "memory a session: heap", "memory a session: resident", "bot's CPU a lesson", "answer to a line", "lessons a second",
		"Where the bot's CPU time goes", "OTR: arithmetic", "A new process takes over 4 sessions",
	} {
		if !strings.Contains(out.String(), words) {
			t.Errorf("nothing is said of %q:\n%s", words, &out)
		}
	}
}

// So does the measurement of launches.
func TestMeasureLaunches(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var out strings.Builder
	if err := run(ctx, []string{"-launches", "20", "-length", "2s"}, nil, &out); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	for _, words := range []string{"launches  ", "launch, p50 / p99", "page, p50 / p99", "CPU a launch", "memory for an open page"} {
		if !strings.Contains(out.String(), words) {
			t.Errorf("nothing is said of %q:\n%s", words, &out)
		}
	}
}

func TestFlags(t *testing.T) {
	for _, args := range [][]string{{"-sessions", "ten"}, {"-sessions", "5,3"}, {"-rate", "0"}, {"-sessions", "0"}} {
		if err := run(t.Context(), args, nil, nil); err == nil {
			t.Errorf("%q is taken", args)
		}
	}
}

func TestSplit(t *testing.T) {
	const traces = `File: benchbot
Type: cpu
-----------+-------------------------------------------------------
      20ms   otrbot/otr/internal/group.mulADX
             otrbot/otr/internal/smp.(*Machine).Answer
             otrbot/internal/bot.(*turn).message
-----------+-------------------------------------------------------
     1.50s   runtime.memmove
             modernc.org/sqlite/lib._sqlite3VdbeExec
             otrbot/internal/store.(*DB).Commit
-----------+-------------------------------------------------------
      10ms   runtime.futex
             runtime.schedule
-----------+-------------------------------------------------------
`
	parts, all := split(traces)
	want := map[string]time.Duration{
		"OTR: arithmetic": 20 * time.Millisecond, "SQLite": 1500 * time.Millisecond,
		"scheduling and the rest of the runtime": 10 * time.Millisecond, // and nothing of the empty stack
	}
	if all != 1530*time.Millisecond || !maps.Equal(parts, want) {
		t.Errorf("%v, together %v", parts, all)
	}
}

func TestQuantiles(t *testing.T) {
	var all []time.Duration
	for n := range 200 {
		all = append(all, time.Duration(200-n)*time.Millisecond)
	}
	if got := quantiles(all); got != "101 / 199" {
		t.Error(got)
	}
	if got := quantiles(nil); got != "-" {
		t.Error(got)
	}
}
