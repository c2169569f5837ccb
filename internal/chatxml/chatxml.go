// Package chatxml reads one <message/> as the plain data that package otrxmpp
// knows, and writes its answers as stanzas. Both ways are total: whatever a
// stranger sends has a reading.
package chatxml

import (
	"time"

	"otrbot/internal/xmpp/stanza"
	"otrbot/otrxmpp"
)

const nsCarbons1 = "urn:xmpp:carbons:1" // XEP-0280 before 0.9, of old servers

// Read is what a message says; false if e is none. What it carries of other messages, in carbons or archives, is not read.
func Read(e *stanza.Element) (otrxmpp.Message, bool) {
	if e == nil || e.Local != "message" {
		return otrxmpp.Message{}, false
	}
	m := otrxmpp.Message{
		From: e.Attr("from"), To: e.Attr("to"), ID: e.Attr("id"), Type: e.Attr("type"),
		Delay: delay(e), Encryption: encryption(e),
	}
	for child := range e.Children() {
		readChild(&m, e.Space, child)
	}
	return m, true
}

func readChild(m *otrxmpp.Message, space string, child *stanza.Element) {
	switch child.Space {
	case space:
		readOwn(m, child)
	case stanza.NSXHTMLIM:
		m.XHTML = m.XHTML || child.Local == "html"
	case stanza.NSCarbons, nsCarbons1:
		m.Carbon = m.Carbon || child.Local == "received" || child.Local == "sent"
	case stanza.NSReceipts:
		readReceipt(m, child)
	case stanza.NSChatStates:
		if isChatState(child.Local) {
			m.ChatState = child.Local
		}
	case stanza.NSMUCUser:
		invite := child.Child(stanza.NSMUCUser, "invite") != nil
		m.MUCInvite = m.MUCInvite || invite
		m.MUCPrivate = m.MUCPrivate || !invite
	case stanza.NSConference:
		m.MUCInvite = true
	}
}

// readOwn reads the children that RFC 6121 defines.
func readOwn(m *otrxmpp.Message, child *stanza.Element) {
	switch child.Local {
	case "body":
		m.Bodies = append(m.Bodies, otrxmpp.Body{Lang: child.Lang(), Text: child.Text()})
	case "error":
		for condition := range child.Children() {
			if condition.Space == stanza.NSStanzas && condition.Local != "text" && m.ErrorCondition == "" {
				m.ErrorCondition = condition.Local
			}
		}
	}
}

func readReceipt(m *otrxmpp.Message, child *stanza.Element) {
	switch child.Local {
	case "request":
		m.ReceiptAsked = true
	case "received":
		m.Receipt = child.Attr("id")
	}
}

func isChatState(name string) bool {
	switch name {
	case "active", "composing", "paused", "inactive", "gone":
		return true
	}
	return false
}

// delay is when a server took the message into its care. A stamp that cannot be read is of long ago.
func delay(e *stanza.Element) time.Time {
	for _, form := range []struct{ space, local, layout string }{
		{stanza.NSDelay, "delay", time.RFC3339Nano},      // XEP-0082, "DateTime"
		{stanza.NSLegacyDelay, "x", "20060102T15:04:05"}, // XEP-0091
	} {
		child := e.Child(form.space, form.local)
		if child == nil {
			continue
		}
		stamp, err := time.Parse(form.layout, child.Attr("stamp"))
		if err != nil || stamp.IsZero() {
			return time.Unix(0, 0).UTC()
		}
		return stamp
	}
	return time.Time{}
}

// encryption is what the stanza says it is encrypted with, or what it carries of that kind.
func encryption(e *stanza.Element) string {
	for _, payload := range []struct{ space, local, holds string }{
		{stanza.NSOMEMO, "encrypted", "payload"},
		{stanza.NSOMEMO2, "encrypted", "payload"},
		{stanza.NSOX, "openpgp", ""},
		{stanza.NSLegacyOpenPGP, "x", ""},
	} {
		child := e.Child(payload.space, payload.local)
		switch {
		case child == nil:
		case payload.holds != "" && child.Child(payload.space, payload.holds) == nil && e.Child(e.Space, "body") == nil:
			return "" // keys for later, and nothing said
		default:
			return payload.space
		}
	}
	if child := e.Child(stanza.NSEME, "encryption"); child != nil {
		return child.Attr("namespace")
	}
	return ""
}

// Write is the stanza of an answer.
func Write(o otrxmpp.Outgoing) *stanza.Element {
	e := stanza.New(stanza.NSClient, "message", "to", o.To, "id", o.ID, "type", o.Type)
	if o.Body != "" {
		e.Add(stanza.New(stanza.NSClient, "body").AddText(o.Body))
	}
	if o.OTR {
		// XEP-0364, "Using OTR": only the addressed device can read it, and nobody later.
		e.Add(
			stanza.New(stanza.NSCarbons, "private"),
			stanza.New(stanza.NSHints, "no-copy"),
			stanza.New(stanza.NSHints, "no-store"),
		)
	}
	if o.EME {
		e.Add(stanza.New(stanza.NSEME, "encryption", "namespace", stanza.NSOTR))
	}
	if o.ReceiptFor != "" {
		e.Add(stanza.New(stanza.NSReceipts, "received", "id", o.ReceiptFor))
	}
	if isChatState(o.ChatState) {
		e.Add(stanza.New(stanza.NSChatStates, o.ChatState))
	}
	return e
}
