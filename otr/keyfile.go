package otr

import (
	"bytes"
	"fmt"
	"io"

	"otrbot/otr/internal/group"
)

// keyNumbers are the numbers of a DSA key, in the order in which libotr writes them.
var keyNumbers = [5]string{"p", "q", "g", "y", "x"}

// ReadKeys reads libotr's private key file (otr.private_key) into u. A key of the file takes the place of the one u
// held for the same account; the rest of u stays. Every key is checked: its public part belongs to its secret part.
//
// A file that is not whole and sound, also an empty one or one with two different keys for an account or with
// anything that [UserState.WriteKeys] could not give back, is a [*FileError], and the read changes nothing: what
// is not understood must not be lost with the next write. Other errors are those of r.
func (u *UserState) ReadKeys(r io.Reader) error {
	text, err := readFile(PrivateKeyFile, r)
	if err != nil {
		return err
	}
	defer clear(text)
	read, err := parseKeys(text)
	if err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, e := range read {
		u.putKey(e.account, e.key)
	}
	return nil
}

type keyEntry struct {
	account Account
	key     *PrivateKey
}

// parseKeys reads (privkeys (account …) …).
func parseKeys(text []byte) ([]keyEntry, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, &FileError{PrivateKeyFile, 0, "it is empty", "restore it from a backup, or delete it to begin with new keys"}
	}
	file, err := parseSexp(text)
	if err != nil {
		return nil, err
	}
	if !file.named("privkeys") {
		return nil, keyFault(&file, "it does not begin with (privkeys")
	}
	var entries []keyEntry
	seen := make(map[Account]*PrivateKey)
	for _, s := range file.list[1:] {
		e, err := parseAccount(&s)
		if err != nil {
			return nil, err
		}
		former := seen[e.account]
		if former != nil && former.fingerprint != e.key.fingerprint {
			return nil, &FileError{PrivateKeyFile, s.line, fmt.Sprintf("a second key for account %.200q, protocol %.200q",
				e.account.Name, e.account.Protocol), "move one of the two into another file"}
		}
		if former == nil {
			seen[e.account] = e.key
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// parseAccount reads (account (name N) (protocol P) (private-key (dsa …))).
func parseAccount(s *sexp) (e keyEntry, err error) {
	fields, err := parseFields(s, "account", "name", "protocol", "private-key")
	if err != nil {
		return e, err
	}
	if e.account.Name, err = parseName(fields[0]); err != nil {
		return e, err
	}
	if e.account.Protocol, err = parseName(fields[1]); err != nil {
		return e, err
	}
	dsa := fields[2]
	if !dsa.isList() {
		return e, keyFault(dsa, "private-key holds no key")
	}
	e.key, err = parseDSA(dsa)
	return e, err
}

// parseName takes any bytes, also those that a new name must not have: keys are too dear to refuse them for that.
func parseName(s *sexp) (string, error) {
	if s.isList() {
		return "", keyFault(s, "a list in place of a name")
	}
	if len(s.atom) > maxName {
		return "", keyFault(s, fmt.Sprintf("a name of more than %d bytes", maxName))
	}
	return string(s.atom), nil
}

func parseDSA(s *sexp) (*PrivateKey, error) {
	fields, err := parseFields(s, "dsa", keyNumbers[:]...)
	if err != nil {
		return nil, err
	}
	var n [len(keyNumbers)][]byte
	for i, f := range fields {
		if f.isList() {
			return nil, keyFault(f, fmt.Sprintf("a list in place of the number %s", keyNumbers[i]))
		}
		n[i] = minimal(f.atom)
	}
	k, err := group.NewPrivateKey(n[0], n[1], n[2], n[3], n[4])
	if err != nil {
		return nil, keyFault(s, "its numbers are no DSA key of OTR (1024 to 3072 bits, q of 160 bits, y the power x of g)")
	}
	return newPrivateKey(k), nil
}

// parseFields takes a list (name (field value) …) with exactly these fields, in any order, and gives their values.
func parseFields(s *sexp, name string, fields ...string) ([]*sexp, error) {
	if !s.named(name) {
		return nil, keyFault(s, fmt.Sprintf("expected (%s", name))
	}
	values := make([]*sexp, len(fields))
	for i := range s.list[1:] {
		part := &s.list[1+i]
		j := 0
		for j < len(fields) && !part.named(fields[j]) {
			j++
		}
		switch {
		case j == len(fields):
			return nil, keyFault(part, fmt.Sprintf("%s has a part that does not belong to it", name))
		case values[j] != nil:
			return nil, keyFault(part, fmt.Sprintf("%s has a second (%s", name, fields[j]))
		case len(part.list) != 2:
			return nil, keyFault(part, fmt.Sprintf("%s needs one value", fields[j]))
		}
		values[j] = &part.list[1]
	}
	for j, v := range values {
		if v == nil {
			return nil, keyFault(s, fmt.Sprintf("%s lacks (%s", name, fields[j]))
		}
	}
	return values, nil
}

func keyFault(s *sexp, reason string) error {
	return &FileError{PrivateKeyFile, s.line, reason, restore}
}

func minimal(number []byte) []byte { return bytes.TrimLeft(number, "\x00") }

// WriteKeys writes all private keys in the form of libotr's file, the newest last. What it writes is secret. Errors are
// those of w, and a [*FileError] for more than 64 MiB.
func (u *UserState) WriteKeys(w io.Writer) error {
	u.mu.Lock()
	text := []byte("(privkeys\n")
	for _, a := range u.order {
		text = appendKey(text, a, u.keys[a].key)
	}
	u.mu.Unlock()
	text = append(text, ")\n"...)
	defer clear(text)
	return writeFile(PrivateKeyFile, w, text)
}

// appendKey lays a key out as libotr does, trailing spaces included.
func appendKey(dst []byte, a Account, k *group.PrivateKey) []byte {
	dst = append(dst, " (account\n(name "...)
	dst = appendAtom(dst, []byte(a.Name))
	dst = append(dst, ")\n(protocol "...)
	dst = appendAtom(dst, []byte(a.Protocol))
	dst = append(dst, ")\n(private-key \n (dsa \n"...)
	for i, n := range [][]byte{k.P, k.Q, k.G, k.Y, k.X()} {
		dst = append(dst, "  ("+keyNumbers[i]+" "...)
		dst = appendAtom(dst, signed(minimal(n))) // also a number, if all its bytes happen to be characters
		dst = append(dst, ")\n"...)
	}
	return append(dst, "  )\n )\n )\n"...)
}

// signed puts a zero byte before a number that would read as negative in two's complement.
func signed(number []byte) []byte {
	if len(number) > 0 && number[0] >= 0x80 {
		return append([]byte{0}, number...)
	}
	return number
}
