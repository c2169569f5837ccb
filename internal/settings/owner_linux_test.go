package settings

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// asNobody does something as a user with no rights to what is this user's own.
func asNobody(t *testing.T, do func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		do() // no rights were left to this user either
		return
	}
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // and never let go: the thread ends with the goroutine
		err := syscall.Setfsuid(65534)
		if err == nil {
			do()
		}
		done <- err
	}()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// Where sudo was called from matters little: a directory that the bot's user may not look into holds no settings.
func TestDirectoryOfSomebodyElse(t *testing.T) {
	d := dir(t, map[string]string{"otrbot.toml": account, "bot.password": "sesame\n"})
	t.Chdir(d)
	if err := os.Chmod(d, 0); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(d, 0o700)
	var implied, named error
	asNobody(t, func() {
		_, implied = Load(Source{})
		_, named = Load(Source{Path: "otrbot.toml"})
	})
	if missing := (*NotFound)(nil); !errors.As(implied, &missing) {
		t.Errorf("not named: %v", implied)
	}
	if named == nil || !strings.Contains(named.Error(), "permission denied") {
		t.Errorf("named: %v", named)
	}
}

// A file that somebody else has put where the program is called is not taken, unless it is named.
func TestFileOfSomebodyElse(t *testing.T) {
	d := dir(t, map[string]string{"otrbot.toml": account, "bot.password": "sesame\n"})
	t.Chdir(d)
	if _, err := Load(Source{}); err != nil {
		t.Errorf("one's own: %v", err)
	}
	if err := os.Chown("otrbot.toml", 12345, 12345); err != nil {
		if os.Geteuid() == 0 {
			t.Fatal(err)
		}
		return // only root can give files away
	}
	if _, err := Load(Source{}); err == nil || !strings.Contains(err.Error(), "belongs to another user: if it is meant, name it with --config") {
		t.Errorf("somebody else's: %v", err)
	}
	if _, err := Load(Source{Path: filepath.Join(d, "otrbot.toml")}); err != nil {
		t.Errorf("named: %v", err)
	}
}
