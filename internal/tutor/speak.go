package tutor

import "slices"

// say says a text; one that comes up again says it in other words, if it has them.
func (u *turn) say(name string) {
	u.emit(Say{Name: name, Text: u.speak(name)})
}

func (u *turn) warn(name string) {
	u.emit(Say{Name: name, Text: u.speak(name), Urgent: true})
}

func (u *turn) caution(name string) {
	if u.s.Seen {
		u.say(name)
	}
}

func (u *turn) remind(name string) {
	if u.s.Served {
		u.say(name)
	}
}

// speak is a text ready to send. It is remembered: the texts that opened the
// state are what "again" repeats.
func (u *turn) speak(name string) string {
	if u.opening && !slices.Contains(u.s.Said, name) {
		u.s.Said = append(u.s.Said, name)
	}
	u.s.Spoken[name]++
	if u.s.Spoken[name] > 1 {
		return u.renderAgain(name)
	}
	return u.render(name)
}

// hint says the next hint of the state; the last one stays, in its first and its
// other words by turns. With a program that cannot do it there is but one hint:
// another program.
func (u *turn) hint() {
	if u.lacksOTR() {
		u.raise(clientWithoutOTR)
		return
	}
	hints := u.t.lesson.Hints[u.s.State]
	if len(hints) == 0 {
		return
	}
	name := hints[min(u.s.Hint, len(hints)-1)]
	u.s.Hint = min(u.s.Hint+1, len(hints))
	u.s.Spoken[name]++
	text := u.render(name)
	if u.s.Spoken[name]%2 == 0 {
		text = u.renderAgain(name)
	}
	u.emit(Say{Name: name, Text: text})
}

// repeatable is how many texts "again" repeats at most.
const repeatable = 3

// repeat says the last texts of the state once more, word for word.
func (u *turn) repeat() {
	if len(u.s.Said) == 0 {
		u.hint()
		return
	}
	for _, name := range u.s.Said[max(0, len(u.s.Said)-repeatable):] {
		if private := u.tellsCode(name); !private || u.s.Verified() {
			u.emit(Say{Name: name, Text: u.render(name), Private: private})
		}
	}
}
