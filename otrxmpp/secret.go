package otrxmpp

// secret is the secret of a verification. It does not print: Endpoint.Format is the only way to fmt.
type secret []byte

// keep takes a copy of the secret for the next verification, and wipes the one before; nil keeps none.
func (e *Endpoint) keep(s []byte) {
	clear(e.secret)
	e.secret = nil
	if s != nil {
		e.secret = append(secret{}, s...)
	}
}
