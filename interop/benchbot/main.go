// Benchbot measures the bot with many learners: how many lessons it teaches in a
// second, what CPU time a lesson costs it and where that goes, what memory an
// open session takes, and how long learners wait for an answer. With -launches it
// measures the pages instead: the first minute of a class.
//
//	go run ./interop/benchbot -launches 2000
//	go run ./interop/benchbot [-sessions 100,1000,5000] [-rate 20] [-seconds 60] [-burst 20]
//
// The server is a real Prosody on the loopback interface; the bot is a process of
// its own, this program started again, with the packages and the SQLite file of
// `otrbot run`; the learners are this program: real connections with our own
// library. All of them share the machine's processors.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdin, os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "benchbot:", err)
		os.Exit(1)
	}
}

// plan is what is to be measured.
type plan struct {
	sessions []int         // open sessions, rising
	rate     float64       // lessons a minute for each core
	length   time.Duration // of the measurement at that rate
	burst    time.Duration // of the one with as many lessons as possible
	together int           // lessons at the same time in it
	limit    time.Duration // of everything
	hints    bool          // whether the bot speaks to idle learners
	nagle    bool          // leave Prosody's small packets to Nagle's algorithm
	launches int           // instead of open sessions: launches from a course within length, beside the lessons
	keep     string        // where the CPU profile is kept; empty: nowhere
}

func run(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	flags := flag.NewFlagSet("benchbot", flag.ContinueOnError)
	var p plan
	sessions := flags.String("sessions", "100,1000,5000", "open sessions, rising, separated by commas")
	flags.Float64Var(&p.rate, "rate", 20, "lessons a minute for each core")
	flags.DurationVar(&p.length, "length", time.Minute, "how long they begin at that rate")
	flags.DurationVar(&p.burst, "burst", 20*time.Second, "how long as many lessons are given as can be")
	flags.IntVar(&p.together, "together", 16, "lessons at the same time in the burst")
	flags.DurationVar(&p.limit, "limit", 20*time.Minute, "when to give up")
	flags.BoolVar(&p.hints, "hints", false, "let the bot speak to learners who are silent for a minute")
	flags.BoolVar(&p.nagle, "nagle", false, "leave Prosody as it is shipped: its small packets wait for the receiver's delayed acknowledgements")
	flags.StringVar(&p.keep, "profile", "", "keep the bot's CPU profile in this file")
	flags.IntVar(&p.launches, "launches", 0, "measure so many launches from a course within -length, beside lessons, instead of open sessions")
	bot := flags.Bool("bot", false, "be the bot (used by benchbot itself)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *bot {
		return serve(ctx, in, out)
	}
	for text := range strings.SplitSeq(*sessions, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return fmt.Errorf("%q is no number of sessions", text)
		}
		p.sessions = append(p.sessions, n)
	}
	if !slices.IsSorted(p.sessions) || p.rate <= 0 || p.together < 1 {
		return errors.New("sessions must rise, rate and together must be positive")
	}
	ctx, cancel := context.WithTimeout(ctx, p.limit)
	defer cancel()
	if p.launches > 0 {
		p.sessions = []int{0}
		return p.measureLaunches(ctx, out)
	}
	return p.measure(ctx, out)
}

// perSecond is the rate for this machine.
func (p plan) perSecond() float64 { return p.rate / 60 * float64(runtime.NumCPU()) }

// most is the highest number of open sessions.
func (p plan) most() int { return p.sessions[len(p.sessions)-1] }

// filesFor lets this process and its children open as many files as there will be connections.
func filesFor(connections int) error {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		return err
	}
	needed := uint64(connections + 500)
	if l.Max < needed {
		return fmt.Errorf("%d connections need %d open files, and the hard limit is %d (ulimit -Hn)", connections, needed, l.Max)
	}
	l.Cur = max(l.Cur, needed)
	return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &l) // children inherit what is set here, not what Go sets by itself
}
