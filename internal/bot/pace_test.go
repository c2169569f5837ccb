package bot

import (
	"strings"
	"testing"
	"time"
)

func TestTypingTime(t *testing.T) {
	const s = time.Second
	tests := []struct {
		name     string
		speed    int
		text     string
		dice     byte
		min, max time.Duration
	}{
		{"no delays", 0, strings.Repeat("x", 1000), 128, 0, 0},
		{"a negative speed", -1, "hello", 128, 0, 0},
		{"no text", 20, "", 255, 0, 0},
		{"the quickest", 20, strings.Repeat("x", 40), 0, 1500 * time.Millisecond, 1500 * time.Millisecond},
		{"in the middle", 20, strings.Repeat("x", 40), 128, 2 * s, 2 * s},
		{"the slowest", 20, strings.Repeat("x", 40), 255, 2400 * time.Millisecond, 2500 * time.Millisecond},
		{"characters count, not bytes", 20, strings.Repeat("ä", 40), 128, 2 * s, 2 * s},
		{"a long text, quick", 20, strings.Repeat("x", 10_000), 0, 2 * s, longestTyping},
		{"a long text, slow", 20, strings.Repeat("x", 10_000), 255, 2 * s, longestTyping},
		{"a text just short of the longest", 20, strings.Repeat("x", 59), 255, 2 * s, longestTyping},
		{"at the slowest speed", 1, strings.Repeat("x", 10_000), 255, 2 * s, longestTyping},
	}
	for _, test := range tests {
		if got := (pace{test.speed}).typing(test.text, test.dice); got < test.min || got > test.max {
			t.Errorf("%s: %v, want %v to %v", test.name, got, test.min, test.max)
		}
	}
}

// Before a slow answer the learner sees that the bot is typing, and with the answer that it has stopped (XEP-0085).
func TestTypingIsShown(t *testing.T) {
	r := newRoom(t, 20)
	r.says("hello")
	if got := r.shown(); len(got) != 1 || got[0].state != "composing" || got[0].text != "" {
		t.Fatalf("at once: %+v, want composing", got)
	}
	r.passes(10 * time.Second)
	got := r.shown()
	if len(got) != 3 || !strings.Contains(got[0].text, r.text("greeting")) || !r.saw(got[2:], "first_step") {
		t.Fatalf("then: %+v, want the greeting, composing, and the first step", got)
	}
	for i, state := range []string{"active", "composing", "active"} {
		if got[i].state != state {
			t.Errorf("the %d. comes with %q, want %q", i+1, got[i].state, state)
		}
	}
	if first, second := got[0].at, got[2].at-got[1].at; first < 2*time.Second || first > longestTyping || second < 2*time.Second || second > longestTyping {
		t.Errorf("the texts took %v and %v to type", first, second)
	}
}

// Fast answers come without chat states.
func TestFastAnswers(t *testing.T) {
	tests := map[string]struct {
		speed int
		say   string
	}{
		"no typing delays":        {0, "hello"},
		"too short to be noticed": {1000, "hello"},
		"the learner says fast":   {20, "fast"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t, test.speed)
			r.says(test.say)
			r.passes(time.Second)
			got := r.shown()
			if len(got) < 2 {
				t.Fatalf("the learner sees %+v", got)
			}
			for _, one := range got {
				if one.state != "" {
					t.Errorf("%q comes with the state %q", one.text, one.state)
				}
			}
		})
	}
}

// Somebody who writes meanwhile gets the waiting texts at once, before the answer.
func TestHurry(t *testing.T) {
	r := newRoom(t, 20)
	r.says("hello")
	r.shown()
	r.says("help")
	got := r.shown()
	if len(got) != 3 || !r.saw(got[:1], "greeting") || !r.saw(got[1:2], "first_step") || got[2].state != "composing" {
		t.Fatalf("the learner sees %+v, want greeting, first step and composing", got)
	}
	if got[0].state != "active" || got[1].state != "" {
		t.Errorf("the states are %q and %q: only the first was being typed", got[0].state, got[1].state)
	}
	r.passes(4 * time.Second)
	if got := r.shown(); !r.saw(got, "start_1") {
		t.Errorf("no hint comes: %+v", got)
	}
}

// "fast" sends what waits, and ends the waiting; "slow" brings it back.
func TestFastAndSlow(t *testing.T) {
	r := newRoom(t, 10)
	r.says("hello")
	r.shown()
	r.says("fast")
	if got := r.shown(); !r.saw(got, "greeting") || !r.saw(got, "first_step") || !r.saw(got, "fast_on") {
		t.Fatalf("the learner sees %+v", got)
	}
	r.says("help")
	if got := r.shown(); len(got) != 1 || !r.saw(got, "start_1") || got[0].state != "" {
		t.Fatalf("the learner sees %+v, want a hint", got)
	}
	r.says("slow")
	if got := r.shown(); len(got) != 1 || got[0].state != "composing" {
		t.Errorf("the learner sees %+v, want composing", got)
	}
}

// A warning comes without delay, and takes the place of what was being typed: that may not be true any more.
func TestWarningComesAtOnce(t *testing.T) {
	r := newRoom(t, 20)
	r.says("hello")
	r.passes(10 * time.Second)
	r.encrypts()
	r.passes(time.Second) // "well done: OTR is on" is being typed
	if got := r.shown(); r.saw(got, "otr_on") || got[len(got)-1].state != "composing" {
		t.Fatalf("the learner sees %+v", got)
	}
	r.does(r.learner.EndAll(r.now))
	got := r.shown()
	if len(got) == 0 || !r.saw(got[:1], "otr_ended") || got[0].encrypted {
		t.Fatalf("the learner sees %+v, want the warning", got)
	}
	if got[0].state != "active" {
		t.Error("the learner's window says for ever that the bot is typing")
	}
	r.passes(20 * time.Second)
	if got := r.shown(); r.saw(got, "otr_on") || r.saw(got, "otr_not_proof") {
		t.Errorf("the learner is told that OTR is on: %+v", got)
	}
}

// What was meant for the encrypted chat is not said in the clear, and what belongs to the clear is not said when it is
// over: nobody needs "switch OTR on" then.
func TestTextsStayInTheirState(t *testing.T) {
	r := newRoom(t, 20)
	r.says("hello")
	r.shown()
	r.encrypts()
	r.passes(time.Minute / 2)
	got := r.shown()
	if r.saw(got, "first_step") || !r.saw(got, "otr_on") {
		t.Errorf("the learner sees %+v", got)
	}
	for _, one := range got {
		if one.text != "" && !one.encrypted {
			t.Errorf("%q is said in the clear", one.text)
		}
	}

	r.does(r.learner.StartSMP([]byte(shared), r.now))
	session := r.bot.lives.of(ana)
	if code := session.session.Code.Reveal(); code == "" || len(session.sayings) == 0 {
		t.Fatal("no code waits to be told")
	}
	r.does(r.learner.EndAll(r.now))
	r.passes(time.Minute / 2)
	for _, one := range r.shown() {
		if strings.Contains(one.text, session.session.Code.Reveal()) {
			t.Errorf("the code is told in %+v", one)
		}
	}
}

// A text that is not to be said any more leaves no typing notice behind.
func TestTypingIsTakenBack(t *testing.T) {
	r := newRoom(t, 20)
	r.says("hello")
	r.passes(time.Minute / 2)
	r.shown()
	l := r.bot.lives.of(ana)
	l.line(saying{Text: "only for the encrypted chat", Private: true, Begin: r.now}, longestTyping)
	r.bot.do(ana, woken{})
	r.passes(longestTyping)
	got := r.shown()
	if len(got) != 2 || got[0].state != "composing" || got[1].state != "active" || got[1].text != "" {
		t.Errorf("the learner sees %+v, want composing and then active", got)
	}
}
