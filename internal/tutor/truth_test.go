package tutor

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"otrbot/internal/record"
)

// claim is what a text says about the conversation, as a condition that must
// hold when it is said.
type claim func(s *Session) bool

func off(s *Session) bool           { return !s.Channel.Encrypted }
func on(s *Session) bool            { return s.Channel.Encrypted }
func both(s *Session) bool          { return s.Verified() }
func learnerKnows(s *Session) bool  { return s.Channel.Encrypted && s.LearnerTrusts }
func botKnows(s *Session) bool      { return s.Channel.Encrypted && s.BotTrusts }
func nobodyKnows(s *Session) bool   { return !s.Verified() }
func onUnverified(s *Session) bool  { return on(s) && nobodyKnows(s) }
func runs(s *Session) bool          { return on(s) && s.SMP }
func withoutSecret(s *Session) bool { return s.Secret.IsZero() }
func runsNot(s *Session) bool       { return !s.SMP }
func served(s *Session) bool        { return !s.Lent && !s.Secret.IsZero() }
func hasPage(s *Session) bool       { return s.Page }
func noClaim(*Session) bool         { return true }

// claims holds every text that speaks of encryption or verification.
var claims = map[string]claim{
	"first_step": off, "heard_in_clear": off, "not_encrypted_yet": off, "otr_first": off, "why_encrypt": off, "i_offer_otr": off,
	"unreadable_plain": off, "otr_ended": off, "otr_lost": off, "leak": off, "leak_done": off, "restart_1": off, "restart_2": off,
	"restart_3": off, "code_in_clear": off, "code_used_up": both, "secret_kept_plain": off, "ended_after_done": off, "start_1": off, "start_2": off, "start_3": off, "no_reply": off, "key_wait": off,

	"otr_on": on, "otr_on_at_once": on, "otr_on_again": on, "otr_on_unknown": on, "otr_is_on": on, "early_text": on, "refreshed": on,

	"otr_not_proof": onUnverified, "verify_now": onUnverified, "any_question": onUnverified, "verify_1": onUnverified, "verify_2": onUnverified,
	"verify_3": onUnverified, "new_key": onUnverified, "trust_gone": onUnverified, "code_later": nobodyKnows,
	"get_secret_1": withoutSecret, "no_secret": withoutSecret, "no_secret_no_answer": withoutSecret, "worn_out": withoutSecret,

	"end_what": on, "end_lesson": off, "nothing_runs": runsNot, "check_cancelled": runsNot, "question_cancelled": runsNot, "secret_served": served,
	"i_ask": runs, "answer_1": noClaim, "answer_2": noClaim,
	"you_verified_me": learnerKnows, "now_i_ask": learnerKnows, "half_1": learnerKnows, "half_2": learnerKnows, "i_verified_you": botKnows,
	"both_verified": both, "verified_once_more": both, "recognised": both, "fingerprint_proof": both, "code": both,
	"code_1": both, "code_2": both, "code_3": both, "code_wrong": both, "code_worn_out": both, "lent_secret": both, "aborted_verified": on,

	"code_to_page": hasPage, "code_renewed": nobodyKnows,

	// About what was, or what could be.
	"why_verify": noClaim, "about_fingerprint": noClaim, "fingerprint_alarm": noClaim, "often_wrong": noClaim, "often_wrong_ways": noClaim, "new_key_done": noClaim, "unreadable": noClaim,
	"other_encryption": noClaim, "congratulations": noClaim, "goodbye_done": noClaim, "pin_not_needed": noClaim, "secret_not_needed": noClaim,
	"client_without_otr": noClaim, "install_another": noClaim, "otr_error": noClaim, "unreadable_often": noClaim, "other_device": noClaim,
	"back_question": noClaim, "not_seen_yet": noClaim, "practise": noClaim, "done_2": noClaim, "answer_3": noClaim, "answer_question_2": noClaim, "answer_question_3": noClaim,
	"fingerprint_right": noClaim, "fingerprint_no_proof": noClaim, "checking_2": noClaim, "our_answer_wrong": noClaim,
}

var speaksOfIt = regexp.MustCompile(`(?i)encrypt|verif|\bOTR\b|in the clear|in between`)

func TestEveryClaimIsListed(t *testing.T) {
	l := basic(t)
	for name, text := range l.Texts {
		if _, listed := claims[name]; !listed && speaksOfIt.MatchString(text.Body+text.Again) {
			t.Errorf("text %s speaks of encryption or verification: say in claims when it may be said", name)
		}
	}
}

// What is said must be so at the moment at which it is said. Learners who know
// what to do, and do much else, try to make the bot say otherwise.
func TestNothingIsSaidThatIsNotSo(t *testing.T) {
	l, heard := basic(t), map[string]bool{}
	for seed := range uint64(1000) {
		c := &clumsy{dice: newDice(seed)}
		o := rehearsalOptions()
		o.MayStartSMP = seed%5 == 0
		if seed%3 == 0 {
			o.DefaultSecret = Secret{}
		}
		r := New(l, o).Rehearse(record.Learner{JID: "ada@example.org", Enrolment: int64(seed % 2)}, start)
		c.Rehearsal = r
		var line string
		r.watch = func(effects []Effect) {
			for _, e := range effects {
				say, ok := e.(Say)
				if claim := claims[say.Name]; ok && claim != nil && !claim(r.Session) {
					t.Errorf("learner %d: %q makes the bot say %s in state %s", seed, line, say.Name, r.Session.State)
				}
				heard[say.Name] = true
			}
		}
		for n := 0; n < 80 && !r.Session.Over && !t.Failed(); n++ {
			if line = c.sensible(); c.dice.IntN(3) > 0 {
				line = pick(c.dice, clumsyLines)
			}
			_, _ = r.Type(strings.ReplaceAll(line, "{code}", r.Session.Code.Reveal()))
			r.Now = r.Now.Add(time.Duration(1+c.dice.IntN(20)) * time.Second)
		}
	}
	for name := range claims {
		if !heard[name] && !slices.Contains(seldom, name) {
			t.Errorf("%s was never said: its claim is not tested", name)
		}
	}
}

// seldom are texts that these learners hardly ever come to hear; transcripts show them.
var seldom = []string{"i_verified_you", "back_question", "otr_on_unknown", "checking_2", "code_worn_out", "no_reply", "unreadable_often", "key_wait", "code_used_up", "code_renewed", "worn_out"}
