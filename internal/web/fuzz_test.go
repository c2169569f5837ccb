package web

import (
	"strings"
	"testing"
	"unicode/utf8"

	"mellium.im/xmpp/jid"
)

const fuzzed = 8 << 10 // bytes: what is longer never gets here, or is cut first

func FuzzReadAddress(f *testing.F) {
	for _, seed := range []string{"ana@example.org", " xmpp:Ana@Example.org/x?message", "ana", "@", "a@b@c", "", "\u202e@x", "bot@example.org"} {
		f.Add(seed)
	}
	s := &Server{bot: jid.MustParse("bot@example.org")}
	f.Fuzz(func(t *testing.T, typed string) {
		if len(typed) > fuzzed {
			return
		}
		address, fault := s.readAddress(typed)
		if (address == "") == (fault == "") {
			t.Fatalf("%q is %q and %q", typed, address, fault)
		}
		if address == "" {
			return
		}
		j, err := jid.Parse(address)
		if err != nil || !j.Equal(j.Bare()) || j.Localpart() == "" || j.String() != address {
			t.Errorf("%q became %q, which is no bare address: %v", typed, address, err)
		}
		if again, fault := s.readAddress(address); again != address {
			t.Errorf("%q becomes %q when it is read again: %s", address, again, fault)
		}
	})
}

func FuzzTidy(f *testing.F) {
	for _, seed := range []string{"Zoë O'Neill", "<script>", "a\u202eb", "a\x00\nb", strings.Repeat("é", 300), "\xff\xfe", "a\u200cb"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > fuzzed {
			return
		}
		got := tidy(text, longestText)
		if len(got) > longestText || !utf8.ValidString(got) || strings.ContainsAny(got, "\n\r\t\x00\u202e\u2066\u200f") {
			t.Errorf("%q becomes %q", text, got)
		}
		if again := tidy(got, longestText); again != strings.TrimSpace(got) {
			t.Errorf("%q becomes %q when it is done again", got, again)
		}
	})
}

func FuzzWishes(f *testing.F) {
	for _, seed := range []string{"launch_presentation_locale=nl", "id_token=a.eyJsb2NhbGUiOiJubCJ9.c", "id_token=..", "%", "id_token=a." + strings.Repeat("e", 100)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, form string) {
		if len(form) > fuzzed {
			return
		}
		for _, w := range wishes(form) {
			if len(w) > len(form) {
				t.Errorf("%q wishes for %q", form, w)
			}
		}
	})
}

func FuzzParseToken(f *testing.F) {
	f.Add(strings.Repeat("A", 43))
	f.Add("x")
	f.Fuzz(func(t *testing.T, text string) {
		if token, ok := parseToken(text); ok && token.String() != text {
			t.Errorf("%q and %q are the same token", text, token)
		}
	})
}
