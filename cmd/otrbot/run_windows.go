package main

import "os"

// handOver are the signals that end the program without a word: Windows has none for it.
var handOver []os.Signal
