package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"regexp"
	"runtime/debug"
	"strings"

	"otrbot/otr"
)

// keyGeneration is fresh domain parameters and a key. The key is put to use
// afterwards: its signature must convince a peer.
func keyGeneration() (work, error) {
	p, err := newPair()
	if err != nil {
		return work{}, err
	}
	var key *otr.PrivateKey
	return work{
		unit: func() (err error) {
			key, err = otr.GenerateKey(rand.Reader)
			return err
		},
		after: func() error {
			p.a.user = otr.NewUserState()
			if err := p.a.user.SetKey(otr.Account{Name: p.a.name, Protocol: protocol}, key); err != nil {
				return err
			}
			var file bytes.Buffer
			if err := p.a.user.WriteKeys(&file); err != nil {
				return err
			}
			if !has1024Bits.Match(file.Bytes()) {
				return errors.New("p has not 1024 bits")
			}
			return p.handshake(3, "bob", "alice")
		},
	}, nil
}

// In the key file a number has a zero byte before a highest bit that is set.
var has1024Bits = regexp.MustCompile(`\(p #00[89A-F][0-9A-F]{255}#\)`)

// keyExchange is two fresh conversations made private, and dropped.
func keyExchange(version int) func() (work, error) {
	return func() (work, error) {
		p, err := newPair()
		return work{unit: func() error {
			defer p.a.close()
			defer p.b.close()
			return p.handshake(version, "bob", "alice")
		}}, err
	}
}

func (p *person) close() {
	if p.Conversation != nil {
		p.Close()
	}
}

// inPrivate prepares an encrypted conversation for a unit.
func inPrivate(unit func(*pair) error) func() (work, error) {
	return func() (work, error) {
		p, err := newPair()
		if err == nil {
			err = p.handshake(3, "bob", "alice")
		}
		return work{unit: func() error { return unit(p) }}, err
	}
}

// verify is SMP without a question and with equal secrets.
func verify(p *pair) error {
	secret := []byte("a secret that both know")
	started, err := p.a.StartSMP(secret)
	if err != nil {
		return err
	}
	p.flow(nil, started.Send)
	if count[otr.SMPAsked](p.events.b) != 1 {
		return errors.New("b was not asked")
	}
	answered, err := p.b.AnswerSMP(secret)
	if err != nil {
		return err
	}
	p.flow(answered.Send, nil)
	if count[otr.SMPSucceeded](p.events.a) != 1 || count[otr.SMPSucceeded](p.events.b) != 1 {
		return errors.New("not both succeeded")
	}
	return nil
}

// pingPong is a text each way; every message brings new keys.
func pingPong() func(*pair) error {
	next := words(100)
	return func(p *pair) error {
		if err := say(&p.a, &p.b, next()); err != nil {
			return err
		}
		return say(&p.b, &p.a, next())
	}
}

// oneWay is a text that nobody replies to.
func oneWay(length int) func(*pair) error {
	next := words(length)
	return func(p *pair) error { return say(&p.a, &p.b, next()) }
}

// inFragments is a long text over a transport with short messages.
func inFragments(limit, length int) func() (work, error) {
	return func() (work, error) {
		p, err := newPair()
		if err != nil {
			return work{}, err
		}
		p.limit = limit
		unit := oneWay(length)
		err = p.handshake(3, "bob", "alice")
		return work{unit: func() error { return unit(p) }}, err
	}
}

// words returns texts that are never the same twice in a row.
func words(length int) (next func() string) {
	texts := [2]string{strings.Repeat("a", length), strings.Repeat("b", length)}
	turn := 0
	return func() string {
		turn++
		return texts[turn%2]
	}
}

// The measurement of memory holds so many conversations, and counts from when
// the first ones exist: what a process has once is not theirs.
const (
	conversations = 1000
	before        = 100
)

// memory returns by how much the process grows with more conversations, both
// sides, after the key exchange and a round trip.
func memory() (growth int, err error) {
	p, err := newPair()
	if err != nil {
		return 0, err
	}
	roundTrip := pingPong()
	kept := make([]*otr.Conversation, 0, 2*(before+conversations))
	start := 0
	for i := range before + conversations {
		if i == before {
			if start, err = resident(); err != nil {
				return 0, err
			}
		}
		if err := p.handshake(3, fmt.Sprintf("bob%d", i), fmt.Sprintf("alice%d", i)); err != nil {
			return 0, err
		}
		if err := roundTrip(p); err != nil {
			return 0, err
		}
		kept = append(kept, p.a.Conversation, p.b.Conversation)
	}
	end, err := resident()
	for _, c := range kept { // all of them were alive until here
		c.Close()
	}
	return end - start, err
}

// resident is the process's memory without what the collector can give back.
func resident() (int, error) {
	debug.FreeOSMemory()
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	var size, pages int
	_, err = fmt.Sscan(string(b), &size, &pages)
	return pages * os.Getpagesize(), err
}
