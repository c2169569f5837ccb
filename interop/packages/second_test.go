package packages_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The unit of bots beside the first does all that the first one's does, with names of their own.
func TestSecondUnit(t *testing.T) {
	at := filepath.Join(unpacked(t), "usr/lib/systemd/system")
	directives := func(name string) string {
		b, err := os.ReadFile(filepath.Join(at, name))
		if err != nil {
			t.Fatal(err)
		}
		return regexp.MustCompile(`(?m)^(#.*)?\n`).ReplaceAllString(string(b), "")
	}
	want := strings.NewReplacer(
		"Description=OTR tutor on XMPP\n", "Description=OTR tutor on XMPP (%i)\n",
		"/etc/otrbot/otrbot.toml", "/etc/otrbot/%i.toml",
		"StateDirectory=otrbot\n", "StateDirectory=otrbot-%i\n",
		"RuntimeDirectory=otrbot\n", "RuntimeDirectory=otrbot-%i\n",
	).Replace(directives("otrbot.service"))
	if got := directives("otrbot@.service"); got != want {
		t.Errorf("otrbot@.service says\n%s\nand otrbot.service, with other names,\n%s", got, want)
	}
}

// TestBeside is a bot that runs beside the first, which is not even set up, through an upgrade until the package goes.
func TestBeside(t *testing.T) {
	h := newHost(t)
	password := h.server.AddUser("second")
	h.install(must(t, first))
	h.Copy(t, h.server.CAFile(), "/etc/otrbot/server.pem", 0o644)
	h.Write(t, "/etc/otrbot/second.password", password+"\n", 0o600)
	h.run("chown", "otrbot:", "/etc/otrbot/second.password")
	h.Write(t, "/etc/otrbot/second.toml", `[xmpp]
default_account = "second@`+h.server.Domain+`"
[xmpp.accounts."second@`+h.server.Domain+`"]
password_file = "second.password"
server = "`+h.server.Addr()+`"
[tls]
ca_file = "/etc/otrbot/server.pem"
[store]
url = "sqlite:///var/lib/otrbot-second/otrbot.db"
key_file = "/var/lib/otrbot-second/otrbot.key"
[watch]
listen = "unix:/run/otrbot-second/watch"
`, 0o644)
	process := func() string {
		t.Helper()
		h.run("systemctl", "is-active", "--quiet", "otrbot@second")
		return h.run("systemctl", "show", "--value", "--property=MainPID", "otrbot@second")
	}
	h.run("systemctl", "enable", "--now", "otrbot@second")
	before := process()
	if got := h.mode("/var/lib/otrbot-second/otrbot.db"); got != "otrbot:otrbot 600" {
		t.Error("its database is", got)
	}

	t.Log("An upgrade: another process, and the first is left alone.")
	if out := h.install(must(t, second)); strings.Contains(out, "was not running") || strings.Contains(out, "did not start again") {
		t.Errorf("the installation says\n%s", out)
	}
	if process() == before {
		t.Error("the old program still runs")
	}
	h.expect("ActiveState", "inactive")

	t.Log("Removed: it ends too. Purged: its data stay, and that is said.")
	h.run("dpkg", "--remove", "otrbot")
	if out := h.fails("systemctl", "is-active", "otrbot@second"); out != "inactive\n" {
		t.Error("it is", out)
	}
	if out := h.run("dpkg", "--purge", "otrbot"); !strings.Contains(out, "/var/lib/otrbot-second") {
		t.Errorf("nobody hears of its data:\n%s", out)
	}
	h.run("test", "-s", "/var/lib/otrbot-second/otrbot.db")
}
