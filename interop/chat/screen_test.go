package chat

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otrbot/interop/servers"
)

// screen is otrbot chat in a terminal of 80 by 24, by tmux.
type screen struct {
	t      *testing.T
	socket string
}

// goodbye runs a program and tells how it ended: tmux' own words on that now and then do not come.
const goodbye = `"$@"; echo "It ended with code $?."; exec cat`

// opens starts the program in full-screen mode. It asks for the password.
func (u *user) opens(more ...string) *screen {
	u.t.Helper()
	dir, err := os.MkdirTemp("", "tmux-") // a socket's path must be short
	if err != nil {
		u.t.Fatal(err)
	}
	s := &screen{u.t, filepath.Join(dir, "s")}
	u.t.Cleanup(func() {
		_ = exec.Command("tmux", "-S", s.socket, "kill-server").Run() // it may have ended already
		if err := os.RemoveAll(dir); err != nil {
			u.t.Error(err)
		}
	})
	config := filepath.Join(dir, "conf")
	if err := os.WriteFile(config, []byte("set -g status off\nset -g default-terminal screen-256color\n"), 0o600); err != nil {
		u.t.Fatal(err)
	}
	s.tmux(append([]string{"-f", config, "new-session", "-d", "-x", "80", "-y", "24", "env", "LC_ALL=C.UTF-8", "sh", "-c", goodbye, "sh", program}, u.arguments(more...)...)...)
	return s
}

// tmux sends a command to the terminal and returns its answer.
func (s *screen) tmux(command ...string) string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	out, err := exec.CommandContext(ctx, "tmux", append([]string{"-S", s.socket}, command...)...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("tmux %s (Debian's package tmux brings it): %v\n%s", command[0], err, out)
	}
	return string(out)
}

// types types a text, and presses keys after it.
func (s *screen) types(text string, keys ...string) {
	s.t.Helper()
	if text != "" {
		s.tmux("send-keys", "-l", "--", text)
	}
	for _, key := range keys {
		s.tmux("send-keys", key)
	}
}

// look is what the user sees.
func (s *screen) look() string {
	s.t.Helper()
	return s.tmux("capture-pane", "-p")
}

// shows waits until the user sees all of the words, rows joined.
func (s *screen) shows(words ...string) {
	s.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	late := time.After(patience)
	for {
		look := strings.Join(strings.Fields(s.look()), " ")
		missing := ""
		for _, w := range words {
			if !strings.Contains(look, w) {
				missing = w
			}
		}
		if missing == "" {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			s.t.Fatalf("waited in vain for %q on the screen:\n%s", missing, s.look())
		}
	}
}

// bar is the row above the one to type in.
func (s *screen) bar() string {
	rows := strings.Split(strings.TrimRight(s.look(), "\n"), "\n")
	return strings.TrimSpace(rows[max(0, len(rows)-2)])
}

func TestScreen(t *testing.T) {
	server := servers.Prosody(t, servers.Options{})
	ana, ben := newUser(t, server, "ana"), newUser(t, server, "ben")
	other := make(chan result, 1)
	go func() {
		other <- ben.plays(ana, "/timeout 2m\n/wait here\n/expect hello ben\nhello ana 你好\n/wait otr_enabled\n/ask \"Where did we meet?\" Lisbon\n"+
			"/wait correct_secret_received\n/wait smp_started\n/answer sesame\n/wait correct_secret_received\n/expect last words\n/wait otr_disabled")
	}()

	s := ana.opens(ben.jid)
	s.shows("Password of " + ana.jid + " (not shown):")
	password, err := os.ReadFile(ana.path("password"))
	if err != nil {
		t.Fatal(err)
	}
	s.types(strings.TrimSpace(string(password)), "Enter")
	s.shows("* Connected as "+ana.jid, "* Your key is made and kept.")
	if strings.Contains(s.look(), strings.TrimSpace(string(password))) {
		t.Error("the password is on the screen")
	}
	s.types("/add", "Enter")
	s.shows("not private: " + ben.jid + " - here")
	s.types("hello ben", "Enter")
	s.shows("you (not private): hello ben", "ben (not private): hello ana 你好")

	s.types("/start", "Enter")
	s.shows(`with the question: "Where did we meet?"`)
	if bar := s.bar(); !strings.HasPrefix(bar, "private, unverified: "+ben.jid+" - here - waits for your /answer") {
		t.Errorf("the status is %q", bar)
	}
	s.types("/answer", "Enter")
	s.shows(`answer to "Where did we meet?" (not shown):`)
	s.types("Lisbon")
	s.shows("(not shown): ******")
	s.types("", "Enter")
	s.shows("* Your answer was right: " + ben.jid + " has verified you.")

	s.types("/ver", "Tab")
	s.shows("> /verify")
	s.types("sesame")
	s.shows("> /verify ******")
	s.types("", "Enter")
	s.shows("* Verified: " + ben.jid + " knows the same secret.")
	if bar := s.bar(); !strings.HasPrefix(bar, "private, verified: "+ben.jid) {
		t.Errorf("the status is %q", bar)
	}
	for _, secret := range []string{"Lisbon", "sesame"} {
		if strings.Contains(s.look(), secret) {
			t.Errorf("%q is on the screen:\n%s", secret, s.look())
		}
	}

	s.types("", "Up", "Up", "Up") // /answer and what is before it, but no secret
	s.shows("> hello ben")
	s.types("", "C-u")
	s.types("last words", "Enter")
	s.shows("you (private, verified): last words")
	s.tmux("resize-window", "-x", "40", "-y", "10")
	s.shows("private, verified: " + ben.jid)
	s.types("/quit", "Enter")
	s.shows("It ended with code 0.")
	if r := <-other; r.code != 0 {
		t.Error(r)
	}
}
