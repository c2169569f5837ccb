package packages_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otrbot/internal/testkit/learner"
	"otrbot/interop/deploy/machine"
	"otrbot/interop/servers"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

const shared = "Elf Äpfel, zwölf Birnen"

// A host is a machine on which the package is installed, upgraded, removed.
type host struct {
	*machine.Machine
	t      *testing.T
	server *servers.Server
}

func newHost(t *testing.T) *host {
	h := &host{machine.Start(t, machine.Options{HostNetwork: true}), t, servers.Prosody(t, servers.Options{})}
	// A machine for development may be told to leave out documents, or to start nothing.
	h.run("sh", "-c", "rm -f /etc/dpkg/dpkg.cfg.d/* /usr/sbin/policy-rc.d")
	for _, r := range []func() (release, error){first, second} {
		made := must(t, r)
		h.Copy(t, made.deb(), "/root/"+filepath.Base(made.deb()), 0o644)
	}
	return h
}

func (h *host) run(name string, args ...string) string { return h.Run(h.t, name, args...) }

// fails runs a command that has to fail, and returns all that it says.
func (h *host) fails(name string, args ...string) string {
	h.t.Helper()
	out, err := h.Try(h.t, name, args...)
	if err == nil {
		h.t.Errorf("%s %s succeeded:\n%s", name, strings.Join(args, " "), out)
	}
	return out
}

func (h *host) install(r release) string {
	return h.run("dpkg", "--install", "/root/"+filepath.Base(r.deb()))
}

// state is what systemd says of the service.
func (h *host) state(property string) string {
	return strings.TrimSpace(h.run("systemctl", "show", "--value", "--property="+property, "otrbot.service"))
}

func (h *host) expect(property, want string) {
	h.t.Helper()
	if got := h.state(property); got != want {
		h.t.Errorf("%s is %q, want %q\n%s", property, got, want, h.run("journalctl", "--no-pager", "--unit=otrbot"))
	}
}

// await is expect for what systemd hears of only after the command that leads to it.
func (h *host) await(property, want string) {
	h.t.Helper()
	const limit = 30 * time.Second // of a service that hangs; the test does not depend on it
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(limit); h.state(property) != want && time.Now().Before(end); {
		<-tick.C
	}
	h.expect(property, want)
}

// mode is owner, group and permissions of a file.
func (h *host) mode(path string) string {
	return strings.TrimSpace(h.run("stat", "--format=%U:%G %a", path))
}

// settings fills in the sample as a person would.
func (h *host) settings(secret string) {
	h.t.Helper()
	sample := h.run("cat", "/etc/otrbot/otrbot.toml")
	filled := strings.NewReplacer(
		"bot@your-server.example", "bot@"+h.server.Domain,
		`password_file = "bot.password"`, secret,
		`# server = "127.0.0.1:5222"`, fmt.Sprintf("server = %q", h.server.Addr()),
		`# ca_file = "/etc/ssl/certs/ca-certificates.crt"`, `ca_file = "/etc/otrbot/server.pem"`,
		`# default_secret = ""`, "",
		"# typing = true", "typing = false",
		`# listen = "127.0.0.1:9464"`, `listen = "unix:/run/otrbot/watch"`,
		`# [learners."ana@example.org"]`, fmt.Sprintf("[learners.%q]", "ana@"+h.server.Domain),
	).Replace(sample)
	c := h.Command(h.t.Context(), "tee", "/etc/otrbot/otrbot.toml") // keeps owner and mode, as an editor does
	c.Stdin = strings.NewReader(filled)
	if out, err := c.CombinedOutput(); err != nil {
		h.t.Fatal(err, string(out))
	}
}

// secret gives a learner the secret that all share.
func (h *host) secret(jid string) {
	h.t.Helper()
	c := h.Command(h.t.Context(), "runuser", "-u", "otrbot", "--", "otrbot", "learner", "secret", jid)
	c.Stdin = strings.NewReader(shared + "\n")
	if out, err := c.CombinedOutput(); err != nil {
		h.t.Fatal(err, string(out))
	}
}

// TestLife is what a machine sees of the package, from the first installation until it is purged.
func TestLife(t *testing.T) {
	h := newHost(t)
	password := h.server.AddUser("bot")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute) // no test depends on it
	defer cancel()
	before := h.files()

	t.Log("The package is installed: enabled, but it waits for its settings.")
	if out := h.install(must(t, first)); !strings.Contains(out, "/etc/otrbot/otrbot.toml") || !strings.Contains(out, "systemctl start otrbot") {
		t.Errorf("the installation does not say what to do next:\n%s", out)
	} else if strings.Contains(out, "\ninactive\n") {
		t.Errorf("the installation shows what systemd answers to it alone:\n%s", out)
	}
	h.expect("UnitFileState", "enabled")
	h.expect("ActiveState", "inactive")
	if got := h.mode("/etc/otrbot/otrbot.toml"); got != "root:otrbot 640" {
		t.Error("settings are", got)
	}
	if user := h.run("getent", "passwd", "otrbot"); !strings.Contains(user, ":/var/lib/otrbot:/usr/sbin/nologin") {
		t.Error("the user is", user)
	}
	if out := h.fails("runuser", "-u", "otrbot", "--", "otrbot", "config", "check"); !strings.Contains(out, "xmpp.default_account") || !strings.Contains(out, "password_file") {
		t.Errorf("the sample is refused with:\n%s", out)
	}
	if got := h.mode("/var/lib/otrbot"); got != "otrbot:otrbot 700" {
		t.Error("its directory is", got)
	}
	h.fails("systemctl", "start", "otrbot")
	h.expect("ActiveState", "failed")
	h.expect("NRestarts", "0")
	if log := h.run("journalctl", "--no-pager", "--unit=otrbot"); !strings.Contains(log, "xmpp.default_account") {
		t.Errorf("the journal does not say what is missing:\n%s", log)
	}

	t.Log("With settings it starts, and says so when it is there.")
	h.Write(t, "/etc/otrbot/bot.password", password+"\n", 0o600)
	h.Copy(t, h.server.CAFile(), "/etc/otrbot/server.pem", 0o644)
	h.run("chown", "otrbot:", "/etc/otrbot/bot.password")
	h.settings(`password_file = "bot.password"`)
	h.run("runuser", "-u", "otrbot", "--", "otrbot", "config", "check")
	h.run("runuser", "-u", "otrbot", "--", "otrbot", "learner", "add", "ben@"+h.server.Domain)
	h.run("systemctl", "start", "otrbot")
	h.expect("ActiveState", "active")
	if status := h.state("StatusText"); status == "" {
		t.Error("systemd has not been told how it is")
	}
	if got := h.mode("/var/lib/otrbot"); got != "otrbot:otrbot 700" {
		t.Error("its directory has become", got)
	}
	h.secret("ana@" + h.server.Domain)
	ana := h.learner(ctx, "ana")
	ana.encrypted()

	t.Log("What it tells of itself is there in spite of all that the unit takes from it.")
	numbers := h.run("curl", "--silent", "--show-error", "--fail", "--unix-socket", "/run/otrbot/watch", "http://bot/metrics")
	for _, name := range []string{"otrbot_stream_up 1", "process_start_time_seconds ", "process_cpu_seconds_total ", "process_open_fds "} {
		if !strings.Contains(numbers, "\n"+name) {
			t.Errorf("the numbers for Prometheus are without %q:\n%s", name, numbers)
		}
	}

	t.Log("It reads its settings again.")
	h.run("systemctl", "reload", "otrbot")
	h.await("ActiveState", "active") // "reloading" for a while

	t.Log("An upgrade in the middle of a lesson: another process, the same conversation.")
	old := h.state("MainPID")
	h.install(must(t, second))
	h.expect("ActiveState", "active")
	if h.state("MainPID") == old {
		t.Error("the old program still runs")
	}
	if out := h.run("otrbot", "version"); !strings.HasPrefix(out, "otrbot v1.1.0 ") {
		t.Error("the version is", out)
	}
	ana.verifies()

	t.Log("Back to the version before: as well.")
	h.install(must(t, first))
	h.expect("ActiveState", "active")

	t.Log("Stopped by a person, it stays down whatever is installed. Learners hear that it goes.")
	h.run("systemctl", "stop", "otrbot")
	ana.goodbye()
	if out := h.install(must(t, second)); !strings.Contains(out, "sudo systemctl start otrbot") {
		t.Errorf("the installation does not say that it does not run:\n%s", out)
	}
	h.expect("ActiveState", "inactive")

	h.triesOn()

	t.Log("The password as a credential, which only root can read.")
	h.run("chown", "root:", "/etc/otrbot/bot.password")
	h.Write(t, "/etc/systemd/system/otrbot.service.d/password.conf", "[Service]\nLoadCredential=bot-password:/etc/otrbot/bot.password\n", 0o644)
	h.run("sed", "-i", `s/^password_file.*/password_credential = "bot-password"/`, "/etc/otrbot/otrbot.toml")
	h.run("systemctl", "daemon-reload")
	h.run("systemctl", "restart", "otrbot")
	h.expect("ActiveState", "active")

	t.Log("Removed: it goes, settings and data stay.")
	ana.wait(learner.Shows("available"))
	h.run("dpkg", "--remove", "otrbot")
	ana.wait(learner.Shows("unavailable"))
	if _, err := h.Try(t, "test", "-e", "/usr/bin/otrbot"); err == nil {
		t.Error("the program is still there")
	}
	h.run("test", "-s", "/etc/otrbot/otrbot.toml", "-a", "-s", "/var/lib/otrbot/otrbot.db")

	t.Log("Purged: nothing is left.")
	h.run("rm", "-r", "/etc/systemd/system/otrbot.service.d") // what a person has made, a person removes
	h.run("dpkg", "--purge", "otrbot")
	if after := h.files(); after != before {
		t.Errorf("before the installation and after the purge:\n%s\n%s", before, after)
	}
	if out, err := h.Try(t, "dpkg-query", "--show", "otrbot"); err == nil {
		t.Error("dpkg still knows", out)
	}
}

// files are those of the system that have to do with otrbot.
func (h *host) files() string {
	return h.run("find", "/etc", "/usr", "/var", "/run", "-xdev", "-name", "*otrbot*", "-not", "-path", "/var/lib/systemd/*")
}

// A pupil is a learner at another place.
type pupil struct {
	*learner.Learner
	t   *testing.T
	ctx context.Context
	n   int // how much of what was seen has been waited for
}

func (h *host) learner(ctx context.Context, name string) *pupil {
	h.t.Helper()
	parameters, err := otr.GenerateParameters(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	l, err := learner.Start(ctx, learner.Config{
		JID: name + "@" + h.server.Domain, Resource: "desk", Password: h.server.AddUser(name), Server: h.server.Addr(),
		Roots: h.server.Roots(), Bot: "bot@" + h.server.Domain, Policy: otr.AllowV2 | otr.AllowV3, Parameters: parameters,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(l.Close)
	return &pupil{l, h.t, ctx, 0}
}

func (p *pupil) wait(what func(learner.Seen) bool) {
	p.t.Helper()
	n, err := p.Wait(p.ctx, p.n, what)
	if err != nil {
		p.t.Fatal(err)
	}
	p.n = n
}

func (p *pupil) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *pupil) encrypted() {
	p.wait(learner.Shows("available"))
	p.must(p.Say("hello"))
	p.wait(learner.Says("Hello"))
	p.must(p.StartOTR())
	p.wait(learner.Is[otrxmpp.OTREnabled])
	p.wait(learner.Says(""))
}

// verifies goes on in the same conversation: whoever had left would have been seen to.
func (p *pupil) verifies() {
	before := p.n
	p.must(p.Verify(shared))
	p.wait(learner.Is[otrxmpp.CorrectSecretReceived])
	for _, seen := range p.Seen()[before:p.n] {
		if seen.Presence != "" || learner.Is[otrxmpp.OTREnabled](seen) || learner.Is[otrxmpp.OTRDisabled](seen) {
			p.t.Errorf("the learner noticed the upgrade: %+v", seen)
		}
	}
}

func (p *pupil) goodbye() {
	p.wait(learner.Is[otrxmpp.OTRDisabled])
	p.wait(learner.Shows("unavailable"))
}

// Where no systemd runs, as while a system is being put together, and where there is no systemd-sysusers, the package is
// installed all the same: the user is made by other means, and the service is enabled for the day when systemd comes.
func TestWithoutSystemd(t *testing.T) {
	m := machine.Start(t, machine.Options{})
	made := must(t, first)
	m.Copy(t, made.deb(), "/root/otrbot.deb", 0o644)
	m.Write(t, "/root/alone", "mount -t tmpfs tmpfs /run && mount --bind /dev/null /usr/bin/systemd-sysusers && mount --bind /dev/null /usr/bin/systemd-tmpfiles && exec \"$@\"\n", 0o644)
	alone := func(args ...string) string {
		t.Helper()
		return m.Run(t, "unshare", append([]string{"--mount", "sh", "/root/alone"}, args...)...)
	}
	alone("dpkg", "--install", "/root/otrbot.deb")
	if user := m.Run(t, "getent", "passwd", "otrbot"); !strings.Contains(user, "OTR tutor on XMPP:/var/lib/otrbot:/usr/sbin/nologin") {
		t.Error("the user is", user)
	}
	m.Run(t, "test", "-L", "/etc/systemd/system/multi-user.target.wants/otrbot.service")
	if got := strings.TrimSpace(m.Run(t, "stat", "--format=%U:%G %a", "/var/lib/otrbot")); got != "otrbot:otrbot 700" {
		t.Error("its directory is", got)
	}
	m.Run(t, "mount", "-t", "tmpfs", "tmpfs", "/var/lib/otrbot") // a disk of its own
	m.Write(t, "/var/lib/otrbot/otrbot.db", "learners", 0o600)
	alone("dpkg", "--purge", "otrbot")
	if out, err := m.Try(t, "test", "-e", "/etc/systemd/system/multi-user.target.wants/otrbot.service"); err == nil {
		t.Error("the service is still enabled", out)
	}
	if left := m.Run(t, "ls", "-A", "/var/lib/otrbot"); left != "" {
		t.Error("on the disk of its own there is still", left)
	}
}
