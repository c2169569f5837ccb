// Localchat is a private chat between two terminals of one computer: a small, whole client of package otr.
//
//	go run ./examples/localchat listen
//	go run ./examples/localchat connect
//
// Read it in this order: home.go loads keys and fingerprints, main.go chooses the policy and begins a conversation,
// chat.go receives and sends, events.go shows what happened, commands.go verifies the other and ends the conversation.
// The rest is not about OTR: options.go reads the command line, net.go brings two terminals together.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"otrbot/otr"
)

func main() { os.Exit(report(os.Stderr, run(os.Args[1:], os.Stdin, os.Stdout))) }

// report tells what went wrong, each line with the program's name before it, and returns the exit code.
func report(stderr io.Writer, err error) int {
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return 0
	}
	for line := range strings.Lines(err.Error()) {
		fmt.Fprintln(stderr, "localchat:", strings.TrimSpace(line))
	}
	if wrong := (usageError{}); errors.As(err, &wrong) {
		fmt.Fprintln(stderr, "usage: localchat listen|connect [flags]     localchat -h lists the flags")
		return 2
	}
	return 1
}

// run is the program: it talks with one peer after the other when listening, with one when connecting.
func run(args []string, stdin io.Reader, stdout io.Writer) error {
	o, err := parseOptions(args, stdout)
	if err != nil {
		return err
	}
	screen := &screen{out: stdout}
	place, err := meet(o, screen) // before the key: to learn that the port is taken nobody should have to wait for one
	if err != nil {
		return err
	}
	defer place.Close()
	home, err := openHome(o.dir, otr.Account{Name: o.name, Protocol: "localchat"}, screen)
	if err != nil {
		return err
	}
	if h, ok := place.(*host); ok {
		screen.notice("Waiting at %s. In another terminal: localchat connect", h.listener.Addr())
	}
	typed := readLines(stdin)
	for {
		quit, err := talk(o, home, screen, typed, place)
		if err != nil || quit || !o.listen {
			return err
		}
		screen.notice("Waiting for the next one.")
	}
}

// talk begins a conversation, waits for the connection and leads the conversation to its end.
func talk(o options, home *home, screen *screen, typed <-chan string, place meeting) (quit bool, err error) {
	peer := otr.Peer{Account: home.account, Name: o.peer}
	conv, err := home.user.NewConversation(peer, otr.Config{
		Policy:         policies[o.policy],
		MaxMessageSize: o.maxLine,
	})
	if errors.Is(err, otr.ErrConfig) {
		return false, usageError{fmt.Errorf("-max %d: %w", o.maxLine, err)}
	}
	if err != nil {
		return false, err
	}
	defer conv.Close()
	if err := home.files.InstanceTags.Save(); err != nil { // the conversation has made one if there was none
		return false, err
	}
	conn, quit, err := await(place, typed, screen)
	if err != nil || quit {
		return quit, err
	}
	defer conn.Close()

	c := &chat{conv: conv, home: home, screen: screen, line: conn, peer: peer, policy: o.policy}
	screen.notice("Connected with %s. Type to talk; /help tells what else there is.", o.peer)
	screen.notice("%s", c.outlook())
	if !o.listen && conv.Policy().Has(otr.RequireEncryption) {
		if err := c.act(conv.Start()); err != nil {
			return false, err
		}
	}
	quit, err = c.run(typed, readLines(conn))
	if errors.Is(err, errLine) {
		screen.notice("%s has left: %v.", o.peer, err)
		return quit, nil
	}
	return quit, err
}
