package bot

import "slices"

// noes counts how often people have declined our invitation. A no outlives the place on the list: anybody may enter an
// address on a course page, take it back and enter it again. Of very many the oldest are forgotten.
type noes struct {
	of    map[string]int
	order []string // oldest first
}

const (
	// patience is how often somebody has to decline until nobody can have them invited again.
	patience       = 2
	noesRemembered = 10_000
)

func (n *noes) count(jid string) {
	if n.of == nil {
		n.of = make(map[string]int)
	}
	if n.of[jid]++; n.of[jid] > 1 {
		return
	}
	n.order = append(n.order, jid)
	if len(n.order) > noesRemembered {
		delete(n.of, n.order[0])
		n.order = n.order[1:]
	}
}

func (n *noes) forget(jid string) {
	if _, known := n.of[jid]; known {
		delete(n.of, jid)
		n.order = slices.DeleteFunc(n.order, func(one string) bool { return one == jid })
	}
}

func (n *noes) enough(jid string) bool { return n.of[jid] >= patience }
