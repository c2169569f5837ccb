//go:build linux

package deploy_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"strings"
	"testing"

	"otrbot/interop/deploy/machine"
)

// vars are variables of the role.
type vars map[string]any

var right = vars{
	"otrbot_deb": "/srv/otrbot.deb", "otrbot_account": account, "otrbot_password": password,
	"otrbot_acme_email": "admin@school.test", "otrbot_acme_directory": "https://localhost:14000/dir",
	"otrbot_settings": server.with(vars{"bot": vars{"title": "Ottō 🗝 \"the tutor\"", "typing": false}, "lti": vars{"retention": "48h"}}),
}

// server are settings that lead to the XMPP server, for want of DNS.
var server = vars{"xmpp": vars{"accounts": vars{account: vars{"server": "127.0.0.1:5222"}}}}

func (v vars) with(more vars) vars {
	all := maps.Clone(v)
	maps.Copy(all, more)
	return all
}

// play runs the playbook on the machine itself.
func (s site) play(t *testing.T, v vars, options ...string) (string, error) {
	t.Helper()
	hosts, err := json.Marshal(vars{"otrbot": vars{"hosts": vars{"here": vars{"ansible_connection": "local"}}, "vars": v}})
	if err != nil {
		t.Fatal(err)
	}
	s.Write(t, "/srv/hosts.json", string(hosts), 0o600)
	command := []string{"ANSIBLE_NOCOLOR=1", "ANSIBLE_PIPELINING=1", "ansible-playbook", "--diff", "-i", "/srv/hosts.json", "/srv/ansible/site.yml"}
	return s.Try(t, "env", append(command, options...)...)
}

// changes is play for a run that has to succeed, and how many tasks have changed something.
func (s site) changes(t *testing.T, v vars, options ...string) string {
	t.Helper()
	output, err := s.play(t, v, options...)
	for what, text := range map[string]string{"password": password, "secret": defaultSecret} {
		if strings.Contains(output, text) {
			t.Errorf("Ansible shows the %s", what)
		}
	}
	recap := regexp.MustCompile(`changed=(\d+) +unreachable=0 +failed=0`).FindStringSubmatch(output)
	if err != nil || recap == nil {
		t.Fatalf("%v\n%s\n%s", err, output, s.Run(t, "journalctl", "--no-pager", "-n", "60"))
	}
	if strings.Contains(output, "[WARNING]") {
		t.Errorf("Ansible warns:\n%s", output)
	}
	t.Logf("changed %s", recap[1])
	return recap[1]
}

// From a machine without the bot to the bot, to pages behind Caddy with a certificate; what is there is left alone, what
// is wrong changes nothing.
func TestRole(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.bring(t)
	s.changes(t, right)
	s.runs(t)
	pages := right.with(vars{"otrbot_domain": domain})
	s.changes(t, pages)
	s.serves(t)
	s.asked(t)
	if s.changes(t, pages) != "0" {
		t.Error("a second run changes something")
	}

	first := s.process(t)
	output, err := s.play(t, pages.with(vars{"otrbot_settings": server.with(vars{"bot": vars{"titel": "Otto"}})}))
	if err == nil || !strings.Contains(output, "bot.titel") {
		t.Errorf("an unknown setting: %v\n%s", err, output)
	}
	if s.process(t) != first {
		t.Error("for settings that are wrong the bot was restarted")
	}
	s.Copy(t, "../../lessons/basic.yaml", "/etc/otrbot/lesson.yaml", 0o644)
	another := vars{"title": "Another", "lesson": "lesson.yaml", "default_secret": defaultSecret}
	s.changes(t, pages.with(vars{"otrbot_settings": server.with(vars{"bot": another})}))
	if s.process(t) == first {
		t.Error("other settings, and the bot was not restarted")
	}
	if got := s.Run(t, "stat", "-c", "%a %U", "/etc/otrbot/otrbot.toml"); got != "600 otrbot\n" {
		t.Errorf("settings with a secret are %s", got)
	}
	if there := s.Run(t, "ls", "-A", "/etc/otrbot"); there != "lesson.yaml\notrbot.toml\npassword\n" {
		t.Errorf("beside the settings there is\n%s", there)
	}
	s.older(t, "/srv/older.deb")
	s.changes(t, pages.with(vars{"otrbot_deb": "/srv/older.deb"}))
	if got := s.Run(t, "dpkg-query", "--show", "--showformat=${Version}", "otrbot"); got != "0.0.0~0" {
		t.Errorf("an older package was wanted, and %s is there", got)
	}
	s.serves(t)
}

// older makes the same package with a lower version.
func (s site) older(t *testing.T, name string) {
	t.Helper()
	s.Run(t, "dpkg-deb", "-R", "/srv/otrbot.deb", "/srv/unpacked")
	s.Run(t, "sed", "-i", "s/^Version: .*/Version: 0.0.0~0/", "/srv/unpacked/DEBIAN/control")
	s.Run(t, "dpkg-deb", "-Zgzip", "-z1", "-b", "/srv/unpacked", name)
}

// The same behind nginx, with certbot, and with a package from the network.
func TestRoleWithNginx(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.bring(t)
	sum, _, _ := strings.Cut(s.Run(t, "sha256sum", "/srv/otrbot.deb"), " ")
	s.offer(t)
	pages := right.with(vars{"otrbot_domain": domain, "otrbot_web_server": "nginx", "otrbot_deb": "https://localhost:8443/otrbot.deb", "otrbot_deb_sha256": sum})
	output, err := s.play(t, pages.with(vars{"otrbot_deb_sha256": strings.Repeat("0", 64)}))
	if err == nil || !strings.Contains(output, "did not match") {
		t.Errorf("a package with another checksum: %v\n%s", err, output)
	}
	if there, err := s.Try(t, "dpkg-query", "--show", "otrbot"); err == nil {
		t.Errorf("a package with another checksum was installed: %s", there)
	}
	s.changes(t, pages)
	s.serves(t)
	s.asked(t)
	if s.changes(t, pages) != "0" {
		t.Error("a second run changes something")
	}
	if s.changes(t, pages, "--check") != "0" {
		t.Error("a run that only looks finds something to change")
	}
	if renewed := s.Run(t, "certbot", "renew", "--force-renewal", "--no-random-sleep-on-renew"); !strings.Contains(renewed, "succeeded") {
		t.Errorf("the certificate is not renewed:\n%s", renewed)
	}
	s.serves(t)
}

// Everything that is wrong with the variables is said at once, before anything is touched.
func TestFaultsOfVariables(t *testing.T) {
	s := site{machine.Start(t, machine.Options{})}
	s.CopyDir(t, "../../deploy/ansible", "/srv/ansible")
	for _, c := range []struct {
		name string
		vars vars
		want []string
	}{
		{"nothing", vars{}, []string{"otrbot_deb is not set", "otrbot_account is not set", "otrbot_password is not set"}},
		{"placeholders", vars{"otrbot_deb": "../../dist/otrbot_VERSION_amd64.deb", "otrbot_account": "bot@example.org", "otrbot_password": "one\ntwo",
			"otrbot_domain": "otrbot.example.org", "otrbot_acme_email": "admin@example.org", "otrbot_settings": vars{"web": vars{"public_url": "x"}}},
			[]string{"placeholder VERSION", "otrbot_account is still the placeholder", "otrbot_password must be one line",
				"otrbot_domain is still the placeholder", "otrbot_acme_email is still the placeholder", "web.public_url"}},
		{"mistakes", vars{"otrbot_deb": "https://school.test/otrbot.deb", "otrbot_account": "school.test/bot", "otrbot_password": password,
			"otrbot_domain": "https://otr.school.test/", "otrbot_settings": vars{"xmpp": vars{"accounts": vars{"a@b.test": vars{"password": "secret"}}}}},
			[]string{"otrbot_deb_sha256 is needed", "otrbot_account is no XMPP address", "otrbot_domain must be the name alone",
				"otrbot_acme_email is not set", "otrbot_settings holds the account and its password"}},
		{"a web server that we do not know", right.with(vars{"otrbot_web_server": "apache"}), []string{"otrbot_web_server", "caddy, nginx, none"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			output, err := s.play(t, c.vars)
			if err == nil {
				t.Error("it is taken")
			}
			for _, words := range c.want {
				if !strings.Contains(output, words) {
					t.Errorf("nothing says %q", words)
				}
			}
			if strings.Contains(output, "changed: [here]") || strings.Contains(output, password) {
				t.Error("something was changed, or the password shown")
			}
			if t.Failed() {
				t.Log(output)
			}
		})
	}
}

func (s site) process(t *testing.T) string {
	t.Helper()
	return s.Run(t, "systemctl", "show", "--property=MainPID", "otrbot")
}

// runs looks at the bot as an operator would.
func (s site) runs(t *testing.T) {
	t.Helper()
	if got := s.Run(t, "systemctl", "is-active", "otrbot") + s.Run(t, "systemctl", "is-enabled", "otrbot"); got != "active\nenabled\n" {
		t.Errorf("the bot is %q", got)
	}
	s.Run(t, "sh", "-c", "until journalctl --unit otrbot | grep -q online; do sleep 0.2; done")
	shown := s.Run(t, "otrbot", "config", "show", "--config", "/etc/otrbot/otrbot.toml")
	for _, words := range []string{account, `Ottō 🗝`, "48h"} {
		if !strings.Contains(shown, words) {
			t.Errorf("the settings do not hold %s:\n%s", words, shown)
		}
	}
	for name, want := range map[string]string{"/etc/otrbot/password": "600 otrbot otrbot\n", "/etc/otrbot/otrbot.toml": "640 root otrbot\n"} {
		if got := s.Run(t, "stat", "-c", "%a %U %G", name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// serves looks at the pages as a visitor would.
func (s site) serves(t *testing.T) {
	t.Helper()
	up := s.Run(t, "curl", "--silent", "--show-error", "--fail", "--verbose",
		"--retry", "20", "--retry-all-errors", "--retry-delay", "1", "https://"+domain+"/is_up")
	for _, words := range []string{"HTTP/2 200", "issuer: CN=Pebble Intermediate", "strict-transport-security: max-age=31536000"} {
		if !strings.Contains(up, words) {
			t.Errorf("the pages answer without %q:\n%s", words, up)
		}
	}
	moved := s.Run(t, "curl", "--silent", "--show-error", "--fail", "--head", // a worker of before a reload answers for a while
		"--retry", "20", "--retry-all-errors", "--retry-delay", "1", "http://"+domain+"/lti/config.xml")
	if !strings.Contains(moved, "308") || !strings.Contains(moved, "https://"+domain+"/lti/config.xml") {
		t.Errorf("without TLS: %s", moved)
	}
}

// asked looks for the address of a page in whatever was written, in files and in the journal.
func (s site) asked(t *testing.T) {
	t.Helper()
	const token = "c29tZWJvZHktcy1wYWdlLW9uLXRoaXMtbWFjaGluZS0"
	s.Run(t, "curl", "--silent", "https://"+domain+"/a/"+token, "https://"+domain+"/t/"+token, "http://"+domain+"/a/"+token)
	s.Run(t, "systemctl", "stop", "otrbot")
	if away := s.Run(t, "curl", "--silent", "--head", "https://"+domain+"/a/"+token); !strings.Contains(away, "502") {
		t.Errorf("without the bot: %s", away)
	}
	s.Run(t, "systemctl", "start", "otrbot")
	s.Run(t, "journalctl", "--sync")
	if found, err := s.Try(t, "grep", "-rl", token, "/var/log", "/run/log/journal", "/var/lib/caddy"); err == nil {
		t.Errorf("the address of a page stands in %s", found)
	}
	if said := s.Run(t, "journalctl", "--no-pager"); strings.Contains(said, token) {
		t.Errorf("the address of a page stands in the journal:\n%s", said)
	}
}
