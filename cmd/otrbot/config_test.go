package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// At a first start there is nothing; the program says what to write, and then
// what is missing in it.
func TestFirstStart(t *testing.T) {
	t.Chdir(t.TempDir())
	got := execute("", "config", "check")
	if got.code != exitNoSettings || !strings.Contains(got.stderr, "otrbot config sample > otrbot.toml") {
		t.Fatalf("%+v", got)
	}
	sample := execute("", "config", "sample")
	write(t, "otrbot.toml", sample.stdout)
	if got := execute("", "config", "check"); got.code != exitBadSetting || strings.Count(got.stderr, "\n") != 3 ||
		!strings.Contains(got.stderr, "otrbot.toml:14:1: xmpp.default_account: this is the address of the sample: write the bot's own") ||
		!strings.Contains(got.stderr, "password_file: the file does not exist") {
		t.Fatalf("%+v", got)
	}
	write(t, "otrbot.toml", strings.ReplaceAll(sample.stdout, "bot@your-server.example", "bot@example.org"))
	write(t, "bot.password", "open sesame\n")
	if got := execute("", "config", "check"); got.code != exitOK || got.stderr != "" || got.stdout != "The settings are complete; the bot logs in as bot@example.org.\n" {
		t.Fatalf("%+v", got)
	}
}

func TestConfigShow(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "mine.toml", "[xmpp.accounts.\"bot@example.org\"]\npassword = \"open sesame\"\n[bot]\ndefault_secret = \"open sesame\"\ntyping = false\n")
	t.Setenv("OTRBOT_LOCALE", "nl")
	got := execute("", "config", "show", "--config", "mine.toml")
	for _, want := range []string{"locale", "nl", "(OTRBOT_LOCALE)", "(mine.toml:5)", "(default)", "[secret]"} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("%q is not shown", want)
		}
	}
	asJSON := execute("", "config", "show", "--config", "mine.toml", "--json")
	if got.code != exitOK || asJSON.code != exitOK || strings.Contains(got.stdout+got.stderr+asJSON.stdout, "sesame") {
		t.Errorf("%+v", got)
	}
	for line := range strings.Lines(asJSON.stdout) {
		var v struct{ Key, Value, Source string }
		if err := json.Unmarshal([]byte(line), &v); err != nil || v.Key == "" || v.Source == "" {
			t.Errorf("%s: %v", line, err)
		}
	}
	check := execute("", "config", "check", "--config", "mine.toml")
	if check.code != exitOK || !strings.Contains(check.stderr, "Warning: bot.default_secret is for tests") {
		t.Errorf("%+v", check)
	}
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// What is told about the file itself names it, and is a wrong setting.
func TestSettingsFileThatIsNone(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, command := range [][]string{{"run"}, {"config", "check"}} {
		if got := execute("", append(command, "--config", ".")...); got.code != exitBadSetting || !strings.Contains(got.stderr, ".: this is a directory") {
			t.Errorf("%v: %+v", command, got)
		}
		if got := execute("", append(command, "--config", "nothere.toml")...); got.code != exitNoSettings || !strings.Contains(got.stderr, "otrbot config sample > nothere.toml\n  chmod 600 nothere.toml") {
			t.Errorf("%v: %+v", command, got)
		}
	}
}

// A warning that asks ends with the question mark.
func TestWarningThatAsks(t *testing.T) {
	t.Chdir(t.TempDir())
	sample := execute("", "config", "sample")
	write(t, "otrbot.toml", strings.ReplaceAll(sample.stdout, "bot@your-server.example", "bot@example.org"))
	write(t, "bot.password", "open sesame\n")
	t.Setenv("OTRBOT_BOT_TITEL", "x")
	if got := execute("", "config", "check"); !strings.Contains(got.stderr, "did you mean OTRBOT_BOT_TITLE?\n") {
		t.Errorf("%+v", got)
	}
}
