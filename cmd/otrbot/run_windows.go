package main

import "os"

// handOver are the signals that end the program without a word, and reloading those that have it read its settings again:
// Windows has none for it.
var handOver, reloading []os.Signal

// attended does not matter where no signal tells that it was closed.
func attended() bool { return false }
