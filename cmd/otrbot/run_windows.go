package main

import "os"

// handOver are the signals that end the program without a word, reloading those that have it read its settings again, and
// sizeLimit those of a file that may not grow: Windows has none.
var handOver, reloading, sizeLimit []os.Signal

// attended does not matter where no signal tells that it was closed.
func attended() bool { return false }
