package main

import (
	"regexp"
	"strings"
	"testing"
)

func TestSecretGenerate(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"", `^[A-Z]{4}-[A-Z]{4}-[A-Z]{4}\n$`},
		{"--format XX/XX", `^[A-Z]{2}/[A-Z]{2}\n$`},
		{"--length 30 --case lower --numeric", `^[a-z0-9]{30}\n$`},
		{"--length 6 --alpha=false --numeric", `^[0-9]{6}\n$`},
		{"--length 9 --options abc", `^[abc]{9}\n$`},
		{"--length 5 --json", `^\{"secret":"[A-Z]{5}"\}\n$`},
	} {
		got := execute("", append([]string{"secret", "generate"}, strings.Fields(tt.args)...)...)
		if got.code != exitOK || !regexp.MustCompile(tt.want).MatchString(got.stdout) {
			t.Errorf("%s: %+v", tt.args, got)
		}
	}
	for _, args := range []string{"--format XX --length 3", "--length 0", "--format abc", "--case title", "--length x", "word"} {
		if got := execute("", append([]string{"secret", "generate"}, strings.Fields(args)...)...); got.code != exitInvalidArgument || got.stdout != "" {
			t.Errorf("%s: %+v", args, got)
		}
	}
}

func TestSecretCheck(t *testing.T) {
	for _, tt := range []struct {
		stdin string
		args  string
		code  int
		want  string
	}{
		{"password\n", "", 1, "Score 0 of 4"},
		{"blue teapot garden", "", 0, "Score 4 of 4"},
		{"blue teapot garden\r\nanother line", "--json", 0, `"safe":true`},
		{"", "", 1, "There is nothing there."},
		{"\xff", "", 1, "not UTF-8"},
		{"Totem\n", "--word ana --word totem", 1, "belongs to this lesson or person"},
		{"password", "--json", 1, `"reasons":["common"]`},
	} {
		got := execute(tt.stdin, append([]string{"secret", "check"}, strings.Fields(tt.args)...)...)
		if got.code != tt.code || !strings.Contains(got.stdout, tt.want) || strings.Contains(got.stdout+got.stderr, "teapot") {
			t.Errorf("%q: %+v", tt.stdin, got)
		}
	}
	if got := execute("password", "secret", "check", "password"); got.code != exitInvalidArgument {
		t.Errorf("a secret was taken from the command line: %+v", got)
	}
}

// Every reason has a sentence.
func TestReasonTexts(t *testing.T) {
	for reason, text := range reasonTexts {
		if text == "" || !strings.HasSuffix(text, ".") {
			t.Errorf("%s: %q", reason, text)
		}
	}
}

func TestVersion(t *testing.T) {
	if got := execute("", "version"); got.code != exitOK || !regexp.MustCompile(`^otrbot \S+.*, go1\.\S+, \w+/\w+\n$`).MatchString(got.stdout) {
		t.Errorf("%+v", got)
	}
	if got := execute("", "version", "--json"); got.code != exitOK || !strings.Contains(got.stdout, `"go":"go1.`) {
		t.Errorf("%+v", got)
	}
}
