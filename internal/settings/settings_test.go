package settings

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// dir makes a directory with files; names of secret ones end in "password".
func dir(t *testing.T, files map[string]string) string {
	t.Helper()
	d := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(d, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// load reads a settings file beside which lies the password "sesame".
func load(t *testing.T, toml string, environ ...string) (*Settings, error) {
	t.Helper()
	return loadFrom(t, toml, Source{Environ: environ})
}

// loadFrom loads a file that says this.
func loadFrom(t *testing.T, toml string, src Source) (*Settings, error) {
	t.Helper()
	d := dir(t, map[string]string{"otrbot.toml": toml, "bot.password": "sesame\n", "bot.png": picture, "long.png": picture + strings.Repeat("x", maxAvatar)})
	src.Path = filepath.Join(d, "otrbot.toml")
	return Load(src)
}

// picture is a PNG file of one point.
const picture = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\x00\x00\x00\nIDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82"

// account is the least that a file must say.
const account = `
[xmpp.accounts."bot@example.org"]
password_file = "bot.password"
`

func TestLoad(t *testing.T) {
	s, err := load(t, `
locale = "nl"
[xmpp]
default_account = "Bot@Example.org"
[xmpp.accounts."bot@example.org"]
password_file = "bot.password"
server = "127.0.0.1:5222"
direct_tls = true
avatar = "bot.png"
[xmpp.accounts]
"other@example.org" = {password_file = "bot.password", resource = "two"}
[tls]
min_version = "1.2"
cipher_list = [
  "TLS_AES_128_GCM_SHA256", # of 1.3
  "ECDHE-RSA-AES128-GCM-SHA256",
]
[bot]
title = "Ótto"
warning_timeout = "1500s"
typing = false
typing_speed = 1_0
[learners."ana@example.org"]
locale = "pl"
[learners."ben@example.org"]
[log]
level = "warn"
`)
	if err != nil {
		t.Fatal(err)
	}
	a, ok := s.XMPP.Account(s.XMPP.DefaultAccount)
	home := filepath.Dir(s.File)
	switch {
	case !ok || a.JID != "bot@example.org" || a.Password.Reveal() != "sesame" || !a.DirectTLS || a.Resource != "otrbot":
		t.Errorf("account %+v", a)
	case a.Avatar != filepath.Join(home, "bot.png") || string(a.Picture) != picture:
		t.Errorf("avatar %s, %q", a.Avatar, a.Picture)
	case len(s.XMPP.Accounts) != 2 || s.XMPP.Accounts[1].Resource != "two":
		t.Errorf("accounts %+v", s.XMPP.Accounts)
	case s.Locale != "nl" || s.Bot.Title != "Ótto" || s.Bot.WarningTimeout != 25*time.Minute || s.Bot.Typing || s.Bot.TypingSpeed != 10:
		t.Errorf("bot %+v", s.Bot)
	case s.Bot.SessionTimeout != 30*time.Minute || s.Bot.CodeFormat != "XXXX-XXXX-XXXX" || s.Bot.Lesson != "basic" || s.Bot.LessonText != nil:
		t.Errorf("defaults %+v", s.Bot)
	case len(s.TLS.CipherSuites) != 2 || s.TLS.Roots != nil:
		t.Errorf("TLS %+v", s.TLS)
	case fmt.Sprint(s.Learners) != "[{ana@example.org pl} {ben@example.org }]":
		t.Errorf("learners %v", s.Learners)
	case s.Log.Level.String() != "WARN" || s.Store.URL != "sqlite:///var/lib/otrbot/otrbot.db":
		t.Errorf("log %+v, store %+v", s.Log, s.Store)
	}
	if strings.Contains(fmt.Sprintf("%+v %#v %v", *s, *s, s.Values()), "sesame") {
		t.Error("the settings print a password")
	}
}

// What comes later wins: default, file, environment, flag.
func TestOrder(t *testing.T) {
	d := dir(t, map[string]string{"otrbot.toml": "[bot]\ntitle = \"file\"\ntyping_speed = 30\nproject_name = \"file\"\n" + account, "bot.password": "sesame"})
	s, err := Load(Source{
		Path:    filepath.Join(d, "otrbot.toml"),
		Environ: []string{"OTRBOT_BOT_TITLE=environment", "OTRBOT_BOT_PROJECT_NAME=environment", "OTRBOT_XMPP_ACCOUNT_RESOURCE=env", "OTRBOT_TLS_CIPHER_LIST=TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384"},
		Flags:   []Override{{Flag: "--project", Key: "bot.project_name", Value: "flag"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.Bot.Title != "environment" || s.Bot.TypingSpeed != 30 || s.Bot.ProjectName != "flag" || s.XMPP.Accounts[0].Resource != "env" || len(s.TLS.CipherSuites) != 2 {
		t.Errorf("%+v", s)
	}
	want := map[string]string{
		"bot.title": "OTRBOT_BOT_TITLE", "bot.project_name": "--project", "bot.typing_speed": s.File + ":3", "bot.typing": "default",
		"xmpp.accounts.bot@example.org.resource": "OTRBOT_XMPP_ACCOUNT_RESOURCE",
	}
	for _, v := range s.Values() {
		if source, ok := want[v.Key]; ok && v.Source != source {
			t.Errorf("%s comes from %s, want %s", v.Key, v.Source, source)
		}
		delete(want, v.Key)
	}
	if len(want) > 0 {
		t.Errorf("not shown: %v", want)
	}
}

// A lesson lies beside the settings that name it, wherever the program runs; one of the environment where it runs.
func TestLessonFile(t *testing.T) {
	d := dir(t, map[string]string{"otrbot.toml": account + "[bot]\nlesson = \"mine.yaml\"\n", "bot.password": "sesame", "mine.yaml": "lesson: mine"})
	here := dir(t, map[string]string{"other.yaml": "lesson: other"})
	t.Chdir(here)
	s, err := Load(Source{Path: filepath.Join(d, "otrbot.toml")})
	if err != nil || s.Bot.Lesson != filepath.Join(d, "mine.yaml") || string(s.Bot.LessonText) != "lesson: mine" {
		t.Errorf("%+v, %v", s, err)
	}
	s, err = Load(Source{Path: filepath.Join(d, "otrbot.toml"), Environ: []string{"OTRBOT_BOT_LESSON=other.yaml"}})
	if err != nil || s.Bot.Lesson != filepath.Join(here, "other.yaml") || string(s.Bot.LessonText) != "lesson: other" {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestEnvironmentAlone(t *testing.T) {
	t.Chdir(dir(t, map[string]string{"bot.password": "sesame"}))
	s, err := Load(Source{Environ: []string{"OTRBOT_XMPP_ACCOUNT_PASSWORD_FILE=bot.password", "OTRBOT_XMPP_DEFAULT_ACCOUNT=bot@example.org"}})
	if err != nil || s.XMPP.Accounts[0].Password.Reveal() != "sesame" {
		t.Fatal(err, s)
	}
}

func TestNoSettings(t *testing.T) {
	t.Chdir(t.TempDir())
	_, err := Load(Source{Path: "mine.toml"})
	if missing := (*NotFound)(nil); !errors.As(err, &missing) || !strings.Contains(err.Error(), "mine.toml") || !strings.Contains(err.Error(), "otrbot config sample > ") {
		t.Errorf("%v", err)
	}
}

func TestCredential(t *testing.T) {
	credentials := dir(t, map[string]string{"bot-password": "sesame"})
	const toml = "[xmpp.accounts.\"bot@example.org\"]\npassword_credential = \"bot-password\"\n"
	s, err := load(t, toml, "CREDENTIALS_DIRECTORY="+credentials)
	if err != nil || s.XMPP.Accounts[0].Password.Reveal() != "sesame" {
		t.Error(err)
	}
	s, err = load(t, account+"[store]\nkey_credential = \"bot-password\"\n", "CREDENTIALS_DIRECTORY="+credentials)
	if err != nil || s.Store.KeyFile != filepath.Join(credentials, "bot-password") {
		t.Error(err)
	}
	if _, err := load(t, toml); err == nil || !strings.Contains(err.Error(), "LoadCredential") {
		t.Error(err)
	}
	s, err = loadFrom(t, toml, Source{Outside: true})
	if err != nil || len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], "password_credential cannot be looked at here") {
		t.Errorf("outside of the service: %v, %v", s, err)
	}
	if _, err := load(t, strings.Replace(toml, "bot-password", "../shadow", 1), "CREDENTIALS_DIRECTORY="+credentials); err == nil {
		t.Error("a path was taken as a credential")
	}
}

func TestWarnings(t *testing.T) {
	s, err := load(t, "[bot]\nlog_user_messages = true\ndefault_secret = \"teapot\"\n"+
		"[web]\npublic_url = \"https://otr.example.org/\"\nlisten = \"10.0.0.1:5000\"\n"+account, "OTRBOT_BOT_TITEL=x", "OTRBOT_PORT=tcp://10.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	if s.Web.PublicURL != "https://otr.example.org" {
		t.Errorf("the pages are at %q", s.Web.PublicURL)
	}
	all := strings.Join(s.Warnings, "\n")
	for _, want := range []string{"log_user_messages", "default_secret", "OTRBOT_BOT_TITLE", "web.listen"} {
		if !strings.Contains(all, want) {
			t.Errorf("no warning about %s in:\n%s", want, all)
		}
	}
	if strings.Contains(all, "teapot") || strings.Contains(all, "OTRBOT_PORT") {
		t.Errorf("warnings:\n%s", all)
	}
}
