package libotr

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// A happening brings the subject into a situation that libotr reports by an
// event. The peer runs on libotr in all of them.
type happening struct {
	name    string // libotr's name, without its prefix
	word    string // what the subject's user sees, in the tests' words
	ours    string // what ours calls it, if the word differs
	version int
	happen  func(r *room, subject, peer party)
}

var happenings = []happening{
	{"ENCRYPTION_REQUIRED", "held", "", 3, func(_ *room, subject, _ party) {
		subject.setPolicy(PolicyManual | PolicyRequireEncryption)
		subject.say("secret")
	}},
	{"CONNECTION_ENDED", "cannot send: ended", "", 3, func(r *room, subject, peer party) {
		private(r, subject)
		peer.end()
		r.settle()
		subject.say("too late")
	}},
	{"SETUP_ERROR", "setup error", "", 3, func(r *room, subject, peer party) {
		r.tap = changed(revealSignature, damage)
		subject.start()
		r.settle()
	}},
	{"MSG_RESENT", "resent", "", 2, resending},
	{"RCVDMSG_NOT_IN_PRIVATE", "not in private", "", 2, func(r *room, subject, peer party) {
		private(r, subject)
		subject.lose()
		peer.say("text")
		r.settle()
	}},
	{"RCVDMSG_UNREADABLE", "unreadable", "", 3, func(r *room, subject, peer party) {
		private(r, subject)
		r.tap = changed(dataMessage, damage)
		peer.say("text")
		r.settle()
	}},
	{"RCVDMSG_MALFORMED", "malformed", "", 3, func(r *room, subject, peer party) {
		private(r, subject)
		r.tap = changed(dataMessage, cut)
		peer.say("text")
		r.settle()
	}},
	{"LOG_HEARTBEAT_RCVD", "heartbeat received", "", 3, func(r *room, subject, peer party) {
		private(r, subject)
		r.advance(61 * time.Second)
		subject.say("text")
		r.settle()
	}},
	{"LOG_HEARTBEAT_SENT", "heartbeat sent", "", 3, func(r *room, subject, peer party) {
		private(r, subject)
		r.advance(61 * time.Second)
		peer.say("text")
		r.settle()
	}},
	{"RCVDMSG_GENERAL_ERR", "error: a cause", "", 3, func(_ *room, subject, _ party) {
		subject.receive("?OTR Error: a cause")
	}},
	{"RCVDMSG_UNENCRYPTED", "unexpected clear: bare", "", 3, func(r *room, subject, _ party) {
		private(r, subject)
		subject.receive("bare")
	}},
	{"RCVDMSG_UNRECOGNIZED", "unrecognized", "clear: ?OTR what is that", 3, func(_ *room, subject, _ party) {
		subject.receive("?OTR what is that")
	}},
	{"RCVDMSG_FOR_OTHER_INSTANCE", "other instance", "", 3, func(r *room, subject, peer party) {
		private(r, subject)
		r.tap = changed(dataMessage, toAnother)
		peer.say("text")
		r.settle()
	}},

	{"SMPEVENT_ERROR", "smp error", "", 3, func(r *room, subject, peer party) {
		private(r, subject)
		peer.say("", TLV{3, []byte{0, 0, 0, 0}})
		r.settle()
	}},
	{"SMPEVENT_ABORT", "smp aborted", "", 3, func(r *room, subject, peer party) {
		private(r, subject)
		subject.smp("secret")
		r.settle()
		peer.abort()
		r.settle()
	}},
	{"SMPEVENT_CHEATED", "smp cheated", "", 3, func(r *room, subject, peer party) {
		private(r, subject)
		ones := slices.Concat([]byte{0, 0, 0, 6}, slices.Repeat([]byte{0, 0, 0, 1, 1}, 6))
		peer.say("", TLV{2, ones})
		r.settle()
	}},
	{"SMPEVENT_ASK_FOR_ANSWER", "smp question: who?", "", 3, func(r *room, subject, peer party) {
		private(r, subject)
		peer.smpWithQuestion("who?", "me")
		r.settle()
	}},
	{"SMPEVENT_ASK_FOR_SECRET", "smp asked", "", 3, func(r *room, subject, peer party) {
		private(r, subject)
		peer.smp("secret")
		r.settle()
	}},
	{"SMPEVENT_IN_PROGRESS", "smp advanced", "", 3, func(r *room, subject, peer party) {
		private(r, subject)
		subject.smp("secret")
		r.settle()
		peer.answer("secret")
		r.settle()
	}},
	{"SMPEVENT_SUCCESS", "smp succeeded", "", 3, func(r *room, subject, peer party) {
		private(r, subject)
		smpRun(r, peer, subject, "secret", "secret", "smp succeeded")
		subject.smp("secret")
		r.settle()
		peer.answer("secret")
		r.settle()
	}},
	{"SMPEVENT_FAILURE", "smp failed", "", 3, func(r *room, subject, peer party) {
		private(r, subject)
		subject.smp("secret")
		r.settle()
		peer.answer("guess")
		r.settle()
	}},
}

// Events of libotr that no peer can bring about; ours are tested beside.
var unprovoked = []string{
	"ENCRYPTION_ERROR", // the cipher fails: TestFailingRandomnessSendsNothing
	"MSG_REFLECTED",    // a finished handshake with oneself: TestReflectionIsReported
}

func private(r *room, subject party) {
	r.t.Helper()
	subject.start()
	r.settle()
	if got := subject.session().state; got != "encrypted" {
		r.t.Fatalf("the subject is %s", got)
	}
	r.forget()
}

// resending loses a message; the peer reports an error, and the subject asks
// for new keys.
func resending(r *room, subject, _ party) {
	subject.setPolicy(PolicyAllowV2 | PolicyErrorStartAKE)
	private(r, subject)
	subject.say("lost")
	subject.take()
	subject.receive("?OTR Error: unreadable")
	r.settle()
}

const (
	revealSignature = "?OTR:AAMR"
	dataMessage     = "?OTR:AAMD"
)

// changed changes the messages of one type on their way.
func changed(kind string, change func(raw []byte) []byte) func(bool, string) string {
	return func(_ bool, m string) string {
		if !strings.HasPrefix(m, kind) {
			return m
		}
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(strings.TrimPrefix(m, "?OTR:"), "."))
		if err != nil {
			return m
		}
		return "?OTR:" + base64.StdEncoding.EncodeToString(change(raw)) + "."
	}
}

func damage(raw []byte) []byte    { raw[len(raw)/2] ^= 1; return raw }
func cut(raw []byte) []byte       { return raw[:len(raw)/2] }
func toAnother(raw []byte) []byte { raw[8] ^= 1; return raw } // the receiver's instance tag

// Each event that libotr has for its application has one of ours: the same
// happening makes both tell.
func TestEveryLibotrEventHasACounterpart(t *testing.T) {
	for _, h := range happenings {
		policy := PolicyAllowV3
		if h.version == 2 {
			policy = PolicyAllowV2
		}
		mine, peers := setup{"alice", "bob", policy, 0}, setup{"bob", "alice", policy, 0}
		t.Run("libotr/"+h.name, func(t *testing.T) {
			p := process(t)
			happens(t, h, newTheirs(t, p, "a", mine), newTheirs(t, p, "b", peers), h.word)
		})
		t.Run("ours/"+h.name, func(t *testing.T) {
			want := h.word
			if h.ours != "" {
				want = h.ours
			}
			happens(t, h, newOurs(t, mine), newTheirs(t, process(t), "b", peers), want)
		})
	}
	if got, want := len(happenings)+len(unprovoked), len(messageEvents)+len(smpEvents)-2; got != want {
		t.Errorf("%d happenings for the %d events of libotr", got, want)
	}
}

func happens(t *testing.T, h happening, subject, peer party, want string) {
	t.Helper()
	r := between(t, subject, peer)
	h.happen(r, subject, peer)
	if saw := subject.notes(); !slices.Contains(saw, want) {
		t.Errorf("%T saw %q, want %q among them", subject, saw, want)
	}
}

func TestReflectionIsReported(t *testing.T) {
	subject := newOurs(t, setup{"alice", "bob", PolicyManual, 0})
	r := between(t, subject, newTheirs(t, process(t), "b", setup{"bob", "alice", PolicyManual, 0}))
	private(r, subject)
	subject.say("mirror")
	for _, m := range subject.take() {
		subject.receive(m)
	}
	r.expect(subject, "reflected")
}

// flaky is randomness that can end.
type flaky struct{ ended bool }

var errEnded = errors.New("no randomness")

func (f *flaky) Read(b []byte) (int, error) {
	if f.ended {
		return 0, errEnded
	}
	return rand.Read(b)
}

// Where libotr has ENCRYPTION_ERROR, ours has an error, and nothing is sent.
func TestFailingRandomnessSendsNothing(t *testing.T) {
	random := new(flaky)
	subject := newOurs(t, setup{"alice", "bob", PolicyManual, 0})
	subject.random = random
	subject.login()
	r := between(t, subject, newTheirs(t, process(t), "b", setup{"bob", "alice", PolicyManual, 0}))
	private(r, subject)
	random.ended = true
	result, err := subject.talk.StartSMP([]byte("secret"))
	if !errors.Is(err, errEnded) || len(result.Send) != 0 {
		t.Errorf("SMP without randomness: %d messages, error %v", len(result.Send), err)
	}
	if got := subject.session().state; got != "encrypted" {
		t.Errorf("state %v after a failure", got)
	}
}
