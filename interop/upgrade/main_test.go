// Package upgrade tries out what an operator does in the life of a bot, with whole programs: upgrade, rollback, a disk that
// is full.
//
// The next version is this one with one more step of the tables, which go build takes from an overlay: so today's program
// is the earlier one of every test, and the code of the upgrade is what will run.
package upgrade_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"otrbot/interop/servers"
)

// The two programs, and the number of the tables of the first.
var (
	today, next string
	schema      int
	server      *servers.Instance
)

func TestMain(m *testing.M) {
	code, err := prepared(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func prepared(m *testing.M) (code int, err error) {
	dir, err := os.MkdirTemp("", "otrbot-upgrade-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	if today, err = build(dir, "today", nil); err != nil {
		return 0, err
	}
	step, err := oneMoreStep(dir)
	if err != nil {
		return 0, err
	}
	if next, err = build(dir, "next", step); err != nil {
		return 0, err
	}
	if server, err = servers.Start(servers.KindProsody, servers.Options{}); err != nil {
		return 0, err
	}
	defer server.Close()
	return m.Run(), nil
}

// oneMoreStep is what the next version has in place of files of this one.
func oneMoreStep(dir string) (map[string]string, error) {
	folder, err := filepath.Abs("../../internal/store/migrations")
	if err != nil {
		return nil, err
	}
	steps, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	schema = len(steps)
	text := "CREATE TABLE next_version (id INTEGER PRIMARY KEY); ALTER TABLE learner ADD COLUMN next_version INTEGER NOT NULL DEFAULT 0;"
	file := filepath.Join(dir, "next.sql")
	return map[string]string{filepath.Join(folder, fmt.Sprintf("%04d_next.sql", schema+1)): file}, os.WriteFile(file, []byte(text), 0o600)
}

// build makes a program in dir, with other files in place of some of ours.
func build(dir, name string, replace map[string]string) (string, error) {
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	list := filepath.Join(dir, name+".json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		return "", err
	}
	program := filepath.Join(dir, name)
	out, err := exec.Command("go", "build", "-overlay", list, "-o", program, "../../cmd/otrbot").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return program, nil
}

// A host is a directory with settings and data.
type host struct {
	t   *testing.T
	dir string
}

func newHost(t *testing.T) *host {
	t.Helper()
	name := strings.ToLower(t.Name())
	password, err := server.Register(name)
	if err != nil {
		t.Fatal(err)
	}
	h := &host{t, t.TempDir()}
	h.write("password", password)
	h.write("otrbot.toml", fmt.Sprintf("[xmpp.accounts.%q]\npassword_file = \"password\"\nserver = %q\n[tls]\nca_file = %q\n[store]\nurl = \"sqlite:data/otrbot.db\"\nkey_file = \"data/otrbot.key\"\n",
		name+"@"+server.Domain, server.Addr(), server.CAFile()))
	return h
}

func (h *host) write(name, text string) {
	h.t.Helper()
	if err := os.WriteFile(filepath.Join(h.dir, name), []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

func (h *host) path(name string) string { return filepath.Join(h.dir, name) }

// command runs a program on the host. All that it says must match the expression, and so must its exit code.
func (h *host) command(code int, want, program string, args ...string) string {
	h.t.Helper()
	c := exec.CommandContext(h.t.Context(), program, args...)
	c.Dir = h.dir
	out, err := c.CombinedOutput()
	if ended := (*exec.ExitError)(nil); err != nil && !errors.As(err, &ended) {
		h.t.Fatal(err)
	}
	if got := c.ProcessState.ExitCode(); got != code || !regexp.MustCompile(want).Match(out) {
		h.t.Fatalf("%s %s: exit code %d, want %d and %q:\n%s", filepath.Base(program), strings.Join(args, " "), got, code, want, out)
	}
	return string(out)
}

// online runs the bot while f is busy. Then it hands over, as a restart of the service does.
func (h *host) online(program string, f func()) {
	h.t.Helper()
	log := h.path(fmt.Sprintf("log-%d", time.Now().UnixNano()))
	out, err := os.Create(log)
	if err != nil {
		h.t.Fatal(err)
	}
	defer out.Close()
	c := exec.CommandContext(h.t.Context(), program, "run")
	c.Dir, c.Stderr = h.dir, out
	if err := c.Start(); err != nil {
		h.t.Fatal(err)
	}
	h.await(log, "msg=online")
	f()
	if err := errors.Join(c.Process.Signal(handOver), c.Wait()); err != nil {
		text, _ := os.ReadFile(log)
		h.t.Fatalf("%v\n%s", err, text)
	}
}

// await waits until a file says something.
func (h *host) await(file, what string) {
	h.t.Helper()
	const limit = 30 * time.Second // of a program that hangs; no test depends on it
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(limit); ; <-tick.C {
		text, err := os.ReadFile(file)
		if err == nil && strings.Contains(string(text), what) {
			return
		}
		if time.Now().After(end) {
			h.t.Fatalf("%s does not say %q:\n%s", file, what, text)
		}
	}
}
