// Package clients knows the chat programs that learners use: it recognises one
// from what it shows of itself, and says where its OTR commands are, in the
// words and the language of its own screen.
//
// Everything here is total and free of side effects, and safe for concurrent
// use. What is not known for certain is not said: an unrecognised client is
// Unknown, and a label that was not read in the program itself is left out.
package clients

import "strings"

// A Client is a chat program. Clients are comparable; the zero value is
// Unknown.
type Client struct {
	ID     string // stable name for storage, "psi-plus"; empty for Unknown
	Name   string // as its makers write it, "Psi+"; empty for Unknown
	OTR    bool   // whether it speaks OTR, by itself or by a plugin
	V2, V3 bool   // the versions of OTR that it starts a conversation with
	Living bool   // whether it is still looked after: false, offer another one
}

// Unknown is a client that nothing is known about.
var Unknown = Client{}

// Known reports whether the client was recognised.
func (c Client) Known() bool { return c.ID != "" }

// Typed reports whether OTR is driven by commands that one types: such a client
// has no buttons and no menus for it.
func (c Client) Typed() bool {
	start := paths[c.ID][Start]
	return start != "" && !strings.Contains(start, "{")
}

// ByID returns the client of an ID that a program has kept, Unknown if there
// is none.
func ByID(id string) Client {
	for _, c := range known {
		if c.ID == id {
			return c
		}
	}
	return Unknown
}

// All returns every client that can be recognised.
func All() []Client { return append([]Client(nil), known...) }

// The clients with OTR that are offered to somebody whose own has none.
const (
	thunderbird = "thunderbird"
	coyim       = "coyim"
	pidgin      = "pidgin"
	psi         = "psi"
	psiPlus     = "psi-plus"
	profanity   = "profanity"
	mcabber     = "mcabber"
	bitlbee     = "bitlbee"
	irssi       = "irssi"
	poezio      = "poezio"
	ours        = "otrbot-chat" // otrbot chat, of this project
)

var known = []Client{
	{ID: thunderbird, Name: "Thunderbird", OTR: true, V2: true, Living: true},
	{ID: coyim, Name: "CoyIM", OTR: true, V2: true, V3: true, Living: true},
	{ID: profanity, Name: "Profanity", OTR: true, V2: true, Living: true},
	{ID: psiPlus, Name: "Psi+", OTR: true, V2: true, V3: true, Living: true},
	{ID: psi, Name: "Psi", OTR: true, V2: true, V3: true, Living: true},
	{ID: pidgin, Name: "Pidgin", OTR: true, V2: true, V3: true, Living: true},
	{ID: mcabber, Name: "mcabber", OTR: true, V2: true, V3: true, Living: true},
	{ID: bitlbee, Name: "BitlBee", OTR: true, V2: true, V3: true, Living: true},
	{ID: irssi, Name: "irssi", OTR: true, V2: true, V3: true, Living: true},
	{ID: ours, Name: "otrbot chat", OTR: true, V2: true, V3: true, Living: true},
	{ID: poezio, Name: "poezio", OTR: true, V2: true}, // its plugin needs a library that no longer runs
	{ID: "adium", Name: "Adium", OTR: true, V2: true, V3: true},
	{ID: "chatsecure", Name: "ChatSecure", OTR: true, V2: true, V3: true},
	{ID: "kopete", Name: "Kopete", OTR: true, V2: true},

	{ID: "gajim", Name: "Gajim", Living: true},
	{ID: "dino", Name: "Dino", Living: true},
	{ID: "conversations", Name: "Conversations", Living: true}, // and its forks, under their own names
	{ID: "cheogram", Name: "Cheogram", Living: true},
	{ID: "monocles", Name: "monocles chat", Living: true},
	{ID: "converse", Name: "Converse", Living: true},
	{ID: "monal", Name: "Monal", Living: true},
}
