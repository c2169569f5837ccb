package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"otrbot/internal/lesson"
	"otrbot/internal/tutor"
	"otrbot/lessons"
)

// What the bot says in the transcript of README.md is what the lesson says today.
func TestReadmeTranscriptIsTheLesson(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "<!-- transcript:")
	_, rest, _ = strings.Cut(rest, "```\n")
	transcript, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("README.md has no transcript")
	}
	spoken := regexp.MustCompile(`^\d\d:\d\d otrbot \([^)]*\): `)
	said := 0
	for _, one := range strings.Split(strings.ReplaceAll(transcript, "\n      ", " "), "\n") {
		if words := spoken.ReplaceAllString(one, ""); words != one {
			said++
			if !inLesson(t, words) {
				t.Errorf("the lesson does not say: %s", words)
			}
		}
	}
	if said < 10 {
		t.Errorf("the bot says %d things only", said)
	}
}

// inLesson reports whether the words are a text of the basic lesson, whatever its variables stand for.
func inLesson(t *testing.T, words string) bool {
	t.Helper()
	l, err := lesson.Parse(lessons.BasicName, lessons.Basic, tutor.Vocabulary())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range l.Texts {
		body := regexp.QuoteMeta(strings.Join(strings.Fields(text.Body), " "))
		body = regexp.MustCompile(`\\\{[a-z_]+\\\}`).ReplaceAllString(body, ".+")
		if regexp.MustCompile("^" + body + "$").MatchString(words) {
			return true
		}
	}
	return false
}

// The sample script of docs/chat.md passes against the lesson that the demo teaches.
func TestChatGuideScriptPasses(t *testing.T) {
	guide, err := os.ReadFile("../../docs/chat.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(guide), "demo_readme_test.go plays it -->\n```\n")
	talk, _, ok := strings.Cut(rest, "```")
	if !ok || !strings.Contains(talk, "sesame") {
		t.Fatal("docs/chat.md has no script with the secret sesame")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "guide.txtar"), []byte(playGuide+talk), 0o600); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{Dir: dir, Cmds: scriptCommands, RequireExplicitExec: true})
}

const playGuide = `
exec sh -c 'exec otrbot demo --json --no-typing --listen 127.0.0.1:0 > demo.json' &demo&
scene demo.json
exec sh -c 'umask 077; echo '$ANA_PASSWORD' > pw'
exec sed s/sesame/$SECRET/ guide.talk
cp stdout talk.chat
exec otrbot chat $ANA $BOT --server $ADDRESS --ca-file $CA --dir ana.otr --password-file pw --script talk.chat
stdout 'You have made it'
kill -INT demo
wait demo
-- guide.talk --
`
