package bot

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"otrbot/internal/chatxml"
	"otrbot/internal/lesson"
	"otrbot/internal/record"
	"otrbot/internal/secret"
	"otrbot/internal/store"
	"otrbot/internal/testkit"
	"otrbot/internal/tutor"
	"otrbot/internal/xmpp"
	"otrbot/internal/xmpp/stanza"
	"otrbot/lessons"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

const (
	ana    = "ana@example.org"
	anaJID = ana + "/desk"
	botJID = "tutor@example.org"
	shared = "Elf Äpfel, zwölf Birnen"
)

var basic = sync.OnceValues(func() (*lesson.Lesson, error) {
	return lesson.Parse(lessons.BasicName, lessons.Basic, tutor.Vocabulary())
})

// room is a bot with one learner and no network: what either says is handed over by the test, and time stands still
// until the test lets it pass.
type room struct {
	testing.TB
	bot     *Bot
	store   *store.DB
	sent    []*stanza.Element // by the bot, not yet seen by the learner
	now     time.Time
	log     strings.Builder
	learner *otrxmpp.Endpoint
	read    []reading // what the learner's window shows

	shownPresence []*stanza.Element // of the bot
	events        []otrxmpp.Event
}

// A reading is a message in the learner's window.
type reading struct {
	text      string
	encrypted bool
	state     string // of the chat: XEP-0085
	at        time.Duration
}

// newRoom has a bot with typing delays at a speed, 0 for none.
func newRoom(t testing.TB, speed int, change ...func(*Config)) *room {
	t.Helper()
	l, err := basic()
	if err != nil {
		t.Fatal(err)
	}
	r := &room{TB: t, now: time.Date(2026, time.March, 14, 9, 26, 53, 0, time.UTC)}
	if r.store, err = store.Open(t.Context(), ":memory:", store.NewKey()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.store.Close() })
	user := testkit.User(t, "alice@example.org")
	key, ok := user.Key(otr.Account{Name: "alice@example.org", Protocol: testkit.Protocol})
	if !ok {
		t.Fatal("the key of the tests is missing")
	}
	c := Config{
		XMPP:  xmpp.Config{JID: botJID, Password: "not used", Server: "127.0.0.1:1"},
		Store: r.store, Parameters: key.Parameters(), TypingSpeed: speed,
		Tutor:    tutor.New(l, tutor.Options{DefaultSecret: secret.New(shared)}),
		Learners: []record.Learner{{JID: ana, Source: record.FromSettings}},
		Now:      func() time.Time { return r.now },
		Log:      slog.New(slog.NewTextHandler(&r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, f := range change {
		f(&c)
	}
	r.open(c)
	account := otr.Account{Name: ana, Protocol: protocol}
	if err := user.SetKey(account, key); err != nil {
		t.Fatal(err)
	}
	r.learner, err = otrxmpp.New(otrxmpp.Config{User: user, Account: account, Peer: botJID, OTR: otr.Config{
		Policy: otr.AllowV3, Time: func() time.Time { return r.now },
	}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// open is a new process on the same store.
func (r *room) open(c Config) {
	r.Helper()
	b, err := New(c)
	if err != nil {
		r.Fatal(err)
	}
	over, cancel := context.WithCancel(r.Context())
	cancel() // nobody answers queries here
	b.settling.ctx = over
	b.fail = func(err error) { r.Errorf("the bot stops: %v", err) }
	b.outgoing = newOutgoing(r, b.refused)
	b.journal = &journal{ctx: r.Context(), store: b.store, account: b.account, spared: b.spared, wanted: b.wanted, sent: func() {}}
	if b.client, err = xmpp.New(b.config.XMPP); err != nil {
		r.Fatal(err)
	}
	r.bot = b
	if err := b.load(r.Context()); err != nil {
		r.Fatal(err)
	}
	r.Cleanup(b.settling.running.Wait)
}

// Send takes what the bot sends.
func (r *room) Send(e *stanza.Element, _ int64) error {
	r.sent = append(r.sent, e)
	return nil
}

// Backlog says that there is always room.
func (r *room) Backlog() (int, time.Duration) { return 0, 0 }

// hears gives the bot a stanza of the learner.
func (r *room) hears(e *stanza.Element) {
	r.bot.do(ana, arrived{e.Set("from", anaJID), 0, r.now})
}

// does is a click or a line of the learner; both talk until nobody has anything to say.
func (r *room) does(result otrxmpp.Result, err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
	r.give(result)
	r.deliver()
}

func (r *room) give(result otrxmpp.Result) {
	r.events = append(r.events, result.Events...)
	for _, o := range result.Send {
		r.hears(chatxml.Write(o))
	}
}

// toInvite reports whether somebody is to be invited.
func (r *room) toInvite(jid string) bool {
	return slices.ContainsFunc(r.bot.uninvited(), func(g guest) bool { return g.jid == jid })
}

func (r *room) says(text string) { r.Helper(); r.does(r.learner.Send(text, r.now)) }

// deliver shows the learner what the bot has sent.
func (r *room) deliver() {
	for len(r.sent) > 0 {
		e := r.sent[0]
		r.sent = r.sent[1:]
		r.show(e)
	}
}

// show shows the learner one stanza of the bot. What the learner's client answers, the bot hears at once.
func (r *room) show(e *stanza.Element) {
	if e.Local == "presence" {
		r.shownPresence = append(r.shownPresence, e)
	}
	if e.Local != "message" {
		return
	}
	m, _ := chatxml.Read(e.Set("from", botJID+"/bot"))
	before := len(r.events)
	r.give(r.learner.Receive(m, r.now))
	one := reading{state: m.ChatState, at: r.now.Sub(start)}
	for _, event := range r.events[before:] {
		if said, ok := event.(otrxmpp.MessageReceived); ok {
			one.text, one.encrypted = said.Text, said.Encrypted
		}
	}
	if one.text != "" || one.state != "" {
		r.read = append(r.read, one)
	}
}

var start = time.Date(2026, time.March, 14, 9, 26, 53, 0, time.UTC)

// passes lets time pass: what is due by then happens, each at its time.
func (r *room) passes(d time.Duration) {
	end := r.now.Add(d)
	for {
		jid, left, ok := r.bot.alarms.next(r.now)
		switch {
		case ok && left <= 0:
			r.bot.do(jid, woken{})
			r.deliver()
		case ok && !r.now.Add(left).After(end):
			r.now = r.now.Add(left)
		default:
			r.now = end
			return
		}
	}
}

// encrypts switches OTR on.
func (r *room) encrypts() {
	r.Helper()
	r.does(r.learner.Start(r.now))
	if r.learner.State() != otr.Encrypted {
		r.Fatal("OTR is not on")
	}
}

// shown takes what the learner's window shows since the last call.
func (r *room) shown() []reading {
	got := r.read
	r.read = nil
	return got
}

// text is how a text of the lesson begins, up to its first variable.
func (r *room) text(name string) string {
	r.Helper()
	l, err := basic()
	if err != nil {
		r.Fatal(err)
	}
	body, _, _ := strings.Cut(l.Texts[name].Body, "{")
	body, _, _ = strings.Cut(body, "\n")
	if len(body) < 4 {
		r.Fatalf("text %q has too few words before its first variable", name)
	}
	return body
}

// saw reports whether a text of the lesson is among the readings.
func (r *room) saw(list []reading, name string) bool {
	words := r.text(name)
	return slices.ContainsFunc(list, func(one reading) bool { return strings.Contains(one.text, words) })
}

// must ends the test on an error.
func (r *room) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}
