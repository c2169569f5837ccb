package libotr

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	"otrbot/otr"
)

// ours is a party that runs on this project's library.
type ours struct {
	t      *testing.T
	setup  setup
	user   *otr.UserState
	talk   *otr.Conversation
	now    time.Time
	random io.Reader // nil for the library's own
	ready  []string
	seen   []string
	told   []otr.Event // all events, as they came
}

// newOurs reads its private key from the file that libotr wrote.
func newOurs(t *testing.T, s setup) *ours {
	t.Helper()
	keys, err := os.ReadFile(bench.keys)
	if err != nil {
		t.Fatal(err)
	}
	side := &ours{t: t, setup: s, now: time.Unix(1700000000, 0), user: otr.NewUserState()}
	side.check(side.user.ReadKeys(bytes.NewReader(keys)))
	side.login()
	return side
}

func (s *ours) peer() otr.Peer {
	return otr.Peer{Account: otr.Account{Name: s.setup.account, Protocol: protocol}, Name: s.setup.peer}
}

func (s *ours) config() otr.Config {
	return otr.Config{
		Policy:         otr.Policy(s.setup.policy),
		MaxMessageSize: s.setup.longest,
		Rand:           s.random,
		Time:           func() time.Time { return s.now },
	}
}

func (s *ours) login() {
	s.t.Helper()
	var err error
	s.talk, err = s.user.NewConversation(s.peer(), s.config())
	s.check(err)
}

func (s *ours) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("we as %s: %v", s.setup.account, err)
	}
}

func (s *ours) did(result otr.Result, err error) {
	s.t.Helper()
	s.check(err)
	for _, m := range result.Send {
		if s.setup.longest > 0 && len(m) > s.setup.longest && len(m) > 5 && m[:5] != "?OTRv" {
			s.t.Errorf("we send %d bytes, the transport carries %d", len(m), s.setup.longest)
		}
	}
	s.ready = append(s.ready, result.Send...)
	for _, event := range result.Events {
		s.told = append(s.told, event)
		s.seen = append(s.seen, ourUserSees(event)...)
	}
}

// ourUserSees puts an event into the words that the tests use for both
// libraries.
func ourUserSees(event otr.Event) []string {
	switch e := event.(type) {
	case otr.Received:
		return received(e)
	case otr.ReceivedInClear:
		if e.Unexpected {
			return []string{"unexpected clear: " + e.Text}
		}
		return []string{"clear: " + e.Text}
	case otr.Held:
		return []string{"held"}
	case otr.Resent:
		if e.First {
			return nil
		}
		return []string{"resent"}
	case otr.Secured:
		if e.Refreshed {
			return []string{"refreshed"}
		}
		return []string{"secured"}
	case otr.Ended:
		if e.ByPeer {
			return []string{"ended"}
		}
	case otr.SMPAsked:
		if e.HasQuestion {
			return []string{"smp question: " + e.Question}
		}
		return []string{"smp asked"}
	case otr.SMPAdvanced:
		return []string{"smp advanced"}
	case otr.SMPSucceeded:
		return []string{"smp succeeded"}
	case otr.SMPFailed:
		return []string{"smp failed"}
	case otr.SMPAborted:
		return smpAborted(e)
	case otr.ExtraKeyOffered:
		return []string{fmt.Sprintf("key %d %s %x", e.Use, e.Data, e.Key[:])}
	case otr.PeerError:
		return []string{withText("error", []byte(e.Text))}
	case otr.Heartbeat:
		if e.Sent {
			return []string{"heartbeat sent"}
		}
		return []string{"heartbeat received"}
	case otr.Rejected:
		return []string{rejected(e)}
	}
	return nil
}

func received(e otr.Received) []string {
	var seen []string
	for _, tlv := range e.TLVs {
		seen = append(seen, fmt.Sprintf("tlv %d %x", tlv.Type, tlv.Value))
	}
	if e.Text != "" {
		seen = append(seen, "text: "+e.Text)
	}
	return seen
}

func smpAborted(e otr.SMPAborted) []string {
	switch e.Reason {
	case otr.AbortedByUs, otr.AbortedSessionEnded:
		return nil // the user's own doing, or told by another note
	case otr.AbortedCheated:
		return []string{"smp cheated"}
	case otr.AbortedOutOfOrder:
		return []string{"smp error"}
	}
	return []string{"smp aborted"}
}

func rejected(e otr.Rejected) string {
	switch e.Reason {
	case otr.NotInPrivate:
		return "not in private"
	case otr.Unreadable:
		return "unreadable"
	case otr.Malformed:
		return "malformed"
	case otr.OtherInstance:
		return "other instance"
	case otr.Reflected:
		return "reflected"
	case otr.HandshakeFailed:
		return "setup error"
	}
	return "rejected: " + e.Detail
}

func (s *ours) receive(message string) { s.did(s.talk.Receive(message), nil) }

func (s *ours) take() []string {
	ready := s.ready
	s.ready = nil
	return ready
}

func (s *ours) notes() []string {
	seen := s.seen
	s.seen = nil
	return seen
}

func (s *ours) say(text string, tlvs ...TLV) {
	s.t.Helper()
	converted := make([]otr.TLV, len(tlvs))
	for i, t := range tlvs {
		converted[i] = otr.TLV{Type: t.Type, Value: t.Value}
	}
	result, err := s.talk.Send(text, converted...)
	if errors.Is(err, otr.ErrFinished) {
		s.seen = append(s.seen, "cannot send: ended")
		return
	}
	s.did(result, err)
}

func (s *ours) start()               { s.did(s.talk.Start()) }
func (s *ours) refresh()             { s.did(s.talk.Refresh()) }
func (s *ours) end()                 { s.did(s.talk.End()) }
func (s *ours) smp(secret string)    { s.did(s.talk.StartSMP([]byte(secret))) }
func (s *ours) answer(secret string) { s.did(s.talk.AnswerSMP([]byte(secret))) }
func (s *ours) abort()               { s.did(s.talk.AbortSMP()) }
func (s *ours) setPolicy(policy int) { s.talk.SetPolicy(otr.Policy(policy)) }

// best selects the instance that is best at the time of sending.
const best = uint32(otr.Best)

func (s *ours) choose(instance uint32) { s.check(s.talk.Select(otr.InstanceTag(instance))) }
func (s *ours) endAll()                { s.did(s.talk.EndAll()) }
func (s *ours) ownTag() uint32         { return uint32(s.talk.OurInstance()) }

func (s *ours) smpWithQuestion(question, secret string) {
	s.did(s.talk.AskSMP(question, []byte(secret)))
}

func (s *ours) extraKey(use uint32, data string) string {
	s.t.Helper()
	key, result, err := s.talk.ExtraKey(use, []byte(data))
	s.did(result, err)
	return hex.EncodeToString(key[:])
}

func (s *ours) advance(d time.Duration) {
	s.now = s.now.Add(d)
	s.did(s.talk.Tick(), nil)
}

// lose keeps the user's keys and tags, which live in files.
func (s *ours) lose() {
	s.talk.Close()
	s.login()
}

// restart goes on from a snapshot, with what was read from the files.
func (s *ours) restart() {
	s.t.Helper()
	snapshot, err := s.talk.Snapshot()
	s.check(err)
	s.talk.Close()
	s.talk, err = s.user.RestoreConversation(s.peer(), s.config(), snapshot)
	s.check(err)
}

func (s *ours) session() session {
	s.t.Helper()
	key, ok := s.user.Key(s.peer().Account)
	if !ok {
		s.t.Fatal("we lost our key")
	}
	own := key.Fingerprint()
	found := session{state: "plaintext", own: hex.EncodeToString(own[:])}
	switch s.talk.State() {
	case otr.Encrypted:
		found.state = "encrypted"
	case otr.Finished:
		found.state = "finished"
	}
	if live, ok := s.talk.Session(); ok {
		found.version = live.Version
		found.ssid = hex.EncodeToString(live.SSID[:])
		found.firstBold = live.FirstHalfBold
		found.theirs = hex.EncodeToString(live.Fingerprint[:])
	}
	return found
}
