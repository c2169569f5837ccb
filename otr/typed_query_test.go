package otr_test

import (
	"slices"
	"testing"

	"otrbot/internal/testkit"
	"otrbot/otr"
)

// sentences begin like a query and are meant for a person.
var sentences = []string{
	"?OTRv23? is what one types",
	"?OTR? I use it",
	"?OTR is what I use, ?OTRv2? and the key is under the mat",
	"?OTRv2?\nand a second line",
	"?OTRv3?\tand more",
}

// A sentence that begins with a query is a text: it is sent, held or encrypted as any other, and never swallowed.
func TestSentenceAboutAQueryIsAText(t *testing.T) {
	for _, text := range sentences {
		t.Run(text, func(t *testing.T) {
			clear := newScene(t, 3)
			if r := clear.must(clear.alice.Send(text)); !slices.Equal(r.Send, []string{text}) {
				t.Errorf("in clear, sent %q", r.Send)
			}

			p := testkit.NewPair(t, policy(otr.RequireEncryption))
			p.Alice.Say(text)
			if e := testkit.Expect[otr.Held](t, p.Alice); e.Text != text {
				t.Errorf("held %+v", e)
			}
			p.Flow()
			testkit.ExpectText(t, p.Bob, text)

			private := newScene(t, 3).private()
			private.reads(private.must(private.alice.Send(text)), text)
		})
	}
}

// A query alone becomes ours, which offers what the policy allows; in private it is a text.
func TestTypedQueryBecomesOurs(t *testing.T) {
	for _, text := range []string{"?OTRv23?", " ?OTRv23?", "?OTRv23? ", "\t?OTRv2?\r\n", "?OTR?", "?OTR?v2?"} {
		for _, flags := range []otr.Policy{0, otr.RequireEncryption, otr.SendWhitespaceTag} {
			s := newScene(t, 3, onlyPolicy(3, flags))
			ours := s.must(s.alice.Start())
			r := s.must(s.alice.Send(text))
			if !slices.Equal(r.Send, ours.Send) || len(r.Events) > 0 {
				t.Errorf("%q: sent %q, events %+v", text, r.Send, r.Events)
			}
		}
		s := newScene(t, 3).private()
		s.reads(s.must(s.alice.Send(text)), text)
	}
}
