package bot

import "time"

// A saying is a text that the bot is typing, or will.
type saying struct {
	Text string
	// Private says that the text was meant for a private conversation. It goes out in the state it was meant for or
	// not at all: a code must not be said in the clear, and nobody needs "switch OTR on" when it is.
	Private bool
	Begin   time.Time // when the typing starts
	Due     time.Time // when it is sent
}

// short reports whether the text is typed before anybody would notice.
func (s saying) short() bool { return s.Due.Sub(s.Begin) < noticeable }

// longestTyping is how long nobody is kept waiting for one text, however long it is.
const longestTyping = 3 * time.Second

// noticeable is the shortest wait worth a typing notice (XEP-0085): more would flicker.
const noticeable = time.Second

// pace says how fast the bot types. The zero value does not make anybody wait.
type pace struct {
	speed int // characters a second; 0: at once
}

// typing is how long text takes to type: its length by the speed, a little more or less by the dice (0 to 255), and
// never more than longestTyping.
func (p pace) typing(text string, dice byte) time.Duration {
	if p.speed <= 0 {
		return 0
	}
	characters := 0
	for range text {
		characters++
	}
	d := time.Duration(characters) * time.Second / time.Duration(p.speed)
	varied := d*3/4 + d/2*time.Duration(dice)/256 // from three quarters to five quarters
	return min(varied, longestTyping)
}

// line puts a text behind those that are still being typed.
func (l *live) line(s saying, typing time.Duration) {
	if n := len(l.sayings); n > 0 && l.sayings[n-1].Due.After(s.Begin) {
		s.Begin = l.sayings[n-1].Due
	}
	s.Due = s.Begin.Add(typing)
	l.sayings = append(l.sayings, s)
}
