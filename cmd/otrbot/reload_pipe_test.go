//go:build unix

package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"otrbot/internal/settings"
)

// pipes puts a pipe to which nobody writes in the place of a file.
func pipes(t *testing.T, path string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.RemoveAll(path), syscall.Mkfifo(path, 0o600)); err != nil {
		t.Fatal(err)
	}
}

// A pipe to which nobody writes stops neither a start nor a reload: it is no file, wherever one is named.
func TestPipes(t *testing.T) {
	const isPipe = "this is a pipe, a socket or a device, not a file"
	r := startService(t, "")
	pipes(t, "pipe")
	pipes(t, "pipe.yaml")
	pipes(t, filepath.Join("words", "nl", catalogueName))
	for what, more := range map[string]string{
		"bot.lesson": "[bot]\nlesson = \"pipe.yaml\"\n", "xmpp.accounts.carl@localhost.avatar": "[xmpp.accounts.\"carl@localhost\"]\npassword = \"carl\"\navatar = \"pipe\"\n",
		"log.syslog.ca_file":                         "[log.syslog]\naddress = \"tls://localhost:6514\"\nca_file = \"pipe\"\n",
		"xmpp.accounts.carl@localhost.password_file": "[xmpp.accounts.\"carl@localhost\"]\npassword_file = \"pipe\"\n",
	} {
		r.reload(more)
		if text := r.log.String(); !strings.Contains(text, what+": "+isPipe) {
			t.Errorf("%s: nothing is said of a pipe", what)
		}
	}
	write(t, "next.toml", "locales_dir = \"words\"\n"+strings.ReplaceAll(otrbotTOML, "{server}", r.server))
	if err := os.Rename("next.toml", "otrbot.toml"); err != nil {
		t.Fatal(err)
	}
	r.reads()
	if text := r.log.String(); !strings.Contains(text, catalogueName+": "+isPipe) {
		t.Error("nothing is said of a pipe among translations")
	}
	pipes(t, "otrbot.toml")
	r.reads()
	if text := r.log.String(); !strings.Contains(text, "otrbot.toml: "+isPipe) {
		t.Error("nothing is said of a pipe for the settings")
	}
	if _, err := settings.Load(settings.Source{Path: "pipe"}); err == nil || !strings.Contains(err.Error(), isPipe) {
		t.Errorf("at a start: %v", err)
	}
}

// The end does not wait for a reload that waits for a file.
func TestTheEndDuringAReload(t *testing.T) {
	release := make(chan struct{})
	t.Cleanup(func() { close(release) }) // after the service has ended
	r := startService(t, "")
	reading := make(chan struct{})
	r.source.Lesson = func(string, []byte) []settings.Fault {
		close(reading)
		<-release
		return nil
	}
	write(t, "lesson.yaml", "lesson: mine\n")
	r.set("[bot]\nlesson = \"lesson.yaml\"\n")
	r.again <- syscall.SIGHUP
	<-reading
}
