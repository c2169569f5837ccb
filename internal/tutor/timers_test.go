package tutor

import (
	"testing"
	"time"

	"otrbot/fsm"
	"otrbot/internal/record"
)

// Every event of the original extends a session, a right or wrong secret does not.
func TestWhatExtendsASession(t *testing.T) {
	extends := map[fsm.Event]bool{MessageReceived: true, OTREnabled: true, SMPStarted: true, SMPQuestionUsed: true, SMPAborted: true, OTRDisabled: true}
	for _, e := range Events() {
		ev := fsm.Event(e.Name)
		if ev == Closing || ev == Removed || ev == Reset { // these end it
			continue
		}
		r := rehearse(t)
		after(t, r, "hello", "/start", "/wait 20m")
		before := r.Session.Active
		r.signal(Signal{Event: ev, Text: "words", Encrypted: true, ByPeer: true})
		if got := r.Session.Active.After(before); got != extends[ev] {
			t.Errorf("%s extends the session: %t", ev, got)
		}
	}
}

func TestNoticeOnlyAfterAWarning(t *testing.T) {
	r := rehearse(t)
	after(t, r, "hello")
	r.Wait(24 * time.Minute)
	wantSaid(t, after(t, r, "thanks"), "welcome")
	r.Wait(25 * time.Minute)
	wantSaid(t, after(t, r, "thanks"), "session_refreshed", "welcome")
	wantSaid(t, after(t, r, "thanks"), "welcome")
}

// After hours without the bot nobody is signed out unwarned.
func TestWarnedEvenAfterALongAbsence(t *testing.T) {
	r := rehearse(t)
	after(t, r, "hello", "/event learner_left")
	r.Now = r.Now.Add(10 * time.Hour)
	wantSaid(t, r.Tutor.Tick(r.Session, r.Now), "session_warning")
	if due, ok := r.Tutor.Due(r.Session); !ok || due.Sub(r.Now) != 5*time.Minute {
		t.Errorf("due in %v, %t", due.Sub(r.Now), ok)
	}
	wantSaid(t, r.Wait(5*time.Minute), "sign_out")
	if _, ok := r.Tutor.Due(r.Session); ok || !r.Session.Over {
		t.Error("a session that is over is due again")
	}
}

func TestTimesOfTheSettings(t *testing.T) {
	o := rehearsalOptions()
	o.Warning, o.Expiry = time.Minute, 90*time.Second
	r := New(basic(t), o).Rehearse(record.Learner{JID: "ada@example.org"}, start)
	after(t, r, "hello", "/event learner_left")
	wantSaid(t, r.Wait(time.Minute), "session_warning")
	wantSaid(t, r.Wait(29*time.Second))
	wantSaid(t, r.Wait(time.Second), "sign_out")
}

// A check whose answer never comes: the hints of the state help out of it.
func TestHintsWhileACheckHangs(t *testing.T) {
	r := rehearse(t)
	after(t, r, "hello", "/start")
	r.Tutor.Handle(r.Session, Signal{Event: SMPStarted, Channel: r.channel}, r.Now)
	wantSaid(t, r.Wait(4*time.Minute), "checking_1", "checking_2", "checking_3")
	wantSaid(t, r.Tutor.Handle(r.Session, Signal{Event: SMPAborted, ByPeer: true, Channel: r.channel}, r.Now), "aborted")
}

// Hints wait while the learner is heard.
func TestHintsAreForSilence(t *testing.T) {
	r := rehearse(t)
	after(t, r, "hello")
	for range 5 {
		wantSaid(t, r.Wait(59*time.Second))
		after(t, r, "thanks")
	}
	wantSaid(t, r.Wait(time.Minute), "start_1")
}

// A text of a hint may come three times for silence, then it is quiet.
func TestSilenceIsAnsweredThreeTimes(t *testing.T) {
	r := rehearse(t)
	after(t, r, "hello")
	wantSaid(t, r.Wait(24*time.Minute), "start_1", "start_2", "start_3")
}

func TestDueIsTheNextTick(t *testing.T) {
	r := rehearse(t)
	if due, ok := r.Tutor.Due(r.Session); !ok || due.Sub(start) != 25*time.Minute {
		t.Errorf("a new session is due in %v, %t", due.Sub(start), ok)
	}
	after(t, r, "hello")
	due, ok := r.Tutor.Due(r.Session)
	if !ok || due.Sub(start) != time.Minute {
		t.Errorf("due in %v, %t", due.Sub(start), ok)
	}
	if effects := r.Tutor.Tick(r.Session, due.Add(-1)); effects != nil {
		t.Errorf("too early: %v", effects)
	}
	if effects := r.Tutor.Tick(r.Session, due); len(effects) != 1 {
		t.Errorf("in time: %v", effects)
	}
}
