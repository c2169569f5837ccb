package xmpp

import (
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mellium.im/sasl"
)

// The least iterations that SCRAM may ask for: RFC 7677, 4.
const fewestIterations = 4096

// A choice of SASL mechanism.
type choice struct {
	name      string // as the server offered it
	mechanism sasl.Mechanism
	remote    []string // the server's offer as it is put to package sasl: decides over the gs2 flag
	flag      string   // for the log: p, y or n
}

// choose picks a mechanism among those offered, and the gs2 flag that goes with it: RFC 5802, 6. bindings are the
// channel binding types that the server lists (XEP-0440), nil if it lists none.
func choose(offered, bindings []string, s tls.ConnectionState, mustBind bool) (choice, error) {
	offers := func(name string) bool { return slices.Contains(offered, name) }
	plus := []sasl.Mechanism{sasl.ScramSha256Plus, sasl.ScramSha1Plus}
	plain := []sasl.Mechanism{sasl.ScramSha256, sasl.ScramSha1}
	binds := mayBind(bindings, s)
	anyPlus := false
	for _, m := range plus {
		if offers(m.Name) {
			anyPlus = true
			if binds {
				return choice{m.Name, m, []string{m.Name}, "p"}, nil
			}
		}
	}
	if mustBind {
		return choice{}, &SetupError{Problem: "the server offers no login with channel binding that works, and the settings insist on it"}
	}
	able := s.Version >= tls.VersionTLS13 || len(s.TLSUnique) > 0
	for i, m := range plain {
		switch {
		case !offers(m.Name):
		case able && !anyPlus:
			// We could bind and the server offers nothing to bind to: "y" says so, and a server that did
			// offer it knows that somebody took it away. Package sasl says it for a -PLUS mechanism that is
			// not among those offered.
			return choice{m.Name, plus[i], []string{m.Name}, "y"}, nil
		default:
			return choice{m.Name, m, []string{m.Name}, "n"}, nil
		}
	}
	return choice{}, &SetupError{Problem: "the server offers no login by SCRAM"}
}

// mayBind reports whether the server will know our channel binding. Over TLS 1.3 that is tls-exporter (RFC 9266, 2),
// which came later than -PLUS: so the server has to list it (XEP-0440). Before, it is tls-unique (RFC 5802, 6.1).
func mayBind(bindings []string, s tls.ConnectionState) bool {
	if s.Version >= tls.VersionTLS13 {
		return slices.Contains(bindings, "tls-exporter")
	}
	return len(s.TLSUnique) > 0 && (bindings == nil || slices.Contains(bindings, "tls-unique"))
}

// A scram is one login. What the server says is held to RFC 5802, 5 and 7, before it is used.
type scram struct {
	n       *sasl.Negotiator
	most    int  // iterations
	proved  bool // the server has shown that it knows the password
	answers int  // challenges answered
}

func newSCRAM(c choice, user string, password Password, s tls.ConnectionState, most int) *scram {
	return &scram{most: most, n: sasl.NewClient(c.mechanism,
		sasl.TLSState(s), sasl.RemoteMechanisms(c.remote...),
		sasl.Credentials(func() ([]byte, []byte, []byte) { return []byte(user), []byte(password), nil }))}
}

var errSCRAM error = &SetupError{Problem: "the server broke the rules of SCRAM"}

func (s *scram) first() ([]byte, error) {
	_, msg, err := s.n.Step(nil)
	return msg, err
}

// challenge answers the server: its first message, or its last if that does not come with the success.
func (s *scram) challenge(text string) ([]byte, error) {
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, errSCRAM
	}
	s.answers++
	switch s.answers {
	case 1:
		if err := checkFirst(b, s.n.Nonce(), s.most); err != nil {
			return nil, err
		}
		_, msg, err := s.n.Step(b)
		return msg, err
	case 2:
		return nil, s.verify(b)
	}
	return nil, errSCRAM
}

// success must hold the server's signature, or follow a challenge that did.
func (s *scram) success(text string) error {
	if s.answers == 2 && s.proved && (text == "" || text == "=") {
		return nil
	}
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || s.answers != 1 {
		return errSCRAM
	}
	return s.verify(b)
}

func (s *scram) verify(last []byte) error {
	more, _, err := s.n.Step(last)
	if err != nil || more {
		return &SetupError{Problem: "the server does not know the password itself"}
	}
	s.proved = true
	return nil
}

// checkFirst holds the server's first message to RFC 5802, 7: r=, s=, i= in this order, then extensions, each with a
// value. The nonce has to extend ours (5.1), and the iterations have a least (RFC 7677, 4) and, for us, a most.
func checkFirst(b, nonce []byte, most int) error {
	parts := bytes.Split(b, []byte(","))
	for _, p := range parts {
		if len(p) < 3 || p[1] != '=' || p[0] == 'm' {
			return errSCRAM
		}
	}
	if len(parts) < 3 || parts[0][0] != 'r' || parts[1][0] != 's' || parts[2][0] != 'i' {
		return errSCRAM
	}
	for _, p := range parts[3:] {
		if strings.IndexByte("rsi", p[0]) >= 0 {
			return errSCRAM
		}
	}
	if r := parts[0][2:]; !bytes.HasPrefix(r, nonce) || len(r) == len(nonce) {
		return errSCRAM
	}
	if n, err := strconv.Atoi(string(parts[2][2:])); err != nil || n < fewestIterations || n > most {
		return &SetupError{Problem: fmt.Sprintf("the server wants a number of hash iterations outside %d to %d", fewestIterations, most)}
	}
	return nil
}
