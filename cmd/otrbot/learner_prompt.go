package main

import (
	"os"
	"os/exec"
	"os/signal"
	"sync"

	"github.com/spf13/cobra"
)

// interrupted is the exit code of a command that the user stopped, as shells have it.
const interrupted = 130

// hideTyping turns off the echo of the terminal that is standard input, until show is called or the user interrupts.
// hidden is false if standard input is no terminal, or none that can do it.
func hideTyping(c *cobra.Command) (show func(), hidden bool) {
	in, ok := c.InOrStdin().(*os.File)
	if !ok {
		return func() {}, false
	}
	if info, err := in.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return func() {}, false
	}
	if stty(in, "-echo") != nil {
		return func() {}, false
	}
	echo := sync.OnceFunc(func() { _ = stty(in, "echo") })
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	go func() {
		for range stop {
			echo()
			os.Exit(interrupted)
		}
	}()
	return func() {
		signal.Stop(stop)
		close(stop)
		echo()
	}, true
}

// stty is the program that every Unix has for this: no package that the other commands need can do it.
func stty(terminal *os.File, setting string) error {
	c := exec.Command("stty", setting)
	c.Stdin = terminal
	return c.Run()
}
