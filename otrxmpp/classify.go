package otrxmpp

import (
	"encoding/base64"
	"encoding/binary"
	"regexp"
	"strconv"
	"strings"

	"otrbot/otr"
)

// kind is what a body is, as far as routing and marking need to know. Package otr judges the rest.
type kind int

const (
	plain      kind = iota
	tagged          // with a whitespace tag
	query           // "?OTRv23?"
	complaint       // "?OTR Error:"
	data            // a Data Message
	exchange        // a message of a key exchange
	fragment        // of either
	unknownOTR      // of no known type
)

// otr reports whether a body speaks OTR to a machine.
func (k kind) otr() bool { return k >= query }

// encoded reports whether no person can read the body.
func (k kind) encoded() bool { return k >= data }

// traits are what a body shows from outside.
type traits struct {
	kind     kind
	v2, v3   bool            // offered by a query or tag, or the version of a message
	receiver otr.InstanceTag // of a message of version 3; 0: open, or unknown
}

const (
	marker  = "?OTR"
	tagBase = " \t  \t\t\t\t \t \t \t  "
	tagV2   = "  \t\t  \t "
	tagV3   = "  \t\t  \t\t"
)

// classify finds the first mark of OTR that means something, wherever it stands.
func classify(body string) traits {
	for rest := body; ; {
		at := strings.Index(rest, marker)
		if at < 0 {
			break
		}
		rest = rest[at+len(marker):]
		if t, ok := classifyMark(rest); ok {
			return t
		}
	}
	_, offer, found := strings.Cut(body, tagBase)
	if !found {
		return traits{}
	}
	t := traits{kind: tagged}
	for ; len(offer) >= len(tagV2) && strings.Trim(offer[:len(tagV2)], " \t") == ""; offer = offer[len(tagV2):] {
		t.v2 = t.v2 || offer[:len(tagV2)] == tagV2
		t.v3 = t.v3 || offer[:len(tagV3)] == tagV3
	}
	return t
}

// classifyMark judges what follows the mark.
func classifyMark(rest string) (traits, bool) {
	if rest == "" {
		return traits{}, false
	}
	switch rest[0] {
	case ':':
		return classifyEncoded(rest[1:]), true
	case '|', ',':
		return classifyFragment(rest)
	case '?', 'v':
		return classifyQuery(rest)
	case ' ':
		return traits{kind: complaint}, strings.HasPrefix(rest, " Error:")
	}
	return traits{}, false
}

// classifyQuery obeys Protocol v3, "OTR Query Messages".
func classifyQuery(rest string) (traits, bool) {
	rest, one := strings.CutPrefix(rest, "?")
	list, found := strings.CutPrefix(rest, "v")
	list, _, closed := strings.Cut(list, "?")
	sentence := strings.ContainsFunc(list, func(r rune) bool { return r <= ' ' || r >= 0x7f })
	if !found || !closed || sentence {
		return traits{kind: query}, one
	}
	return traits{kind: query, v2: strings.Contains(list, "2"), v3: strings.Contains(list, "3")}, true
}

// header of a message in version 3: version, type, two instance tags. Version 2 ends after the type.
const (
	shortHeader = 3
	longHeader  = 11
)

func classifyEncoded(armored string) traits {
	raw := make([]byte, 12)
	n, _ := base64.StdEncoding.Decode(raw, []byte(armored[:min(len(armored), 16)&^3]))
	if n < shortHeader {
		return traits{kind: unknownOTR}
	}
	t := traits{v2: raw[1] == 2, v3: raw[1] == 3}
	switch raw[2] {
	case 0x03:
		t.kind = data
	case 0x02, 0x0a, 0x11, 0x12:
		t.kind = exchange
	default:
		t.kind = unknownOTR
	}
	if t.v3 && n >= longHeader {
		t.receiver = otr.InstanceTag(binary.BigEndian.Uint32(raw[7:]))
	}
	return t
}

// Protocol v3, "Message Fragmentation": "?OTR|sender|receiver,k,n,piece," in version 3, "?OTR,k,n,piece," in version 2.
var fragmentForm = regexp.MustCompile(`^(?:\|[0-9A-Fa-f]+\|([0-9A-Fa-f]+))?,[0-9]+,[0-9]+,[^,]*,`)

func classifyFragment(rest string) (traits, bool) {
	found := fragmentForm.FindStringSubmatch(rest)
	if found == nil {
		return traits{}, false
	}
	receiver, _ := strconv.ParseUint(found[1], 16, 32)
	v3 := rest[0] == '|'
	return traits{kind: fragment, v2: !v3, v3: v3, receiver: otr.InstanceTag(receiver)}, true
}

// startsExchange reports whether a message of ours belongs to a key exchange, in fragments or whole.
func startsExchange(body string) bool {
	at := strings.LastIndex(body, marker+":")
	return at >= 0 && classifyEncoded(body[at+len(marker)+1:]).kind == exchange
}
