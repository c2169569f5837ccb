package libotr

import "testing"

var (
	weStart = pairing{name: "we start", make: func(t *testing.T, first, other setup) (party, party) {
		return newOurs(t, first), newTheirs(t, process(t), "other", other)
	}}
	theyStart = pairing{name: "libotr starts", make: func(t *testing.T, first, other setup) (party, party) {
		return newTheirs(t, process(t), "first", first), newOurs(t, other)
	}}
)

func TestWeStart(t *testing.T)   { matrix(t, weStart) }
func TestTheyStart(t *testing.T) { matrix(t, theyStart) }
