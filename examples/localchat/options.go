package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"otrbot/otr"
)

// options are what the command line says.
type options struct {
	listen     bool
	address    string
	name, peer string
	dir        string
	policy     string // a key of policies
	maxLine    int
	patience   time.Duration
}

// A usageError is a command line that cannot be obeyed.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

var policies = map[string]otr.Policy{
	"never":         otr.Never,
	"manual":        otr.Manual,
	"opportunistic": otr.Opportunistic,
	"always":        otr.Always,
}

// parseOptions reads the command line. Who asks for help finds it on stdout, and the error is flag.ErrHelp.
func parseOptions(args []string, stdout io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("localchat", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // report tells what is wrong, once
	flags.StringVar(&o.address, "addr", "127.0.0.1:5223", "`host:port` to meet at, on this computer only")
	flags.StringVar(&o.name, "name", "", "your name (default alice when listening, bob when connecting)")
	flags.StringVar(&o.peer, "peer", "", "the other's name (default bob when listening, alice when connecting)")
	flags.StringVar(&o.dir, "dir", "", "`directory` for your keys (default localchat/NAME in your configuration directory)")
	flags.StringVar(&o.policy, "policy", "always", "when to speak in private: never, manual, opportunistic or always")
	flags.IntVar(&o.maxLine, "max", 400, "longest line in `bytes` that the line carries; longer messages go in fragments, 0 is no limit")
	flags.DurationVar(&o.patience, "wait", 10*time.Second, "how `long` connect tries when nobody listens yet")

	first := append(args, "")[0]
	if o.listen = first == "listen"; o.listen || first == "connect" {
		args = args[1:]
	}
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		flags.SetOutput(stdout)
		fmt.Fprint(stdout, "A private chat between two terminals.\n\n",
			"usage: localchat listen  [flags]    in one terminal\n",
			"       localchat connect [flags]    in the other\n\n")
		flags.PrintDefaults()
		return o, err
	case first != "listen" && first != "connect":
		return o, usageError{errors.New("say listen or connect first")}
	case err != nil:
		return o, usageError{err}
	case flags.NArg() > 0:
		return o, usageError{fmt.Errorf("nothing to do with %q", flags.Arg(0))}
	}
	return o.complete()
}

// complete fills in what depends on the role, and checks the rest.
func (o options) complete() (options, error) {
	if _, known := policies[o.policy]; !known {
		return o, usageError{fmt.Errorf("-policy %q is none of %s", o.policy, strings.Join(slices.Sorted(maps.Keys(policies)), ", "))}
	}
	if err := checkLoopback(o.address); err != nil {
		return o, usageError{err}
	}
	us, them := "bob", "alice"
	if o.listen {
		us, them = them, us
	}
	if o.name == "" {
		o.name = us
	}
	if o.peer == "" {
		o.peer = them
	}
	if o.dir == "" {
		base, err := os.UserConfigDir()
		if err != nil {
			return o, usageError{fmt.Errorf("no place for your keys: %w; give one with -dir", err)}
		}
		o.dir = filepath.Join(base, "localchat", o.name)
	}
	return o, nil
}
