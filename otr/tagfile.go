package otr

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// tagWarning is the first line of libotr's file: two programs with one tag would each take the other's messages.
const tagWarning = "# WARNING! You shouldn't copy this file to another computer. It is unnecessary and can cause problems.\n"

// ReadInstanceTags reads libotr's instance tag file (otr.instance_tags) into u: one line for each account with
// name, protocol and eight hexadecimal digits, separated by tabs. A tag of the file takes the place of
// the one u held for the same account; the rest of u stays.
//
// A line that cannot be read is a [*FileError], and the read changes nothing. Only empty lines and comments
// (a # at the beginning, no tab) are passed over. Other errors are those of r.
func (u *UserState) ReadInstanceTags(r io.Reader) error {
	read := make(map[Account]InstanceTag)
	err := readLines(InstanceTagFile, r, func(line string) string {
		a, t, reason := parseTagLine(line)
		read[a] = t // the last line wins, as in libotr
		return reason
	})
	if err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	maps.Copy(u.tags, read)
	return nil
}

func parseTagLine(line string) (a Account, t InstanceTag, reason string) {
	column := strings.Split(line, "\t")
	if len(column) != 3 {
		return a, 0, fmt.Sprintf("%d columns, not account, protocol and instance tag, separated by tabs", len(column))
	}
	a = Account{column[0], column[1]}
	tag, err := hex.DecodeString(column[2])
	if err != nil || len(tag) != 4 {
		return a, 0, "its third column is not an instance tag of 8 hexadecimal digits"
	}
	t = InstanceTag(binary.BigEndian.Uint32(tag))
	if t < firstInstanceTag {
		return a, 0, "an instance tag below 00000100"
	}
	if a.check() != nil {
		return a, 0, fmt.Sprintf("a name of more than %d bytes", maxName)
	}
	return a, t, ""
}

// WriteInstanceTags writes all instance tags in the form of libotr's file, sorted by account.
// Errors are those of w, and a [*FileError] for more than 64 MiB.
func (u *UserState) WriteInstanceTags(w io.Writer) error {
	u.mu.Lock()
	text := []byte(tagWarning)
	for _, a := range slices.SortedFunc(maps.Keys(u.tags), Account.compare) {
		text = fmt.Appendf(text, "%s\t%s\t%08x\n", a.Name, a.Protocol, uint32(u.tags[a]))
	}
	u.mu.Unlock()
	return writeFile(InstanceTagFile, w, text)
}
