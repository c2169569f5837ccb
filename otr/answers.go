package otr

import "time"

// answers bounds what unauthenticated messages make us send.
type answers struct {
	minute                time.Time // when the present minute began
	handshake             int       // key exchange messages answered since
	queried               time.Time // the latest query that answered an error
	unreadable, malformed time.Time // the latest error messages of ours
}

func (a *answers) count() { a.handshake++ }

// mayAnswer says whether one more key exchange message may cost us an answer, and reports it if not.
func (c *Conversation) mayAnswer(r *Result, from InstanceTag) bool {
	a := &c.answers
	if now := c.now(); now.Sub(a.minute) >= time.Minute {
		a.minute, a.handshake = now, 0
	}
	if a.handshake >= c.config.Limits.AnswersPerMinute {
		r.emit(Rejected{Reason: TooMany, Instance: from, Detail: "too many key exchange messages in a minute"})
		return false
	}
	return true
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
	if !last.IsZero() && now.Sub(*last) < time.Minute {
		return false
	}
	*last = now
	return true
}
