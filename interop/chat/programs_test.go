package chat

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otrbot/interop/servers"
)

// patience bounds a program that hangs; no test depends on it.
const patience = 2 * time.Minute

// program is otrbot, compiled from this checkout.
var program string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "chat-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		program = filepath.Join(dir, "otrbot")
		if out, err := exec.Command("go", "build", "-o", program, "otrbot/cmd/otrbot").CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build otrbot: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// user is somebody with an account and a home directory.
type user struct {
	t      *testing.T
	server *servers.Server
	jid    string
	home   string
}

func newUser(t *testing.T, s *servers.Server, name string) *user {
	t.Helper()
	u := &user{t: t, server: s, jid: name + "@" + s.Domain, home: t.TempDir()}
	u.write("password", s.AddUser(name)+"\n")
	return u
}

func (u *user) path(name string) string { return filepath.Join(u.home, name) }

func (u *user) write(name, text string) {
	u.t.Helper()
	if err := os.WriteFile(u.path(name), []byte(text), 0o600); err != nil {
		u.t.Fatal(err)
	}
}

// arguments are those of otrbot chat for this user.
func (u *user) arguments(more ...string) []string {
	return append([]string{"chat", u.jid, "--server", u.server.Addr(), "--ca-file", u.server.CAFile(), "--dir", u.path("keys")}, more...)
}

// result is how a program ended.
type result struct {
	code           int
	stdout, stderr string
}

func (r result) String() string {
	return fmt.Sprintf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
}

// chats runs otrbot chat to its end.
func (u *user) chats(input string, more ...string) result {
	u.t.Helper()
	ctx, cancel := context.WithTimeout(u.t.Context(), patience)
	defer cancel()
	c := exec.CommandContext(ctx, program, u.arguments(more...)...)
	var out, err bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(input), &out, &err
	failed := c.Run()
	if ended := (*exec.ExitError)(nil); failed != nil && !errors.As(failed, &ended) {
		u.t.Error(failed)
	}
	return result{c.ProcessState.ExitCode(), out.String(), err.String()}
}

// plays runs a script with the password file.
func (u *user) plays(peer *user, script string, more ...string) result {
	u.t.Helper()
	u.write("script", strings.NewReplacer("{PEER}", peer.jid).Replace(script))
	return u.chats("", append([]string{peer.jid, "--password-file", u.path("password"), "--script", u.path("script")}, more...)...)
}
