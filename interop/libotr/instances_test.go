package libotr

import (
	"slices"
	"testing"
	"time"
)

// Several logins of one account, which each have an instance tag of their own
// and a private conversation of their own.

// expectOthers checks that a login saw messages for the other one as such,
// and nothing of them.
func (r *room) expectOthers(p party) {
	r.t.Helper()
	saw := p.notes()
	if len(saw) == 0 || slices.ContainsFunc(saw, func(note string) bool { return note != "other instance" }) {
		r.t.Errorf("%T saw %q of what was meant for another login", p, saw)
	}
}

func TestTwoOfLibotrAgainstOneOfOurs(t *testing.T) {
	for _, size := range []int{0, 200} {
		p := process(t)
		alice := newOurs(t, setup{"alice", "bob", PolicyManual, size})
		home := newTheirs(t, p, "home", setup{"bob", "alice", PolicyManual, size})
		work := newTheirs(t, p, "work", setup{"bob", "alice", PolicyManual, size})
		r := &room{t: t, left: []party{alice}, right: []party{home, work}}

		alice.start() // one query, two answers
		r.settle()
		r.expect(alice, "secured", "secured")
		if x, y := home.session(), work.session(); x.state != "encrypted" || y.state != "encrypted" || x.ssid == y.ssid {
			t.Fatalf("home %+v and work %+v are not two private conversations", x, y)
		}
		r.forget()

		tags := map[party]uint32{home: home.ownTag(), work: work.ownTag()}
		for _, to := range []*theirs{home, work, work, home} {
			alice.choose(tags[to])
			if got := alice.session().ssid; got != to.session().ssid {
				t.Errorf("the chosen session is %s, want %s", got, to.session().ssid)
			}
			alice.say("only for " + to.id)
			r.settle()
			r.expect(to, "text: only for "+to.id)
			other := map[*theirs]*theirs{home: work, work: home}[to]
			r.expectOthers(other)
			to.say("from " + to.id)
			r.settle()
			r.expect(alice, "text: from "+to.id)
			r.forget()
		}

		alice.choose(tags[work])
		smpRun(r, alice, work, "secret", "secret", "smp succeeded")
		r.forget()
		home.smp("secret") // the answer goes to the instance that asked
		r.settle()
		r.expect(alice, "smp asked")
		alice.answer("secret")
		r.settle()
		r.expect(alice, "smp succeeded")
		r.forget()

		home.end()
		r.settle()
		r.expect(alice, "ended")
		alice.choose(best)
		alice.say("work is the best that is left")
		r.settle()
		r.expect(work, "text: work is the best that is left")
		alice.endAll()
		r.settle()
		r.expectSeen(work, "ended")
	}
}

func TestTwoOfOursAgainstOneOfLibotr(t *testing.T) {
	for _, size := range []int{0, 200} {
		bob := newTheirs(t, process(t), "b", setup{"bob", "alice", PolicyManual, size})
		home := newOurs(t, setup{"alice", "bob", PolicyManual, size})
		work := newOurs(t, setup{"alice", "bob", PolicyManual, size})
		r := &room{t: t, left: []party{home, work}, right: []party{bob}}

		bob.start()
		r.settle()
		for _, s := range []*ours{home, work} {
			if got := s.session().state; got != "encrypted" {
				t.Fatalf("one of ours is %s", got)
			}
		}
		r.forget()
		for i, from := range []*ours{home, work, home} {
			r.advance(time.Second)
			from.say("hello from one of two")
			r.settle()
			r.expect(bob, "text: hello from one of two")
			bob.sayTo(from.ownTag(), "back to you")
			r.settle()
			r.expect(from, "text: back to you")
			other := []*ours{work, home}[i%2]
			if from == work {
				other = home
			}
			r.expectOthers(other)
		}
		home.end()
		r.settle()
		r.expect(bob, "ended")
		bob.sayTo(work.ownTag(), "still there?")
		r.settle()
		r.expect(work, "text: still there?")
	}
}

// A second login comes while a conversation with the first is private. The
// handshake that it asks for reaches both, and both stay private.
func TestSecondLoginJoins(t *testing.T) {
	p := process(t)
	alice := newOurs(t, setup{"alice", "bob", PolicyManual, 0})
	home := newTheirs(t, p, "home", setup{"bob", "alice", PolicyManual, 0})
	r := between(t, alice, home)
	alice.start()
	r.settle()

	work := newTheirs(t, p, "work", setup{"bob", "alice", PolicyManual, 0})
	r.right = append(r.right, work)
	r.forget()
	work.start()
	r.settle()
	r.forget()
	for _, login := range []*theirs{home, work} {
		alice.choose(login.ownTag())
		alice.say("to " + login.id)
		r.settle()
		r.expectSeen(login, "text: to "+login.id)
		r.forget()
	}
}
