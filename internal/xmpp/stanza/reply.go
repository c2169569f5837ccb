package stanza

// Reply is an empty answer of type typ to e: same name and id, to the sender of e. It has no "from": a client's
// server stamps it.
func Reply(e *Element, typ string) *Element {
	return New(e.Space, e.Local, "type", typ, "id", e.Attr("id"), "to", e.Attr("from"))
}

// ErrorReply answers e with an error. Typ is cancel, modify, auth, wait or continue, condition one of RFC 6120,
// 8.3.3. What e holds is not repeated.
func ErrorReply(e *Element, typ, condition string) *Element {
	return Reply(e, "error").Add(New(e.Space, "error", "type", typ).Add(New(NSStanzas, condition)))
}
