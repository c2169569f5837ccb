package otr

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

const someHex = "00070e151c232a31383f464d545b626970777e85"

func TestReadFingerprintsOfLibotr(t *testing.T) {
	u := sampleState(t)
	want := sampleLines(t, "fingerprints.txt")
	n := 0
	for range u.Fingerprints() {
		n++
	}
	if n != len(want) {
		t.Errorf("%d fingerprints, want %d", n, len(want))
	}
	for _, e := range want {
		p := Peer{Account{e[1], e[2]}, e[0]}
		if trust, known := u.Trust(p, Fingerprint([]byte(e[3]))); !known || string(trust) != e[4] {
			t.Errorf("%q: trust %q, known %t, want %q", p, trust, known, e[4])
		}
	}
}

func TestWriteFingerprintsAsLibotr(t *testing.T) {
	want := slices.Sorted(strings.Lines(string(sample(t, "otr.fingerprints"))))
	got := slices.Sorted(strings.Lines(written(t, sampleState(t).WriteFingerprints)))
	if !slices.Equal(got, want) {
		t.Errorf("a file of libotr is written in another form:\n%q\nwant\n%q", got, want)
	}
}

func TestFingerprintLines(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"nothing":              {"", ""},
		"trust":                {"b\ta\tx\t" + someHex + "\tverified\n", "b\ta\tx\t" + someHex + "\tverified\n"},
		"empty trust":          {"b\ta\tx\t" + someHex + "\t\n", "b\ta\tx\t" + someHex + "\t\n"},
		"no trust":             {"b\ta\tx\t" + someHex + "\n", "b\ta\tx\t" + someHex + "\t\n"},
		"trust with tabs":      {"b\ta\tx\t" + someHex + "\t\tby\tme \t\n", "b\ta\tx\t" + someHex + "\t\tby\tme \t\n"},
		"CR LF":                {"b\ta\tx\t" + someHex + "\tsmp\r\n\r\n", "b\ta\tx\t" + someHex + "\tsmp\n"},
		"no newline":           {"b\ta\tx\t" + someHex + "\tsmp", "b\ta\tx\t" + someHex + "\tsmp\n"},
		"no trust, no newline": {"b\ta\tx\t" + someHex, "b\ta\tx\t" + someHex + "\t\n"},
		"upper case":           {"b\ta\tx\t" + strings.ToUpper(someHex) + "\t\n", "b\ta\tx\t" + someHex + "\t\n"},
		"empty names":          {"\t\t\t" + someHex + "\t\n", "\t\t\t" + someHex + "\t\n"},
		"name with #":          {"#room\ta\tx\t" + someHex + "\t\n", "#room\ta\tx\t" + someHex + "\t\n"},
		"comment":              {"# of mine\n\n#\n", ""},
		"last line wins":       {"b\ta\tx\t" + someHex + "\tsmp\nb\ta\tx\t" + someHex + "\tverified\n", "b\ta\tx\t" + someHex + "\tverified\n"},
	} {
		t.Run(name, func(t *testing.T) {
			u := NewUserState()
			if err := u.ReadFingerprints(strings.NewReader(c.text)); err != nil {
				t.Fatal(err)
			}
			if got := written(t, u.WriteFingerprints); got != c.want {
				t.Errorf("written again as %q, want %q", got, c.want)
			}
		})
	}
}

func TestFingerprintLineFaults(t *testing.T) {
	good := "b\ta\tx\t" + someHex + "\tsmp\n"
	for name, line := range map[string]string{
		"a word":              "nonsense\n",
		"three columns":       "b\ta\tx\n",
		"not hexadecimal":     "b\ta\tx\tg" + someHex[1:] + "\t\n",
		"a digit short":       "b\ta\tx\t" + someHex[1:] + "\t\n",
		"a digit more":        "b\ta\tx\t0" + someHex + "\t\n",
		"spaces":              "b\ta\tx\t" + strings.Repeat("00070E15 ", 5) + "\t\n",
		"no fingerprint":      "b\ta\tx\t\tsmp\n",
		"CR in the middle":    "b\ta\tx\t" + someHex + "\tsm\rp\n",
		"CR for newline":      good[:len(good)-1] + "\r" + good,
		"NUL":                 "b\x00\ta\tx\t" + someHex + "\t\n",
		"name too long":       strings.Repeat("b", maxName+1) + "\ta\tx\t" + someHex + "\t\n",
		"trust text too long": "b\ta\tx\t" + someHex + "\t" + strings.Repeat("t", maxName+1) + "\n",
		"line too long":       strings.Repeat("b", maxLine) + good,
	} {
		t.Run(name, func(t *testing.T) {
			u := NewUserState()
			u.learn(bob, Fingerprint{7})
			before := contents(t, u)
			err := u.ReadFingerprints(strings.NewReader("# comment\n" + good + line + good))
			var fault *FileError
			if !errors.As(err, &fault) || fault.Kind != FingerprintFile || fault.Line != 3 || fault.Remedy == "" {
				t.Errorf("error %v, want one in line 3", err)
			}
			if contents(t, u) != before {
				t.Error("the state changed")
			}
		})
	}
}

func FuzzReadFingerprints(f *testing.F) {
	f.Add([]byte("b\ta\tx\t" + someHex + "\n#\n\r\n"))
	f.Add([]byte("\t\t\t" + someHex + "\t\t \t"))
	fuzzFile(f, 1)
}
