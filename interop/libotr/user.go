package libotr

import "fmt"

// Policy bits and presets, as libotr numbers them.
const (
	PolicyNever              = 0x00
	PolicyAllowV2            = 0x02
	PolicyAllowV3            = 0x04
	PolicyRequireEncryption  = 0x08
	PolicySendWhitespaceTag  = 0x10
	PolicyWhitespaceStartAKE = 0x20
	PolicyErrorStartAKE      = 0x40

	PolicyManual        = PolicyAllowV2 | PolicyAllowV3
	PolicyOpportunistic = PolicyManual | PolicySendWhitespaceTag | PolicyWhitespaceStartAKE | PolicyErrorStartAKE
)

// A User is one login inside a helper process: an account with keys, contexts
// and settings of its own.
type User struct {
	process *Process
	id      string
}

// NewUser creates a user; one of the same id loses its state, as a client
// does that was killed.
func (p *Process) NewUser(id, account, protocol string, policy, longest int) (*User, error) {
	_, err := p.Do(Request{Do: "new", User: id, Account: []byte(account), Protocol: []byte(protocol), Policy: &policy, Longest: &longest})
	if err != nil {
		return nil, fmt.Errorf("new user %s: %w", id, err)
	}
	return &User{process: p, id: id}, nil
}

// SetClock sets what libotr sees as the time, in seconds since 1970.
func (p *Process) SetClock(now int64) error {
	_, err := p.Do(Request{Do: "clock", Now: now})
	return err
}

// Do sends a request in the name of the user.
func (u *User) Do(request Request) (Reply, error) {
	request.User = u.id
	return u.process.Do(request)
}

// Receive hands libotr a message from peer.
func (u *User) Receive(peer, message string) (Reply, error) {
	return u.Do(Request{Do: "receive", Peer: []byte(peer), Text: []byte(message)})
}

// Send hands libotr a text of the user, to be sent with all its fragments, and
// returns what goes on the wire.
func (u *User) Send(peer, text string, tlvs ...TLV) (Reply, []string, error) {
	reply, err := u.Do(Request{Do: "send", Peer: []byte(peer), Text: []byte(text), TLVs: EncodeTLVs(tlvs...)})
	if err != nil {
		return reply, nil, err
	}
	if reply.Untouched == 1 {
		return reply, append(reply.Injected(), text), nil
	}
	return reply, reply.Injected(), nil
}

// Query returns the query message of the user's policy.
func (u *User) Query() (string, error) {
	reply, err := u.Do(Request{Do: "query"})
	return string(reply.Text), err
}

// ReadKeys has libotr read a private key file.
func (u *User) ReadKeys(path string) error { return u.file("read", "keys", path) }

// WriteKeys has libotr generate a key for the account and write the private
// key file with it and the keys it holds.
func (u *User) WriteKeys(path string) error { return u.file("write", "keys", path) }

// ReadFingerprints reads a fingerprint file.
func (u *User) ReadFingerprints(path string) error { return u.file("read", "fingerprints", path) }

// WriteFingerprints writes the fingerprint file.
func (u *User) WriteFingerprints(path string) error { return u.file("write", "fingerprints", path) }

// ReadTags reads an instance tag file.
func (u *User) ReadTags(path string) error { return u.file("read", "tags", path) }

// WriteTags writes the instance tag file.
func (u *User) WriteTags(path string) error { return u.file("write", "tags", path) }

func (u *User) file(do, what, path string) error {
	reply, err := u.Do(Request{Do: do, What: what, Path: []byte(path)})
	if err == nil && reply.Err != 0 {
		err = fmt.Errorf("gcrypt error %d", reply.Err)
	}
	if err != nil {
		return fmt.Errorf("libotr: %s %s %s: %w", do, what, path, err)
	}
	return nil
}

// Contexts returns libotr's contexts with peer: the master first, its Their
// is 0, then one for each instance.
func (u *User) Contexts(peer string) ([]Event, error) {
	reply, err := u.Do(Request{Do: "state"})
	if err != nil {
		return nil, err
	}
	var found []Event
	for _, context := range reply.Named("state") {
		if string(context.Peer) == peer {
			found = append(found, context)
		}
	}
	return found, nil
}
