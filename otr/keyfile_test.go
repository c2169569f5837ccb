package otr

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestReadKeysOfLibotr(t *testing.T) {
	u := sampleState(t)
	want := sampleLines(t, "keys.txt")
	for _, e := range want {
		k, ok := u.Key(Account{e[0], e[1]})
		if !ok || k.Fingerprint() != Fingerprint([]byte(e[2])) {
			t.Errorf("account %q, protocol %q: %v, %t, want %x", e[0], e[1], k, ok, e[2])
		}
	}
	if len(u.Accounts()) != len(want) {
		t.Errorf("%d accounts, want %d", len(u.Accounts()), len(want))
	}
}

func TestWriteKeysAsLibotr(t *testing.T) {
	text := sample(t, "otr.private_key")
	if got := written(t, sampleState(t).WriteKeys); got != string(text) {
		t.Errorf("a file of libotr is written in another form:\n%s", got)
	}
}

// About two keys in a thousand have an x whose bytes are all characters. libotr writes it in quotes.
func TestNumberThatLooksLikeText(t *testing.T) {
	text := string(sample(t, "number-in-quotes.private_key"))
	if !strings.Contains(text, `(x "`) {
		t.Fatal("the sample has no number in quotes")
	}
	u := NewUserState()
	if err := u.ReadKeys(strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	if got := written(t, u.WriteKeys); got != text {
		t.Errorf("a file of libotr is written in another form:\n%s", got)
	}
}

func TestNewestKeyIsLast(t *testing.T) {
	u := sampleState(t)
	first := u.order[0]
	k, _ := u.Key(first)
	if err := u.SetKey(first, k); err != nil {
		t.Fatal(err)
	}
	v := NewUserState()
	if err := v.ReadKeys(strings.NewReader(written(t, u.WriteKeys))); err != nil {
		t.Fatal(err)
	}
	if last := v.order[len(v.order)-1]; last != first {
		t.Errorf("%q is last, want %q", last, first)
	}
}

// oneKey is the text of a file with one key.
func oneKey(t testing.TB) string {
	t.Helper()
	u := NewUserState()
	if err := u.SetKey(Account{"alice", "xmpp"}, sampleKey(t)); err != nil {
		t.Fatal(err)
	}
	return written(t, u.WriteKeys)
}

func TestReadKeysInOtherShapes(t *testing.T) {
	text := oneKey(t)
	lines := strings.SplitAfter(text, "\n")
	entry := strings.Join(lines[1:14], "")
	p, q := lines[6], lines[7]
	for name, shape := range map[string]string{
		"CR LF":                 strings.ReplaceAll(text, "\n", "\r\n"),
		"no newline at the end": strings.TrimSpace(text),
		"one line":              strings.ReplaceAll(text, "\n", " "),
		"lower-case digits":     strings.ReplaceAll(text, "ABCDEF", "abcdef"),
		"hexadecimal name":      strings.ReplaceAll(text, "alice", "#616c696365#"),
		"quoted names":          strings.ReplaceAll(strings.ReplaceAll(text, "alice", `"\x61lice"`), "xmpp", `"xmpp"`),
		"numbers in any order":  strings.Replace(text, p+q, q+p, 1),
		"leading zero bytes":    strings.ReplaceAll(text, " #", " #0000"),
		"the same key twice":    strings.Replace(text, entry, entry+entry, 1),
	} {
		t.Run(name, func(t *testing.T) {
			u := NewUserState()
			if err := u.ReadKeys(strings.NewReader(shape)); err != nil {
				t.Fatal(err)
			}
			if got := written(t, u.WriteKeys); got != text {
				t.Errorf("written again:\n%s", got)
			}
		})
	}
}

func TestReadKeysFaults(t *testing.T) {
	text := oneKey(t)
	other := NewUserState()
	accounts := sampleState(t)
	k, _ := accounts.Key(accounts.Accounts()[1])
	if err := other.SetKey(Account{"alice", "xmpp"}, k); err != nil {
		t.Fatal(err)
	}
	second, _ := strings.CutPrefix(written(t, other.WriteKeys), "(privkeys\n")
	for name, c := range map[string]struct {
		text string
		line int
	}{
		"empty":                   {"", 0},
		"only white space":        {" \r\n", 0},
		"cut off":                 {text[:strings.Index(text, "(g ")+9], 9},
		"another file":            {"# WARNING!\n", 1},
		"another list":            {"(keys)", 1},
		"not an account":          {strings.Replace(text, "(account", "(contact", 1), 2},
		"an atom for an account":  {"(privkeys\nalice)", 2},
		"no name":                 {strings.Replace(text, "(name alice)", "", 1), 2},
		"two names":               {strings.Replace(text, "(name alice)", "(name a)(name b)", 1), 3},
		"name of two words":       {strings.Replace(text, "alice", "alice bob", 1), 3},
		"name that is a list":     {strings.Replace(text, "alice", "(alice)", 1), 3},
		"name too long":           {strings.Replace(text, "alice", strings.Repeat("a", maxName+1), 1), 3},
		"part of a future":        {strings.Replace(text, "(name", "(comment hello)\n(name", 1), 3},
		"key of another kind":     {strings.Replace(text, "(dsa", "(rsa", 1), 6},
		"key that is a word":      {"(privkeys\n(account (name a) (protocol b)\n(private-key dsa)))", 3},
		"number missing":          {strings.Replace(text, "(q ", "(p ", 1), 8},
		"number of a future":      {strings.Replace(text, "  (q ", "  (z 1)\n  (q ", 1), 8},
		"number that is a list":   {strings.Replace(text, "(x ", "(x () ", 1), 11},
		"number changed":          {strings.Replace(text, "(y #", "(y #01", 1), 6},
		"two keys of one account": {strings.TrimSuffix(text, ")\n") + second, 15},
	} {
		t.Run(name, func(t *testing.T) {
			u := sampleState(t)
			before := contents(t, u)
			err := u.ReadKeys(strings.NewReader(c.text))
			var fault *FileError
			if !errors.As(err, &fault) || fault.Kind != PrivateKeyFile || fault.Line != c.line || fault.Remedy == "" {
				t.Errorf("error %v, want one in line %d", err, c.line)
			}
			if contents(t, u) != before {
				t.Error("the state changed")
			}
		})
	}
}

// No prefix of a key file passes for a file with fewer keys.
func TestReadKeysCutOff(t *testing.T) {
	text := bytes.TrimSpace([]byte(oneKey(t)))
	for n := range text {
		if err := NewUserState().ReadKeys(bytes.NewReader(text[:n])); err == nil {
			t.Fatalf("the first %d of %d bytes are read as a whole file", n, len(text))
		}
	}
}

func FuzzReadKeys(f *testing.F) {
	f.Add([]byte(oneKey(f)))
	f.Add([]byte("(privkeys)"))
	f.Add([]byte("(privkeys (account (name \"\\x41\\101\\\n\") (protocol #00#) (private-key (dsa (p #00#)))))"))
	fuzzFile(f, 0)
}
