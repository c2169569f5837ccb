// Package libotr drives libotr, the C library that most OTR clients use, as a
// peer for this project's tests: a helper process speaks OTR with Debian's
// libotr5 and obeys one JSON request per line.
//
// The helper is a process of its own because a crash of the C library must be
// a result that a test can report, not the end of the test. Nothing outside
// tests and recording imports this package.
package libotr
