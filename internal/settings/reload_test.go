package settings

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// changed are two settings files in which every key that is not of an account has another value.
const (
	before = `locale = "nl"
locales_dir = "a"
[tls]
min_version = "1.2"
cipher_list = ["TLS_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"]
ca_file = "old.pem"
[bot]
title = "a"
description = "a"
project_name = "a"
helper = "a"
lesson = "a.yaml"
may_start_smp = false
default_secret = "a"
secret_tries = 1
code_format = "XXXXXX"
code_tries = 1
warning_timeout = "10m"
session_timeout = "20m"
check_interval = "10s"
offer_otr = false
take_offers = false
typing = false
typing_speed = 1
log_user_messages = false
[store]
url = "sqlite:a.db"
key_file = "a.key"
[web]
public_url = "https://a.example"
listen = "127.0.0.1:1"
proxies = ["10.0.0.0/8"]
css_url = "https://a.example/a.css"
[lti]
partial_credit = false
approve_deployments = false
retention = "24h"
allow_networks = ["10.0.0.0/8"]
[watch]
listen = "127.0.0.1:2"
pprof_socket = "a"
[log]
level = "info"
format = "text"
colour = "never"
pattern = "%(message)s"
no_colour_nl = false
journal = false
[log.syslog]
address = "/dev/log"
level = "info"
facility = "user"
ca_file = "old.pem"
[log.areas]
bot = "info"
xmpp = "info"
otr = "info"
web = "info"
grades = "info"
[log.colours.lvl]
debug = "red"
info = "red"
warning = "red"
error = "red"
critical = "red"
[learners."ana@example.org"]
locale = "nl"
`
	own = `[xmpp.accounts."bot@example.org"]
password_file = "bot.password"
server = "127.0.0.1:1"
direct_tls = false
resource = "a"
avatar = "a.png"
require_channel_binding = false
`
)

// another makes other values of those.
var another = strings.NewReplacer(`"nl"`, `"de"`, "1.2\"", "1.3\"", `, "ECDHE-RSA-AES128-GCM-SHA256"`, "", "old.pem", "new.pem", `"a"`, `"b"`,
	"a.yaml", "b.yaml", "false", "true", " = 1\n", " = 2\n", "XXXXXX", "XXX-XXX", "10m", "11m", "20m", "21m", "10s", "11s", "a.db", "b.db", "a.key", "b.key",
	"https://a", "https://b", ":1\"", ":3\"", ":2\"", ":4\"", "10.0.0.0/8", "192.168.0.0/16", "24h", "25h", `"info"`, `"debug"`, `"text"`, `"json"`, `"never"`, `"always"`,
	"%(message)s", "$lvl%(message)s", "/dev/log", "udp://127.0.0.1:514", `"user"`, `"local0"`, `"red"`, `"blue"`, "a.png", "b.png", `"127.0.0.1:1`, `"127.0.0.1:3`)

// reloadable reads a settings file beside which lie what it names, and two authorities.
func reloadable(t *testing.T, toml, old, fresh string) *Settings {
	t.Helper()
	d := dir(t, map[string]string{
		"otrbot.toml": toml, "bot.password": "sesame", "a.png": picture, "b.png": picture, "a.yaml": "a", "b.yaml": "b",
		"old.pem": old, "new.pem": fresh,
	})
	t.Chdir(d) // so that paths are the same
	s, err := Load(Source{Path: "otrbot.toml"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.values {
		s.values[i].Value = strings.ReplaceAll(s.values[i].Value, filepath.ToSlash(d), "")
	}
	return s
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Every key either is taken or waits for a restart, as the program says and docs/settings.md: what is shown, what is in
// force and what is said of both agree.
func TestReload(t *testing.T) {
	one, two := read(t, "testdata/old.pem"), read(t, "testdata/new.pem")
	old, fresh := reloadable(t, before+own, one, two), reloadable(t, another.Replace(before+own), one, two)
	now, restart := old.Reload(fresh)
	changed := now.Changed(old)
	values := func(s *Settings) map[string]string {
		all := map[string]string{}
		for _, v := range s.Values() {
			all[v.Key] = v.Value
		}
		return all
	}
	was, wished, is := values(old), values(fresh), values(now)
	for _, v := range fresh.Values() {
		kept := v.Effect == AtRestart
		want := wished[v.Key]
		if kept {
			want = was[v.Key]
		}
		hidden := v.Key == "bot.default_secret"
		if is[v.Key] != want || !hidden && was[v.Key] == wished[v.Key] && v.Source != "default" && !strings.Contains(v.Key, "password") {
			t.Errorf("%s: %q, wished %q, is %q", v.Key, was[v.Key], wished[v.Key], is[v.Key])
		}
		name := nameless(v.Key)
		if v.Source != "default" && !strings.Contains(v.Key, "password") && (slices.Contains(restart, v.Key) != kept || slices.Contains(changed, name) == kept) {
			t.Errorf("%s, %s: in %q or %q", v.Key, v.Effect, restart, changed)
		}
	}
	// What is shown is what the program gets.
	if b := now.Bot; b.Title != "b" || b.SessionTimeout != fresh.Bot.SessionTimeout || string(b.LessonText) != "b" || !b.Typing || b.DefaultSecret.Reveal() != "b" {
		t.Errorf("bot %+v", b)
	}
	if !now.TLS.Roots.Equal(fresh.TLS.Roots) || now.TLS.Roots.Equal(old.TLS.Roots) || now.TLS.MinVersion != old.TLS.MinVersion || len(now.TLS.CipherSuites) != 2 {
		t.Errorf("TLS %+v", now.TLS)
	}
	if now.Web.PublicURL != old.Web.PublicURL || now.Web.Listen != old.Web.Listen || now.Web.CSSURL != fresh.Web.CSSURL || now.Web.Proxies[0] != fresh.Web.Proxies[0] {
		t.Errorf("web %+v", now.Web)
	}
	if a := now.XMPP.Accounts[0]; a.Resource != "a" || now.Store != old.Store || now.Watch != old.Watch {
		t.Errorf("account %+v, store %+v, watch %+v", a, now.Store, now.Watch)
	}
	if l := now.Log; l.Level != fresh.Log.Level || l.Format != fresh.Log.Format || l.Journal || l.Syslog.Facility != "user" || l.Areas["web"] != fresh.Log.Areas["web"] {
		t.Errorf("log %+v", l)
	}
	if now.LTI.Retention != fresh.LTI.Retention || now.Learners[0].Locale != "de" || now.Locale != "de" {
		t.Errorf("%+v, %v, %s", now.LTI, now.Learners, now.Locale)
	}
	// The next time it is the same again, for nothing was restarted.
	if again, restart2 := now.Reload(fresh); !slices.Equal(restart2, restart) || len(again.Changed(now)) > 0 {
		t.Errorf("%q and %q, before %q", restart2, again.Changed(now), restart)
	}
	if _, back := now.Reload(old); len(back) > 0 {
		t.Errorf("taken back, a restart would change %q", back)
	}
}

// What files hold counts, not what they are called; and nobody's address is named.
func TestReloadedFiles(t *testing.T) {
	d := dir(t, map[string]string{"otrbot.toml": account + "avatar = \"bot.png\"\n[bot]\nlesson = \"a.yaml\"\n[learners.\"ana@example.org\"]\n", "bot.password": "sesame", "bot.png": picture, "a.yaml": "a"})
	path := filepath.Join(d, "otrbot.toml")
	load := func() *Settings {
		t.Helper()
		s, err := Load(Source{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	old := load()
	if now, restart := old.Reload(load()); len(restart) > 0 || len(now.Changed(old)) > 0 {
		t.Errorf("nothing was changed, but %q and %q", restart, now.Changed(old))
	}
	for name, content := range map[string]string{"bot.password": "open sesame", "bot.png": picture + "\x00", "a.yaml": "b"} {
		if err := os.WriteFile(filepath.Join(d, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path, []byte(strings.Replace(read(t, path), "ana@", "ben@", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	now, restart := old.Reload(load())
	if want := []string{"xmpp.accounts.bot@example.org.password", "xmpp.accounts.bot@example.org.avatar"}; !slices.Equal(restart, want) {
		t.Errorf("a restart would change %q, want %q", restart, want)
	}
	if changed := now.Changed(old); !slices.Equal(changed, []string{"bot.lesson", "learners"}) {
		t.Errorf("changed are %q", changed)
	}
	if now.XMPP.Accounts[0].Password.Reveal() != "sesame" {
		t.Error("the password is the new one")
	}
}

// An account more or less is named too.
func TestReloadedAccounts(t *testing.T) {
	const another = "[xmpp.accounts.\"two@example.org\"]\npassword_file = \"bot.password\"\n"
	one, err := load(t, "[xmpp]\ndefault_account = \"bot@example.org\"\n"+account)
	if err != nil {
		t.Fatal(err)
	}
	two, err := load(t, "[xmpp]\ndefault_account = \"bot@example.org\"\n"+account+another)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]*Settings{{one, two}, {two, one}} {
		now, restart := c[0].Reload(c[1])
		if !slices.ContainsFunc(restart, func(s string) bool { return strings.HasPrefix(s, "xmpp.accounts.two@example.org.") }) {
			t.Errorf("a restart would change %q", restart)
		}
		if len(now.XMPP.Accounts) != len(c[0].XMPP.Accounts) {
			t.Errorf("accounts %v", now.XMPP.Accounts)
		}
	}
}

// docs/settings.md says of each key when a change takes effect, and has no key that does not exist.
func TestReloadInDocs(t *testing.T) {
	effects := map[string]Effect{} // by variable, or by name for keys that have none
	for _, k := range keys() {
		_, name := split(k.name)
		if k.env() != "" {
			name = k.env()
		}
		effects[name] = k.effect()
	}
	row := regexp.MustCompile("^\\| `([a-z_]+)` \\| [^|]*\\| (?:`(OTRBOT_[A-Z_]+)`)? ?\\| ([a-z ]+) \\|")
	found := map[string]bool{}
	for line := range strings.Lines(read(t, "../../docs/settings.md")) {
		m := row.FindStringSubmatch(line)
		if m == nil {
			if strings.Contains(line, "`OTRBOT_") && strings.HasPrefix(line, "|") {
				t.Errorf("not of the usual form: %s", line)
			}
			continue
		}
		name := m[1]
		if m[2] != "" {
			name = m[2]
		}
		found[name] = true
		if effect, ok := effects[name]; !ok || string(effect) != m[3] {
			t.Errorf("%s: %q, want %q", name, m[3], effect)
		}
	}
	for name := range effects {
		if !found[name] && !slices.Contains([]string{"debug", "info", "warning", "error", "critical"}, name) { // of colours: a sentence says it
			t.Errorf("%s is not there, or not with its effect", name)
		}
	}
}

// What is wrong is said in a log too, with its place and without anybody's address or password.
func TestFaultsForTheLog(t *testing.T) {
	for name, c := range map[string]struct{ toml, want string }{
		"a learner's language": {account + "[learners.\"ana@example.org\"]\nlocale = \"no such\"\n", ":5:1: learners: a learner's table is wrong; otrbot config check says how"},
		"a learner's address":  {account + "[learners.\"ana@example.org/phone\"]\nlocale = \"nl\"\n", ":4:11: learners: a learner's table is wrong"},
		"a learner twice":      {account + "[learners.\"ana@example.org\"]\n[learners.\"ana@example.org\"]\n", ":5:2: this is not TOML"},
		"another key":          {account + "[bot]\ntyping = 3\n", ":5:1: bot.typing: must be true or false"},
	} {
		_, err := load(t, c.toml)
		faults := Faults(nil)
		if !errors.As(err, &faults) || len(faults) != 1 {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := faults[0].ForLog(); !strings.Contains(got, c.want) || strings.Contains(got, "ana") {
			t.Errorf("%s: %s", name, got)
		}
	}
}
