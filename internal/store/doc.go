// Package store keeps what the bot must not lose: learners, their sessions, the
// stanzas on their way in and out, and the state of the streams. It is one
// SQLite file, and everything in it that could name or quote a learner is sealed.
//
// # What is promised
//
// A method that returned without an error has kept its change: a process
// killed at any moment loses nothing of it. A change is kept whole or not at
// all. After a power cut or a crash of the whole machine the file is sound, but
// the last moments may be missing (docs/decisions/0012-sealed-store.md).
//
// # Several processes
//
// One bot runs on a database: Lock says so. Commands and web pages open the same
// file at the same time, change learners and leave notes; the bot asks Changed
// now and then, and reads Notes when it is true.
//
// # Cancelled contexts
//
// A context that has ended stops a method before it begins. A write that has
// begun is finished all the same, since it takes microseconds and the caller
// would otherwise not know what was kept.
//
// All methods are safe for concurrent use. Times come back in UTC.
package store
