package bot

import "time"

// strangers remembers who was answered already: somebody who is not on the list gets one polite answer, and all of
// them together no more than one in a while, however many they are. One goroutine at a time.
type strangers struct {
	met   map[string]struct{}
	order []string // oldest first
	next  time.Time
}

const (
	strangersRemembered = 10_000
	strangersPause      = 200 * time.Millisecond
)

// answer reports whether the stranger is to be answered, and remembers it.
func (s *strangers) answer(jid string, now time.Time) bool {
	if _, known := s.met[jid]; known || now.Before(s.next) {
		return false
	}
	if s.met == nil {
		s.met = make(map[string]struct{})
	}
	if len(s.order) == strangersRemembered {
		delete(s.met, s.order[0])
		s.order = s.order[1:]
	}
	s.met[jid] = struct{}{}
	s.order = append(s.order, jid)
	s.next = now.Add(strangersPause)
	return true
}
