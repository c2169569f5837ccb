package web

import (
	"slices"

	"otrbot/lti"
)

// A Watcher is told how things go, and nobody's name. It is safe for concurrent use.
type Watcher interface {
	// Launched is one launch or login that came to its end, in one of the words of Outcomes.
	Launched(outcome string)
}

// What becomes of a launch, beside the reasons of package lti.
const (
	launched = "ok"
	failed   = "failed" // our own fault: the store
)

// Outcomes are all words that a Watcher is told of launches.
func Outcomes() []string {
	all := []string{launched, failed}
	for reason := range explanations {
		all = append(all, string(reason))
	}
	slices.Sort(all)
	return all
}

// outcomeOf is the word for a refusal.
func outcomeOf(reason lti.Reason) string {
	if _, ok := explanations[reason]; !ok {
		return failed
	}
	return string(reason)
}

// Streams is how many pages are open and kept up to date. It is safe for concurrent use.
func (s *Server) Streams() int { return s.hub.size() }

// unwatched is nobody who watches.
type unwatched struct{}

func (unwatched) Launched(string) {}
