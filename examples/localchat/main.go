// Localchat is a private chat between two terminals of one computer: a small, whole client of package otr.
//
//	go run ./examples/localchat listen
//	go run ./examples/localchat connect
//
// Read it in this order: home.go loads keys and fingerprints, main.go chooses the policy and begins a conversation,
// chat.go receives and sends, events.go shows what happened, commands.go verifies the other and ends the conversation.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"otrbot/otr"
)

func main() {
	switch err := run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr); {
	case errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		fmt.Fprintln(os.Stderr, "localchat:", err)
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "localchat:", err)
		os.Exit(1)
	}
}

// options are what the command line says.
type options struct {
	listen     bool
	address    string
	name, peer string
	dir        string
	policy     otr.Policy
	maxLine    int
}

var errUsage = errors.New("wrong usage")

var policies = map[string]otr.Policy{
	"never":         otr.Never,
	"manual":        otr.Manual,
	"opportunistic": otr.Opportunistic,
	"always":        otr.Always,
}

func parseOptions(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("localchat", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.address, "addr", "127.0.0.1:5223", "`host:port` to meet at, on this computer only")
	flags.StringVar(&o.name, "name", "", "your name (default alice when listening, bob when connecting)")
	flags.StringVar(&o.peer, "peer", "", "the other's name (default bob when listening, alice when connecting)")
	flags.StringVar(&o.dir, "dir", "", "`directory` for your keys (default localchat/NAME in your configuration directory)")
	flags.IntVar(&o.maxLine, "max", 400, "longest line in `bytes` that the line carries; longer messages go in fragments, 0 is no limit")
	policy := flags.String("policy", "always", "when to speak in private: never, manual, opportunistic or always")
	flags.Usage = func() {
		fmt.Fprint(stderr, "A private chat between two terminals.\n\n",
			"usage: localchat listen  [flags]    in one terminal\n",
			"       localchat connect [flags]    in the other\n\n")
		flags.PrintDefaults()
	}

	if len(args) == 0 || args[0] != "listen" && args[0] != "connect" {
		flags.Usage()
		if slices.Contains(args, "-h") || slices.Contains(args, "-help") || slices.Contains(args, "--help") {
			return o, flag.ErrHelp
		}
		return o, fmt.Errorf("%w: say listen or connect first", errUsage)
	}
	o.listen = args[0] == "listen"
	if err := flags.Parse(args[1:]); errors.Is(err, flag.ErrHelp) {
		return o, err
	} else if err != nil {
		return o, fmt.Errorf("%w: %w", errUsage, err)
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("%w: nothing to do with %q", errUsage, flags.Arg(0))
	}
	return o.complete(*policy)
}

// complete fills in what depends on the role, and checks the rest.
func (o options) complete(policy string) (options, error) {
	var known bool
	if o.policy, known = policies[policy]; !known {
		return o, fmt.Errorf("%w: -policy %q is none of %s", errUsage, policy, strings.Join(slices.Sorted(maps.Keys(policies)), ", "))
	}
	if err := checkLoopback(o.address); err != nil {
		return o, fmt.Errorf("%w: %w", errUsage, err)
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
			return o, fmt.Errorf("%w: no place for your keys: %w; give one with -dir", errUsage, err)
		}
		o.dir = filepath.Join(base, "localchat", o.name)
	}
	return o, nil
}

// run is the program: it talks with one peer after the other when listening, with one when connecting.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	o, err := parseOptions(args, stderr)
	if err != nil {
		return err
	}
	screen := &screen{out: stdout}
	account := otr.Account{Name: o.name, Protocol: "localchat"}
	home, err := openHome(o.dir, account, screen)
	if err != nil {
		return err
	}

	next, stop, err := meet(o, screen)
	if err != nil {
		return err
	}
	defer stop()
	typed := readLines(stdin)
	for {
		quit, err := talk(o, home, screen, typed, next)
		if err != nil || quit || !o.listen {
			return err
		}
		screen.notice("Waiting for the next one.")
	}
}

// talk begins a conversation, waits for the connection and leads the conversation to its end.
func talk(o options, home *home, screen *screen, typed <-chan string, next func() (net.Conn, error)) (quit bool, err error) {
	peer := otr.Peer{Account: home.account, Name: o.peer}
	conv, err := home.user.NewConversation(peer, otr.Config{
		Policy:         o.policy,
		MaxMessageSize: o.maxLine,
	})
	if err != nil {
		return false, err
	}
	defer conv.Close()
	if err := home.files.InstanceTags.Save(); err != nil { // the conversation has made one if there was none
		return false, err
	}
	conn, quit, err := await(next, typed, screen)
	if err != nil || quit {
		return quit, err
	}
	defer conn.Close()

	c := &chat{conv: conv, home: home, screen: screen, line: conn, peer: peer}
	screen.notice("Connected with %s. Type to talk; /help tells what else there is.", o.peer)
	if !o.listen && o.policy == otr.Always {
		if err := c.act(conv.Start()); err != nil {
			return false, err
		}
	}
	return c.run(typed, readLines(conn))
}
