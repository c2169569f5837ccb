package otr_test

import (
	"bytes"
	"fmt"
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
)

// A request to use the extra key is no text and no record of the application.
func TestExtraKeyIsOneEvent(t *testing.T) {
	p := testkit.NewPair(t)
	p.Secure(t)
	p.Alice.Events, p.Bob.Events = nil, nil

	key, r, err := p.Alice.ExtraKey(7, []byte("picture.png"))
	p.Alice.Do(r, err)
	p.Flow()
	if len(p.Bob.Events) != 1 {
		t.Fatalf("events: %v", p.Bob.Events)
	}
	offered := testkit.Expect[otr.ExtraKeyOffered](t, p.Bob)
	if offered.Key != key || offered.Use != 7 || string(offered.Data) != "picture.png" {
		t.Errorf("offered for %d with %q", offered.Use, offered.Data)
	}
}

func TestExtraKeyDoesNotPrint(t *testing.T) {
	key := otr.ExtraKey(bytes.Repeat([]byte{0xab}, 32))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		if s := fmt.Sprintf(verb, key); s != "otr.ExtraKey(secret)" {
			t.Errorf("%s prints %q", verb, s)
		}
	}
}
