package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otrbot/internal/record"
	"otrbot/internal/settings"
	"otrbot/internal/store"
)

// place is a store that commands are run on.
type place struct{ url, keyFile string }

func newPlace(t *testing.T) place {
	t.Helper()
	dir := t.TempDir()
	return place{"sqlite://" + filepath.ToSlash(dir) + "/otrbot.db", filepath.Join(dir, "key")}
}

func (p place) run(stdin string, args ...string) outcome {
	return execute(stdin, append(append([]string{"learner"}, args...), "--store", p.url, "--key-file", p.keyFile)...)
}

// open is the running bot's view of the store.
func (p place) open(t *testing.T) *store.DB {
	t.Helper()
	d, err := openStore(t.Context(), settings.Store{URL: p.url, KeyFile: p.keyFile})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// kept is the secret that a learner has in the store; "": none.
func kept(t *testing.T, d *store.DB, jid string) string {
	t.Helper()
	text, _, err := d.Secret(t.Context(), jid)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// told are the notes for the bot, as "kind jid data".
func told(t *testing.T, d *store.DB) (all []string) {
	t.Helper()
	notes, err := d.Notes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range notes {
		all = append(all, strings.TrimSpace(string(n.Kind)+" "+n.JID+" "+string(n.Data)))
	}
	return all
}

// want checks the exit code, and that a part of what was said is there.
func (o outcome) want(t *testing.T, code int, says string) {
	t.Helper()
	if o.code != code || !strings.Contains(o.stdout+o.stderr, says) {
		t.Errorf("code %d, want %d and %q\n%s%s", o.code, code, says, o.stdout, o.stderr)
	}
}

func TestALearnerFromAddToRemoveWhileTheBotRuns(t *testing.T) {
	p := newPlace(t)
	bot := p.open(t)
	p.run("", "add", "Ana@Example.ORG", "--locale", "nl").want(t, 0, "ana@example.org may talk to the bot now, in locale nl")
	p.run("", "add", "ana@example.org", "--locale", "de").want(t, 0, "is a learner already, in locale de")
	p.run("", "add", "ana@example.org").want(t, 0, "There is no secret to verify with yet: otrbot learner secret ana@example.org --generate makes one")
	p.run("", "list").want(t, 0, " no\n")
	p.run("correct horse battery staple\n", "secret", "ana@example.org").want(t, 0, "is set")
	if got := strings.Join(told(t, bot), "; "); got != "invite ana@example.org; secret ana@example.org" {
		t.Errorf("the bot is told: %s", got)
	}
	if got := kept(t, bot, "ana@example.org"); got != "correct horse battery staple" {
		t.Errorf("the bot has the secret %q", got)
	}
	if changed, err := bot.Changed(t.Context()); !changed || err != nil {
		t.Errorf("the bot sees a change: %v, %v", changed, err)
	}
	listed := p.run("", "list")
	listed.want(t, 0, "ana@example.org  de")
	listed.want(t, 0, " yes\n")
	if strings.Contains(listed.stdout+listed.stderr, "horse") {
		t.Errorf("the list shows the secret: %s", listed.stdout)
	}
	if got := p.run("", "add", "ana@example.org"); strings.Contains(got.stdout, "no secret") {
		t.Errorf("there is one: %s", got.stdout)
	}

	if _, err := bot.Commit(t.Context(), record.Change{JID: "ana@example.org", Session: []byte("s")}); err != nil {
		t.Fatal(err)
	}
	p.run("", "reset", "ana@example.org").want(t, 0, "starts from the beginning")
	if sessions, err := bot.Sessions(t.Context()); err != nil || len(sessions) != 0 {
		t.Errorf("after the reset: %v, %v", sessions, err)
	}
	if got := kept(t, bot, "ana@example.org"); got != "" {
		t.Errorf("after the reset the bot has the secret %q", got)
	}
	if got := strings.Join(told(t, bot), "; "); got != "invite ana@example.org; reset ana@example.org" {
		t.Errorf("the bot is told: %s", got)
	}
	p.run("", "remove", "ana@example.org").want(t, 0, "is removed")
	if got := strings.Join(told(t, bot), "; "); got != "remove ana@example.org" {
		t.Errorf("the bot is told: %s", got)
	}
	p.run("", "list").want(t, 0, "nobody is listed yet")
}

func TestListAsJSON(t *testing.T) {
	p := newPlace(t)
	p.run("", "add", "ana@example.org", "--locale", "pt_BR")
	p.run("", "add", "ben@example.org")
	var jids []string
	got := p.run("", "list", "--json")
	for line := range strings.Lines(got.stdout) {
		var l listed
		if err := json.Unmarshal([]byte(line), &l); err != nil || l.Source != record.FromCommand || l.Added == nil {
			t.Errorf("%s: %v", line, err)
		}
		jids = append(jids, l.JID+l.Locale)
	}
	if strings.Join(jids, " ") != "ana@example.orgpt_BR ben@example.org" {
		t.Errorf("%v", jids)
	}
}

func TestLearnerRefuses(t *testing.T) {
	p := newPlace(t)
	p.run("", "add", "ana@example.org")
	for _, c := range []struct {
		says  string
		code  int
		stdin string
		args  []string
	}{
		{"one address is needed", 1, "", []string{"add"}},
		{"one address is needed", 1, "", []string{"remove", "a@example.org", "b@example.org"}},
		{"the part before the @ is missing", 1, "", []string{"add", "example.org"}},
		{`"exa_mple" behind the @`, 1, "", []string{"add", "ana@exa_mple"}},
		{"leave out the slash", 1, "", []string{"reset", "ana@example.org/phone"}},
		{`"klingon!" is no locale`, 1, "", []string{"add", "ben@example.org", "--locale", "klingon!"}},
		{"ben@example.org is not a learner", 1, "", []string{"remove", "ben@example.org"}},
		{"ben@example.org is not a learner", 1, "", []string{"reset", "ben@example.org"}},
		{"ben@example.org is not a learner", 1, "x\n", []string{"secret", "ben@example.org"}},
		{"there is no secret on standard input", 1, "", []string{"secret", "ana@example.org"}},
		{"soon guessed: many people choose it", 1, "password\n", []string{"secret", "ana@example.org"}},
		{"soon guessed", 1, "anaexample\n", []string{"secret", "ana@example.org"}},
		{"not UTF-8", 1, "\xff\xfe\xff\xfe\n", []string{"secret", "ana@example.org"}},
		{"longer than 1024 characters", 1, strings.Repeat("é", 1025) + "\n", []string{"secret", "ana@example.org"}},
	} {
		got := p.run(c.stdin, c.args...)
		got.want(t, c.code, c.says)
		if c.stdin != "" && strings.Contains(got.stdout+got.stderr, strings.TrimSpace(c.stdin)) && len(c.stdin) > 3 {
			t.Errorf("shows the secret: %s%s", got.stdout, got.stderr)
		}
	}
	p.run("password\n", "secret", "ana@example.org", "--force").want(t, 0, "is set")
}

func TestAGeneratedSecretIsShownOnceAndKept(t *testing.T) {
	p := newPlace(t)
	for _, args := range [][]string{{"add", "ana@example.org", "--generate-secret"}, {"secret", "ana@example.org", "--generate"}} {
		got := p.run("", args...)
		got.want(t, 0, "The secret of ana@example.org is: ")
		_, rest, _ := strings.Cut(got.stdout, "is: ")
		shown, _, _ := strings.Cut(rest, "\n")
		if has := kept(t, p.open(t), "ana@example.org"); len(shown) != 14 || has != shown {
			t.Errorf("shown %q, kept %q", shown, has)
		}
	}
}

func TestALearnerOfTheSettings(t *testing.T) {
	p := newPlace(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "otrbot.toml")
	text := strings.NewReplacer("URL", p.url, "KEY", filepath.ToSlash(p.keyFile)).Replace(`
[xmpp]
default_account = "bot@example.org"
[xmpp.accounts."bot@example.org"]
password = "long enough for a test"
[store]
url = "URL"
key_file = "KEY"
[learners."ana@example.org"]
locale = "nl"
`)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	on := func(stdin string, args ...string) outcome {
		return execute(stdin, append(append([]string{"learner"}, args...), "--config", file)...)
	}
	on("", "list").want(t, 0, "ana@example.org  nl      settings  -      no")
	on("", "add", "ana@example.org").want(t, 1, "is a learner already, by "+file)
	on("", "remove", "ana@example.org").want(t, 1, "take them out there")
	on("", "reset", "ana@example.org").want(t, 0, "starts from the beginning")
	on("correct horse battery staple", "secret", "ana@example.org").want(t, 0, "is set")
	on("", "add", "ben@example.org").want(t, 0, "There is no secret to verify with yet")
	t.Setenv("OTRBOT_BOT_DEFAULT_SECRET", "three hollow melons")
	if got := on("", "add", "cas@example.org"); got.code != 0 || strings.Contains(got.stdout, "no secret") {
		t.Errorf("there is one for all: %+v", got)
	}
	on("", "list", "--json").want(t, 0, `{"jid":"ana@example.org","locale":"nl","source":"settings","secret":true}`)
}

func TestLearnerTellsWhatIsWrongWithTheStore(t *testing.T) {
	p := newPlace(t)
	p.run("", "add", "ana@example.org")
	other := newPlace(t)
	place{p.url, other.keyFile}.run("", "list").want(t, 2, "restore the key from a copy")
	other.run("", "list") // makes a key
	place{p.url, other.keyFile}.run("", "list").want(t, 2, "the key does not fit this database")
	place{"postgres://x", p.keyFile}.run("", "list").want(t, 2, "sqlite:///PATH")
	if err := os.Chmod(p.keyFile, 0o644); err != nil {
		t.Fatal(err)
	}
	p.run("", "list").want(t, 2, "chmod 600")
}

func TestSharedParametersAreMadeOnce(t *testing.T) {
	d := newPlace(t).open(t)
	first, err := sharedParameters(t.Context(), d, nil)
	if err != nil {
		t.Fatal(err)
	}
	kept, _, err := d.Parameters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second, err := sharedParameters(t.Context(), d, nil)
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := d.Parameters(t.Context())
	if err != nil || !bytes.Equal(kept, again) {
		t.Errorf("made anew: %v", err)
	}
	a, err := writeParameters(first, zeros{})
	if err != nil {
		t.Fatal(err)
	}
	if b, err := writeParameters(second, zeros{}); err != nil || !bytes.Equal(a, b) {
		t.Errorf("not the same parameters: %v", err)
	}
	if err := d.PutParameters(t.Context(), []byte("damaged")); err != nil {
		t.Fatal(err)
	}
	if _, err := sharedParameters(t.Context(), d, nil); err != nil {
		t.Errorf("after damage: %v", err)
	}
}

// zeros is randomness that is the same twice.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 1
	}
	return len(p), nil
}
