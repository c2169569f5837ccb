package clients

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	patience  = 30 * time.Second // for anything that a client is to show
	lookAgain = 100 * time.Millisecond

	// So wide that hardly a line wraps, and so high that none scrolls away: a
	// screen is a transcript.
	screenWidth, screenHeight = 1000, 400
)

// A terminal is a chat program in tmux, with a home directory of its own.
type terminal struct {
	transcript
	login   Login
	peer    string
	home    string // a short path: tmux's socket is in it
	server  *exec.Cmd
	command []string // starts the program
	running bool
}

// openTerminal starts tmux; run starts the program in it.
func openTerminal(t testing.TB, name string, login Login) *terminal {
	t.Helper()
	home, err := os.MkdirTemp("", name+"-")
	if err != nil {
		t.Fatal(err)
	}
	x := &terminal{transcript: transcript{t: t, name: name}, login: login, home: home}
	x.write("tmux.conf", "set -g status off\nset -g remain-on-exit on\nset -g default-terminal screen-256color\n")
	// In the foreground, tmux is a child that ends with us. It ends its programs.
	x.server = exec.Command("tmux", "-S", x.path("tmux"), "-f", x.path("tmux.conf"), "-D")
	x.server.Env = x.environment()
	x.server.SysProcAttr = endsWithUs()
	if err := x.server.Start(); err != nil {
		t.Fatalf("start tmux (Debian's package tmux brings it): %v", err)
	}
	t.Cleanup(x.close)
	x.await("tmux's socket", func() bool {
		_, err := os.Stat(x.path("tmux"))
		return err == nil
	})
	return x
}

// close ends the program before tmux, so that nothing writes into the home any
// more.
func (x *terminal) close() {
	if x.running {
		x.kill()
	}
	_ = x.server.Process.Kill()
	_ = x.server.Wait() // it was killed
	if err := os.RemoveAll(x.home); err != nil {
		x.t.Error(err)
	}
}

func (x *terminal) path(name string) string { return filepath.Join(x.home, name) }

// write writes a file of the program's home.
func (x *terminal) write(name, text string) {
	x.t.Helper()
	if err := os.MkdirAll(filepath.Dir(x.path(name)), 0o700); err != nil {
		x.t.Fatal(err)
	}
	if err := os.WriteFile(x.path(name), []byte(text), 0o600); err != nil {
		x.t.Fatal(err)
	}
}

// read returns a file of the program's home, "" before there is one.
func (x *terminal) read(name string) string {
	text, err := os.ReadFile(x.path(name))
	if err != nil {
		return ""
	}
	return string(text)
}

// environment hides the user's own settings from the program.
func (x *terminal) environment(more ...string) []string {
	return append([]string{
		"PATH=" + os.Getenv("PATH"), "TERM=screen-256color", "LC_ALL=C.UTF-8", "TZ=UTC",
		"HOME=" + x.home, "XDG_CONFIG_HOME=" + x.path("config"), "XDG_DATA_HOME=" + x.path("data"), "XDG_CACHE_HOME=" + x.path("cache"),
	}, more...)
}

// run starts the program. Each tmux has one.
func (x *terminal) run(environment []string, program string, arguments ...string) {
	x.t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		x.t.Fatalf("no %s: install Debian's package %s", program, program)
	}
	x.command = append(append(append([]string{"env", "-i"}, environment...), program), arguments...)
	x.tmux(append([]string{"new-session", "-d", "-x", strconv.Itoa(screenWidth), "-y", strconv.Itoa(screenHeight)}, x.command...)...)
	x.running = true
}

// tmux sends a command to the server and returns its answer.
func (x *terminal) tmux(command ...string) string {
	x.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	out, err := exec.CommandContext(ctx, "tmux", append([]string{"-S", x.path("tmux")}, command...)...).Output()
	if err != nil {
		x.t.Fatalf("%s: tmux %s: %v", x.name, command[0], err)
	}
	return string(out)
}

// enter types a line.
func (x *terminal) enter(line string) {
	x.t.Helper()
	if text, ok := strings.CutSuffix(line, ";"); ok {
		line = text + `\;` // else the end of a command for tmux
	}
	if line != "" {
		x.tmux("send-keys", "-l", "--", line)
	}
	x.tmux("send-keys", "Enter")
}

// capture returns the rows of the screen.
func (x *terminal) capture() []string {
	x.t.Helper()
	return strings.Split(strings.TrimRight(x.tmux("capture-pane", "-p"), "\n"), "\n")
}

// Screen is what the user sees, without the empty rows.
func (x *terminal) Screen() string {
	x.t.Helper()
	var b strings.Builder
	for _, row := range x.capture() {
		if row = strings.TrimRight(row, " │"); row != "" {
			b.WriteString(row + "\n")
		}
	}
	return b.String()
}

// JID is who is logged in.
func (x *terminal) JID() string { return x.login.JID }

// restart kills the program as a power failure would and starts it again.
func (x *terminal) restart() {
	x.t.Helper()
	x.kill()
	x.since = 0
	x.tmux(append([]string{"respawn-pane", "-k"}, x.command...)...)
	x.running = true
}

func (x *terminal) kill() {
	x.t.Helper()
	x.running = false
	pid, err := strconv.Atoi(x.ask("#{pane_pid}"))
	if err != nil {
		x.t.Errorf("%s: %v", x.name, err)
		return
	}
	_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended by itself
	if !within(patience, func() bool { return x.ask("#{pane_dead}") == "1" }) {
		x.t.Errorf("%s does not end", x.name)
	}
}

// ask returns what tmux knows of the program's window.
func (x *terminal) ask(format string) string {
	x.t.Helper()
	return strings.TrimSpace(x.tmux("display-message", "-p", format))
}

// await waits until the condition holds.
func (x *terminal) await(what string, holds func() bool) {
	x.t.Helper()
	await(x.t, fmt.Sprintf("%s: %s", x.name, what), holds)
}

// awaitFile waits until a file of the program's home matches.
func (x *terminal) awaitFile(name string, pattern *regexp.Regexp) {
	x.t.Helper()
	x.await(fmt.Sprintf("%v in %s", pattern, name), func() bool { return pattern.MatchString(x.read(name)) })
}

// await polls until the condition holds, and fails the test when it does not in
// time.
func await(t testing.TB, what string, holds func() bool) {
	t.Helper()
	if !within(patience, holds) {
		t.Fatalf("waited %v in vain: %s", patience, what)
	}
}

func within(d time.Duration, holds func() bool) bool {
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	late := time.After(d)
	for {
		if holds() {
			return true
		}
		select {
		case <-tick.C:
		case <-late:
			return holds()
		}
	}
}
