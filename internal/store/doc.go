// Package store keeps what bot and web pages must not lose: learners, their
// sessions, the stanzas on their way in and out, and the state of the streams;
// platforms, who launched from them, and grades on their way to them. It is one
// SQLite file, and everything in it that could name or quote somebody is sealed.
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
// file at the same time, or share the DB, change learners and leave notes; the
// bot asks Changed now and then, and reads Notes when it is true. Pages ask
// EnrolmentsChanged what to show anew.
//
// # Grades
//
// A grade is kept with the change that earned it. Of one enrolment at most one is
// due: a better one goes in place of one that waits, and after one in doubt.
// ClaimGrades hides what it returns from others, HoldGrade says whether it may
// still be sent, SettleGrade what became of it.
//
// # Cancelled contexts
//
// A context that has ended stops a method before it begins. A write that has
// begun is finished all the same, since it takes microseconds and the caller
// would otherwise not know what was kept.
//
// All methods are safe for concurrent use. Times come back in UTC.
package store
