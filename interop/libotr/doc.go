// Package libotr drives libotr, the C library that most OTR clients use, as a
// peer for this project's tests: a helper process speaks OTR with Debian's
// libotr5 and obeys one JSON request per line.
//
// The helper is a process of its own, so that its end is a result that a test
// can report, and not the end of the test. Nothing outside tests and recording
// imports this package.
package libotr
