package bot

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"otrbot/internal/chatxml"
)

// told writes down what a watcher is told.
type told []string

func (w *told) KeyExchanged(outcome string) { *w = append(*w, "key exchange "+outcome) }
func (w *told) Verified(outcome string)     { *w = append(*w, "verification "+outcome) }
func (w *told) Answered(took time.Duration) { *w = append(*w, fmt.Sprint("answered ", took)) }
func (w *told) of(what string) (all []string) {
	for _, one := range *w {
		if strings.HasPrefix(one, what) {
			all = append(all, strings.TrimPrefix(one, what+" "))
		}
	}
	return all
}

// Who watches a lesson hears of both key exchanges, of a wrong secret and the right one, and of every message, and at each
// step there is one learner in one state.
func TestWatchedLesson(t *testing.T) {
	watcher := &told{}
	r := newRoom(t, 0, func(c *Config) { c.Watch = watcher })
	in := func(state string) {
		t.Helper()
		got := r.bot.Sessions()
		maps.DeleteFunc(got, func(_ string, n int) bool { return n == 0 })
		if want := string(r.bot.lives.of(ana).session.State); len(got) != 1 || got[want] != 1 {
			t.Errorf("%s: learners are in %v, want one in %s", state, got, want)
		}
	}
	r.says("hello")
	in("greeted")
	if got := watcher.of("answered"); !slices.Equal(got, []string{"0s"}) {
		t.Errorf("answered %v", got)
	}
	r.encrypts()
	in("encrypted")
	r.does(r.learner.StartSMP([]byte("a slip of the keyboard"), r.now))
	r.does(r.learner.StartSMP([]byte(shared), r.now))
	in("verified")
	r.does(r.learner.Start(r.now))
	if got := watcher.of("key exchange"); !slices.Equal(got, []string{enabled, renewed}) {
		t.Errorf("key exchanges %v", got)
	}
	if got := watcher.of("verification"); !slices.Equal(got, []string{incorrect, correct}) {
		t.Errorf("verifications %v", got)
	}
	for _, one := range *watcher {
		if strings.Contains(one, "@") {
			t.Errorf("a watcher is told %q", one)
		}
	}
	r.bot.do(ana, closing{func() {}})
	for state, n := range r.bot.Sessions() {
		if n != 0 {
			t.Errorf("%d learners in %s after the end", n, state)
		}
	}
}

// A key exchange whose last message was changed on the way, and a check that the learner breaks off.
func TestWatchedTrouble(t *testing.T) {
	watcher := &told{}
	r := newRoom(t, 0, func(c *Config) { c.Watch = watcher })
	r.says("hello")
	started, err := r.learner.Start(r.now)
	r.must(err)
	r.give(started)
	changed := false
	for len(r.sent) > 0 {
		m, _ := chatxml.Read(r.sent[0].Set("from", botJID+"/bot"))
		r.sent = r.sent[1:]
		for _, o := range r.learner.Receive(m, r.now).Send {
			if strings.HasPrefix(o.Body, "?OTR:AAMS") { // the signature message of version 3
				middle := len(o.Body) / 2
				o.Body, changed = o.Body[:middle]+flipped(o.Body[middle])+o.Body[middle+1:], true
			}
			r.hears(chatxml.Write(o))
		}
	}
	if got := watcher.of("key exchange"); !changed || !slices.Equal(got, []string{rejected}) {
		t.Errorf("changed: %t, key exchanges %v", changed, got)
	}

	r.encrypts()
	asked, err := r.learner.StartSMP([]byte(shared), r.now)
	r.must(err)
	r.give(asked)
	r.does(r.learner.AbortSMP(r.now))
	if got := watcher.of("verification"); !slices.Equal(got, []string{aborted}) {
		t.Errorf("verifications %v", got)
	}
}

// flipped is another letter of base64.
func flipped(letter byte) string {
	if letter == 'A' {
		return "B"
	}
	return "A"
}
