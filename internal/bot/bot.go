// Package bot runs lessons over XMPP: what arrives for a learner becomes signals of
// the tutor, and the tutor's effects become stanzas.
//
// One learner's stanzas, alarms and news are handled in order by one goroutine at a
// time; learners do not wait for each other. Whatever one of them leads to, the
// session, the OTR conversation and the stanzas to send, is kept in one change before
// anything is sent, so that a killed bot goes on where it was.
//
// Logs hold the session's number and what kind of thing happened, never words,
// secrets or addresses.
package bot

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"otrbot/internal/record"
	"otrbot/internal/tutor"
	"otrbot/internal/xmpp"
	"otrbot/internal/xmpp/stanza"
	"otrbot/otr"
)

// Config is what a Bot needs. Fields without a default must be set.
type Config struct {
	XMPP     xmpp.Config      // the account; Journal is the bot's own
	Store    Store            // keeps everything
	Tutor    *tutor.Tutor     // teaches
	Learners []record.Learner // those of the settings; the store has others

	// Parameters make each session's own OTR key cheap.
	Parameters *otr.Parameters
	// Policy is what OTR may do by itself; 0: versions 2 and 3, and a new key exchange after an error.
	Policy otr.Policy
	// QueryText stands behind an OTR query, for people whose client does not know OTR.
	QueryText string

	TypingSpeed     int           // characters a second; 0: no typing delays
	LogUserMessages bool          // write what learners say into the log
	CheckInterval   time.Duration // how late a timer may be noticed; 0: not at all
	PartialCredit   bool          // grade steps of a lesson on the way, not only its end
	Avatar          []byte        // a PNG picture; empty: none

	Now  func() time.Time // nil: time.Now
	Rand io.Reader        // nil: crypto/rand; safe for concurrent use
	Log  *slog.Logger     // nil: silent

	Watch Watcher // nil: nobody
}

// Bot is a running tutor. New makes one.
type Bot struct {
	config  Config
	account string // bare JID
	client  *xmpp.Client
	store   Store
	options atomic.Pointer[options]
	log     *slog.Logger
	otrLog  *slog.Logger // of what OTR meets: an area of its own
	now     func() time.Time

	learners   *learners
	lives      *lives
	workers    *workers
	alarms     *alarms
	outgoing   *outgoing
	journal    *journal
	settling   settling
	pulse      *pulse
	changes    chan change // for the goroutine that listens for notes
	connected  atomic.Bool
	interested atomic.Bool // the roster is read in this session
	rosterDue  chan struct{}
	met        strangers // of the goroutine that hands out stanzas

	fail context.CancelCauseFunc // ends Run: what cannot be kept must not be sent
}

// New checks the configuration.
func New(c Config) (*Bot, error) {
	if c.Store == nil || c.Tutor == nil || c.Parameters == nil {
		return nil, errors.New("bot: needs a store, a tutor and parameters for keys")
	}
	c = c.withDefaults()
	b := &Bot{
		config: c, account: stanza.Bare(c.XMPP.JID), store: c.Store, log: c.Log, otrLog: c.Log.With("area", "otr"), now: c.Now,
		learners: newLearners(), lives: newLives(), alarms: newAlarms(), pulse: newPulse(),
		rosterDue: make(chan struct{}, 1), changes: make(chan change),
	}
	b.options.Store(optionsOf(c))
	return b, nil
}

func (c Config) withDefaults() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Watch == nil {
		c.Watch = unwatched{}
	}
	c.Policy = cmp.Or(c.Policy, otr.AllowV2|otr.AllowV3|otr.ErrorStartAKE)
	return c
}

// ErrStore means that something could not be kept. Nothing was sent of it; another start goes on from before.
var ErrStore = errors.New("the store failed")

// Run connects and teaches until ctx ends. With the cause [xmpp.ErrHandOver] it leaves everything as it is for the
// next process; else it says goodbye to all learners first and erases their sessions. Other errors are those of
// [xmpp.Client.Run], and ErrStore.
func (b *Bot) Run(ctx context.Context) error {
	run, fail := context.WithCancelCause(context.WithoutCancel(ctx))
	b.fail, b.settling.ctx = fail, run
	defer fail(nil)

	if err := b.load(run); err != nil {
		return fmt.Errorf("%w: %w", ErrStore, err)
	}
	c := b.config.XMPP
	b.journal = &journal{ctx: context.Background(), store: b.store, account: b.account, spared: b.spared, wanted: b.wanted, sent: func() { b.outgoing.stir() }}
	c.Journal = b.journal
	client, err := xmpp.New(c)
	if err != nil {
		return err
	}
	b.client = client
	b.outgoing = newOutgoing(client, b.refused)
	b.workers = startWorkers(max(2, runtime.GOMAXPROCS(0)), b.do)
	if err := b.takeUp(run); err != nil {
		b.workers.stop()
		return fmt.Errorf("%w: %w", ErrStore, err)
	}
	b.confess()

	var helpers sync.WaitGroup
	helpers.Go(func() { b.alarms.run(run, b.now, b.ring) })
	helpers.Go(func() { b.listen(run) })
	helpers.Go(func() { b.keepRoster(run) })
	helpers.Go(func() { b.outgoing.run(run) })
	stop := context.AfterFunc(ctx, func() { b.leave(context.Cause(ctx)) })
	err = client.Run(run, &handler{Bot: b})
	stop()
	if cause := context.Cause(run); errors.Is(cause, ErrStore) {
		err = cause
	}
	fail(err)
	b.workers.stop()
	helpers.Wait()
	b.settling.running.Wait()
	if errors.Is(err, errStopped) || errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return nil
	}
	return err
}

// errStopped ends the client's run when everybody was said goodbye to.
var errStopped = errors.New("stopped")

// leaveWait is how long goodbyes may take on their way to the client; there they have Timers.Close.
const leaveWait = 10 * time.Second

// leave ends the run as its owner wishes.
func (b *Bot) leave(cause error) {
	if errors.Is(cause, xmpp.ErrHandOver) {
		b.fail(xmpp.ErrHandOver)
		return
	}
	var goodbyes sync.WaitGroup
	for _, jid := range b.lives.all() {
		goodbyes.Add(1)
		if b.post(jid, closing{goodbyes.Done}) != nil {
			goodbyes.Done()
		}
	}
	goodbyes.Wait()
	if b.connected.Load() {
		wait, cancel := context.WithTimeout(context.Background(), leaveWait)
		b.outgoing.drain(wait)
		cancel()
	}
	b.fail(errStopped)
}

// post hands work to whoever serves the learner.
func (b *Bot) post(jid string, w work) error { return b.workers.post(jid, w) }

// wake hands out an alarm. One that cannot be, because so much else waits, comes again.
func (b *Bot) wake(jid string) {
	if b.post(jid, woken{}) == errFull {
		b.alarms.set(jid, b.now().Add(time.Second))
	}
}

// load reads what the last process knew.
func (b *Bot) load(ctx context.Context) error {
	if _, err := b.nameLearners(ctx, b.config.Learners); err != nil {
		return err
	}
	sessions, err := b.store.Sessions(ctx)
	if err = b.spared(err); err != nil {
		return err
	}
	for _, s := range sessions {
		l, err := b.restore(s, nil)
		if errors.Is(err, errOther) {
			b.log.Warn(err.Error())
			continue
		}
		if err != nil {
			b.log.Error("a kept session cannot be read and is left out", "err", err)
			continue
		}
		b.lives.put(s.JID, l)
		b.alarms.set(s.JID, s.Due)
	}
	return b.loadAwaited(ctx)
}

// takeUp goes on with what the last process had begun: stanzas it had kept and not handled, or not sent.
func (b *Bot) takeUp(ctx context.Context) error {
	out, err := b.store.Outbox(ctx)
	if err = b.spared(err); err != nil {
		return err
	}
	for _, o := range out {
		e, err := stanza.Parse(o.Stanza, stanza.Limits{Bytes: keptBytes})
		if err != nil {
			b.log.Error("a kept stanza cannot be read and is not sent", "err", err)
			if err := b.store.DropOut(ctx, o.ID); err != nil {
				return err
			}
			continue
		}
		b.outgoing.send(o.JID, e, o.ID)
	}
	in, err := b.store.Inbox(ctx)
	if err = b.spared(err); err != nil {
		return err
	}
	for _, i := range in {
		e, err := stanza.Parse(i.Stanza, stanza.Limits{Bytes: keptBytes})
		if err != nil || b.post(stanza.Bare(e.Attr("from")), arrived{e, i.ID, time.Time{}}) == errFull {
			if err := b.store.DropIn(ctx, i.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// spared is an error of the store, unless only some of what it kept is damaged: then the others need not suffer.
func (b *Bot) spared(err error) error {
	if errors.Is(err, record.ErrDamaged) {
		b.log.Error("the store has lost something", "err", err)
		return nil
	}
	return err
}

// keptBytes bounds a stanza that we kept ourselves: it has passed the limits of the stream.
const keptBytes = 8 << 20

// storeFailed ends the run without a word to anybody, so that the next one can go on.
func (b *Bot) storeFailed(err error) { b.fail(&storeError{err}) }

// storeError is ErrStore, and leaves the stream to the next process.
type storeError struct{ err error }

func (e *storeError) Error() string   { return ErrStore.Error() + ": " + e.err.Error() }
func (e *storeError) Unwrap() []error { return []error{ErrStore, xmpp.ErrHandOver, e.err} }

func (b *Bot) random() io.Reader {
	if b.config.Rand != nil {
		return b.config.Rand
	}
	return rand.Reader
}

// dice is a number from 0 to 255. Without randomness it is always the same: nothing hangs on it.
func (b *Bot) dice() byte {
	var d [1]byte
	if _, err := io.ReadFull(b.random(), d[:]); err != nil {
		return 128
	}
	return d[0]
}
