package chat

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"otrbot/internal/chatxml"
	"otrbot/internal/xmpp"
	"otrbot/internal/xmpp/stanza"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

// Wire is where stanzas go; ref comes back in Session.InDoubt. *xmpp.Client is one.
type Wire interface {
	Send(e *stanza.Element, ref int64) error
}

// SessionConfig is who chats, and how.
type SessionConfig struct {
	Account string // our bare JID
	Peer    string // bare JID of whom the user wants to talk with; may be empty
	Policy  otr.Policy
	Files   *Files
	Wire    Wire
	Show    func(Line)
	// ParseJID reads an address as people write it, and returns its bare JID; its error tells the user what is wrong.
	ParseJID func(string) (string, error)
}

// Bounds on what others can make a session keep.
const (
	maxStrangers = 100  // people who are not among the contacts
	maxWaiting   = 1000 // stanzas and lines that wait for the key
	maxHeld      = 100  // texts that wait for somebody to come back
	maxRecent    = 100  // texts that are remembered until they are known to have arrived
)

// Session is one account's conversations. It belongs to one goroutine at a time.
type Session struct {
	SessionConfig
	account  otr.Account
	contacts map[string]*contact // by bare JID
	current  *contact            // whom texts go to; nil: nobody yet

	keyed   bool
	waiting []func(now time.Time) // for the key

	online bool
	told   string           // why there is no connection, as the user was told
	ref    int64            // of the latest text
	recent map[int64]recent // texts, by ref
	kept   []recent         // texts that wait for the connection
	warned bool             // that they will be lost

	secret *prompt // what the next line typed is
	now    time.Time
	over   bool
}

// contact is somebody to talk with.
type contact struct {
	jid      string
	peer     otr.Peer
	endpoint *otrxmpp.Endpoint // nil before the first word
	listed   xmpp.Contact      // as the roster has it
	here     map[string]string // what those clients say of themselves that are there, by resource
	wantsIn  bool              // has asked to see when we are there
	asks     *question         // waits for our answer to a verification
	held     []held            // texts that wait until that client is back
	started  time.Time         // when we asked for a private conversation that has not come yet
}

type question struct {
	text  string
	given bool // there is a question
}

// held is a text that waits, and how far the conversation could be trusted when it was written.
type held struct {
	text  string
	trust Trust
}

type recent struct {
	peer, text string
}

// prompt is a secret that a command has asked for.
type prompt struct {
	what string
	use  func(secret string)
}

// NewSession is a session that has not said anything yet. It is not connected, and has a key if the files do.
func NewSession(c SessionConfig) *Session {
	s := &Session{
		SessionConfig: c, account: otr.Account{Name: c.Account, Protocol: "xmpp"}, contacts: make(map[string]*contact),
		recent: make(map[int64]recent), keyed: c.Files.HasKey(),
	}
	if c.Peer != "" {
		s.current = s.contact(c.Peer)
	}
	return s
}

// Over reports whether the user wants to leave.
func (s *Session) Over() bool { return s.over }

// Ready reports whether what is typed has its effect at once.
func (s *Session) Ready() bool { return s.keyed && s.online }

// Status is how things stand.
func (s *Session) Status() Status {
	st := Status{Account: s.Account, Online: s.online, Trust: NotPrivate}
	if s.secret != nil {
		st.Secret = s.secret.what
	}
	if c := s.current; c != nil {
		st.Peer, st.Trust, st.Here, st.Asked = c.jid, c.trust(), c.presence(), c.asks != nil
		st.Running = c.endpoint != nil && c.endpoint.SMPRunning()
	}
	return st
}

// MakesKey says that the account's key is being made.
func (s *Session) MakesKey(now time.Time) {
	s.now = now
	s.line(Note, "key_making", "", "Making your key, once and for all. This takes some seconds; you can type meanwhile.")
}

// KeyMade says that the files have a key now, or why not. What waited for it goes on.
func (s *Session) KeyMade(err error, now time.Time) {
	s.now = now
	if err != nil {
		s.line(Warning, "key_failed", "", "Your key could not be made or kept: %v", err)
		return
	}
	s.keyed = true
	key, _ := s.Files.User().Key(s.account)
	s.line(Note, "key_made", "", "Your key is made and kept. Its fingerprint, by which others can recognise you: %s", key.Fingerprint())
	waiting := s.waiting
	s.waiting = nil
	for _, f := range waiting {
		f(now)
	}
}

// whenKeyed does something now, or as soon as there is a key; false if too much waits already.
func (s *Session) whenKeyed(now time.Time, f func(now time.Time)) bool {
	switch {
	case s.keyed:
		f(now)
	case len(s.waiting) >= maxWaiting:
		return false
	default:
		s.waiting = append(s.waiting, f)
	}
	return true
}

// Tick lets time pass; it is to be called every few seconds.
func (s *Session) Tick(now time.Time) {
	const patience = 20 * time.Second
	s.now = now
	for _, c := range s.sorted() {
		if c.endpoint == nil {
			continue
		}
		r, err := c.endpoint.Tick(now)
		s.take(c, r, 0)
		s.fault(c, err)
		if !c.started.IsZero() && now.Sub(c.started) > patience {
			c.started = time.Time{}
			s.line(Note, "no_answer", c.jid, "Still no private conversation with %s: perhaps nobody is there, or that program has no OTR. Texts are %s.",
				c.jid, c.trust())
		}
	}
}

// Close ends all private conversations, so that nobody writes into the void, and forgets their keys.
func (s *Session) Close(now time.Time) {
	s.now, s.over = now, true
	for _, k := range s.kept {
		s.line(Warning, "message_lost", k.peer, "Never sent to %s: %s", k.peer, k.text)
	}
	for _, c := range s.sorted() {
		s.giveBack(c)
	}
	for _, c := range s.sorted() {
		if c.endpoint == nil {
			continue
		}
		if r, err := c.endpoint.EndAll(now); err == nil {
			s.take(c, r, 0)
		}
		c.endpoint.Close()
	}
}

// contact finds somebody, or adds them.
func (s *Session) contact(jid string) *contact {
	c := s.contacts[jid]
	if c == nil {
		c = &contact{jid: jid, peer: otr.Peer{Account: s.account, Name: jid}, here: make(map[string]string)}
		s.contacts[jid] = c
	}
	return c
}

// sorted is all contacts, by address.
func (s *Session) sorted() []*contact {
	return slices.SortedFunc(maps.Values(s.contacts), func(a, b *contact) int {
		switch {
		case a.jid < b.jid:
			return -1
		case a.jid > b.jid:
			return 1
		}
		return 0
	})
}

// open makes sure that there is an endpoint; the account has a key.
func (s *Session) open(c *contact) error {
	if c.endpoint != nil {
		return nil
	}
	e, err := otrxmpp.New(otrxmpp.Config{
		User: s.Files.User(), Account: s.account, Peer: c.jid, OTR: otr.Config{Policy: s.Policy, Rand: s.Files.random},
	})
	c.endpoint = e
	return err
}

// take sends and tells what a call has led to.
func (s *Session) take(c *contact, r otrxmpp.Result, ref int64) {
	for _, o := range r.Send {
		if err := s.Wire.Send(chatxml.Write(o), ref); err != nil {
			s.line(Warning, "message_not_sent", c.jid, "A message to %s could not be sent: %v", c.jid, err)
		}
	}
	for _, e := range r.Events {
		s.tell(c, e)
	}
	s.goOn(c)
}

// send sends a stanza that is no message.
func (s *Session) send(e *stanza.Element) {
	if err := s.Wire.Send(e, 0); err != nil {
		s.line(Warning, "not_sent", "", "Something could not be sent: %v", err)
	}
}

// line tells the user something. The words are ours; what others said in args must be clean.
func (s *Session) line(k Kind, event, peer, words string, args ...any) {
	s.Show(Line{Kind: k, Event: event, Peer: peer, Words: fmt.Sprintf(words, args...), At: s.now})
}

// trust is that of what would be written now.
func (c *contact) trust() Trust {
	switch {
	case c.endpoint == nil, c.endpoint.State() == otr.Plaintext:
		return NotPrivate
	case c.endpoint.State() == otr.Finished:
		return Finished
	case c.endpoint.Verified():
		return Verified
	}
	return Unverified
}

// presence is what we may know of it; see Status.Here.
func (c *contact) presence() string {
	switch {
	case len(c.here) > 0:
		return "here"
	case c.listed.Subscription == "to" || c.listed.Subscription == "both":
		return "not here"
	}
	return ""
}
