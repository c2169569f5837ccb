package wire

import "strings"

// Versions is a set of protocol versions as a peer offers them; bit n stands
// for version n. Versions that this library has never heard of are not kept.
type Versions uint8

// The versions that a query or a tag can name.
const (
	Version1 Versions = 1 << V1
	Version2 Versions = 1 << V2
	Version3 Versions = 1 << V3
)

// Has tells whether version n is in the set.
func (v Versions) Has(n int) bool { return n >= 1 && n <= 3 && v&(1<<n) != 0 }

// QueryString returns the shortest query that offers v, such as "?OTRv23?".
// A set without any version gives "?OTRv?", "a bizarre claim".
func QueryString(v Versions) string {
	query := marker
	if v.Has(1) {
		query += "?"
	}
	if v == Version1 {
		return query
	}
	query += "v"
	if v.Has(2) {
		query += "2"
	}
	if v.Has(3) {
		query += "3"
	}
	return query + "?"
}

// parseQuery reads the version string behind "?OTR". Protocol v3, "OTR Query
// Messages": an optional "?" for version 1, then optionally "v", one byte for
// each version, "?". Identifiers are printable: a list that runs into white
// space is somebody's sentence and no list.
func parseQuery(rest string) (Versions, bool) {
	var v Versions
	rest, one := strings.CutPrefix(rest, "?")
	if one {
		v = Version1
	}
	list, found := strings.CutPrefix(rest, "v")
	if !found {
		return v, one
	}
	var listed Versions
	for i := range len(list) {
		switch c := list[i]; {
		case c == '?':
			return v | listed, true
		case c == '2':
			listed |= Version2
		case c == '3':
			listed |= Version3
		case !printable(c):
			return v, one
		}
	}
	return v, one
}

func printable(c byte) bool { return c > ' ' && c < 0x7f }

// Protocol v3, "Tagged plaintext messages". Read with space as 0 and tab as 1
// a group of eight is the ASCII identifier of its version; version 1 is "R".
const (
	tagBase   = " \t  \t\t\t\t \t \t \t  "
	tagV1     = " \t \t  \t "
	tagV2     = "  \t\t  \t "
	tagV3     = "  \t\t  \t\t"
	groupSize = 8
)

// WhitespaceTag returns the white space that offers v when it is attached to
// a text. Version 1 comes first, "for backwards compatibility".
func WhitespaceTag(v Versions) string {
	tag := tagBase
	if v.Has(1) {
		tag += tagV1
	}
	if v.Has(2) {
		tag += tagV2
	}
	if v.Has(3) {
		tag += tagV3
	}
	return tag
}

// cutTag removes the first whitespace tag from text. Groups of versions that
// do not exist yet are part of the tag; white space that names no version is
// the user's own and stays.
func cutTag(text string) (plain string, v Versions, found bool) {
	before, rest, found := strings.Cut(text, tagBase)
	if !found {
		return text, 0, false
	}
	for len(rest) >= groupSize {
		id, ok := groupIdentifier(rest[:groupSize])
		if !ok {
			break
		}
		switch id {
		case 'R':
			v |= Version1
		case '2':
			v |= Version2
		case '3':
			v |= Version3
		}
		rest = rest[groupSize:]
	}
	return before + rest, v, true
}

func groupIdentifier(group string) (byte, bool) {
	var id byte
	for i := range len(group) {
		switch group[i] {
		case ' ':
			id <<= 1
		case '\t':
			id = id<<1 | 1
		default:
			return 0, false
		}
	}
	return id, id != 0 // eight spaces name nothing: they are the person's own
}
