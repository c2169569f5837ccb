//go:build !windows

package main

import (
	"os"
	"syscall"
)

// handOver are the signals that end the program without a word.
var handOver = []os.Signal{syscall.SIGUSR1}

// reloading are the signals that have it read its settings again.
var reloading = []os.Signal{syscall.SIGHUP}

// sizeLimit is the signal of a file that may not grow: the write then fails like one to a full disk.
var sizeLimit = []os.Signal{syscall.SIGXFSZ}

// attended reports whether the program belongs to a terminal that is still there.
func attended() bool {
	f, err := os.OpenFile("/dev/tty", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return false
	}
	f.Close()
	return true
}
