// Package gettext reads, checks, merges and writes translations in the formats of GNU gettext, and looks texts up in
// them.
//
// A program marks what it says by type: a constant of type [Msg] is a message, one of type [Plural] its other form,
// one of type [Ctxt] tells equal messages apart. Package gettext/extract finds them by these types. Translators work
// on .po files, which become a [File]; a [Catalogue] answers for one language and a [Set] picks the language.
//
// Files are outside input: readers tell what is wrong and where, never panic, and allocate in proportion to what they
// were given. Entries that are marked fuzzy are guesses of a tool; they are kept in files and never shown.
package gettext

// A Msg is a text in the source language that is shown to people, in constants of this type; {name} stands for what
// [Fill] puts in.
type Msg string

// A Plural is the form of a Msg in the source language for every number but one.
type Plural string

// A Ctxt says where a message stands, for messages that are the same words with different meanings.
type Ctxt string
