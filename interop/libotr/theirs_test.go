package libotr

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"
)

// setup is what a side of a conversation starts from.
type setup struct {
	account, peer string
	policy        int
	longest       int // longest message the transport carries; 0: no limit
}

// theirs is a party that runs on libotr.
type theirs struct {
	t       *testing.T
	process *Process
	user    *User
	id      string
	setup   setup
	tag     string // file with the instance tag, "" for a new one
	keys    string // file with the private key
	ready   []string
	seen    []string
	clock   int64
	called  map[string]bool // the callbacks that libotr made
}

func newTheirs(t *testing.T, p *Process, id string, s setup) *theirs {
	t.Helper()
	side := &theirs{t: t, process: p, id: id, setup: s, clock: 1700000000, keys: bench.keys, called: make(map[string]bool)}
	side.login()
	return side
}

func (s *theirs) login() {
	s.t.Helper()
	var err error
	s.user, err = s.process.NewUser(s.id, s.setup.account, protocol, s.setup.policy, s.setup.longest)
	s.check(err)
	s.check(s.user.ReadKeys(s.keys))
	if s.tag != "" {
		s.check(s.user.ReadTags(s.tag))
	}
}

func (s *theirs) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("libotr as %s: %v", s.setup.account, err)
	}
}

// do sends a request about the conversation and notes what the user sees.
func (s *theirs) do(request Request) Reply {
	s.t.Helper()
	request.Peer = []byte(s.setup.peer)
	reply, err := s.user.Do(request)
	s.check(err)
	s.note(reply)
	return reply
}

func (s *theirs) note(reply Reply) {
	s.ready = append(s.ready, nonEmpty(reply.Injected())...)
	withTLVs := len(reply.Named("tlv")) > 0
	for _, e := range reply.Events {
		s.called[e.Name] = true
		if text := userSees(e, withTLVs); text != "" {
			s.seen = append(s.seen, text)
		}
		// What every application on libotr does on these two events.
		if e.Name == "smp_event" && (e.Code == smpError || e.Code == smpCheated) {
			s.do(Request{Do: "smp_abort", Instance: new(e.Their)})
		}
	}
}

func nonEmpty(messages []string) []string {
	var kept []string
	for _, m := range messages {
		if m != "" {
			kept = append(kept, m)
		}
	}
	return kept
}

const (
	smpError   = 1
	smpCheated = 3

	tlvDisconnected = 1
	lastOwnTLV      = 8 // libotr handles types up to this one
)

// messageEvents are the words for OtrlMessageEvent, by number.
var messageEvents = [...]string{
	"", "held", "encryption error", "cannot send: ended", "setup error", "reflected", "resent", "not in private",
	"unreadable", "malformed", "heartbeat received", "heartbeat sent", "error", "unexpected clear", "unrecognized", "other instance",
}

// smpEvents are the words for OtrlSMPEvent, by number.
var smpEvents = [...]string{
	"", "smp error", "smp aborted", "smp cheated", "smp question", "smp asked", "smp advanced", "smp succeeded", "smp failed",
}

// userSees puts a callback into the words that the tests use for both
// libraries, "" for one that is no news to the user.
func userSees(e Event, withTLVs bool) string {
	switch e.Name {
	case "gone_secure", "still_secure":
		return "secured"
	case "received_symkey":
		return fmt.Sprintf("key %d %s %x", e.Use, e.Text, e.Key)
	case "tlv":
		return tlvSeen(e)
	case "smp_event":
		return withText(smpEvents[e.Code], e.Text)
	case "msg_event":
		if messageEvents[e.Code] == "heartbeat received" && withTLVs {
			return "" // libotr's word for any message without text
		}
		return withText(messageEvents[e.Code], []byte(strings.TrimPrefix(string(e.Text), "Error: ")))
	}
	return ""
}

func tlvSeen(e Event) string {
	switch {
	case e.Code == tlvDisconnected:
		return "ended"
	case e.Code > lastOwnTLV:
		return fmt.Sprintf("tlv %d %x", e.Code, e.Text)
	}
	return ""
}

func withText(word string, text []byte) string {
	if len(text) == 0 {
		return word
	}
	return word + ": " + string(text)
}

func (s *theirs) receive(message string) {
	s.t.Helper()
	reply := s.do(Request{Do: "receive", Text: []byte(message)})
	if reply.Internal == 1 || len(reply.Text) == 0 {
		return
	}
	word := "clear: "
	if strings.HasPrefix(message, "?OTR") {
		word = "text: "
	}
	s.seen = append(s.seen, word+string(reply.Text))
}

func (s *theirs) take() []string {
	ready := s.ready
	s.ready = nil
	return ready
}

func (s *theirs) notes() []string {
	seen := s.seen
	s.seen = nil
	return seen
}

func (s *theirs) say(text string, tlvs ...TLV) {
	s.t.Helper()
	reply := s.do(Request{Do: "send", Text: []byte(text), TLVs: EncodeTLVs(tlvs...)})
	if reply.Err != 0 {
		s.t.Fatalf("libotr refused to send: gcrypt error %d", reply.Err)
	}
	if reply.Untouched == 1 {
		s.ready = append(s.ready, text)
	}
}

// sayTo sends to one instance of the peer.
func (s *theirs) sayTo(instance uint32, text string) {
	s.t.Helper()
	if reply := s.do(Request{Do: "send", Text: []byte(text), Instance: &instance}); reply.Err != 0 {
		s.t.Fatalf("libotr refused to send: gcrypt error %d", reply.Err)
	}
}

// ownTag is the instance tag of this login.
func (s *theirs) ownTag() uint32 {
	s.t.Helper()
	who, err := s.user.Do(Request{Do: "whoami"})
	s.check(err)
	return who.Our
}

func (s *theirs) start() {
	s.t.Helper()
	query, err := s.user.Query()
	s.check(err)
	s.ready = append(s.ready, query)
}

// refresh sends a query: libotr has no other way to ask for new keys.
func (s *theirs) refresh() { s.start() }

func (s *theirs) end() { s.do(Request{Do: "disconnect"}) }

func (s *theirs) smp(secret string) { s.do(Request{Do: "smp_start", Secret: []byte(secret)}) }

func (s *theirs) smpWithQuestion(question, secret string) {
	s.do(Request{Do: "smp_start", Secret: []byte(secret), Question: []byte(question)})
}

func (s *theirs) answer(secret string) { s.do(Request{Do: "smp_answer", Secret: []byte(secret)}) }

func (s *theirs) abort() { s.do(Request{Do: "smp_abort"}) }

func (s *theirs) extraKey(use uint32, data string) string {
	reply := s.do(Request{Do: "symkey", Use: use, Text: []byte(data)})
	return hex.EncodeToString(reply.Key)
}

func (s *theirs) advance(d time.Duration) {
	s.clock += int64(d / time.Second)
	s.check(s.process.SetClock(s.clock))
	s.do(Request{Do: "poll"})
}

// lose keeps the key and the instance tag, which a client keeps in files.
func (s *theirs) lose() {
	s.t.Helper()
	s.tag = s.t.TempDir() + "/tags"
	s.check(s.user.WriteTags(s.tag))
	s.login()
}

func (s *theirs) setPolicy(policy int) {
	s.setup.policy = policy
	s.do(Request{Do: "set", Policy: &policy})
}

// session describes the instance that libotr calls the best one.
func (s *theirs) session() session {
	s.t.Helper()
	contexts, err := s.user.Contexts(s.setup.peer)
	s.check(err)
	who, err := s.user.Do(Request{Do: "whoami"})
	s.check(err)
	found := session{state: "plaintext", own: hex.EncodeToString(who.Fingerprint)}
	for _, c := range contexts {
		state := [...]string{"plaintext", "encrypted", "finished"}[c.Code]
		if state == "encrypted" || found.state == "plaintext" {
			found = session{
				state: state, version: c.Version, ssid: hex.EncodeToString(c.SSID),
				firstBold: c.Half == 0, theirs: hex.EncodeToString(c.Fingerprint), own: found.own,
			}
		}
	}
	return found
}
