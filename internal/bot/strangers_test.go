package bot

import (
	"fmt"
	"testing"
	"time"
)

func TestStrangerIsAnsweredOnce(t *testing.T) {
	var s strangers
	now := time.Date(2026, time.March, 14, 9, 26, 53, 0, time.UTC)
	answers := 0
	for range 1000 {
		if s.answer("x@example.org", now) {
			answers++
		}
		now = now.Add(time.Hour)
	}
	if answers != 1 {
		t.Errorf("a stranger who writes 1,000 times is answered %d times", answers)
	}
}

// Many strangers at once get few answers; who got none gets it with a later message.
func TestManyStrangers(t *testing.T) {
	var s strangers
	now := time.Date(2026, time.March, 14, 9, 26, 53, 0, time.UTC)
	answers := 0
	for i := range 100_000 {
		if s.answer(fmt.Sprintf("x%d@example.org", i), now) {
			answers++
		}
		now = now.Add(time.Millisecond)
	}
	if want := int(100 * time.Second / strangersPause); answers != want {
		t.Errorf("100,000 strangers in 100 s are given %d answers, want %d", answers, want)
	}
	now = now.Add(strangersPause)
	if !s.answer("x99999@example.org", now) {
		t.Error("a stranger who was passed over is never answered")
	}
}

// However many there are, only the last ones are remembered.
func TestStrangersAreForgotten(t *testing.T) {
	var s strangers
	now := time.Date(2026, time.March, 14, 9, 26, 53, 0, time.UTC)
	for i := range 3 * strangersRemembered {
		now = now.Add(strangersPause)
		if !s.answer(fmt.Sprint(i), now) {
			t.Fatalf("stranger %d is not answered", i)
		}
		if len(s.met) > strangersRemembered || len(s.order) != len(s.met) {
			t.Fatalf("%d strangers are remembered, %d in order", len(s.met), len(s.order))
		}
	}
	now = now.Add(strangersPause)
	if s.answer(fmt.Sprint(3*strangersRemembered-1), now) || s.answer(fmt.Sprint(2*strangersRemembered), now) {
		t.Error("somebody of the last ones is answered again")
	}
}
