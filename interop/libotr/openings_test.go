package libotr

// An opening is a way in which two sides come into a private conversation. The
// first side moves first.
type opening struct {
	name  string
	first string // what the first side's user sees
	other string
	open  func(r *room, first, other party)
}

// openings are the rows of the matrix.
var openings = []opening{
	{"query", "secured", "secured", func(_ *room, first, _ party) {
		first.start()
	}},
	{"whitespace tag", "secured", "clear: hello|secured", func(_ *room, first, _ party) {
		first.say("hello")
	}},
	{"error start", "secured", "error: a cause|secured", func(_ *room, first, other party) {
		other.receive("?OTR Error: a cause")
	}},
	{"refresh", "refreshed", "refreshed", func(r *room, first, _ party) {
		first.start()
		r.settle()
		r.forget()
		first.refresh()
	}},
	{"simultaneous start", "secured", "secured", func(_ *room, first, other party) {
		first.start()
		other.start()
	}},
}
