package logging

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	for _, x := range []struct {
		format   Format
		when     When
		terminal bool
		env      string
		want     Format
		colour   bool
	}{
		{Auto, Terminal, true, "", Line, true},
		{"", "", true, "", Line, true},
		{Auto, Terminal, false, "", Text, false},
		{Auto, Terminal, true, "NO_COLOR=1", Line, false},
		{Auto, Terminal, true, "TERM=dumb", Line, false},
		{Auto, Never, true, "", Line, false},
		{Auto, Always, false, "NO_COLOR=1", Line, true},
		{Line, Terminal, false, "", Line, false},
		{Line, Always, false, "", Line, true},
		{Text, Always, true, "", Text, false},
		{JSON, Terminal, true, "", JSON, false},
	} {
		format, colour := Choose(x.format, x.when, x.terminal, func(name string) string {
			value, _ := strings.CutPrefix(x.env, name+"=")
			if value == x.env {
				return ""
			}
			return value
		})
		if format != x.want || colour != x.colour {
			t.Errorf("%+v: %s, %t", x, format, colour)
		}
	}
}

func TestIsTerminal(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	device, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	if IsTerminal(file) || IsTerminal(&bytes.Buffer{}) || !IsTerminal(device) {
		t.Errorf("file %t, buffer %t, device %t", IsTerminal(file), IsTerminal(&bytes.Buffer{}), IsTerminal(device))
	}
}
