package otrxmpp

import "time"

// Message is an incoming <message/> as plain data. Addresses are as the server sent them and never checked.
type Message struct {
	From, To, ID, Type string
	Bodies             []Body // in the order of the stanza; none: no body at all
	// XHTML says that there was formatted text too. It is never read: the two can be made to differ.
	XHTML bool
	// Delay is when the message was sent, if a server kept it meanwhile; zero: it comes at once.
	Delay time.Time
	// Carbon says that the message is a copy of one of another device, whoever claims that.
	Carbon bool
	// Encryption is the namespace of an encryption that the stanza announces (XEP-0380) or carries; empty: none.
	Encryption string
	// ErrorCondition is the defined condition of a message of type "error", such as "service-unavailable".
	ErrorCondition string
	ReceiptAsked   bool   // the sender wants to know that the message has arrived
	Receipt        string // the id of our message whose arrival this one confirms; empty: none
	ChatState      string // "active", "composing", "paused", "inactive", "gone"; empty: none
	MUCInvite      bool   // an invitation to a room
	MUCPrivate     bool   // said in private by an occupant of a room
}

// Body is one text of a message. Lang is its xml:lang, empty for the language of the stream.
type Body struct{ Lang, Text string }

// body is the text that counts: XMPP, "Body Element" allows one for each language. The one without a language is the
// stream's, else the first.
func (m *Message) body() string {
	for _, b := range m.Bodies {
		if b.Lang == "" {
			return b.Text
		}
	}
	if len(m.Bodies) > 0 {
		return m.Bodies[0].Text
	}
	return ""
}

// Outgoing is a <message/> to send, as plain data.
type Outgoing struct {
	To, ID, Type string
	Body         string // empty: no body
	// OTR says that the body is a message of OTR: no copies to other devices, nothing kept in archives.
	OTR bool
	// EME says that the stanza is marked as encrypted with OTR (XEP-0380). Clients may hide the body of such a stanza,
	// so that queries and error messages, which a person without OTR should see, are not.
	EME        bool
	ReceiptFor string // the id of the message whose arrival this one confirms; empty: none
	ChatState  string // as in Message
}

// Result is what a call leads to: stanzas to send, in this order, and what happened, in order.
type Result struct {
	Send   []Outgoing
	Events []Event
}

func (r *Result) emit(e Event) { r.Events = append(r.Events, e) }
