package chat

import (
	"context"
	"errors"
	"time"

	"otrbot/internal/xmpp"
	"otrbot/internal/xmpp/stanza"
	"otrbot/otr"
)

// Front is how the person takes part.
type Front interface {
	// Run lets the person type until they have done, and hands on each line. Its error ends the program.
	// It returns when ctx ends.
	Run(ctx context.Context, d *Desk) error
	// Show shows what there is to tell, in order, and how things stand now. It is called from one goroutine, while
	// Run runs and after it.
	Show(lines []Line, now Status)
}

// Desk is where a Front hands on what is typed.
type Desk struct {
	typed chan string
	ready chan struct{}
}

// Type hands on a line; it does not wait. False: too many lines wait, and this one was not taken.
func (d *Desk) Type(line string) bool {
	select {
	case d.typed <- line:
		return true
	default:
		return false
	}
}

// Ready is closed as soon as there is a connection and a key.
func (d *Desk) Ready() <-chan struct{} { return d.ready }

// Config is who chats, and how.
type Config struct {
	XMPP     xmpp.Config // Resource is chosen if it is empty, Software always
	Version  string      // of this program
	Peer     string      // bare JID; may be empty
	Policy   otr.Policy
	Dir      string // of keys, fingerprints and instance tags
	ParseJID func(string) (string, error)
}

// Software is what the client says of itself.
func (c Config) software() xmpp.Software {
	return xmpp.Software{Name: "otrbot chat", Version: c.Version, Node: "urn:otrbot:chat", Type: "console", Features: []string{stanza.NSReceipts}}
}

// Run chats until the person leaves, ctx ends, or the server refuses for good. Private conversations are ended then.
// Its errors are those of the Front, of xmpp.Client.Run, and of the files in Dir.
func Run(ctx context.Context, c Config, f Front) error {
	files, err := OpenFiles(c.Dir, otr.Account{Name: c.XMPP.JID, Protocol: "xmpp"}, c.XMPP.Rand)
	if err != nil {
		return err
	}
	c.XMPP.Software = c.software()
	if c.XMPP.Resource == "" {
		c.XMPP.Resource = files.Resource()
	}
	client, err := xmpp.New(c.XMPP)
	if err != nil {
		return err
	}
	l := &loop{
		client: client, front: f, happened: make(chan func(*Session, time.Time), 64),
		desk: &Desk{typed: make(chan string, 1000), ready: make(chan struct{})}, gone: make(chan struct{}),
	}
	l.session = NewSession(SessionConfig{
		Account: c.XMPP.JID, Peer: c.Peer, Policy: c.Policy, Files: files, Wire: client, ParseJID: c.ParseJID,
		Show: func(line Line) { l.lines = append(l.lines, line) },
	})
	return l.run(ctx, files)
}

// loop is the one goroutine that owns the session.
type loop struct {
	client   *xmpp.Client
	session  *Session
	front    Front
	desk     *Desk
	happened chan func(*Session, time.Time)
	gone     chan struct{} // closed when nobody takes what happened any more
	lines    []Line
	shown    Status
	ready    bool
}

func (l *loop) run(ctx context.Context, files *Files) error {
	defer close(l.gone)
	network, hangUp := context.WithCancel(context.WithoutCancel(ctx))
	defer hangUp()
	person, dismiss := context.WithCancel(ctx)
	defer dismiss()

	if !l.session.keyed {
		l.session.MakesKey(time.Now())
		go func() {
			err := files.MakeKey()
			l.post(func(s *Session, now time.Time) { s.KeyMade(err, now) })
		}()
	}
	served, left := make(chan error, 1), make(chan error, 1)
	go func() { served <- l.client.Run(network, handler{l}) }()
	go func() { left <- l.front.Run(person, l.desk) }()
	l.show()

	refused, wrong := l.serve(served, left)
	l.session.Close(time.Now())
	l.show()
	dismiss()
	if wrong == nil {
		wrong = <-left // a terminal must be as it was before
	}
	hangUp()
	if refused == nil {
		refused = l.drain(served)
	}
	return errors.Join(wrong, refused)
}

// serve lets the session live until the person leaves, which puts back what left says, or the server refuses.
func (l *loop) serve(served <-chan error, left chan error) (refused, wrong error) {
	const beat = 5 * time.Second
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for !l.session.Over() {
		select {
		case err := <-served:
			if err == nil {
				err = xmpp.ErrClosed // it ends without an error only when we end it
			}
			return err, nil
		case err := <-left:
			l.rest()
			left <- nil
			return nil, err
		case line := <-l.desk.typed:
			l.session.Input(line, time.Now())
		case f := <-l.happened:
			f(l.session, time.Now())
		case <-tick.C:
			l.session.Tick(time.Now())
		}
		l.show()
	}
	return nil, nil
}

// rest takes the lines that were typed before the person left.
func (l *loop) rest() {
	for {
		select {
		case line := <-l.desk.typed:
			l.session.Input(line, time.Now())
			l.show()
		default:
			return
		}
	}
}

// drain lets the client say goodbye: until then it must not wait for us.
func (l *loop) drain(served <-chan error) error {
	for {
		select {
		case err := <-served:
			return err
		case <-l.happened:
		}
	}
}

// post has something done to the session.
func (l *loop) post(f func(*Session, time.Time)) {
	select {
	case l.happened <- f:
	case <-l.gone:
	}
}

func (l *loop) show() {
	now := l.session.Status()
	if len(l.lines) > 0 || now != l.shown {
		l.front.Show(l.lines, now)
		l.lines, l.shown = nil, now
	}
	if !l.ready && l.session.Ready() {
		l.ready = true
		close(l.desk.ready)
	}
}

// handler hands to the loop what arrives.
type handler struct{ *loop }

func (h handler) Online(x xmpp.Session) {
	h.post(func(s *Session, now time.Time) { s.Online(x, now) })
	if !x.Resumed {
		go h.roster()
	}
}

func (h handler) roster() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if list, err := h.client.Roster(ctx); err == nil { // without it, nobody is known to be a contact
		h.post(func(s *Session, now time.Time) { s.Roster(list, now) })
	}
}

func (h handler) Stanza(e *stanza.Element, _ int64) {
	h.post(func(s *Session, now time.Time) { s.Stanza(e, now) })
}

func (h handler) InDoubt(sent []xmpp.Sent) {
	var refs []int64
	for _, one := range sent {
		refs = append(refs, one.Ref)
	}
	h.post(func(s *Session, now time.Time) { s.InDoubt(refs, now) })
}

func (h handler) Offline(err error) {
	h.post(func(s *Session, now time.Time) { s.Offline(err, now) })
}
