package clients

import (
	"strings"
	"unicode/utf8"
)

// Evidence is what a client has shown of itself. Any part may be missing; all
// of it is the other side's word and may be wrong or long.
type Evidence struct {
	Query    string // text of an OTR query, whole: "?OTRv23?\n<b>…"
	Tagged   bool   // a plain text carried a whitespace tag
	Software string // XEP-0092: name
	Version  string // XEP-0092: version
	OS       string // XEP-0092: os
	CapsNode string // XEP-0115: node, "http://pidgin.im/"
	Resource string // resourcepart of its JID
	HTML     bool   // a message carried XHTML-IM
}

// longest is how much is kept of each thing that a client says of itself, in
// bytes: what tells clients apart stands in the beginning.
const longest = 200

// With returns the evidence with whatever more adds to it; what more says
// replaces what was known. Each text is cut to 200 bytes. Another resource is
// another client, or the same one anew: what the one before has shown says
// nothing about it.
func (e Evidence) With(more Evidence) Evidence {
	if e.Moved(more) {
		e = Evidence{}
	}
	for _, f := range []struct{ old, new *string }{
		{&e.Query, &more.Query}, {&e.Software, &more.Software}, {&e.Version, &more.Version}, {&e.OS, &more.OS},
		{&e.CapsNode, &more.CapsNode}, {&e.Resource, &more.Resource},
	} {
		if *f.new != "" {
			*f.old = cut(*f.new)
		}
	}
	e.Tagged = e.Tagged || more.Tagged
	e.HTML = e.HTML || more.HTML
	return e
}

// Moved reports whether more comes from another resource than the evidence.
func (e Evidence) Moved(more Evidence) bool {
	return e.Resource != "" && more.Resource != "" && e.Resource != cut(more.Resource)
}

// cut is the beginning of a text, up to a whole character. Nothing of the rest
// stays in memory.
func cut(s string) string {
	if len(s) <= longest {
		return s
	}
	end := longest
	for end > longest-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return strings.Clone(s[:end])
}

// Recognise names the client that shows itself so, and Unknown when it is not
// sure. The client's own word (XEP-0092, XEP-0115) comes before its habits;
// a name that we do not know is not overruled by a habit that we do.
func Recognise(e Evidence) Client {
	id, certain := byName(e.Software, e.CapsNode)
	if !certain {
		id = byQuery(e)
	}
	if id == "" && !certain {
		id = byResource(e.Resource)
	}
	if id == bitlbee && overIRC(e) {
		id = irssi
	}
	return ByID(id)
}

// names are the beginnings of names of XEP-0092, in lower case, longer ones
// before the shorter ones that they begin with.
var names = []struct{ prefix, id string }{
	{"thunderbird", thunderbird}, {"coyim", coyim}, {"profanity", profanity}, {"psi+", psiPlus}, {"psi", psi},
	{"pidgin", pidgin}, {"mcabber", mcabber}, {"bitlbee", bitlbee}, {"irssi", irssi}, {"poezio", poezio},
	{"otrbot chat", ours}, {"adium", "adium"}, {"chatsecure", "chatsecure"}, {"kopete", "kopete"},
	{"gajim", "gajim"}, {"dino", "dino"}, {"conversations", "conversations"}, {"cheogram", "cheogram"},
	{"monocles", "monocles"}, {"converse", "converse"}, {"monal", "monal"},
}

// nodes are parts of the nodes of XEP-0115 that name one client.
var nodes = []struct{ part, id string }{
	{"pidgin.im", pidgin}, {"profanity-im.github.io", profanity}, {"mcabber.com", mcabber}, {"psi-plus", psiPlus},
	{"psi-im.org", psi}, {"coy.im", coyim}, {"poez.io", poezio}, {"gajim.org", "gajim"}, {"dino.im", "dino"},
	{"conversations.im", "conversations"}, {"conversejs.org", "converse"}, {"monal-im.org", "monal"}, {"monal.im", "monal"},
	{"urn:otrbot:chat", ours},
}

// byName reads what the client calls itself. It is certain as soon as the
// client has a name, even one that we do not know.
func byName(software, node string) (id string, certain bool) {
	software = strings.ToLower(strings.TrimSpace(software))
	for _, n := range names {
		if rest, ok := strings.CutPrefix(software, n.prefix); ok && !startsWithLetter(rest) {
			return n.id, true
		}
	}
	if software != "" {
		return "", true
	}
	node = strings.ToLower(node)
	for _, n := range nodes {
		if strings.Contains(node, n.part) {
			return n.id, true
		}
	}
	return "", false
}

// startsWithLetter tells "Psilocybe" from "Psi 1.5".
func startsWithLetter(s string) bool {
	return s != "" && (s[0] >= 'a' && s[0] <= 'z' || s[0] >= 0x80)
}

// byQuery reads the text of a query. Many programs use libotr's sentence; only
// what is one program's own counts.
func byQuery(e Evidence) string {
	q := e.Query
	switch html := strings.Contains(q, "<b>"); {
	case strings.HasPrefix(q, "?OTR?v2? This user has requested"):
		return profanity
	case strings.HasPrefix(q, "?OTRv23? *"):
		return psiPlus
	case strings.HasPrefix(q, "?OTRv23?\n") && !html && strings.Contains(q, " has requested an ") && strings.Contains(q, "<http"):
		return pidgin // libpurple writes HTML as text and puts XHTML-IM beside it
	case strings.HasPrefix(q, "?OTRv2?\n") && !html && len(q) > len("?OTRv2?\n"):
		if strings.Contains(q, "I would like to start an Off-the-Record private conversation") {
			return "" // potr: poezio and others
		}
		return thunderbird // a sentence in the language of its interface
	}
	return ""
}

// resources are the beginnings of resources that clients choose by themselves,
// in lower case. A learner may choose such a name too: they come last.
var resources = []struct{ prefix, id string }{
	{"mcabber.", mcabber}, {"profanity.", profanity}, {"poezio", poezio}, {"bitlbee", bitlbee},
	{"gajim.", "gajim"}, {"dino.", "dino"}, {"conversations.", "conversations"}, {"converse.js", "converse"}, {"monal-", "monal"},
	{"otrbot-chat.", ours},
}

func byResource(resource string) string {
	resource = strings.ToLower(resource)
	for _, r := range resources {
		if strings.HasPrefix(resource, r.prefix) {
			return r.id
		}
	}
	return ""
}

// overIRC tells OTR that BitlBee does from OTR that an IRC client does behind
// it: irssi's query has no sentence.
func overIRC(e Evidence) bool {
	return e.Query != "" && strings.TrimSpace(strings.TrimPrefix(e.Query, "?OTRv23?")) == ""
}
