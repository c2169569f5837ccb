// Package otrbot is the root of the module; it holds no code, only the tests of the whole:
// which package may import which, and what no package may do.
//
// The library is package otr, in the directory of that name: Off-the-Record Messaging, versions 2 and 3.
package otrbot
