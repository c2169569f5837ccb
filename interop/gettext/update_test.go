package gettext_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otrbot/gettext"
)

// nextRelease is a template as the next release of a program would have it: of seven messages one is reworded, one is cut to
// half, one gets another word at its end, one is gone, one is new; plurals come and go.
func nextRelease(f *gettext.File) *gettext.File {
	out := &gettext.File{Header: gettext.Header{Fields: []gettext.Field{{Name: "Content-Type", Value: "text/plain; charset=UTF-8"}}}}
	seen := map[gettext.Key]bool{}
	for i, e := range f.Entries {
		next := gettext.Entry{Key: e.Key, Plural: e.Plural}
		switch i % 7 {
		case 1:
			next.ID = strings.Replace(next.ID, "e", "ea", 2)
		case 2:
			next.ID = next.ID[:(len(next.ID)+1)/2]
		case 3:
			next.ID += " again"
		case 4:
			continue
		case 5:
			next.ID = "Release " + next.ID[:min(3, len(next.ID))]
		case 6:
			if next.Plural == "" {
				next.Plural = next.ID + "s"
			}
		}
		next.ID, next.Plural = strings.ToValidUTF8(next.ID, ""), strings.ToValidUTF8(next.Plural, "")
		next.Str = []string{""}
		if next.Plural != "" {
			next.Str = []string{"", ""}
		}
		if !seen[next.Key] && next.ID != "" {
			seen[next.Key] = true
			out.Entries = append(out.Entries, &next)
		}
	}
	return out
}

// An update gives what msgmerge gives: the same messages translated, the same obsolete, and nearly the same guesses,
// for which GNU looks at other candidates.
func TestUpdateAsMsgmerge(t *testing.T) {
	dir := t.TempDir()
	guesses, alike := 0, 0
	for name, text := range real(t, "gettext-tools", "gettext-runtime") {
		old := readPO(t, text)
		template := nextRelease(old)
		put(t, filepath.Join(dir, "old.po"), text)
		put(t, filepath.Join(dir, "new.pot"), writePO(t, template))
		theirs := readPO(t, gnu(t, nil, "msgmerge", "--quiet", "--previous", filepath.Join(dir, "old.po"), filepath.Join(dir, "new.pot"), "-o", "-"))
		ours := readPO(t, writePO(t, gettext.Merge(old, template)))
		want := map[gettext.Key]*gettext.Entry{}
		for _, e := range theirs.Entries {
			want[e.Key] = e
		}
		for _, e := range ours.Entries {
			w := want[e.Key]
			switch {
			case w == nil && e.Obsolete: // GNU has guessed from it
			case w == nil:
				t.Errorf("%s: %q is only here", name, e.ID)
			case e.Fuzzy || w.Fuzzy || e.Obsolete != w.Obsolete:
				guesses++
				if e.Fuzzy == w.Fuzzy && strings.Join(e.Str, "|") == strings.Join(w.Str, "|") && previousID(e) == previousID(w) {
					alike++
				}
			case strings.Join(e.Str, "|") != strings.Join(w.Str, "|") || e.Plural != w.Plural:
				t.Errorf("%s: %q is %q here, %q there", name, e.ID, e.Str, w.Str)
			}
		}
		if a, b := live(ours), live(theirs); a != b {
			t.Errorf("%s: %d messages here, %d there", name, a, b)
		}
	}
	t.Logf("%d of %d guesses are msgmerge's", alike, guesses)
	if guesses < 1000 || alike < guesses*97/100 {
		t.Errorf("%d of %d guesses are msgmerge's", alike, guesses)
	}
}

func previousID(e *gettext.Entry) string {
	if e.Previous == nil {
		return ""
	}
	return e.Previous.ID
}

func live(f *gettext.File) int { c := f.Coverage(); return c.Total() }

func put(t *testing.T, file string, text []byte) {
	t.Helper()
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
