// Package wire turns the bytes and strings of the OTR protocol, versions 2
// and 3, into values and back. Everything in it is a total function: whatever
// a stranger sends gives a value or an error, never a panic, and no length
// field is believed before it has been compared with the bytes that are there.
//
// Parsing is strict: what Parse accepts, Append writes back byte for byte.
// The package keeps no state apart from the caller's Assembler and knows
// nothing of keys, time or randomness. Its functions may be called from any
// number of goroutines; a Reader or an Assembler belongs to one.
package wire
