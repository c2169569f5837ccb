package web_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// docs/spec/lti-refusals.md names a test for each thing that is refused, and no test that does not exist.
func TestRefusalsAreListed(t *testing.T) {
	spec, err := os.ReadFile("../../docs/spec/lti-refusals.md")
	must(t, err)
	where := map[string]string{
		"lti": "lti", "web": "internal/web", "class": "internal/web/class", "store": "internal/store", "tutor": "internal/tutor",
		"secret": "internal/secret", "interop": "interop/lti", "browser": "interop/browser",
	}
	sources := map[string]string{}
	for name, dir := range where {
		files, err := filepath.Glob(filepath.Join("../..", dir, "*_test.go"))
		must(t, err)
		for _, file := range files {
			b, err := os.ReadFile(file)
			must(t, err)
			sources[name] += string(b)
		}
	}
	test := regexp.MustCompile("`([a-z]+)\\.((?:Test|Fuzz)\\w+)(?:/([^`]+))?`")
	rows := 0
	for line := range strings.Lines(string(spec)) {
		if !strings.HasPrefix(line, "| ") || strings.Contains(line, "Shown by |") || strings.Contains(line, "Target |") {
			continue
		}
		rows++
		named := test.FindAllStringSubmatch(line, -1)
		if len(named) == 0 {
			t.Errorf("no test shows %s", line)
		}
		for _, m := range named {
			source, known := sources[m[1]]
			if !known || !strings.Contains(source, "func "+m[2]+"(") {
				t.Errorf("there is no %s.%s", m[1], m[2])
			}
			if m[3] != "" && !strings.Contains(source, strconv.Quote(m[3])) {
				t.Errorf("%s.%s has no case %q", m[1], m[2], m[3])
			}
		}
	}
	if rows < 80 {
		t.Errorf("only %d rows", rows)
	}
	for n := range 12 {
		if !strings.Contains(string(spec), fmt.Sprintf("\n## %d. ", n+1)) {
			t.Errorf("there is no section %d", n+1)
		}
	}
}

// Only two messages may go to any page at all, and neither holds anything that the page could not see itself.
func TestMessagesToAnybodyTellNothing(t *testing.T) {
	star := regexp.MustCompile(`postMessage\((.*),\s*("\*"|'\*'|around)\)`)
	var found []string
	for _, pattern := range []string{"static/*.js", "page/static/*.js", "class/static/*.js", "../../lti/*.js"} {
		files, err := filepath.Glob(pattern)
		must(t, err)
		for _, file := range files {
			b, err := os.ReadFile(file)
			must(t, err)
			for _, m := range star.FindAllStringSubmatch(string(b), -1) {
				found = append(found, m[1])
			}
			if n := strings.Count(string(b), `"*"`) + strings.Count(string(b), "'*'"); n > 1 || n == 1 && !star.Match(b) {
				t.Errorf("%s has a star that is not understood here", file)
			}
		}
	}
	for _, message := range found {
		if message != `{ subject: "lti.frameResize", height: height }` && message != `{ subject: "org.imsglobal.lti.close" }` {
			t.Errorf("to anybody goes %s", message)
		}
	}
}
