package otr

import "time"

// Authenticated is a snapshot of what no unauthenticated message may change: message states, sessions, SMP, texts that
// wait. Exchange adds the key exchanges under way, which D-H Commit and D-H Key Messages, being unauthenticated, may
// change and nothing else may.
func (c *Conversation) Authenticated(exchange bool) ([]byte, error) {
	rest := Conversation{peer: c.peer, tag: c.tag, selection: c.selection, held: c.held, asked: c.asked}
	if exchange {
		rest.pending = c.pending
	}
	for _, i := range c.instances {
		same := *i
		same.heard, same.last.lost = time.Time{}, false
		if !exchange {
			same.auth, same.consumed, same.adopted = instance{}.auth, nil, time.Time{}
		}
		if !exchange && same.state == Plaintext && same.lastReceived.IsZero() && len(same.dead) == 0 {
			continue // only heard of
		}
		rest.instances = append(rest.instances, &same)
	}
	return rest.Snapshot()
}

// Sizes counts what strangers can make a conversation hold.
func (c *Conversation) Sizes() (instances, partials, partialBytes int) {
	return len(c.instances), len(c.partials.list), c.partials.size()
}
