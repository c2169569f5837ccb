package upgrade_test

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
)

const handOver = syscall.SIGUSR1

// Forward, back, and forward again: nothing is lost but what happened in between.
func TestUpgradeAndRollback(t *testing.T) {
	h := newHost(t)
	copied := fmt.Sprintf("data/otrbot.db.schema-%d", schema)
	h.command(0, "may talk", today, "learner", "add", "ana@example.org")
	h.online(today, func() {
		// The next version's commands do not change the tables under this one's bot.
		h.command(2, "an earlier otrbot runs on this database.*restart it", next, "learner", "list")
		h.command(0, "ana@example.org", today, "learner", "list")
	})

	h.online(next, func() {
		h.command(0, "may talk", next, "learner", "add", "later@example.org")
		h.command(0, "is copied", next, "backup", "later.db")
	})
	if _, err := os.Stat(h.path(copied)); err != nil {
		t.Fatalf("no copy from before the upgrade: %v", err)
	}

	h.command(2, "made by a newer otrbot: run that one, or restore a copy.*"+copied+", and otrbot restore puts it back", today, "run")
	h.command(1, "backup later.db: the database was made by a newer otrbot", today, "restore", "later.db")
	h.command(0, "1 learner on the list(?s:.*)before-restore-", today, "restore", copied)
	h.online(today, func() {
		if list := h.command(0, "ana@example.org", today, "learner", "list"); strings.Contains(list, "later") {
			t.Errorf("not the tables from before:\n%s", list)
		}
	})

	h.command(0, "2 learners on the list", next, "restore", "later.db")
	h.online(next, func() { h.command(0, "later@example.org", next, "learner", "list") })
}

// With a full disk nothing is lost or left half done, and the sentence says why.
func TestFullDisk(t *testing.T) {
	h := newHost(t)
	h.command(0, "may talk", today, "learner", "add", "ana@example.org")
	h.command(0, "is copied", today, "backup", "copy.db")
	info, err := os.Stat(h.path("copy.db"))
	if err != nil {
		t.Fatal(err)
	}
	// Room for the database and what SQLite has beside it, and not for another one.
	script := fmt.Sprintf(`set -e
		cp -a data full
		mkdir full.d
		mount -t tmpfs -o size=%d tmpfs full.d
		cp -a full/. full.d/
		export OTRBOT_STORE_URL=sqlite:full.d/otrbot.db OTRBOT_STORE_KEY_FILE=full.d/otrbot.key
		there() { ls -A full.d | grep -v 'lock$'; }
		before=$(there)
		fails() { code=0; "$@" || code=$?; [ $code = 2 ]; [ "$before" = "$(there)" ]; %[2]s learner list | grep ana; }
		fails %[2]s backup full.d/copy.db
		fails %[2]s restore copy.db
		fails %[3]s learner list`, info.Size()+100<<10, today, next)
	h.command(0, `(?s)^backup full.d/copy.db: store: the disk is full .*\nana@.*\n`+
		`the backup could not be copied beside the database, so nothing was changed: .*no space left on device\nana@.*\n`+
		`database .*: a copy from before the upgrade could not be made, so nothing was changed: store: the disk is full.*\nana@`,
		"unshare", "--map-root-user", "--mount", "sh", "-c", script)
}
