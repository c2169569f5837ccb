package xmppd

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"maps"
	"slices"
	"strings"

	"otrbot/internal/xmpp/stanza"
)

// account is a user of the server. The server's lock guards it.
type account struct {
	name     string // local part, in lower case
	jid      string // bare
	keys     map[string]scramKeys
	roster   map[string]*contact // by bare address
	sessions map[string]*session // by resource, those that wait for their client included
	offline  []*stanza.Element   // messages
	private  map[string]*stanza.Element
	vcard    *stanza.Element
}

// AddUser adds an account, or gives it another password. Name is the local part of its address.
func (s *Server) AddUser(name, password string) error {
	name = strings.ToLower(name)
	if name == "" || len(name) > 256 || strings.ContainsAny(name, "@/:'\"<>& \t\r\n") || !stanza.Legal(name) {
		return fmt.Errorf("xmppd: %q cannot be the name of an account", name)
	}
	if password == "" {
		return fmt.Errorf("xmppd: account %q needs a password", name)
	}
	keys := map[string]scramKeys{}
	for mechanism, hash := range scramHashes {
		var err error
		if keys[mechanism], err = newScramKeys(hash, password, s.salt(name)); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.accounts[name]; a != nil {
		a.keys = keys
		return nil
	}
	s.accounts[name] = &account{
		name: name, jid: name + "@" + s.config.Domain, keys: keys,
		roster: map[string]*contact{}, sessions: map[string]*session{}, private: map[string]*stanza.Element{},
	}
	return nil
}

// sessionsOf are an account's sessions in the order of their resources.
func sessionsOf(a *account) []*session {
	return slices.SortedFunc(maps.Values(a.sessions), func(x, y *session) int { return strings.Compare(x.jid, y.jid) })
}

// salt belongs to a name, whether there is such an account or not.
func (s *Server) salt(name string) []byte {
	h := hmac.New(sha256.New, s.secret)
	h.Write([]byte("salt " + name))
	return h.Sum(nil)[:saltSize]
}

// keysOf are what a client that says it is name has to know the password of. For a name that does not exist they
// look the same and nothing fits them.
func (s *Server) keysOf(name, mechanism string) scramKeys {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.accounts[name]; a != nil {
		return a.keys[mechanism]
	}
	h := hmac.New(sha256.New, s.secret)
	h.Write([]byte("keys " + name))
	unknown := h.Sum(nil)[:scramHashes[mechanism]().Size()]
	return scramKeys{salt: s.salt(name), stored: unknown, server: unknown}
}

// passwordFits does the same work for a name that does not exist.
func (s *Server) passwordFits(name, password string) bool {
	want := s.keysOf(name, scramSHA256)
	got, err := newScramKeys(scramHashes[scramSHA256], password, want.salt)
	return err == nil && subtle.ConstantTimeCompare(got.stored, want.stored) == 1
}

// account is that of a bare or full address on this server, nil if there is none.
func (s *Server) account(jid string) *account {
	local, domain, _ := stanza.SplitJID(jid)
	if local == "" || !s.isDomain(domain) {
		return nil
	}
	return s.accounts[strings.ToLower(local)]
}

func (s *Server) isDomain(domain string) bool { return strings.EqualFold(domain, s.config.Domain) }
