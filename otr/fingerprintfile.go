package otr

import (
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// ReadFingerprints reads libotr's fingerprint file (otr.fingerprints) into u: one line for each fingerprint with
// peer, account, protocol, 40 hexadecimal digits and trust, separated by tabs. The trust may be missing or hold
// tabs itself. A line of the file takes the place of what u held about the same fingerprint; the rest of u stays.
//
// A line that cannot be read is a [*FileError], and the read changes nothing: no line is lost with the next write.
// Only empty lines and comments (a # at the beginning, no tab) are passed over. Other errors are those of r.
func (u *UserState) ReadFingerprints(r io.Reader) error {
	read := make(map[peerKey]Trust)
	err := readLines(FingerprintFile, r, func(line string) string {
		k, t, reason := parseFingerprintLine(line)
		read[k] = t // the last line wins, as in libotr
		return reason
	})
	if err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	for k, t := range read {
		u.learned(k.peer, k.fingerprint).trust = t
	}
	return nil
}

func parseFingerprintLine(line string) (k peerKey, t Trust, reason string) {
	column := strings.SplitN(line, "\t", 5)
	if len(column) < 4 {
		return k, "", fmt.Sprintf("%d columns, not peer, account, protocol, fingerprint and trust, separated by tabs", len(column))
	}
	k.peer = Peer{Account{column[1], column[2]}, column[0]}
	if len(column) == 5 {
		t = Trust(column[4])
	}
	switch n, err := hex.Decode(k.fingerprint[:], []byte(column[3][:min(40, len(column[3]))])); {
	case err != nil || n != len(k.fingerprint) || len(column[3]) != 40:
		return k, t, "its fourth column is not a fingerprint of 40 hexadecimal digits"
	case k.peer.check() != nil:
		return k, t, fmt.Sprintf("a name of more than %d bytes", maxName)
	case t.check() != nil:
		return k, t, fmt.Sprintf("a trust text of more than %d bytes", maxName)
	}
	return k, t, ""
}

// WriteFingerprints writes all known fingerprints in the form of libotr's file, in the order of
// [UserState.Fingerprints]. Errors are those of w, and a [*FileError] for more than 64 MiB.
//
// libotr itself reads lines of at most 999 bytes.
func (u *UserState) WriteFingerprints(w io.Writer) error {
	u.mu.Lock()
	var text []byte
	for _, k := range slices.SortedFunc(maps.Keys(u.known), peerKey.compare) {
		text = fmt.Appendf(text, "%s\t%s\t%s\t%x\t%s\n",
			k.peer.Name, k.peer.Account.Name, k.peer.Account.Protocol, k.fingerprint[:], u.known[k].trust)
	}
	u.mu.Unlock()
	return writeFile(FingerprintFile, w, text)
}
