package clients

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A transcript is what a client has shown, and waits for what it will show.
type transcript struct {
	t     testing.TB
	name  string
	words [countOfSigns]*regexp.Regexp
	lines func() []string // of the chat, the oldest first
	since int             // of them, how many there were when the user last did something
}

// Name is the program's.
func (s *transcript) Name() string { return s.name }

// acts marks that the user does something.
func (s *transcript) acts() {
	s.t.Helper()
	s.since = len(s.lines())
}

// Transcript is what has come since the user's last deed.
func (s *transcript) Transcript() []string {
	s.t.Helper()
	lines := s.lines()
	if len(lines) > screenHeight*9/10 {
		s.t.Fatalf("%s: the screen is full: lines get lost", s.name)
	}
	return lines[min(s.since, len(lines)):]
}

// Screen is everything.
func (s *transcript) Screen() string { return strings.Join(s.lines(), "\n") }

// Expect waits for a sign.
func (s *transcript) Expect(sign Sign) {
	s.t.Helper()
	s.waitFor(sign.String(), s.words[sign])
}

// WaitFor waits for a line that matches.
func (s *transcript) WaitFor(pattern *regexp.Regexp) string {
	s.t.Helper()
	return s.waitFor(pattern.String(), pattern)
}

func (s *transcript) waitFor(what string, pattern *regexp.Regexp) (found string) {
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
		s.t.Fatalf("%s waited %v in vain for: %s\nsince its user's last deed:\n%s\neverything:\n%s",
			s.name, patience, what, strings.Join(s.Transcript(), "\n"), s.Screen())
	}
	return found
}

// Heard is all that the peer has said, line by line. Of a text of several lines
// some clients mark only the first as the peer's.
func (s *transcript) Heard() []string {
	s.t.Helper()
	var heard []string
	for _, line := range s.lines() {
		for _, sign := range []Sign{SaidInClear, SaidEncrypted} {
			if at := s.words[sign].FindStringIndex(line); at != nil {
				heard = append(heard, line[at[1]:])
			}
		}
	}
	return heard
}

// words compiles a pattern for each Sign.
func words(patterns [countOfSigns]string) (compiled [countOfSigns]*regexp.Regexp) {
	for sign := range countOfSigns {
		compiled[sign] = regexp.MustCompile(patterns[sign])
	}
	return compiled
}

// notes are lines that one goroutine writes and another reads.
type notes struct {
	mu    sync.Mutex
	lines []string
}

func (n *notes) add(line string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, line)
}

func (n *notes) all() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.lines)
}
