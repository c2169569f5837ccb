package tutor

import (
	"slices"
	"strings"
	"testing"
	"time"

	"otrbot/fsm"
	"otrbot/internal/record"
)

// atOnce looks at each answer of the tutor before anything follows from it.
func (c *clumsy) atOnce() {
	c.watch = func(effects []Effect) {
		for _, e := range effects {
			if _, ok := e.(Grade); ok && c.Session.Page && !strings.HasPrefix(c.line, "/code ") {
				c.fault("somebody with a course page is graded for what the chat brings")
			}
		}
		c.known()
	}
}

// judged checks that the page has one answer to what it brought, and none to anything else.
func (c *clumsy) judged(effects []Effect, over bool) {
	answers := 0
	for _, e := range effects {
		if _, ok := e.(Judged); ok {
			answers++
		}
	}
	asked := strings.HasPrefix(c.line, "/code") || strings.HasPrefix(c.line, "/digits")
	if asked && !over && answers != 1 || (!asked || over) && answers != 0 {
		c.fault("the page gets %d answers", answers)
	}
}

// known checks that what a page knows is so.
func (c *clumsy) known() {
	s := c.Session
	p := s.Progress()
	truth := map[record.Step]bool{
		record.StepChatting:  !s.Channel.Encrypted && !s.CodeTold || s.Over,
		record.StepEncrypted: s.Channel.Encrypted && !s.Verified(),
		record.StepVerified:  s.Verified(),
		record.StepCode:      s.CodeTold,
		record.StepDone:      s.Passed,
	}[p.Step]
	switch {
	case !truth:
		c.fault("the page shows %s", p.Step)
	case p.Ended != s.Over:
		c.fault("the page shows the end: %t", p.Ended)
	case p.Step == record.StepDone && p.Trouble != record.NoTrouble:
		c.fault("the page shows trouble %s after the end", p.Trouble)
	case p.Since.Before(start) || p.Active.Before(start):
		c.fault("the page shows %s since %v, active %v", p.Step, p.Since, p.Active)
	}
}

// What a page knows of troubles, and how each of them ends.
func TestTroubles(t *testing.T) {
	const own = "green bicycle opera yesterday"
	tests := []struct {
		trouble     record.Trouble
		begin, ends string // lines, with "; " between them
	}{
		{record.TroubleClient, "/client Gajim", "/client Pidgin"},
		{record.TroubleClient, "/client Gajim", "/start"},
		{record.TroubleOtherCrypto, "/event other_encryption", "hello"},
		{record.TroubleNoSecret, "/start", "/secret " + own},
		{record.TroubleWeakSecret, "/weak password", "/secret " + own},
		{record.TroubleWeakSecret, "/secret password", "/secret " + own},
		{record.TroubleBurnt, "/start; /secret " + own + "; " + own, "/secret copper violin thursday moss"},
		{record.TroubleBurnt, "/start; /secret " + own + strings.Repeat("; /verify x", 6), "/secret copper violin thursday moss"},
		{record.TroubleDiffers, "/start; /secret " + own + "; /verify x", "/verify " + own},
		{record.TroubleDiffers, "/start; /secret " + own + "; /ask Who? = x", "/ask Who? = " + own},
		{record.TroubleDiffers, "/start; /secret " + own + "; ask; /answer x", "/verify " + own},
		{record.TroubleAborted, "/start; /secret " + own + "; ask; /abort", "ask; /answer " + own},
		{record.TroubleEnded, "/start; /secret " + own + "; /end", "/start"},
		{record.TroubleEnded, "/start; /secret " + own + "; /lost", "/start"},
		{record.TroubleUnreadable, "/event unreadable", "hello"},
		{record.TroubleUnreadable, "/start; /secret " + own + "; /event error_received", "/refresh"},
		{record.TroubleLeft, "/event learner_left", "/event learner_returned"},
		{record.TroubleLeft, "/event learner_left", "hello"},
		{record.TroubleWrongCode, "/start; /secret " + own + "; /verify " + own + "; /code x", "/code {code}"},
		{record.TroubleWrongCode, "/start; /secret " + own + "; /verify " + own + "; AAAA-BBBB-CCCC", "{code}"},
		{record.TroubleExpired, "/wait 2h", ""},
	}
	met := map[record.Trouble]bool{}
	for _, tt := range tests {
		met[tt.trouble] = true
		o := rehearsalOptions()
		o.DefaultSecret = Secret{}
		r := New(basic(t), o).Rehearse(record.Learner{JID: "ada@example.org", Enrolment: 1}, start)
		after(t, r, "hello")
		if got := r.Session.Progress(); got.Trouble != record.NoTrouble {
			t.Fatalf("at first: %+v", got)
		}
		r.Now = r.Now.Add(time.Minute)
		after(t, r, strings.Split(tt.begin, "; ")...)
		if got := r.Session.Progress(); got.Trouble != tt.trouble || got.Since.Before(start.Add(time.Minute)) {
			t.Errorf("%s: %q since %v, want %s", tt.begin, got.Trouble, got.Since, tt.trouble)
		}
		if tt.ends == "" {
			continue
		}
		after(t, r, strings.Split(tt.ends, "; ")...)
		if got := r.Session.Progress(); got.Trouble == tt.trouble {
			t.Errorf("%s, then %s: still %s", tt.begin, tt.ends, got.Trouble)
		}
	}
	for _, row := range troubleTable {
		if !met[row.name] {
			t.Errorf("no test meets %s", row.name)
		}
	}
}

// Every event that begins or ends a trouble is one.
func TestTroublesAreOfEvents(t *testing.T) {
	for _, row := range troubleTable {
		for _, ev := range slices.Concat(row.begins, row.ends) {
			if !isEvent(ev) {
				t.Errorf("%s: %s is no event", row.name, ev)
			}
		}
	}
}

// What hides behind an absence is there again when it is over.
func TestTroubleBehindAnAbsence(t *testing.T) {
	r := rehearse(t)
	after(t, r, "hello", "/start", "/verify x", "/event learner_left")
	if got := r.Session.Progress().Trouble; got != record.TroubleLeft {
		t.Errorf("away: %s", got)
	}
	after(t, r, "/secret green bicycle opera yesterday") // on the page
	after(t, r, "/weak x")
	if got := r.Session.Progress().Trouble; got != record.TroubleLeft {
		t.Errorf("on the page: %s", got)
	}
	after(t, r, "/verify x", "/event learner_left", "/event learner_returned")
	if got := r.Session.Progress().Trouble; got != record.TroubleDiffers {
		t.Errorf("back: %s", got)
	}
}

// The page shows which program the learner has.
func TestWhatThePageShows(t *testing.T) {
	r := rehearse(t)
	r.channel.OwnKey = rehearsedBotKey
	after(t, r, "hello", "/client Pidgin")
	if got := r.Session.Progress(); got.Client != "pidgin" {
		t.Errorf("the page shows %+v", got)
	}
}

// Our fingerprint stands on the page only when the learner has entered it there, and not after a slip either: a copy of
// what the page shows would prove nothing.
func TestFingerprintComesFromTheLearner(t *testing.T) {
	r := rehearse(t)
	r.channel.OwnKey = rehearsedBotKey
	for _, line := range []string{
		"hello", "/start", "/digits I see it", "/digits " + rehearsedLearnerKey, "/digits " + rehearsedBotKey[1:] + "8", rehearsedBotKey,
	} {
		after(t, r, line)
		if got := r.Session.Progress(); got.Fingerprint != "" || r.Session.Verified() {
			t.Errorf("after %s: %+v, verified %t", line, got, r.Session.Verified())
		}
	}
	for _, line := range []string{"/digits " + rehearsedBotKey, "/end"} {
		after(t, r, line)
		if got := r.Session.Progress(); got.Fingerprint != rehearsedBotKey {
			t.Errorf("after %s: %+v", line, got)
		}
	}
}

// A code that was told once stays out of chats that are not private: nobody but the page is told that it is right.
func TestVerdicts(t *testing.T) {
	for name, tt := range map[string]struct {
		before []string
		sig    Signal
		want   record.Verdict
		state  fsm.State
	}{
		"not told":              {[]string{"/start"}, Signal{Event: CodeReceived, Text: "{code}"}, record.VerdictNone, "encrypted"},
		"right":                 {[]string{"/start", "/verify seven brass lanterns"}, Signal{Event: CodeReceived, Text: "{code}"}, record.VerdictRight, "done"},
		"with what is around":   {[]string{"/start", "/verify seven brass lanterns"}, Signal{Event: CodeReceived, Text: " chat: {code}\n"}, record.VerdictRight, "done"},
		"small, without dashes": {[]string{"/start", "/verify seven brass lanterns"}, Signal{Event: CodeReceived, Text: "nawj6se2nawj"}, record.VerdictRight, "done"},
		"once more":             {[]string{"/start", "/verify seven brass lanterns", "/code {code}"}, Signal{Event: CodeReceived, Text: "{code}"}, record.VerdictRight, "done"},
		"nothing":               {[]string{"/start", "/verify seven brass lanterns"}, Signal{Event: CodeReceived}, record.VerdictWrong, "verified"},
		"a long text":           {[]string{"/start", "/verify seven brass lanterns"}, Signal{Event: CodeReceived, Text: strings.Repeat("{code} ", 100)}, record.VerdictWrong, "verified"},
		"OTR is off":            {[]string{"/start", "/verify seven brass lanterns", "/end"}, Signal{Event: CodeReceived, Text: "{code}"}, record.VerdictRight, "closed"},
		"in a check":            {[]string{"/start", "/verify seven brass lanterns", "/verify x", "ask"}, Signal{Event: CodeReceived, Text: "{code}"}, record.VerdictRight, "done"},
	} {
		r := New(basic(t), rehearsalOptions()).Rehearse(record.Learner{JID: "ada@example.org", Enrolment: 1}, start)
		after(t, r, append([]string{"hello"}, tt.before...)...)
		tt.sig.Text = strings.ReplaceAll(tt.sig.Text, "{code}", r.Session.Code.Reveal())
		effects := r.signal(tt.sig)
		i := slices.IndexFunc(effects, func(e Effect) bool { _, ok := e.(Judged); return ok })
		if i < 0 || effects[i].(Judged).Verdict != tt.want || r.Session.State != tt.state {
			t.Errorf("%s: %v, in state %s", name, effects, r.Session.State)
		}
	}
}
