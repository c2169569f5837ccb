package chat

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/internal/xmpp"
	"otrbot/internal/xmpp/stanza"
	"otrbot/otr"
)

const (
	alice = testkit.Alice
	bob   = testkit.Bob
	carol = testkit.Carol
)

// noon is when every test begins.
var noon = time.Date(2030, 1, 2, 12, 0, 0, 0, time.UTC)

// room carries stanzas between people, as a server would.
type room struct {
	t      *testing.T
	people map[string]*person
	now    time.Time
	queue  []*stanza.Element
}

// person is somebody with a session, who remembers what it told.
type person struct {
	*Session
	room *room
	jid  string
	told []Line
	read int // lines that the test has looked at
	sent []*stanza.Element
}

func newRoom(t *testing.T) *room {
	return &room{t: t, people: map[string]*person{}, now: noon}
}

// enter lets somebody log in who has a key and wants to talk with peer.
func (r *room) enter(jid, peer string, policy otr.Policy) *person {
	r.t.Helper()
	return r.enterFrom(r.t.TempDir(), jid, peer, policy)
}

// enterFrom does so with the files of an earlier time.
func (r *room) enterFrom(dir, jid, peer string, policy otr.Policy) *person {
	r.t.Helper()
	account := otr.Account{Name: jid, Protocol: "xmpp"}
	files, err := OpenFiles(dir, account, testkit.Rand(dir+jid))
	if err != nil {
		r.t.Fatal(err)
	}
	if !files.HasKey() {
		if err := files.SetKey(keyOf(r.t, jid)); err != nil {
			r.t.Fatal(err)
		}
	}
	return r.seat(files, jid, peer, policy)
}

func (r *room) seat(files *Files, jid, peer string, policy otr.Policy) *person {
	p := &person{room: r, jid: jid}
	p.Session = NewSession(SessionConfig{
		Account: jid, Peer: peer, Policy: policy, Files: files, Wire: p, ParseJID: parseJID,
		Show: func(l Line) { p.told = append(p.told, l) },
	})
	r.people[jid] = p
	p.Online(xmpp.Session{JID: jid + "/here"}, r.now)
	r.deliver()
	return p
}

// keyOf is the key that a person of the test kit has.
func keyOf(t *testing.T, jid string) *otr.PrivateKey {
	t.Helper()
	key, ok := testkit.User(t, jid).Key(otr.Account{Name: jid, Protocol: testkit.Protocol})
	if !ok {
		t.Fatal("no key of", jid)
	}
	return key
}

func parseJID(text string) (string, error) {
	if !strings.Contains(text, "@") {
		return "", errors.New("that is no address")
	}
	return strings.ToLower(text), nil
}

// Send makes a person a Wire.
func (p *person) Send(e *stanza.Element, _ int64) error {
	p.sent = append(p.sent, e)
	e.Set("from", p.jid+"/here")
	p.room.queue = append(p.room.queue, e)
	return nil
}

// deliver carries everything to where it belongs, until nothing more is said.
func (r *room) deliver() {
	for len(r.queue) > 0 {
		e := r.queue[0]
		r.queue = r.queue[1:]
		if p := r.people[stanza.Bare(e.Attr("to"))]; p != nil {
			p.Stanza(e, r.now)
		}
	}
}

// types lets a person type lines.
func (p *person) types(lines ...string) {
	for _, line := range lines {
		p.Input(line, p.room.now)
		p.room.deliver()
	}
}

// sees looks for a line with the words, behind those looked at before.
func (p *person) sees(words string) Line {
	p.room.t.Helper()
	for i := p.read; i < len(p.told); i++ {
		if strings.Contains(p.told[i].String(), words) {
			p.read = i + 1
			return p.told[i]
		}
	}
	p.room.t.Fatalf("%s does not see %q, but\n  %s", p.jid, words, p.unread())
	return Line{}
}

// misses fails if such a line was told at any time.
func (p *person) misses(words string) {
	p.room.t.Helper()
	if strings.Contains(p.all(), words) {
		p.room.t.Errorf("%s sees %q:\n  %s", p.jid, words, p.all())
	}
}

func (p *person) unread() string { return joined(p.told[p.read:]) }
func (p *person) all() string    { return joined(p.told) }

func joined(lines []Line) string {
	var s []string
	for _, l := range lines {
		s = append(s, l.String())
	}
	return strings.Join(s, "\n  ")
}

// trusts checks the word that stands in the status line.
func (p *person) trusts(want Trust) {
	p.room.t.Helper()
	if got := p.Status().Trust; got != want {
		p.room.t.Errorf("%s: status is %q, want %q", p.jid, got, want)
	}
}

// wire is what a person has sent, as text.
func (p *person) wire() string {
	var b []byte
	for _, e := range p.sent {
		b, _ = e.Append(b, stanza.NSClient)
	}
	return string(b)
}

// pair is Alice and Bob, who want to talk with each other.
func pair(t *testing.T, policy otr.Policy) (*room, *person, *person) {
	r := newRoom(t)
	return r, r.enter(alice, bob, policy), r.enter(bob, alice, policy)
}

// private is the same, with a private conversation.
func private(t *testing.T) (*room, *person, *person) {
	r, a, b := pair(t, otr.Manual)
	a.types("/start")
	a.sees("Private conversation with " + bob + " started. It is unverified")
	b.sees("Private conversation with " + alice + " started. It is unverified")
	return r, a, b
}

// noDice is a source of randomness that has none.
type noDice struct{}

func (noDice) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
