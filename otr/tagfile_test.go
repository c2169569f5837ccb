package otr

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestReadInstanceTagsOfLibotr(t *testing.T) {
	u := sampleState(t)
	want := sampleLines(t, "tags.txt")
	for _, e := range want {
		tag, ok := u.InstanceTag(Account{e[0], e[1]})
		if !ok || uint32(tag) != binary.BigEndian.Uint32([]byte(e[2])) {
			t.Errorf("account %q, protocol %q: %#x, %t, want %x", e[0], e[1], uint32(tag), ok, e[2])
		}
	}
	if len(u.tags) != len(want) {
		t.Errorf("%d tags, want %d", len(u.tags), len(want))
	}
}

func TestWriteInstanceTagsAsLibotr(t *testing.T) {
	text := string(sample(t, "otr.instance_tags"))
	got := written(t, sampleState(t).WriteInstanceTags)
	if !slices.Equal(slices.Sorted(strings.Lines(got)), slices.Sorted(strings.Lines(text))) || !strings.HasPrefix(got, tagWarning) {
		t.Errorf("a file of libotr is written in another form:\n%s", got)
	}
}

func TestInstanceTagLines(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"nothing":        {"", ""},
		"warning":        {tagWarning, ""},
		"tag":            {"a\tx\t0000abcd\n", "a\tx\t0000abcd\n"},
		"upper case":     {"a\tx\t0000ABCD\n", "a\tx\t0000abcd\n"},
		"CR LF":          {"a\tx\t0000abcd\r\n", "a\tx\t0000abcd\n"},
		"no newline":     {"a\tx\t0000abcd", "a\tx\t0000abcd\n"},
		"least":          {"a\tx\t00000100\n", "a\tx\t00000100\n"},
		"greatest":       {"a\tx\tffffffff\n", "a\tx\tffffffff\n"},
		"empty names":    {"\t\t00000100\n", "\t\t00000100\n"},
		"name with #":    {"#a\tx\t00000100\n", "#a\tx\t00000100\n"},
		"last line wins": {"a\tx\t00000100\na\tx\t00000200\n", "a\tx\t00000200\n"},
	} {
		t.Run(name, func(t *testing.T) {
			u := NewUserState()
			if err := u.ReadInstanceTags(strings.NewReader(c.text)); err != nil {
				t.Fatal(err)
			}
			if got := written(t, u.WriteInstanceTags); got != tagWarning+c.want {
				t.Errorf("written again as %q, want %q", got, c.want)
			}
		})
	}
}

func TestInstanceTagLineFaults(t *testing.T) {
	for name, line := range map[string]string{
		"a word":          "nonsense\n",
		"two columns":     "a\tx\n",
		"four columns":    "a\tx\t00000100\t\n",
		"not hexadecimal": "a\tx\t0000010g\n",
		"seven digits":    "a\tx\t0000100\n",
		"nine digits":     "a\tx\t000000100\n",
		"prefix":          "a\tx\t0x000100\n",
		"reserved":        "a\tx\t000000ff\n",
		"name too long":   strings.Repeat("a", maxName+1) + "\tx\t00000100\n",
	} {
		t.Run(name, func(t *testing.T) {
			u := NewUserState()
			err := u.ReadInstanceTags(strings.NewReader(tagWarning + "b\tx\t00000100\n" + line))
			var fault *FileError
			if !errors.As(err, &fault) || fault.Kind != InstanceTagFile || fault.Line != 3 || fault.Remedy == "" {
				t.Errorf("error %v, want one in line 3", err)
			}
			if len(u.tags) != 0 {
				t.Error("the state changed")
			}
		})
	}
}

func FuzzReadInstanceTags(f *testing.F) {
	f.Add([]byte("a\tx\tFFFFFFFF\n#a\t\t00000100"))
	fuzzFile(f, 2)
}
