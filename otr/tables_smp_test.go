package otr_test

import (
	"errors"
	"maps"
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otr/internal/wire"
)

func smpCells() cells {
	table := cells{}
	for _, part := range []cells{smpMessageCells(), smpActionCells(), smpFalseCells(), smpOutcomeCells()} {
		maps.Copy(table, part)
	}
	return table
}

// A stage is an SMP state of Alice.
type stage int

const (
	expect1 stage = iota
	asked         // message 1 accepted, Alice has not answered
	expect2
	expect3
	expect4
)

const sharedSecret = "the colour of the boat"

// An smpScene is a private conversation in which Bob runs SMP by hand.
type smpScene struct {
	*scene
	run  *smpRun
	last wire.TLV // what Alice sent last
}

func smpAt(t *testing.T, version int, at stage) *smpScene {
	t.Helper()
	s := &smpScene{scene: newScene(t, version).private()}
	s.enter(at)
	return s
}

// enter brings Alice from EXPECT1 to a stage. Bob holds the shared secret.
func (s *smpScene) enter(at stage) {
	s.t.Helper()
	alice := keyOf(s.t, testkit.Alice).fingerprint()
	switch at {
	case asked, expect3:
		s.run = s.bob.smpStart(true, alice, sharedSecret)
		r := s.tell(s.run.message1())
		if e := event[otr.SMPAsked](s.t, r); e.HasQuestion {
			s.t.Fatalf("asked with the question %q", e.Question)
		}
		silent(s.t, r)
		if at == expect3 {
			s.answer(sharedSecret)
		}
	case expect2, expect4:
		s.run = s.bob.smpStart(false, alice, sharedSecret)
		s.last = s.one(s.must(s.alice.StartSMP([]byte(sharedSecret))), wire.TLVSMP1)
		if at == expect4 {
			s.last = s.one(s.tell(s.run.message2(s.last)), wire.TLVSMP3)
		}
	}
}

func (s *smpScene) answer(secret string) {
	s.t.Helper()
	s.last = s.one(s.must(s.alice.AnswerSMP([]byte(secret))), wire.TLVSMP2)
}

// completes goes on from a stage to success at both ends.
func (s *smpScene) completes(from stage) {
	s.t.Helper()
	var r otr.Result
	switch from {
	case expect1:
		s.enter(asked)
		s.completes(asked)
		return
	case asked:
		s.answer(sharedSecret)
		s.completes(expect3)
		return
	case expect2:
		s.last = s.one(s.tell(s.run.message2(s.last)), wire.TLVSMP3)
		s.completes(expect4)
		return
	case expect3:
		r = s.tell(s.run.message3(s.last))
		if !s.run.end(s.one(r, wire.TLVSMP4)) {
			s.t.Error("Bob sees a failure")
		}
	case expect4:
		m4, equal := s.run.message4(s.last)
		r = s.tell(m4)
		silent(s.t, r)
		if !equal {
			s.t.Error("Bob sees a failure")
		}
	}
	event[otr.SMPSucceeded](s.t, r)
}

// tell lets Bob send records without a text.
func (s *smpScene) tell(tlvs ...wire.TLV) otr.Result {
	s.t.Helper()
	return s.get(s.bob.data("", tlvs, unreadableIgnored))
}

// tlvs reads all records that Alice sent, in order.
func (s *smpScene) tlvs(r otr.Result) (all []wire.TLV) {
	s.t.Helper()
	for _, message := range r.Send {
		m, ok := parse(s.t, message).(*wire.Data)
		if !ok {
			s.t.Fatalf("sent %.80q, want Data Messages", message)
		}
		if m.Flags != wire.FlagIgnoreUnreadable {
			s.t.Errorf("an SMP message has flags %#x", m.Flags)
		}
		text, tlvs := s.bob.read(m)
		if text != "" {
			s.t.Errorf("an SMP message has the text %q", text)
		}
		for _, tlv := range tlvs {
			if tlv.Type != wire.TLVPadding {
				all = append(all, tlv)
			}
		}
	}
	return all
}

// sends checks the types of all records that Alice sent, and returns them.
func (s *smpScene) sends(r otr.Result, types ...uint16) []wire.TLV {
	s.t.Helper()
	all := s.tlvs(r)
	if len(all) != len(types) {
		s.t.Fatalf("%d records sent, want types %v; events %+v", len(all), types, r.Events)
	}
	for i, tlv := range all {
		if tlv.Type != types[i] {
			s.t.Fatalf("record %d is of type %d, want %d", i, tlv.Type, types[i])
		}
	}
	return all
}

func (s *smpScene) one(r otr.Result, kind uint16) wire.TLV {
	s.t.Helper()
	return s.sends(r, kind)[0]
}

// aborts checks that Alice answered with an abort for the reason.
func (s *smpScene) aborts(r otr.Result, reason otr.SMPAbortReason) {
	s.t.Helper()
	if abort := s.one(r, wire.TLVSMPAbort); len(abort.Value) != 0 {
		s.t.Errorf("the abort carries %x", abort.Value)
	}
	if e := event[otr.SMPAborted](s.t, r); e.Reason != reason {
		s.t.Errorf("aborted for %v, want %v", e.Reason, reason)
	}
	none[otr.SMPSucceeded](s.t, r)
	none[otr.SMPFailed](s.t, r)
	none[otr.SMPAsked](s.t, r)
}

// wellFormed is a message of a kind with numbers that are in range and mean nothing.
func wellFormed(kind uint16) wire.TLV {
	count := map[uint16]int{wire.TLVSMP1: 6, wire.TLVSMP1Q: 6, wire.TLVSMP2: 11, wire.TLVSMP3: 8, wire.TLVSMP4: 3}[kind]
	var numbers [][]byte
	for i := range count {
		numbers = append(numbers, []byte{byte(i + 5)})
	}
	value := wire.AppendMPIs(nil, numbers...)
	if kind == wire.TLVSMP1Q {
		value = append([]byte("why?\x00"), value...)
	}
	if kind == wire.TLVSMPAbort {
		value = nil
	}
	return wire.TLV{Type: kind, Value: value}
}

// The matrix of state and message.
func smpMessageCells() cells {
	outOfOrder := func(at stage, kind uint16) func(*testing.T, int) {
		return func(t *testing.T, version int) {
			s := smpAt(t, version, at)
			tlv := wellFormed(kind)
			if kind == wire.TLVSMP1 || kind == wire.TLVSMP1Q {
				tlv = s.bob.smpStart(true, keyOf(t, testkit.Alice).fingerprint(), "x").message1()
				if kind == wire.TLVSMP1Q {
					tlv = question("why?", tlv)
				}
			}
			s.aborts(s.tell(tlv), otr.AbortedOutOfOrder)
			s.completes(expect1)
		}
	}
	goesOn := func(at stage) func(*testing.T, int) {
		return func(t *testing.T, version int) {
			s := smpAt(t, version, at)
			s.completes(at)
			s.completes(expect1)
		}
	}
	aborted := func(at stage) func(*testing.T, int) {
		return func(t *testing.T, version int) {
			s := smpAt(t, version, at)
			r := s.tell(wellFormed(wire.TLVSMPAbort))
			silent(t, r)
			if at == expect1 {
				none[otr.SMPFailed](t, r)
			} else if e := event[otr.SMPAborted](t, r); e.Reason != otr.AbortedByPeer {
				t.Errorf("aborted for %v", e.Reason)
			}
			s.completes(expect1)
		}
	}
	return cells{
		"S-01": func(t *testing.T, version int) { smpAt(t, version, asked).completes(asked) },
		"S-02": outOfOrder(asked, wire.TLVSMP1),
		"S-03": outOfOrder(expect2, wire.TLVSMP1),
		"S-04": outOfOrder(expect3, wire.TLVSMP1),
		"S-05": outOfOrder(expect4, wire.TLVSMP1),
		"S-06": func(t *testing.T, version int) {
			s := smpAt(t, version, expect1)
			s.askedWith("Wie heißt der Hund?")
			s.completes(asked)
		},
		"S-07": outOfOrder(asked, wire.TLVSMP1Q),
		"S-08": outOfOrder(expect2, wire.TLVSMP1Q),
		"S-09": outOfOrder(expect3, wire.TLVSMP1Q),
		"S-10": outOfOrder(expect4, wire.TLVSMP1Q),
		"S-11": outOfOrder(expect1, wire.TLVSMP2),
		"S-12": outOfOrder(asked, wire.TLVSMP2),
		"S-13": goesOn(expect2),
		"S-14": outOfOrder(expect3, wire.TLVSMP2),
		"S-15": outOfOrder(expect4, wire.TLVSMP2),
		"S-16": outOfOrder(expect1, wire.TLVSMP3),
		"S-17": outOfOrder(asked, wire.TLVSMP3),
		"S-18": outOfOrder(expect2, wire.TLVSMP3),
		"S-19": goesOn(expect3),
		"S-20": func(t *testing.T, version int) {
			s := smpAt(t, version, asked)
			s.answer("another secret")
			r := s.tell(s.run.message3(s.last))
			if s.run.end(s.one(r, wire.TLVSMP4)) {
				t.Error("Bob sees success")
			}
			event[otr.SMPFailed](t, r)
			s.completes(expect1)
		},
		"S-21": outOfOrder(expect4, wire.TLVSMP3),
		"S-22": outOfOrder(expect1, wire.TLVSMP4),
		"S-23": outOfOrder(asked, wire.TLVSMP4),
		"S-24": outOfOrder(expect2, wire.TLVSMP4),
		"S-25": outOfOrder(expect3, wire.TLVSMP4),
		"S-26": goesOn(expect4),
		"S-27": func(t *testing.T, version int) {
			s := smpAt(t, version, expect1)
			s.fails()
			s.completes(expect1)
		},
		"S-28": aborted(expect1),
		"S-29": aborted(asked),
		"S-30": aborted(expect2),
		"S-31": aborted(expect3),
		"S-32": aborted(expect4),
	}
}

// askedWith brings Alice from EXPECT1 to a question that she has to answer.
func (s *smpScene) askedWith(text string) {
	s.t.Helper()
	s.run = s.bob.smpStart(true, keyOf(s.t, testkit.Alice).fingerprint(), sharedSecret)
	r := s.tell(question(text, s.run.message1()))
	if e := event[otr.SMPAsked](s.t, r); !e.HasQuestion || e.Question != text {
		s.t.Fatalf("asked %+v, want the question %q", e, text)
	}
	silent(s.t, r)
}

// fails runs SMP that Alice begins with another secret than Bob's, and
// returns what his message 4 led to.
func (s *smpScene) fails() otr.Result {
	s.t.Helper()
	s.run = s.bob.smpStart(false, keyOf(s.t, testkit.Alice).fingerprint(), sharedSecret)
	m1 := s.one(s.must(s.alice.StartSMP([]byte("another secret"))), wire.TLVSMP1)
	m3 := s.one(s.tell(s.run.message2(m1)), wire.TLVSMP3)
	m4, equal := s.run.message4(m3)
	if equal {
		s.t.Fatal("Bob sees success")
	}
	r := s.tell(m4)
	silent(s.t, r)
	event[otr.SMPFailed](s.t, r)
	return r
}

// What the user does.
func smpActionCells() cells {
	begins := func(at stage) func(*testing.T, int) {
		return func(t *testing.T, version int) {
			s := smpAt(t, version, at)
			want := []uint16{wire.TLVSMPAbort, wire.TLVSMP1}
			if at == expect1 {
				want = want[1:]
			}
			s.run = s.bob.smpStart(false, keyOf(t, testkit.Alice).fingerprint(), sharedSecret)
			sent := s.sends(s.must(s.alice.StartSMP([]byte(sharedSecret))), want...)
			s.last = sent[len(sent)-1]
			s.completes(expect2)
		}
	}
	refuses := func(at stage) func(*testing.T, int) {
		return func(t *testing.T, version int) {
			s := smpAt(t, version, at)
			r, err := s.alice.AnswerSMP([]byte(sharedSecret))
			if !errors.Is(err, otr.ErrNoSMPRequest) {
				t.Errorf("error %v, want ErrNoSMPRequest", err)
			}
			silent(t, r)
			s.completes(at)
		}
	}
	aborts := func(at stage) func(*testing.T, int) {
		return func(t *testing.T, version int) {
			s := smpAt(t, version, at)
			r := s.must(s.alice.AbortSMP())
			s.one(r, wire.TLVSMPAbort)
			if at != expect1 {
				if e := event[otr.SMPAborted](t, r); e.Reason != otr.AbortedByUs {
					t.Errorf("aborted for %v", e.Reason)
				}
			}
			s.completes(expect1)
		}
	}
	return cells{
		"S-33": begins(expect1), "S-34": begins(asked), "S-35": begins(expect2), "S-36": begins(expect3), "S-37": begins(expect4),
		"S-38": func(t *testing.T, version int) {
			s := smpAt(t, version, expect1)
			s.run = s.bob.smpStart(false, keyOf(t, testkit.Alice).fingerprint(), sharedSecret)
			sent := s.one(s.must(s.alice.AskSMP("Wie heißt der Hund?", []byte(sharedSecret))), wire.TLVSMP1Q)
			const prefix = "Wie heißt der Hund?\x00"
			if len(sent.Value) < len(prefix) || string(sent.Value[:len(prefix)]) != prefix {
				t.Fatalf("message 1Q begins with %q", sent.Value)
			}
			s.last = wire.TLV{Type: wire.TLVSMP1, Value: sent.Value[len(prefix):]}
			s.completes(expect2)
		},
		"S-39": func(t *testing.T, version int) {
			s := smpAt(t, version, asked)
			s.answer(sharedSecret)
			s.completes(expect3)
		},
		"S-40": refuses(expect1), "S-41": refuses(expect2), "S-42": refuses(expect3), "S-43": refuses(expect4),
		"S-44": aborts(expect1), "S-45": aborts(asked), "S-46": aborts(expect2), "S-47": aborts(expect3), "S-48": aborts(expect4),
		"S-49": func(t *testing.T, version int) {
			for _, state := range []otr.MessageState{otr.Plaintext, otr.Finished} {
				s := newScene(t, version).in(state)
				actions := map[string]func() (otr.Result, error){
					"StartSMP":  func() (otr.Result, error) { return s.alice.StartSMP([]byte("x")) },
					"AskSMP":    func() (otr.Result, error) { return s.alice.AskSMP("y?", []byte("x")) },
					"AnswerSMP": func() (otr.Result, error) { return s.alice.AnswerSMP([]byte("x")) },
					"AbortSMP":  s.alice.AbortSMP,
				}
				for name, action := range actions {
					r, err := action()
					if !errors.Is(err, otr.ErrNotEncrypted) && !errors.Is(err, otr.ErrNoSMPRequest) {
						t.Errorf("%s in state %v: error %v", name, state, err)
					}
					silent(t, r)
				}
			}
		},
	}
}
