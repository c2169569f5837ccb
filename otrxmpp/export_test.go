package otrxmpp

// ReadHTML is how a text of a client that nothing is known about reads.
func ReadHTML(text string) string {
	var s style
	return s.read(text)
}

// SpeaksOTR reports whether a body is taken for a message of OTR.
func SpeaksOTR(body string) bool { return classify(body).kind.otr() }
