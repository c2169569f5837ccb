package otr

import (
	"time"

	"otrbot/otr/internal/wire"
)

// answers bounds what messages make us compute and send.
type answers struct {
	minute                time.Time // when the present minute began
	spent                 [costs]uint32
	queried               time.Time // the latest query that answered an error
	unreadable, malformed time.Time // the latest error messages of ours
}

// cost is a kind of answer. Each kind has Limits.AnswersPerMinute of its own, so that a flood of one leaves the others be.
type cost int

const (
	costCommit cost = iota // a D-H Commit Message for a query or tag
	costDHKey              // a D-H Key Message for a D-H Commit Message
	costStep               // the later messages of a key exchange
	costAbort              // an SMP abort for a step that was not due or was wrong
	costs
)

// mayAnswer says whether one more answer of a kind is within the limit.
func (c *Conversation) mayAnswer(kind cost) bool {
	a := &c.answers
	return elapsed(a.minute, c.now()) || a.spent[kind] < uint32(c.config.Limits.AnswersPerMinute)
}

// spend counts an answer of a kind.
func (c *Conversation) spend(kind cost) {
	a := &c.answers
	if now := c.now(); elapsed(a.minute, now) {
		a.minute, a.spent = now, [costs]uint32{}
	}
	a.spent[kind]++
}

// mayQuery says whether an error may be answered by a query: once in a minute, or two sides could go on for ever.
func (a *answers) mayQuery(now time.Time) bool { return once(&a.queried, now) }

// complain tells the peer about a message that could not be used, once in a minute for each cause.
func (c *Conversation) complain(r *Result, cause ErrorCode) {
	last := &c.answers.unreadable
	if cause == ErrorMalformed {
		last = &c.answers.malformed
	}
	if once(last, c.now()) {
		r.Send = append(r.Send, "?OTR Error: "+c.config.errorText(cause))
	}
}

func once(last *time.Time, now time.Time) bool {
	if !elapsed(*last, now) {
		return false
	}
	*last = now
	return true
}

// elapsed says whether a minute has passed. A clock that was set back begins a new one.
func elapsed(since, now time.Time) bool {
	d := now.Sub(since)
	return since.IsZero() || d >= time.Minute || d < 0
}

func (a *answers) append(b []byte) []byte {
	b = appendTime(b, a.minute)
	for _, n := range a.spent {
		b = wire.AppendInt(b, n)
	}
	for _, t := range []time.Time{a.queried, a.unreadable, a.malformed} {
		b = appendTime(b, t)
	}
	return b
}

func (a *answers) read(r *wire.Reader) {
	a.minute = readTime(r)
	for kind := range a.spent {
		a.spent[kind] = r.Int()
	}
	for _, t := range []*time.Time{&a.queried, &a.unreadable, &a.malformed} {
		*t = readTime(r)
	}
}
