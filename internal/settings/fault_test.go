package settings

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEveryFaultAtOnce(t *testing.T) {
	_, err := load(t, strings.Join([]string{
		`locale = "English please"`,          // 1
		`level = "red"`,                      // 2
		`[xmpp]`,                             // 3
		`default_account = "bot"`,            // 4
		`[xmpp.accounts."bot@example.org"]`,  // 5
		`password = "open sesame"`,           // 6
		`pasword_file = "x"`,                 // 7
		`server = "localhost"`,               // 8
		`[xmpp.accounts."bot @example.org"]`, // 9
		`password_file = "bot.password"`,     // 10
		`resource = "a"`,                     // 11
		`[tls]`,                              // 12
		`min_version = "1.1"`,                // 13
		`cipher_list = ["DHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-GCM-SHA265", "AES128-SHA"]`, // 14
		`[bot]`,                                 // 15
		`warning_timeout = 1500`,                // 16
		`session_timeout = "half an hour"`,      // 17
		`typing = "yes"`,                        // 18
		`typing_speed = 0`,                      // 19
		`  titel = "Bot"`,                       // 20
		`WARNING_TIMEOUT = 5`,                   // 21
		`code_format = "XXX"`,                   // 22
		`[bot.extra]`,                           // 23
		`one = 1`,                               // 24
		`[learners."ana@example.org/phone"]`,    // 25
		`locale = "nl"`,                         // 26
		`[web]`,                                 // 27
		`listen = ":80"`,                        // 28
		`public_url = "http://otr.example.org"`, // 29
		`css_url = "style.css"`,                 // 30
		`[lti]`,                                 // 31
		`retention = "1h"`,                      // 32
		`allow_networks = ["10.1.2.3/24"]`,
		`[wob]`,
		`consumers = 1`,
	}, "\n"))
	want := []string{
		`:1:1: locale: "English please" is no locale`,
		`:2:1: level: there is no such key here; did you mean log.level?`,
		`:4:1: xmpp.default_account: address "bot": the part before the @ is missing`,
		`:7:1: xmpp.accounts.bot@example.org.pasword_file: there is no such key; did you mean password_file?`,
		`:8:1: xmpp.accounts.bot@example.org.server: "localhost": write host and port`,
		`:9:16: xmpp.accounts: address "bot @example.org": there must be no spaces in it`,
		`:13:1: tls.min_version: "1.1": write "1.2" or "1.3"`,
		`:14:1: tls.cipher_list: "DHE-RSA-AES256-GCM-SHA384" is not supported`,
		`did you mean "ECDHE-RSA-AES128-GCM-SHA256"?`,
		`:16:1: bot.warning_timeout: must be a duration in quotation marks`,
		`:17:1: bot.session_timeout: "half an hour" is no duration`,
		`:18:1: bot.typing: must be true or false`,
		`:19:1: bot.typing_speed: 0: write a number from 1 to 1000`,
		`:20:3: bot.titel: there is no such key; did you mean title?`,
		`:21:1: bot.WARNING_TIMEOUT: is called bot.warning_timeout here`,
		`:22:1: bot.code_format: "XXX": write at least 6 X`,
		`:23:6: bot.extra: there is no such key`,
		`:25:11: learners: address "ana@example.org/phone": leave out the slash`,
		`:28:1: web.listen: ":80": write host and port`,
		`:29:1: web.public_url: "http://otr.example.org": write https; http is only for this machine itself`,
		`:30:1: web.css_url: "style.css": write an address in quotation marks`,
		`:32:1: lti.retention: 1h is outside 24h0m0s`,
		`:33:1: lti.allow_networks: "10.1.2.3/24": write a network such as`,
		`:34:2: wob: there is no such key; did you mean web?`,
	}
	text := err.Error()
	rest := text
	for _, w := range want {
		_, after, found := strings.Cut(rest, w)
		if !found {
			t.Errorf("missing, or in the wrong place: %s", w)
			continue
		}
		rest = after
	}
	if faults := (Faults)(nil); !errors.As(err, &faults) || len(faults) != len(want)-1 {
		t.Errorf("%d faults, want %d", len(faults), len(want)-1)
	}
	if strings.Contains(text, "sesame") {
		t.Error("a password is told")
	}
	if t.Failed() {
		t.Log("\n" + text)
	}
}

func TestFaults(t *testing.T) {
	tests := []struct{ name, toml, want string }{
		{"nothing", "", "xmpp.default_account: the bot's own address is missing"},
		{"no password", "[xmpp.accounts.\"bot@example.org\"]\n", ":1:16: xmpp.accounts.bot@example.org: the password is missing"},
		{"two passwords", account + "password = \"x\"\n", "password_file and password are set: leave one"},
		{"no such file", strings.Replace(account, "bot.password", "hunter2", 1), ":3:1: xmpp.accounts.bot@example.org.password_file: the file does not exist"},
		{"other account", "xmpp.default_account = \"ana@example.org\"\n" + account, `there is no account "ana@example.org"`},
		{"two accounts, no default", account + strings.Replace(account, "bot@", "two@", 1), "the bot's own address is missing"},
		{"sample's address", strings.Replace(account, "bot@example.org", placeholder, 1), "this is the address of the sample"},
		{"own learner", account + "[learners.\"bot@example.org\"]\n", "the bot cannot be its own learner"},
		{"warning after the end", account + "[bot]\nwarning_timeout = \"30m\"\n", ":5:1: bot.warning_timeout: the warning after 30m must come before the end after 30m"},
		{"coarse checks", account + "[bot]\ncheck_interval = \"10m\"\n", "bot.check_interval: 10m is more than lies between"},
		{"direct TLS without a server", account + "direct_tls = true\n", "needs server too"},
		{"old suites, new TLS", account + "[tls]\nmin_version = \"1.3\"\ncipher_list = [\"ECDHE-RSA-AES128-GCM-SHA256\"]\n", "holds no suite of TLS 1.3"},
		{"no certificates", account + "[tls]\nca_file = \"bot.password\"\n", "holds no certificate"},
		{"no such authority", account + "[tls]\nca_file = \"none.pem\"\n", "tls.ca_file: the file does not exist"},
		{"no such lesson", account + "[bot]\nlesson = \"advanced\"\n", `:5:1: bot.lesson: "advanced": there is no such lesson; write "basic", or the path of a file that ends in .yaml`},
		{"lesson of another ending", account + "[bot]\nlesson = \"mine.yml\"\n", `"mine.yml": there is no such lesson`},
		{"no lesson at all", account + "[bot]\nlesson = \"\"\n", `"": there is no such lesson`},
		{"lesson file that is not there", account + "[bot]\nlesson = \"mine.yaml\"\n", ":5:1: bot.lesson: the file does not exist (/"},
		{"avatar that is not there", account + "avatar = \"none.png\"\n", ":4:1: xmpp.accounts.bot@example.org.avatar: the file does not exist (/"},
		{"avatar that is no picture", account + "avatar = \"bot.password\"\n", "is not a PNG picture"},
		{"avatar that no server takes", account + "avatar = \"long.png\"\n", "the file is too long (/"},
		{"SSL", account + "[tls]\nallow_ssl_fallback = true\n", "do not exist here"},
		{"the original's secret", account + "[bot]\nshared_secret = \"hunter2\"\n", "is called bot.default_secret here"},
		{"the original's policy", account + "[bot]\nREQUIRE_ENCRYPTION = true\n", "lessons begin without encryption"},
		{"the original's course pages", "LTI_CSS_URL = \"x\"\n" + account, "is called web.css_url here"},
		{"the original's consumers", "[lti]\nPYLTI_CONFIG = 1\n" + account, "otrbot lti register adds platforms"},
		{"plain text", account + "allow_plain_text = true\n", "plain text does not exist here"},
		{"the original's name", "DEFAULT_LOCALE = \"nl\"\n" + account, "DEFAULT_LOCALE: is called locale here"},
		{"PostgreSQL", account + "[store]\nurl = \"postgres://localhost/\"\n", "PostgreSQL is not supported yet"},
		{"two slashes", account + "[store]\nurl = \"sqlite://otrbot.db\"\n", "three slashes"},
		{"a table for a value", account + "[bot.title]\n", "bot.title: is a table here"},
		{"a value for a table", "learners = \"ana@example.org\"\n" + account, "learners: is a value here"},
		{"a list of tables", account + "[[bot]]\n", "bot: is a value here"},
		{"syntax", account + "[bot\n", ":4:"},
		{"twice", account + "[bot]\ntitle = \"a\"\ntitle = \"b\"\n", "only once"},
		{"no quotation marks", account + "[bot]\ntitle = Otto\n", ":5:"},
		{"a date", account + "[bot]\ntitle = 2026-01-01\n", "bot.title: must be text in quotation marks"},
		{"numbers in a list", account + "[tls]\ncipher_list = [1]\n", "tls.cipher_list: must be a list of names"},
		{"control characters", account + "[bot]\ntitle = \"a\\u0007\"\n", "without control characters"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, tt.toml)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestPasswordFileIsPrivate(t *testing.T) {
	d := dir(t, map[string]string{"otrbot.toml": account, "bot.password": "sesame"})
	if err := os.Chmod(filepath.Join(d, "bot.password"), 0o640); err != nil {
		t.Fatal(err)
	}
	_, err := Load(Source{Path: filepath.Join(d, "otrbot.toml")})
	if err == nil || !strings.Contains(err.Error(), "other users can read the file (mode 0640): chmod 600") {
		t.Errorf("%v", err)
	}
}

func TestSettingsWithPasswordArePrivate(t *testing.T) {
	d := dir(t, map[string]string{"otrbot.toml": "[xmpp.accounts.\"bot@example.org\"]\npassword = \"sesame\"\n"})
	file := filepath.Join(d, "otrbot.toml")
	if _, err := Load(Source{Path: file}); err != nil {
		t.Error(err)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(Source{Path: file}); err == nil || !strings.Contains(err.Error(), "chmod 600") || strings.Contains(err.Error(), "sesame") {
		t.Errorf("%v", err)
	}
}

func TestEnvironmentAndFlagsHaveFaultsToo(t *testing.T) {
	d := dir(t, map[string]string{"otrbot.toml": account, "bot.password": "sesame"})
	_, err := Load(Source{
		Path:    filepath.Join(d, "otrbot.toml"),
		Environ: []string{"OTRBOT_BOT_TYPING=perhaps", "OTRBOT_BOT_DEFAULT_SECRET=se\asame"},
		Flags:   []Override{{"--jid", "xmpp.default_account", "bot@-"}, {"--secret", "bot.default_secret", "sesame"}, {"--x", "bot.x", ""}},
	})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{
		"OTRBOT_BOT_TYPING: bot.typing: \"perhaps\": write true or false", "OTRBOT_BOT_DEFAULT_SECRET: bot.default_secret: cannot be used",
		`--jid: xmpp.default_account: address "bot@-": "-" behind the @ is no name of a server`,
		"--secret: bot.default_secret: cannot be set on the command line", "--x: bot.x: cannot be set",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("missing: %s", want)
		}
	}
	if strings.Contains(err.Error(), "sesame") || t.Failed() {
		t.Error(err)
	}
}

func TestParseJID(t *testing.T) {
	for in, want := range map[string]string{
		"ana@example.org": "ana@example.org", "Ana@EXAMPLE.org": "ana@example.org", "ana@localhost": "ana@localhost",
		"zoë@exämple.org": "zoë@exämple.org", "ana@[::1]": "ana@[::1]", "ana@192.0.2.1": "ana@192.0.2.1",
	} {
		if got, err := ParseJID(in); err != nil || got != want {
			t.Errorf("%s: %q, %v", in, got, err)
		}
	}
	for in, want := range map[string]string{
		"":                      "is empty",
		"ana":                   "before the @ is missing",
		"@example.org":          "nothing before the @",
		"ana@":                  "behind the @ is missing",
		"ana@b@example.org":     "an @ too many",
		"ana@example.org/phone": "slash",
		"an a@example.org":      "no spaces",
		"xmpp:ana@example.org":  "leave out \"xmpp:\"",
		"ana@exa_mple.org":      "no name of a server",
		"ana@example..org":      "no name of a server",
		"a\"na@example.org":     "before the @ cannot be part",
	} {
		if got, err := ParseJID(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, %v; want %s", in, got, err, want)
		}
	}
}
