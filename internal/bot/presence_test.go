package bot

import (
	"testing"

	"otrbot/internal/xmpp/stanza"
)

// The words that our presence has for one learner are sent to each of their clients that comes, and not again whenever
// one of them changes its own.
func TestStatusIsShownOnce(t *testing.T) {
	r := newRoom(t, 0)
	r.says("hello")
	shown := func() (n int) {
		for _, e := range r.sent {
			if e.Local == "presence" && e.Child(stanza.NSClient, "status") != nil {
				n++
			}
		}
		r.sent = nil
		return n
	}
	presence := func(resource, typ string) {
		r.bot.do(ana, arrived{stanza.New(stanza.NSClient, "presence", "type", typ, "from", ana+"/"+resource), 0, r.now})
	}
	presence("desk", "")
	if n := shown(); n != 1 {
		t.Errorf("a client that comes is shown the status %d times", n)
	}
	for range 10 {
		presence("desk", "")
	}
	if n := shown(); n != 0 {
		t.Errorf("a client that is there is shown the status %d times more", n)
	}
	presence("phone", "")
	presence("desk", "unavailable")
	presence("desk", "")
	if n := shown(); n != 2 {
		t.Errorf("another client, and one that comes back, are shown the status %d times, want 2", n)
	}
	for i := range 1000 {
		presence(string(rune('一'+i)), "")
	}
	if n := shown(); n > maxOnline {
		t.Errorf("a thousand clients of one learner are shown the status %d times", n)
	}
	if n := len(r.bot.lives.of(ana).online); n > maxOnline {
		t.Errorf("%d clients of one learner are remembered", n)
	}
}
