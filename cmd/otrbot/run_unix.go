//go:build !windows

package main

import (
	"os"
	"syscall"
)

// handOver are the signals that end the program without a word.
var handOver = []os.Signal{syscall.SIGUSR1}
