package bot

import (
	"strings"
	"testing"
)

// A piece of work that hits a bug is given up; the session goes on as it was kept last, and so does everybody else.
func TestBugConcernsOnePieceOfWork(t *testing.T) {
	r := newRoom(t, 0)
	r.does(r.learner.Send("hello", r.now))
	state := r.bot.lives.of(ana).session.State
	done := false
	r.bot.do(ana, faulty{func() { done = true }})
	if !done {
		t.Error("who waits for the work is not told")
	}
	if !strings.Contains(r.log.String(), "a bug") {
		t.Error("the log does not say that there is a bug")
	}
	if l := r.bot.lives.of(ana); l == nil || l.session.State != state {
		t.Fatalf("the session is %v, want it in state %s", l, state)
	}
	before := len(r.read)
	r.does(r.learner.Send("help", r.now))
	if len(r.read) == before {
		t.Error("the learner is not answered any more")
	}
}

// faulty breaks half-way.
type faulty struct{ done func() }

func (f faulty) do(t *turn) {
	t.finally = append(t.finally, f.done)
	t.session.State = "nowhere"
	panic("a bug of the test")
}
