// Package files tests that libotr reads the files that package otr writes, and the reverse.
package files

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"otrbot/otr"
)

// awkward are names that each of the three files can hold.
var awkward = []string{
	"", " ", "alice", "alice@example.org/home 1", "prpl-jabber", "1digit", "007", "-dash", "a:b*c+d=e/f_g.h",
	`quote"x`, `"quoted"`, "it's", `back\slash`, `\x41`, `\`, "(paren)", ")", "#hash", "#41#", "|bar|", "[hint]", "{brace}",
	"été", "aété", "aÀ", "日本語", "\u00a0", "naïve\u200bname", "\xff\xfe", "a\xff", "\x01", "a\x7f", "a\x1bb",
	"trailing ", strings.Repeat("long", 100),
}

// helper is the program of files.c.
var helper string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "files")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	helper = filepath.Join(dir, "files")
	out, err := exec.Command("cc", "-Wall", "-o", helper, "files.c", "-lotr", "-lgcrypt").CombinedOutput()
	code := 1
	if err != nil {
		fmt.Fprintf(os.Stderr, "building files.c: %v: install the packages gcc and libotr5-dev\n%s", err, out)
	} else {
		code = m.Run()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// missing stands for a trust text that is not there.
const missing = "\x00missing"

// libotr runs a command of the helper with these lines of fields and gives the lines that it prints.
func libotr(t *testing.T, command, file string, input ...[]string) [][]string {
	t.Helper()
	var in bytes.Buffer
	for _, fields := range input {
		for _, f := range fields {
			if f == missing {
				in.WriteString("- ")
			} else {
				fmt.Fprintf(&in, "x%x ", f)
			}
		}
		in.WriteByte('\n')
	}
	c := exec.Command(helper, command, file)
	c.Stdin = &in
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s", command, err, stderr.Bytes())
	}
	var lines [][]string
	for line := range strings.Lines(string(out)) {
		var fields []string
		for _, f := range strings.Fields(line) {
			if f == "-" {
				fields = append(fields, missing)
				continue
			}
			b, err := hex.DecodeString(f[1:])
			if err != nil {
				t.Fatalf("%s prints %q", command, line)
			}
			fields = append(fields, string(b))
		}
		lines = append(lines, fields)
	}
	return lines
}

func sorted(lines [][]string) [][]string {
	return slices.SortedFunc(slices.Values(lines), slices.Compare[[]string])
}

func same(t *testing.T, got, want [][]string) {
	t.Helper()
	got, want = sorted(got), sorted(want)
	if !slices.EqualFunc(got, want, slices.Equal[[]string]) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// accounts pairs each awkward name with another one for the protocol.
func accounts() []otr.Account {
	var all []otr.Account
	for i, name := range awkward {
		all = append(all, otr.Account{Name: name, Protocol: awkward[(i+7)%len(awkward)]})
	}
	return all
}

func pairs(all []otr.Account) [][]string {
	var lines [][]string
	for _, a := range all {
		lines = append(lines, []string{a.Name, a.Protocol})
	}
	return lines
}

func write(t *testing.T, path string, write func(io.Writer) error) {
	t.Helper()
	var text bytes.Buffer
	if err := errors.Join(write(&text), os.WriteFile(path, text.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string, read func(io.Reader) error) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := read(bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
}

func keysOf(u *otr.UserState) [][]string {
	var lines [][]string
	for _, a := range u.Accounts() {
		k, _ := u.Key(a)
		f := k.Fingerprint()
		lines = append(lines, []string{a.Name, a.Protocol, string(f[:])})
	}
	return lines
}

// ourKeys has a key of ours for every awkward account.
func ourKeys(t *testing.T) *otr.UserState {
	t.Helper()
	u := otr.NewUserState()
	p, err := otr.GenerateParameters(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range accounts() {
		k, err := otr.GenerateKeyWithParameters(p, nil)
		if err := errors.Join(err, u.SetKey(a, k)); err != nil {
			t.Fatal(err)
		}
	}
	return u
}

func TestLibotrReadsOurKeys(t *testing.T) {
	u := ourKeys(t)
	path := filepath.Join(t.TempDir(), "keys")
	write(t, path, u.WriteKeys)
	same(t, libotr(t, "keys", path), keysOf(u))
}

func TestWeReadLibotrsKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	escaped := [][]string{{"tab\tname", "x"}, {"x", "two\nlines\r\b\f\v"}} // only this file can hold them
	libotr(t, "generate", path, append(pairs(accounts()), escaped...)...)
	u := otr.NewUserState()
	read(t, path, u.ReadKeys)
	same(t, keysOf(u), libotr(t, "keys", path))
}

// libotr reads our file, adds a key and writes all of them: what it makes of ours is byte for byte what we wrote.
func TestLibotrWritesOurKeysAsWeDo(t *testing.T) {
	u := ourKeys(t)
	path := filepath.Join(t.TempDir(), "keys")
	write(t, path, u.WriteKeys)
	ours := entries(t, path)
	libotr(t, "generate", path, []string{"new", "x"})
	theirs := entries(t, path)
	if last := theirs[len(theirs)-1]; !strings.Contains(last, "(name new)") {
		t.Error("libotr's newest key is not the last one")
	}
	same(t, [][]string{slices.Sorted(slices.Values(theirs[:len(theirs)-1]))}, [][]string{slices.Sorted(slices.Values(ours))})
	v := otr.NewUserState()
	read(t, path, v.ReadKeys)
	write(t, path, v.WriteKeys)
	if !slices.Equal(entries(t, path), theirs) {
		t.Error("libotr's file is written by us in another form or order")
	}
}

// entries are the accounts in the text of a key file.
func entries(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	body, start := strings.CutPrefix(string(text), "(privkeys\n")
	body, end := strings.CutSuffix(body, ")\n")
	if !start || !end {
		t.Fatalf("not a key file: %.40q", text)
	}
	return strings.Split(body, " (account\n")[1:]
}

func fingerprintLines() [][]string {
	trusts := []string{missing, "", "verified", "smp", "by phone", "with\ttabs\t", "très sûr", `"(#\`}
	var lines [][]string
	for i, a := range accounts() {
		for j := range 2 {
			var f [20]byte
			f[0], f[19] = byte(i), byte(j)
			lines = append(lines, []string{awkward[(i+3)%len(awkward)], a.Name, a.Protocol, string(f[:]), trusts[(i+j)%len(trusts)]})
		}
	}
	return lines
}

// withEmptyTrust is how lines come back from a file: a missing trust is written as an empty one.
func withEmptyTrust(lines [][]string) [][]string {
	var all [][]string
	for _, l := range lines {
		l = slices.Clone(l)
		if l[4] == missing {
			l[4] = ""
		}
		all = append(all, l)
	}
	return all
}

func fingerprintsOf(u *otr.UserState) [][]string {
	var lines [][]string
	for p, f := range u.Fingerprints() {
		trust, _ := u.Trust(p, f)
		lines = append(lines, []string{p.Name, p.Account.Name, p.Account.Protocol, string(f[:]), string(trust)})
	}
	return lines
}

func TestLibotrReadsOurFingerprints(t *testing.T) {
	u := otr.NewUserState()
	want := withEmptyTrust(fingerprintLines())
	for _, l := range want {
		p := otr.Peer{Account: otr.Account{Name: l[1], Protocol: l[2]}, Name: l[0]}
		if err := u.SetTrust(p, otr.Fingerprint([]byte(l[3])), otr.Trust(l[4])); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "fingerprints")
	write(t, path, u.WriteFingerprints)
	same(t, libotr(t, "fingerprints", path), want)
}

func TestWeReadLibotrsFingerprints(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fingerprints")
	libotr(t, "write-fingerprints", path, fingerprintLines()...)
	u := otr.NewUserState()
	read(t, path, u.ReadFingerprints)
	same(t, fingerprintsOf(u), withEmptyTrust(fingerprintLines()))
}

// libotr writes lines that it cannot read itself; we can.
func TestWeReadLibotrsLongLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fingerprints")
	want := []string{strings.Repeat("long ", 700), strings.Repeat("é", 1000), "x", strings.Repeat("f", 20), "verified"}
	libotr(t, "write-fingerprints", path, want)
	u := otr.NewUserState()
	read(t, path, u.ReadFingerprints)
	same(t, fingerprintsOf(u), [][]string{want})
}

func tagsOf(t *testing.T, u *otr.UserState) [][]string {
	t.Helper()
	var lines [][]string
	for _, a := range accounts() {
		tag, ok := u.InstanceTag(a)
		if !ok {
			t.Errorf("no tag for %q", a)
		}
		lines = append(lines, []string{a.Name, a.Protocol, string([]byte{byte(tag >> 24), byte(tag >> 16), byte(tag >> 8), byte(tag)})})
	}
	return lines
}

func TestLibotrReadsOurInstanceTags(t *testing.T) {
	u := otr.NewUserState()
	for i, a := range accounts() {
		tag := otr.InstanceTag(0x100 + i*0x07654321)
		if err := u.SetInstanceTag(a, tag); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "tags")
	write(t, path, u.WriteInstanceTags)
	same(t, libotr(t, "tags", path), tagsOf(t, u))
}

func TestWeReadLibotrsInstanceTags(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tags")
	libotr(t, "write-tags", path, pairs(accounts())...)
	u := otr.NewUserState()
	read(t, path, u.ReadInstanceTags)
	same(t, tagsOf(t, u), libotr(t, "tags", path))
	text, _ := os.ReadFile(path)
	theirs, _, _ := strings.Cut(string(text), "\n")
	write(t, path, u.WriteInstanceTags)
	text, _ = os.ReadFile(path)
	if ours, _, _ := strings.Cut(string(text), "\n"); ours != theirs {
		t.Errorf("the file begins with %q, libotr's with %q", ours, theirs)
	}
}

// Names of random bytes take the form that libgcrypt gives them, and are read from it.
func TestNamesAsLibgcryptPrintsThem(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	names := make([][]string, 0, 3000)
	for range cap(names) {
		const likely = "ab1-./_:*+=\"'\\ \t\n\r()#\x7f\x80\xa0\xa1\xff\x01"
		name := make([]byte, 1+random.IntN(6))
		for i := range name {
			if name[i] = likely[random.IntN(len(likely))]; random.IntN(4) == 0 {
				name[i] = byte(1 + random.IntN(255)) // a name of C has no NUL
			}
		}
		names = append(names, []string{string(name)})
	}
	printed := libotr(t, "print-atoms", "", names...)
	reread := libotr(t, "read-atoms", "", printed...)
	if len(printed) != len(names) || len(reread) != len(names) {
		t.Fatalf("%d names, %d printed, %d read", len(names), len(printed), len(reread))
	}
	key := strings.SplitAfter(oneKey(t), "\n")
	for i, n := range names {
		text := strings.Join(key[:2], "") + "(name " + printed[i][0] + ")\n" + strings.Join(key[3:], "")
		u := otr.NewUserState()
		if err := u.ReadKeys(strings.NewReader(text)); err != nil || u.Accounts()[0].Name != n[0] || reread[i][0] != n[0] {
			t.Errorf("%q, printed as %s: %v", n[0], printed[i][0], err)
			continue
		}
		var again bytes.Buffer
		if err := u.WriteKeys(&again); err != nil || again.String() != text {
			t.Errorf("%q is printed as %s, by us as %s", n[0], printed[i][0], strings.Split(again.String(), "\n")[2])
		}
	}
}

// oneKey is the text of a key file with one key.
func oneKey(t *testing.T) string {
	t.Helper()
	k, err := otr.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	u := otr.NewUserState()
	var text bytes.Buffer
	if err := errors.Join(u.SetKey(otr.Account{Name: "a", Protocol: "b"}, k), u.WriteKeys(&text)); err != nil {
		t.Fatal(err)
	}
	return text.String()
}
