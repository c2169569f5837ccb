// Package stanza holds what travels on an XMPP stream: elements as a small tree, a reader that keeps limits while
// the bytes arrive, and a writer.
//
// What a stranger sends is at worst one stanza that is dropped: a [*TooLarge] concerns one stanza and reading goes
// on; every other error of a [Reader] ends the stream. Texts are never trimmed or reformatted.
//
// Elements and readers belong to one goroutine at a time.
package stanza
