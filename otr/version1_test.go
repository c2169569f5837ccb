package otr_test

import (
	"fmt"
	"testing"

	"otrbot/otr"
)

// Version 1 is never spoken. A text whose whitespace tag offers only that, or nothing that the policy allows, is shown
// without its tag, and the program hears why no key exchange began.
func TestTagOfferingNothingWeSpeak(t *testing.T) {
	for _, test := range []struct {
		name   string
		policy otr.Policy
		offers []int
	}{
		{"version 1", otr.Manual, []int{1}},
		{"no version", otr.Manual, nil},
		{"version 3 to version 2", otr.AllowV2, []int{1, 3}},
		{"version 2 to version 3", otr.AllowV3, []int{1, 2}},
	} {
		for _, begins := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, WhitespaceStartAKE %v", test.name, begins), func(t *testing.T) {
				flags := test.policy
				if begins {
					flags |= otr.WhitespaceStartAKE
				}
				s := newScene(t, 3, func(c *otr.Config) { c.Policy = flags })
				r := s.get("hi" + whitespaceTag(test.offers...))
				silent(t, r)
				wantClear(t, r, "hi", false)
				if begins {
					wantRejected(t, r, otr.UnsupportedVersion)
				} else {
					none[otr.Rejected](t, r) // nobody wanted to begin
				}
				s.auth(otr.AuthNone)
			})
		}
	}
}

// Beside a version that we speak, the offer of version 1 does not matter.
func TestTagOfferingMore(t *testing.T) {
	s := newScene(t, 3, policy(otr.WhitespaceStartAKE))
	r := s.get("hi" + whitespaceTag(1, 2, 3))
	wantClear(t, r, "hi", false)
	none[otr.Rejected](t, r)
	s.wantCommit(r)
}
