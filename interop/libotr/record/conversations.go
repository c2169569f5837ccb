package main

import (
	"fmt"
	"reflect"

	"otrbot/interop/libotr"
)

// A moment of a recorded conversation, in the order in which things happened.
type moment struct {
	What string `json:"what"` // key, says, message, hears, tlv, smp, extra key, session, secrets
	Who  string `json:"who"`  // whose: the sender of a message, the hearer of a text

	Text    string `json:"text,omitempty"`
	Type    int    `json:"type,omitempty"`    // of a TLV
	Value   []byte `json:"value,omitempty"`   // of a TLV, an extra key
	Version int    `json:"version,omitempty"` // of a session
	SSID    []byte `json:"ssid,omitempty"`
	Their   uint32 `json:"their,omitempty"` // the instance tag that secrets belong to
	*libotr.Secrets
}

// A conversation between two users of libotr, being recorded.
type conversation struct {
	alice, bob *side
	moments    []moment
	smpLengths []int                     // of the MPIs in SMP messages 2, 3 and 4, for the search
	shortKey   bool                      // a public D-H key has a leading zero
	noted      map[string]libotr.Secrets // by side and instance, what was noted last
}

type side struct {
	name, peer string
	user       *libotr.User
	ready      []string
}

func (r recorder) start(policy, longest int) (*conversation, error) {
	c := &conversation{
		alice: &side{name: "alice", peer: "bob"},
		bob:   &side{name: "bob", peer: "alice"},
		noted: make(map[string]libotr.Secrets),
	}
	for _, s := range []*side{c.alice, c.bob} {
		var err error
		if s.user, err = r.process.NewUser(s.name, s.name, protocol, policy, longest); err != nil {
			return nil, err
		}
		if err := s.user.ReadKeys(r.keys); err != nil {
			return nil, err
		}
		key, err := r.dsaKey(s.user)
		if err != nil {
			return nil, err
		}
		c.moments = append(c.moments, moment{What: "key", Who: s.name, Secrets: &key})
	}
	return c, nil
}

// do has one side act, notes what follows and passes messages until silence.
func (c *conversation) do(s *side, request libotr.Request) error {
	if err := c.one(s, request); err != nil {
		return err
	}
	for len(c.alice.ready)+len(c.bob.ready) > 0 {
		for _, from := range []*side{c.alice, c.bob} {
			ready := from.ready
			from.ready = nil
			for _, m := range ready {
				if err := c.one(c.other(from), libotr.Request{Do: "receive", Text: []byte(m)}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (c *conversation) other(s *side) *side {
	if s == c.alice {
		return c.bob
	}
	return c.alice
}

func (c *conversation) one(s *side, request libotr.Request) error {
	request.Peer = []byte(s.peer)
	reply, err := s.user.Do(request)
	if err != nil {
		return err
	}
	if request.Do == "receive" && reply.Internal == 0 && len(reply.Text) > 0 {
		c.add(moment{What: "hears", Who: s.name, Text: string(reply.Text)})
	}
	for _, e := range reply.Events {
		c.event(s, e)
	}
	if request.Do == "query" {
		c.send(s, string(reply.Text))
	}
	if request.Do == "symkey" {
		c.add(moment{What: "extra key", Who: s.name, Value: reply.Key})
	}
	return c.secrets(s)
}

func (c *conversation) add(m moment) { c.moments = append(c.moments, m) }

func (c *conversation) send(s *side, message string) {
	s.ready = append(s.ready, message)
	c.add(moment{What: "message", Who: s.name, Text: message})
}

func (c *conversation) event(s *side, e libotr.Event) {
	switch e.Name {
	case "inject":
		c.send(s, string(e.Text))
	case "tlv":
		c.add(moment{What: "tlv", Who: s.name, Type: e.Code, Value: e.Text})
		if e.Code >= 2 && e.Code <= 5 {
			c.smpLengths = append(c.smpLengths, mpiLengths(e.Text)...)
		}
	case "smp_event":
		c.add(moment{What: "smp", Who: s.name, Type: e.Code, Text: string(e.Text)})
	case "received_symkey":
		c.add(moment{What: "extra key", Who: s.name, Value: e.Key})
	}
}

// secrets notes the keys of every context that has some, when they changed.
func (c *conversation) secrets(s *side) error {
	reply, err := s.user.Do(libotr.Request{Do: "secrets", Peer: []byte(s.peer)})
	if err != nil {
		return err
	}
	for _, e := range reply.Named("secrets") {
		held := e.Secrets
		held.P, held.Q, held.G, held.DSAY, held.DSAX = nil, nil, nil, nil, nil
		context := fmt.Sprint(s.name, e.Their)
		if (held.AKEX != nil || held.X != nil) && !reflect.DeepEqual(held, c.noted[context]) {
			c.noted[context] = held
			c.add(moment{What: "secrets", Who: s.name, Their: e.Their, Secrets: &held})
		}
		c.shortKey = c.shortKey || len(held.Y) == 191
	}
	return nil
}

func (c *conversation) sessions() error {
	for _, s := range []*side{c.alice, c.bob} {
		contexts, err := s.user.Contexts(s.peer)
		if err != nil {
			return err
		}
		for _, context := range contexts {
			if context.SSID != nil {
				c.add(moment{What: "session", Who: s.name, Version: context.Version, SSID: context.SSID, Their: context.Their, Type: context.Half})
			}
		}
	}
	return nil
}

func (c *conversation) says(s *side, text string, tlvs ...libotr.TLV) error {
	c.add(moment{What: "says", Who: s.name, Text: text})
	return c.do(s, libotr.Request{Do: "send", Text: []byte(text), TLVs: libotr.EncodeTLVs(tlvs...)})
}

func (c *conversation) smp(secret, answer string, question string) error {
	if err := c.do(c.alice, libotr.Request{Do: "smp_start", Secret: []byte(secret), Question: []byte(question)}); err != nil {
		return err
	}
	return c.do(c.bob, libotr.Request{Do: "smp_answer", Secret: []byte(answer)})
}

// everything is a conversation with all kinds of messages.
func (r recorder) everything(policy, longest int) (*conversation, error) {
	c, err := r.start(policy, longest)
	if err != nil {
		return nil, err
	}
	parts := []func() error{
		func() error { return c.do(c.alice, libotr.Request{Do: "query"}) },
		c.sessions,
		func() error { return c.says(c.alice, "hello") },
		func() error { return c.says(c.alice, "grüß dich, 你好") },
		func() error { return c.says(c.bob, "ça va", libotr.TLV{Type: 0x1234, Value: []byte("payload")}) },
		func() error { return c.says(c.alice, "fine") },
		func() error { return c.says(c.bob, "good") },
		func() error { return c.do(c.alice, libotr.Request{Do: "symkey", Use: 7, Text: []byte("a file")}) },
		func() error { return c.smp("secret", "secret", "") },
		func() error { return c.smp("right", "wrong", "a question?") },
		func() error { return c.do(c.bob, libotr.Request{Do: "query"}) }, // refresh
		c.sessions,
		func() error { return c.says(c.bob, "still here") },
		func() error { return c.do(c.bob, libotr.Request{Do: "disconnect"}) },
	}
	for _, part := range parts {
		if err := part(); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// conversations records the two versions, whole and in fragments, and
// searches for the handshake and the SMP run with a leading zero.
func (r recorder) conversations() error {
	for _, k := range []struct {
		name            string
		policy, longest int
	}{
		{"v2.jsonl", libotr.PolicyAllowV2, 0},
		{"v3.jsonl", libotr.PolicyAllowV3, 0},
		{"v2-fragments.jsonl", libotr.PolicyAllowV2, 140},
		{"v3-fragments.jsonl", libotr.PolicyAllowV3, 140},
	} {
		c, err := r.everything(k.policy, k.longest)
		if err != nil {
			return err
		}
		if err := write(r.out, k.name, c.moments); err != nil {
			return err
		}
	}
	if err := r.search("v3-short-dh-key.jsonl", func(c *conversation) (bool, error) {
		if err := c.says(c.alice, "hello"); err != nil {
			return false, err
		}
		return c.shortKey, nil
	}); err != nil {
		return err
	}
	return r.search("v3-short-smp-hash.jsonl", func(c *conversation) (bool, error) {
		if err := c.smp("secret", "secret", ""); err != nil {
			return false, err
		}
		return shortHash(c.smpLengths), nil
	})
}

// shortHash tells whether a hash of SMP, which has 32 bytes as a rule, is
// shorter. No other number of SMP is near that length.
func shortHash(lengths []int) bool {
	for _, n := range lengths {
		if n == 31 {
			return true
		}
	}
	return false
}

func (r recorder) search(name string, found func(*conversation) (bool, error)) error {
	for range tries {
		c, err := r.start(libotr.PolicyAllowV3, 0)
		if err != nil {
			return err
		}
		if err := c.do(c.alice, libotr.Request{Do: "query"}); err != nil {
			return err
		}
		if err := c.sessions(); err != nil {
			return err
		}
		ok, err := found(c)
		if err != nil {
			return err
		}
		if ok {
			return write(r.out, name, c.moments)
		}
	}
	return fmt.Errorf("%s: not among %d conversations", name, tries)
}
