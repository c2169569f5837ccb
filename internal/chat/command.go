package chat

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"otrbot/otr"
	"otrbot/otrxmpp"
)

// command is what a line that begins with a slash does.
type command struct {
	name  string
	usage string // what stands behind it
	help  string
	needs string // "peer": somebody must be chosen first; "key": and our key be there
	run   func(s *Session, c *contact, rest string) error
}

const (
	needsPeer = "peer"
	needsKey  = "key"
)

// commands are in the order in which /help shows them.
func commands() []command {
	return []command{
		{"start", "", "ask for a private conversation", needsKey, (*Session).start},
		{"refresh", "", "make new keys for the private conversation", needsKey, (*Session).refresh},
		{"end", "", "end the private conversation: what you write then is not private", needsKey, (*Session).end},
		{"verify", "[SECRET]", "show each other that both know the same secret; without it, it is asked for and not shown", needsKey, (*Session).verify},
		{"ask", `"QUESTION" [ANSWER]`, "verify with a question whose answer only the right person knows", needsKey, (*Session).ask},
		{"answer", "[SECRET]", "answer when you are asked to verify", needsKey, (*Session).answer},
		{"abort", "", "break a verification off", needsKey, (*Session).abort},
		{"fingerprint", "", "show both fingerprints, to compare them by telephone or in person", needsKey, (*Session).fingerprint},
		{"trust", "yes|no", "say that you have compared the fingerprints, or take it back", needsKey, (*Session).setTrust},
		{"state", "", "say how things stand", "", (*Session).state},
		{"to", "ADDRESS", "choose whom you write to; the beginning of a contact's address is enough", "", (*Session).to},
		{"contacts", "", "list your contacts", "", (*Session).list},
		{"add", "[ADDRESS]", "ask to see when somebody is there", "", (*Session).add},
		{"accept", "[ADDRESS]", "let somebody see when you are there", "", (*Session).accept},
		{"refuse", "[ADDRESS]", "do not let them", "", (*Session).refuse},
		{"help", "[COMMAND]", "list the commands", "", (*Session).help},
		{"quit", "", "end all private conversations and leave", "", (*Session).quit},
	}
}

func (c command) String() string {
	return strings.TrimSuffix("/"+c.name+" "+c.usage, " ") + ": " + c.help
}

// CommandNames are the names of all commands, with their slash.
func CommandNames() (names []string) {
	for _, c := range commands() {
		names = append(names, "/"+c.name)
	}
	return names
}

// Input takes a line that the user has typed: a secret that was asked for, a command, or a text. Two slashes at the
// beginning are a text with one.
func (s *Session) Input(line string, now time.Time) {
	s.now = now
	if p := s.secret; p != nil {
		s.secret = nil
		if line = strings.TrimSpace(line); line == "" {
			s.line(Note, "secret_left_out", "", "Left out: nothing was sent.")
			return
		}
		p.use(line)
		return
	}
	text, isCommand := strings.CutPrefix(line, "/")
	switch {
	case strings.TrimSpace(line) == "":
	case !isCommand:
		s.write(line)
	case strings.HasPrefix(text, "/"):
		s.write(text)
	default:
		s.command(text)
	}
}

func (s *Session) command(line string) {
	name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	name, rest = strings.ToLower(name), strings.TrimSpace(rest)
	all := commands()
	i := slices.IndexFunc(all, func(c command) bool { return c.name == name })
	if i < 0 {
		s.fault(s.current, fmt.Errorf("there is no command /%s.%s /help lists all; to send a text that begins with a slash, write two", cleanLine(name), suggestion(all, name)))
		return
	}
	c := s.current
	if all[i].needs == "" {
		s.fault(c, all[i].run(s, c, rest))
		return
	}
	s.act(func(c *contact) error { return all[i].run(s, c, rest) })
}

// act does something with the current contact as soon as there is a key.
func (s *Session) act(do func(*contact) error) {
	c := s.current
	if c == nil {
		s.fault(nil, errors.New("you have not chosen whom you talk with: /to ADDRESS"))
		return
	}
	if !s.keyed {
		s.line(Note, "waiting_for_key", c.jid, "This waits until your key is made.")
	}
	ok := s.whenKeyed(s.now, func(now time.Time) {
		s.now = now
		err := s.open(c)
		if err == nil {
			err = do(c)
		}
		s.fault(c, err)
	})
	if !ok {
		s.fault(c, errors.New("too much waits for your key"))
	}
}

func suggestion(all []command, name string) string {
	for _, c := range all {
		if len(name) > 1 && (strings.HasPrefix(c.name, name) || strings.HasPrefix(name, c.name)) {
			return " Did you mean /" + c.name + "?"
		}
	}
	return ""
}

// fault tells in words why something was not done; nil: it was. A nil contact: it concerns nobody.
func (s *Session) fault(c *contact, err error) {
	jid := ""
	if c != nil {
		jid = c.jid
	}
	words := ""
	switch {
	case err == nil:
		return
	case errors.Is(err, otr.ErrFinished):
		words = "the private conversation was ended by the other side, so nothing was sent. /start makes a new one; /end goes on in clear."
	case errors.Is(err, otr.ErrNotEncrypted):
		words = "the conversation is not private. /start asks for a private one."
	case errors.Is(err, otr.ErrNoSMPRequest):
		words = "nobody waits for an answer. /verify SECRET or /ask \"QUESTION\" ANSWER begins a verification."
	case errors.Is(err, otrxmpp.ErrAway):
		words = "the program that the private conversation is with is not there, so nothing was sent. Wait until it is back, or /end and write in clear."
	case errors.Is(err, otr.ErrTooManyHeld):
		words = "too many texts wait for a private conversation already."
	default:
		words = err.Error()
	}
	s.line(Fault, "not_done", jid, "%s", words)
}
