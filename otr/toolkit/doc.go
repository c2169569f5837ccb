// Package toolkit reads, computes and forges what is in recorded OTR
// transcripts: the six programs of libotr's toolkit as functions on values.
// They exist to show that anyone who knows the keys of an old conversation can
// have written it: a transcript proves nothing.
//
// Parse reads one message and Scan finds the messages of a transcript;
// SessionKeys and MACKey derive keys; Read decrypts a Data Message, Forge puts
// another text into it, Modify changes a text that is only guessed, Remac
// makes a message of given pieces.
//
// Unlike the library, which refuses whatever is not exactly right, this
// package reads what libotr's programs read: numbers with leading zeros, bytes
// in the armour that are no base64, messages of version 1. What it prints is
// what those programs print, byte for byte.
//
// The keys here are disclosed already. They are printed, held in ordinary
// values and computed with without regard to time: never use this package on
// the keys of a living conversation.
package toolkit
