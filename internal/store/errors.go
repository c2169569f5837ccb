package store

import (
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"

	"otrbot/internal/record"
)

// Errors of Open and Lock that a caller may tell apart. Their texts say what to do.
var (
	ErrWrongKey = errors.New("the key does not fit this database: give the key file that it was made with, " +
		"or move the database away to begin anew")
	ErrForeign = errors.New("not a database of otrbot: give another path, or move the file away")
	ErrNewer   = errors.New("the database was made by a newer otrbot: run that one, or restore a copy from before the upgrade")
	ErrLocked  = errors.New("another otrbot runs on this database: stop it first; a bot for another account needs " +
		"a database of its own (store.url)")
	ErrOlderRuns = errors.New("an earlier otrbot runs on this database, whose tables have to be changed: restart it with " +
		"this version first")
)

// Errors of Restore and of backups. Their texts say what to do.
var (
	ErrNoBackup = errors.New("not a backup of otrbot: give a file that otrbot backup has made")
	ErrCutShort = errors.New("the backup is not whole, its end is missing: copy it again, or take another")
	ErrBroken   = errors.New("the backup is damaged: copy it again, or take another")
	ErrOtherKey = errors.New("the key does not fit this backup: give the copy of the key that belongs to it")
)

// ErrOnItsWay is an erasure that would take a grade along which has not arrived yet.
var ErrOnItsWay = errors.New("store: a grade is still on its way")

// Primary result codes of SQLite, https://sqlite.org/rescode.html.
const (
	codeBusy    = 5
	codeIO      = 10
	codeCorrupt = 11
	codeFull    = 13
	codeNotADB  = 26
)

func code(err error) int {
	if e := (*sqlite.Error)(nil); errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

// explain adds what to do to errors of SQLite that an operator may meet.
func explain(err error) error {
	advice := "the database failed"
	switch code(err) {
	case 0:
		return err
	case codeBusy:
		advice = "another program has held the database for seconds; close it"
	case codeCorrupt:
		advice = "the file is damaged; stop otrbot and restore a copy, or save what is left with: sqlite3 FILE .recover"
	case codeIO:
		advice = "the disk refuses the file: look whether it is full, read-only or broken, or a limit is reached"
	case codeFull:
		advice = "the disk is full now: make room and try again; nothing that was kept is lost"
	}
	return fmt.Errorf("store: %s (%w)", advice, err)
}

// ignoreNoTransaction: some errors roll back by themselves.
func ignoreNoTransaction(err error) error {
	if err != nil && strings.Contains(err.Error(), "no transaction is active") {
		return nil
	}
	return err
}

// Damaged tells of values that could not be unsealed: they are not as they were written. They were set aside in the
// table "damaged", so that the next call goes on without them. What could be read is returned along with it.
type Damaged struct {
	What purpose // such as "session"
	Rows []int64 // in the table "damaged"
}

// Is tells errors.Is that this is a record.ErrDamaged.
func (e *Damaged) Is(target error) bool { return target == record.ErrDamaged }

// Error says what was lost and what to do.
func (e *Damaged) Error() string {
	return fmt.Sprintf("store: %d damaged value(s) of kind %s set aside as row(s) %v of table \"damaged\", nothing else is lost: %s. "+
		"Check the disk; a copy of the database from before may still hold them", len(e.Rows), e.What, e.Rows, e.remedy())
}

func (e *Damaged) remedy() string {
	switch e.What {
	case learnerRow:
		return "add the missing learners again (otrbot learner list shows who is left)"
	case choiceRow:
		return "these learners choose their language again"
	case secretRow:
		return "give that learner a secret again (otrbot learner list shows who has one)"
	case sessionRow:
		return "these learners begin again with their next message; otrbot learner reset erases what was set aside"
	case noteRow:
		return "repeat the last otrbot learner commands"
	case streamRow:
		return "a new stream begins instead of resuming the old one"
	case inboxRow:
		return "these learners have to repeat their message"
	case outboxRow:
		return "these messages are not sent; learners can ask to have them repeated"
	case platformRow:
		return "register this platform again, with the same consumer key or the same issuer and client id: " +
			"its learners and their grades are still there (otrbot lti list shows which are left)"
	case enrolmentRow:
		return "when these learners open the activity again from their course they go on: address and progress are asked " +
			"for anew, grades on their way are sent"
	case visitRow, loginRow:
		return "who had this page open opens the activity again from the course"
	case invitationRow:
		return "make another link with otrbot lti register"
	}
	return "it is made anew"
}
