package wire

import "strings"

// marker begins everything in OTR that a person can see.
const marker = "?OTR"

const errorStart = marker + " Error:"

// Kind says what a received text is.
type Kind int

const (
	KindPlain    Kind = iota // no OTR in it
	KindTagged               // text with a whitespace tag
	KindQuery                // "?OTRv23?"
	KindError                // "?OTR Error:"
	KindEncoded              // "?OTR:"
	KindFragment             // "?OTR," or "?OTR|"
)

// Text is what Classify found.
type Text struct {
	Kind Kind

	// Body is the whole text of a KindPlain and of a KindQuery, the text
	// without its tag of a KindTagged, the trimmed explanation of a
	// KindError, the armour from "?OTR:" to the period of a KindEncoded.
	Body string

	Versions Versions // KindQuery, KindTagged: what the peer offers
	Fragment Fragment // KindFragment; possibly one that must be discarded
}

// Classify says what msg is. The first "?OTR" that begins something valid
// decides, wherever it stands; words about OTR that begin nothing valid
// ("have you tried ?OTR yet") are the user's and come back unchanged.
//
// Protocol v3, "Receiving Fragments" wants fragments recognised before what
// they contain: a fragment's own mark precedes that of its piece.
func Classify(msg string) Text {
	for rest := msg; ; {
		at := strings.Index(rest, marker)
		if at < 0 {
			break
		}
		if t, ok := classifyAt(msg, rest[at:]); ok {
			return t
		}
		rest = rest[at+len(marker):]
	}
	if plain, v, found := cutTag(msg); found {
		return Text{Kind: KindTagged, Body: plain, Versions: v}
	}
	return Text{Kind: KindPlain, Body: msg}
}

// classifyAt judges the mark at the start of s, which is the end of msg.
func classifyAt(msg, s string) (Text, bool) {
	if len(s) == len(marker) {
		return Text{}, false
	}
	switch s[len(marker)] {
	case ':':
		return Text{Kind: KindEncoded, Body: cutArmor(s)}, true
	case ',', '|':
		f, _, ok := CutFragment(s)
		return Text{Kind: KindFragment, Fragment: f}, ok
	case '?', 'v':
		v, ok := parseQuery(s[len(marker):])
		return Text{Kind: KindQuery, Body: msg, Versions: v}, ok
	case ' ':
		body, ok := strings.CutPrefix(s, errorStart)
		return Text{Kind: KindError, Body: strings.TrimSpace(body)}, ok
	}
	return Text{}, false
}

func cutArmor(s string) string {
	if end := strings.IndexByte(s, armorEnd); end >= 0 {
		return s[:end+1]
	}
	return s
}
