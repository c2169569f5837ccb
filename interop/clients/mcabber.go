package clients

import (
	"fmt"
	"net"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// mcabber 1.1 takes its commands from a FIFO. Its library speaks SASL PLAIN only
// of what our servers offer.
type mcabber struct{ *terminal }

const (
	mcabberRoster = 20                    // columns of the contact list, left of the chat
	mcabberStatus = "http://mcabber.com/" // a line of the window that is open at first
)

// Its lines begin "MM-DD hh:mm", then *** for its own, --> and <== for texts in
// the clear, -O> and <O= for encrypted ones, with another letter when the key is
// verified.
var mcabberWords = words([countOfSigns]string{
	Encrypted:     `\*\*\* OTR: channel (re)?established`,
	Ended:         `\*\*\* OTR: channel closed|other end has disconnected|Connection closed by remote end`,
	SecretAsked:   `\*\*\* OTR: .*: Received SMP Initiation`,
	QuestionAsked: `^\s+Question: `,
	Verified:      `\*\*\* OTR: .*: Success!`,
	NotVerified:   `\*\*\* OTR: .*: Failure\.`,
	Aborted:       `\*\*\* OTR: .*: (Correspondent cancelled negotiation|Aborted|Error occured)`,
	SaidInClear:   `^\S+ \S+ <== `,
	SaidEncrypted: `^\S+ \S+ <[^= ]= `,
})

// Mcabber starts mcabber and logs in.
func Mcabber(t testing.TB, login Login) Client {
	t.Helper()
	if login.Resource == "" {
		login.Resource = "mcabber"
	}
	host, port, err := net.SplitHostPort(login.Addr)
	if err != nil {
		t.Fatal(err)
	}
	m := &mcabber{openTerminal(t, "mcabber", login)}
	m.words, m.lines = mcabberWords, m.chat
	for _, dir := range []string{"otr", "history"} {
		if err := os.Mkdir(m.path(dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	m.write("mcabberrc", strings.Join([]string{
		"set jid = " + login.JID, "set password = " + login.Password,
		"set server = " + host, "set port = " + port,
		"set resource = " + login.Resource, "set disable_random_resource = 1",
		"set tls = 1", "set ssl_ca = " + login.CAFile,
		"set otr = 1", "set otr_dir = " + m.path("otr") + "/", "otrpolicy default " + login.policy(),
		"set tracelog_level = 1", "set tracelog_file = " + m.path("trace"),
		"set logging = 1", "set logging_dir = " + m.path("history") + "/",
		fmt.Sprint("set roster_width = ", mcabberRoster), "set log_win_height = 5", "set escape_on = 0",
		"module load fifo", "set fifo_name = " + m.path("fifo"), "set fifo_hide_commands = 1", "",
	}, "\n"))
	m.run(m.environment(), "mcabber", "-f", m.path("mcabberrc"))
	m.awaitLogin()
	return m
}

// chat are right of the contact list.
func (m *mcabber) chat() []string {
	m.t.Helper()
	var chat []string
	for _, line := range m.capture() {
		cells := []rune(line)
		if len(cells) > mcabberRoster && cells[mcabberRoster-1] == '│' {
			chat = append(chat, strings.TrimRight(string(cells[mcabberRoster:]), " "))
		}
	}
	for len(chat) > 0 && chat[len(chat)-1] == "" {
		chat = chat[:len(chat)-1]
	}
	return chat
}

// command writes into the FIFO.
func (m *mcabber) command(format string, values ...any) {
	m.t.Helper()
	line := fmt.Sprintf(format, values...)
	m.acts()
	fifo, err := os.OpenFile(m.path("fifo"), os.O_WRONLY|syscall.O_NONBLOCK, 0) // without a reader: an error, no waiting
	if err == nil {
		_, err = fifo.WriteString(line + "\n")
		_ = fifo.Close()
	}
	if err != nil {
		m.t.Fatalf("mcabber takes no command: %v\n%s", err, m.Screen())
	}
}

func (m *mcabber) Can(s Skill) bool { return s == AbortSMP || s == RefreshInside || s == Version3 }

func (m *mcabber) awaitLogin() {
	m.t.Helper()
	m.awaitFile("trace", regexp.MustCompile(`Your status has been set`))
}

func (m *mcabber) Restart() {
	m.t.Helper()
	m.write("trace", "")
	m.restart()
	m.awaitLogin()
	m.Talk(m.peer)
}

func (m *mcabber) Talk(jid string) {
	m.t.Helper()
	m.peer = jid
	// The FIFO and the keyboard do not wait for each other: Enter, which opens the chat of the contact that the list
	// stands on, may come too early.
	m.await("its chat", func() bool {
		m.command("roster search %s", jid)
		m.enter("")
		return within(time.Second, func() bool {
			return strings.Contains(m.Screen(), "Buddy: "+jid) && !slices.Contains(m.chat(), mcabberStatus)
		})
	})
	m.since = 0
}

func (m *mcabber) Add(jid string) {
	m.t.Helper()
	m.command("add %s", jid)
	m.awaitFile("trace", regexp.MustCompile(`Sent presence notification request to <`+regexp.QuoteMeta(jid)))
	m.Talk(jid)
}

func (m *mcabber) Allow(jid string) {
	m.t.Helper()
	m.awaitFile("trace", regexp.MustCompile(`<`+regexp.QuoteMeta(jid)+`> wants to subscribe`))
	m.command("authorization allow %s", jid)
}

func (m *mcabber) Say(text string) { m.t.Helper(); m.command("say_to -q %s %s", m.peer, text) }
func (m *mcabber) StartOTR()       { m.t.Helper(); m.command("otr start %s", m.peer) }
func (m *mcabber) EndOTR()         { m.t.Helper(); m.command("otr stop %s", m.peer) }

// Refresh sends the end of the session first, and then asks for a new one.
func (m *mcabber) Refresh() { m.t.Helper(); m.command("otr start %s", m.peer) }

func (m *mcabber) VerifySecret(secret string) {
	m.t.Helper()
	m.command("otr smpq %s %s", m.peer, secret)
}

func (m *mcabber) VerifyQuestion(string, string) {
	m.t.Helper()
	m.t.Fatal("mcabber cannot ask a question")
}

func (m *mcabber) Answer(secret string) { m.t.Helper(); m.command("otr smpr %s %s", m.peer, secret) }
func (m *mcabber) Abort()               { m.t.Helper(); m.command("otr smpa %s", m.peer) }
