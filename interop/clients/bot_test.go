package clients

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"otrbot/interop/servers"
)

// sharedSecret is what every learner was given by another way than the chat. It
// has blanks and a capital, for these go wrong most often.
const sharedSecret = "Violet harbour lantern"

// A bot is a child process: otrbot run.
type bot struct {
	t       *testing.T
	jid     string
	dir     string
	process *exec.Cmd
	ended   chan struct{}
}

// botOptions are what scenarios change.
type botOptions struct {
	addr             string        // instead of the server's
	warning, session time.Duration // of silence; default: no session ends
	learners         []string
	settings         string // more of the section bot
}

// startBot writes the settings, starts the program and waits until it is online.
func startBot(t *testing.T, s *servers.Server, name string, o botOptions) *bot {
	t.Helper()
	login := account(s, name)
	if o.addr == "" {
		o.addr = s.Addr()
	}
	if o.warning == 0 {
		o.warning, o.session = 20*time.Minute, 25*time.Minute
	}
	b := &bot{t: t, jid: login.JID, dir: t.TempDir()}
	b.write("password", login.Password+"\n")
	var settings strings.Builder
	fmt.Fprintf(&settings, "[xmpp]\ndefault_account = %q\n", b.jid)
	fmt.Fprintf(&settings, "[xmpp.accounts.%q]\npassword_file = \"password\"\nserver = %q\n", b.jid, o.addr)
	fmt.Fprintf(&settings, "[tls]\nca_file = %q\n", s.CAFile())
	fmt.Fprintf(&settings, "[bot]\nhelper = \"your trainer\"\ntyping = false\ndefault_secret = %q\ncheck_interval = \"1s\"\n", sharedSecret)
	fmt.Fprintf(&settings, "warning_timeout = %q\nsession_timeout = %q\n%s\n", o.warning, o.session, o.settings)
	fmt.Fprintf(&settings, "[store]\nurl = \"sqlite:otrbot.db\"\nkey_file = \"otrbot.key\"\n[log]\nlevel = \"debug\"\n")
	for _, l := range o.learners {
		fmt.Fprintf(&settings, "[learners.%q]\n", l)
	}
	b.write("otrbot.toml", settings.String())
	t.Cleanup(func() {
		b.Kill()
		if t.Failed() {
			t.Logf("the end of the log of %s:\n%s", b.jid, lastLines(b.log(), 60))
		}
	})
	b.Start()
	return b
}

func (b *bot) write(name, text string) {
	b.t.Helper()
	if err := os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

var online = regexp.MustCompile(`\bonline\b`)

// Start starts the program, for the first time or after Kill.
func (b *bot) Start() {
	b.t.Helper()
	before := len(b.log())
	output, err := os.OpenFile(filepath.Join(b.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		b.t.Fatal(err)
	}
	defer output.Close() // the child has its own
	b.process = exec.Command(program, "run", "--config", filepath.Join(b.dir, "otrbot.toml"))
	b.process.Stdout, b.process.Stderr = output, output
	b.process.SysProcAttr = endsWithUs()
	if err := b.process.Start(); err != nil {
		b.t.Fatal(err)
	}
	b.ended = make(chan struct{})
	go func(p *exec.Cmd, ended chan struct{}) {
		defer close(ended)
		_ = p.Wait() // killed or not, it has ended
	}(b.process, b.ended)
	b.awaitOnline(before)
}

// awaitOnline waits until the log says so after so many bytes.
func (b *bot) awaitOnline(after int) {
	b.t.Helper()
	await(b.t, "the bot goes online", func() bool {
		select {
		case <-b.ended:
			b.t.Fatalf("the bot ended by itself:\n%s", b.log())
		default:
		}
		return online.MatchString(b.log()[after:])
	})
}

// Kill is kill -9.
func (b *bot) Kill() { b.end(syscall.SIGKILL) }

func (b *bot) end(s syscall.Signal) {
	if b.process != nil {
		_ = b.process.Process.Signal(s)
		<-b.ended
		b.process = nil
	}
}

func (b *bot) log() string {
	text, err := os.ReadFile(filepath.Join(b.dir, "log"))
	if err != nil {
		return ""
	}
	return string(text)
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
