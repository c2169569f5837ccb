package clients

import (
	"fmt"
	"regexp"
	"strings"
)

// A screen is what the two programs of terminals have in common: a chat whose
// lines grow downwards, and words for each Sign.
type screen struct {
	*terminal
	login Login
	peer  string
	words [countOfSigns]*regexp.Regexp
	chat  func() []string // the lines of the chat, the oldest first
	since int             // of them, how many there were when the user last did something
}

func (s *screen) Name() string { return s.name }
func (s *screen) JID() string  { return s.login.JID }
func (s *screen) Kill()        { s.kill() }

func (s *screen) Screen() string {
	var b strings.Builder
	for _, line := range s.lines() {
		if line = strings.TrimRight(line, " │"); line != "" {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// acts marks that the user does something.
func (s *screen) acts() {
	s.t.Helper()
	s.since = len(s.chat())
}

func (s *screen) Transcript() []string {
	s.t.Helper()
	lines := s.chat()
	if len(lines) > rows*9/10 {
		s.t.Fatalf("%s: the screen is full: lines get lost", s.name)
	}
	return lines[min(s.since, len(lines)):]
}

func (s *screen) Expect(sign Sign) {
	s.t.Helper()
	s.waitFor(sign.String(), s.words[sign])
}

func (s *screen) WaitFor(pattern *regexp.Regexp) string {
	s.t.Helper()
	return s.waitFor(pattern.String(), pattern)
}

func (s *screen) waitFor(what string, pattern *regexp.Regexp) (found string) {
	s.t.Helper()
	if !within(patience, func() bool {
		for _, line := range s.Transcript() {
			if pattern.MatchString(line) {
				found = line
				return true
			}
		}
		return false
	}) {
		s.t.Fatalf("%s (%s) waited %v in vain for: %s\nsince its last deed:\n%s\nits screen:\n%s",
			s.name, s.login.JID, patience, what, strings.Join(s.Transcript(), "\n"), s.Screen())
	}
	return found
}

// words compiles one pattern for each Sign.
func words(patterns map[Sign]string) (compiled [countOfSigns]*regexp.Regexp) {
	for sign := range countOfSigns {
		if patterns[sign] == "" {
			panic(fmt.Sprintf("no words for %v", sign))
		}
		compiled[sign] = regexp.MustCompile(patterns[sign])
	}
	return compiled
}
