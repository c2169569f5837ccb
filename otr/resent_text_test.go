package otr_test

import (
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
)

// A program that finds a text on the screen again, to mark it as sent again, knows what the person typed and not what
// Config.Convert made of it. The peer reads the converted text.
func TestResentTextIsWhatWasTyped(t *testing.T) {
	markup := func(c *otr.Config) {
		c.Convert = func(d otr.Direction, text string) string {
			if d == otr.Sending {
				return "<b>" + text + "</b>"
			}
			return text
		}
	}
	for name, between := range map[string]func(p *testkit.Pair){
		"at once":         func(*testkit.Pair) {},
		"after a restart": func(p *testkit.Pair) { p.Alice.Restart(testkit.Bob) },
	} {
		t.Run("repeated "+name, func(t *testing.T) {
			p := testkit.NewPair(t, policy(otr.ErrorStartAKE), markup)
			p.Secure(t)
			p.Alice.Say("hi")
			p.Drop(p.Alice)
			between(p)
			p.Alice.Get("?OTR Error: what?")
			p.Flow()
			if e := testkit.Expect[otr.Resent](t, p.Alice); e.Text != "hi" || e.First {
				t.Errorf("%+v, want the text as typed", e)
			}
			testkit.ExpectText(t, p.Bob, "[resent] <b>hi</b>")
		})
		t.Run("held "+name, func(t *testing.T) {
			p := testkit.NewPair(t, policy(otr.RequireEncryption), markup)
			p.Alice.Say("hi")
			if e := testkit.Expect[otr.Held](t, p.Alice); e.Text != "hi" {
				t.Errorf("%+v, want the text as typed", e)
			}
			between(p)
			p.Flow()
			if e := testkit.Expect[otr.Resent](t, p.Alice); e.Text != "hi" || !e.First {
				t.Errorf("%+v, want the text as typed", e)
			}
			testkit.ExpectText(t, p.Bob, "<b>hi</b>")
		})
	}
}
