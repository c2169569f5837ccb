package otr

import (
	"errors"
	"strings"
	"testing"
)

func TestFingerprintText(t *testing.T) {
	const shown = "00070E15 1C232A31 383F464D 545B6269 70777E85"
	var f Fingerprint
	for i := range f {
		f[i] = byte(7 * i)
	}
	if f.String() != shown {
		t.Errorf("String is %q, want %q", f, shown)
	}
	for _, text := range []string{
		shown, strings.ToLower(shown), strings.ReplaceAll(shown, " ", ""), " " + shown + "\n", strings.ReplaceAll(shown, " ", "\u00a0"),
	} {
		if got, err := ParseFingerprint(text); got != f || err != nil {
			t.Errorf("ParseFingerprint(%q) = %v, %v", text, got, err)
		}
	}
	for name, text := range map[string]string{
		"empty": "", "short": shown[1:], "long": shown + "0", "not hexadecimal": "G" + shown[1:],
		"colons": strings.ReplaceAll(shown, " ", ":"), "wide digits": strings.ReplaceAll(shown, "0", "０"),
	} {
		if got, err := ParseFingerprint(text); err == nil || got != (Fingerprint{}) {
			t.Errorf("%s: ParseFingerprint(%q) = %v, %v", name, text, got, err)
		}
	}
}

func TestTrust(t *testing.T) {
	for trust, want := range map[Trust]bool{"": false, TrustVerified: true, TrustSMP: true, "no": true, "\t": true} {
		if trust.Trusted() != want {
			t.Errorf("Trust(%q).Trusted() is %t", trust, !want)
		}
	}
	u := NewUserState()
	for _, trust := range []Trust{"a\nb", "a\rb", "a\x00b", Trust(strings.Repeat("a", maxName+1))} {
		if err := u.SetTrust(Peer{}, Fingerprint{}, trust); !errors.Is(err, ErrTrust) {
			t.Errorf("SetTrust(%.9q): %v", string(trust), err)
		}
	}
}

func FuzzParseFingerprint(f *testing.F) {
	f.Add("00070E15 1C232A31 383F464D 545B6269 70777E85")
	f.Add("00070e151c232a31383f464d545b626970777e85")
	f.Add("")
	f.Add("\xff0é")
	f.Fuzz(func(t *testing.T, text string) {
		a, err := ParseFingerprint(text)
		if err != nil {
			return
		}
		if b, err := ParseFingerprint(a.String()); a != b || err != nil {
			t.Fatalf("%q: %v, then %v, %v", text, a, b, err)
		}
	})
}
