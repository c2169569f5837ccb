package store_test

import (
	"testing"

	"otrbot/internal/record"
	"otrbot/internal/store"
)

// shown is what DataOf returns of each table that can hold an address, or something of a part in a course.
var shown = map[string]func(store.Data) int64{
	"learner":   func(a store.Data) int64 { return one(a.Learner != nil) },
	"choice":    func(a store.Data) int64 { return one(a.Chosen != "") },
	"session":   func(a store.Data) int64 { return one(a.Session) },
	"secrets":   func(a store.Data) int64 { return one(a.Secret) },
	"note":      func(a store.Data) int64 { return a.Notes },
	"inbox":     func(a store.Data) int64 { return a.Inbox },
	"outbox":    func(a store.Data) int64 { return a.Outbox },
	"damaged":   func(a store.Data) int64 { return a.Damaged },
	"enrolment": func(a store.Data) int64 { return int64(len(a.Parts)) },
	"grade": func(a store.Data) (n int64) {
		for _, p := range a.Parts {
			n += int64(len(p.Grades))
		}
		return n
	},
	"visit": func(a store.Data) (n int64) {
		for _, p := range a.Parts {
			n += p.Visits
		}
		return n
	},
}

// bare are tables of numbers that say nothing without the part in a course which they belong to. Not shown, but erased;
// what stays of "news" is the number of a part that is no more.
var bare = map[string]bool{"attempt": true, "news": true}

func one(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// The tables come from the database: one that is added is found here, and has to be shown and erased too.
func TestEachTableThatCanHoldAnAddressIsShownAndErased(t *testing.T) {
	dir := t.TempDir()
	d := openAt(t, dir, key(1))
	must(t, d.NameLearners(t.Context(), []record.Learner{{JID: ann.JID}}))
	speaks(t, d, ann.JID, "fr")
	everything(t, dir, d)
	raw(t, dir, "UPDATE inbox SET sealed = x'00' WHERE id = (SELECT max(id) FROM inbox)")
	_, err := d.Inbox(t.Context())
	isDamaged(t, err, "inbox")

	before, err := d.Mentions(t.Context(), ann.JID)
	must(t, err)
	data, err := d.DataOf(t.Context(), ann.JID)
	must(t, err)
	for table, rows := range before {
		show := shown[table]
		switch {
		case show == nil && !bare[table]:
			t.Errorf("%d rows of table %s hold something of an address, which neither export nor erasure know of", rows, table)
		case show != nil && show(data) < int64(rows):
			t.Errorf("%d rows of table %s, of which %d are shown", rows, table, show(data))
		}
	}
	for table := range shown {
		if before[table] == 0 {
			t.Errorf("nothing is in table %s: the test is blind", table)
		}
	}

	_, err = d.EraseData(t.Context(), ann.JID, true)
	must(t, err)
	after, err := d.Mentions(t.Context(), ann.JID)
	must(t, err)
	same(t, "left, the note to the bot", after, map[string]int{"note": 1})
	heard(t, d)
	after, err = d.Mentions(t.Context(), ann.JID)
	must(t, err)
	same(t, "left when the bot has read it", after, map[string]int{})
}
