package packages_test

import (
	"strconv"
	"strings"
	"time"
)

// triesOn is a bot whose database cannot be opened for a while. It is stopped before, and after.
func (h *host) triesOn() {
	h.t.Helper()
	h.t.Log("A database that cannot be opened: it is tried again, more often than systemd does by itself.")
	const database, away = "/var/lib/otrbot/otrbot.db", "/var/lib/otrbot/away.db"
	h.expect("RestartUSec", "5s")
	const shorter = "/etc/systemd/system/otrbot.service.d/pause.conf"
	h.Write(h.t, shorter, "[Service]\nRestartSec=100ms\n", 0o644)
	h.run("systemctl", "daemon-reload")
	h.run("mv", database, away)
	h.run("mkdir", database)
	h.fails("systemctl", "start", "otrbot")
	h.restarted(7)
	h.expect("ActiveState", "activating")
	if log := h.run("journalctl", "--no-pager", "--unit=otrbot", "--lines=20"); !strings.Contains(log, "not a regular file") || !strings.Contains(log, "status=2") {
		h.t.Errorf("the journal does not say what is wrong:\n%s", log)
	}

	h.t.Log("Who installs another version meanwhile hears that it does not run, and it is still tried.")
	if out := h.install(must(h.t, first)); !strings.Contains(out, "did not start again") || strings.Contains(out, "is not started") {
		h.t.Errorf("the installation says\n%s", out)
	}
	h.restarted(2)

	h.t.Log("Once the reason has gone, all is well.")
	h.run("rmdir", database)
	h.run("mv", away, database)
	h.await("ActiveState", "active")
	h.run("systemctl", "stop", "otrbot")
	h.run("rm", shorter)
}

// restarted waits until systemd has started the bot so many times by itself since somebody did.
func (h *host) restarted(times int) {
	h.t.Helper()
	const limit = 30 * time.Second // of a service that is not tried again; the test does not depend on it
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(limit); ; <-tick.C {
		n, err := strconv.Atoi(h.state("NRestarts"))
		switch {
		case err != nil:
			h.t.Fatal(err)
		case n >= times:
			return
		case time.Now().After(end):
			h.t.Fatalf("systemd has given up after %d times\n%s", n, h.run("journalctl", "--no-pager", "--unit=otrbot"))
		}
	}
}
