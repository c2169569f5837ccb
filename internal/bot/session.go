package bot

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"otrbot/internal/record"
	"otrbot/internal/tutor"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

// live is a learner's session in memory. It belongs to whoever serves the learner at the moment.
type live struct {
	id       string       // for the log: eight hexadecimal digits
	tutor    *tutor.Tutor // with the lesson that the session began with
	session  *tutor.Session
	user     *otr.UserState // with the session's own key: the next session has another one
	key      []byte         // the key as it is kept
	endpoint *otrxmpp.Endpoint
	sayings  []saying
	online   []string // resources of the learner that are there
	status   string   // of our presence for the learner
	listed   *string  // the learner's language on the list when it was looked at last; nil: not yet
	missed   bool     // something that we sent came back: the step is told again when the learner is there

	enrolment int64            // in a course; 0: none
	known     *record.Progress // what its page knows; nil: not looked up yet

	composing bool // the learner was told that we are typing

	early tutor.Secret // was given to the lesson before we read the note about it; empty: none
}

// lives are the sessions by learner. Safe for concurrent use; each live is not.
type lives struct {
	mu     sync.Mutex
	byJID  map[string]*live
	at     map[string]string // the state of the lesson in which each was put
	states map[string]int    // how many are in each
}

func newLives() *lives {
	return &lives{byJID: make(map[string]*live), at: make(map[string]string), states: make(map[string]int)}
}

func (l *lives) of(jid string) *live {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.byJID[jid]
}

func (l *lives) put(jid string, one *live) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if before, ok := l.at[jid]; ok {
		l.states[before]--
	}
	if one == nil {
		delete(l.byJID, jid)
		delete(l.at, jid)
		return
	}
	l.byJID[jid], l.at[jid] = one, string(one.session.State)
	l.states[l.at[jid]]++
}

func (l *lives) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := make([]string, 0, len(l.byJID))
	for jid := range l.byJID {
		list = append(list, jid)
	}
	slices.Sort(list)
	return list
}

const protocol = "xmpp"

func (b *Bot) otrAccount() otr.Account { return otr.Account{Name: b.account, Protocol: protocol} }

// endpointConfig is how OTR behaves with one learner.
func (b *Bot) endpointConfig(u *otr.UserState, jid string) otrxmpp.Config {
	return otrxmpp.Config{
		User: u, Account: b.otrAccount(), Peer: jid,
		OTR: otr.Config{Policy: b.options.Load().policy, QueryText: b.config.QueryText, Rand: b.config.Rand},
	}
}

// newLive begins a session with a fresh OTR key, so that a lesson can be repeated from the first step.
func (b *Bot) newLive(learner record.Learner, now time.Time) (*live, error) {
	key, err := otr.GenerateKeyWithParameters(b.config.Parameters, b.config.Rand)
	if err != nil {
		return nil, err
	}
	u := otr.NewUserState()
	if err := u.SetKey(b.otrAccount(), key); err != nil {
		return nil, err
	}
	var kept bytes.Buffer
	if err := u.WriteKeys(&kept); err != nil {
		return nil, err
	}
	endpoint, err := otrxmpp.New(b.endpointConfig(u, learner.JID))
	if err != nil {
		return nil, err
	}
	var id [4]byte
	if _, err := io.ReadFull(b.random(), id[:]); err != nil {
		return nil, err
	}
	teacher := b.options.Load().tutor
	return &live{
		id: hex.EncodeToString(id[:]), tutor: teacher, session: teacher.Begin(learner, now), user: u, key: kept.Bytes(), endpoint: endpoint,
		enrolment: learner.Enrolment,
	}, nil
}

// rest is what a live keeps of its own, beside its parts.
type rest struct {
	ID        string
	Sayings   []saying `json:",omitempty"`
	Online    []string `json:",omitempty"`
	Status    string   `json:",omitempty"`
	Missed    bool     `json:",omitempty"`
	Composing bool     `json:",omitempty"`
	Enrolment int64    `json:",omitempty"`
}

// liveVersion is the first byte of a kept session.
const liveVersion = 1

// keep is the session as the store gets it: the version, then each part behind its length.
func (l *live) keep() ([]byte, error) {
	session, err := json.Marshal(l.session)
	if err != nil {
		return nil, err
	}
	own, err := json.Marshal(rest{l.id, l.sayings, l.online, l.status, l.missed, l.composing, l.enrolment})
	if err != nil {
		return nil, err
	}
	var known bytes.Buffer
	if err := l.user.WriteFingerprints(&known); err != nil {
		return nil, err
	}
	conversation, err := l.endpoint.Snapshot()
	if err != nil {
		return nil, err
	}
	data := []byte{liveVersion}
	for _, part := range [][]byte{session, own, l.key, known.Bytes(), conversation} {
		data = binary.BigEndian.AppendUint32(data, uint32(len(part)))
		data = append(data, part...)
	}
	return data, nil
}

var (
	errKept  = errors.New("not a session that this version has kept")
	errOther = errors.New("a kept session is left out, and the learner begins again")
)

// restore reads what keep wrote. Which lesson a session began with is known within a process only: before is its tutor
// there, or nil.
func (b *Bot) restore(s record.Session, before *tutor.Tutor) (*live, error) {
	parts, err := split(s.Data)
	if err != nil {
		return nil, err
	}
	var own rest
	l := &live{tutor: b.options.Load().tutor.After(before), session: new(tutor.Session), user: otr.NewUserState(), key: parts[2]}
	if err := errors.Join(
		json.Unmarshal(parts[0], l.session),
		json.Unmarshal(parts[1], &own),
		l.user.ReadKeys(bytes.NewReader(parts[2])),
		l.user.ReadFingerprints(bytes.NewReader(parts[3])),
	); err != nil {
		return nil, fmt.Errorf("%w: %w", errKept, err)
	}
	if !l.tutor.Teaches(l.session) {
		return nil, fmt.Errorf("%w: it was begun with another lesson", errOther)
	}
	if _, ours := l.user.Key(b.otrAccount()); !ours {
		return nil, fmt.Errorf("%w: it was begun with another account", errOther)
	}
	if l.endpoint, err = otrxmpp.Restore(b.endpointConfig(l.user, s.JID), parts[4]); err != nil {
		return nil, fmt.Errorf("%w: %w", errKept, err)
	}
	l.id, l.sayings, l.online = own.ID, own.Sayings, own.Online
	l.status, l.missed, l.composing, l.enrolment = own.Status, own.Missed, own.Composing, own.Enrolment
	return l, nil
}

// split takes a kept session apart.
func split(data []byte) (parts [5][]byte, err error) {
	if len(data) == 0 || data[0] != liveVersion {
		return parts, errKept
	}
	data = data[1:]
	for i := range parts {
		if len(data) < 4 || uint64(len(data)-4) < uint64(binary.BigEndian.Uint32(data)) {
			return parts, errKept
		}
		n := int(binary.BigEndian.Uint32(data))
		parts[i], data = data[4:4+n:4+n], data[4+n:]
	}
	if len(data) > 0 {
		return parts, errKept
	}
	return parts, nil
}

// due is when the session wants to be woken; zero: never.
func (b *Bot) due(l *live) time.Time {
	at, ok := l.tutor.Due(l.session)
	if !ok {
		at = time.Time{}
	}
	if step := b.options.Load().checkInterval; ok && step > 0 {
		at = at.Truncate(step).Add(step) // the original looks at its timers in intervals
	}
	earlier := func(t time.Time) {
		if !t.IsZero() && (at.IsZero() || t.Before(at)) {
			at = t
		}
	}
	if len(l.sayings) > 0 && !l.endpoint.Away() {
		first := l.sayings[0]
		if l.composing || first.short() {
			earlier(first.Due)
		} else {
			earlier(first.Begin)
		}
	}
	return at
}
