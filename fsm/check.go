package fsm

import (
	"fmt"
	"maps"
	"slices"
)

// A Problem is a way in which a definition can be wrong.
type Problem int

const (
	NoInitial    Problem = iota + 1 // the initial state is not defined
	UnknownState                    // a rule goes to a state that is not defined
	Unreachable                     // no way leads from the initial state to this one
	DeadEnd                         // no way leads from this state to an end
	FinalLeft                       // a rule leaves a final state
	NameClash                       // the same name is an event and an action
	EmptyName                       // a state, event or action has no name
)

// A Fault is one thing that is wrong with a definition.
type Fault struct {
	Problem Problem
	// State is where the fault was found; Event is the rule in that state, "" if it
	// is not in a rule.
	State State
	Event Event
	// Name is the word at fault: the target of a rule, the initial state, or the
	// name that means two things; "" where State says it all.
	Name string
}

func (f *Fault) Error() string {
	switch f.Problem {
	case NoInitial:
		return fmt.Sprintf("the initial state %q is not defined", f.Name)
	case UnknownState:
		return fmt.Sprintf("state %q, event %q: goes to %q, which is not defined", f.State, f.Event, f.Name)
	case Unreachable:
		return fmt.Sprintf("state %q: no way leads to it", f.State)
	case DeadEnd:
		return fmt.Sprintf("state %q: no way leads from it to an end", f.State)
	case FinalLeft:
		return fmt.Sprintf("state %q, event %q: leaves a final state", f.State, f.Event)
	case NameClash:
		return fmt.Sprintf("state %q: %q is an event and an action", f.State, f.Name)
	case EmptyName:
		return fmt.Sprintf("state %q, event %q: a name is empty", f.State, f.Event)
	default:
		return fmt.Sprintf("state %q, event %q: problem %d", f.State, f.Event, int(f.Problem))
	}
}

// checker gathers the faults of a definition.
type checker struct {
	initial State
	defs    map[State]Def
	names   []State // of defs, sorted
	faults  []error
}

func check(initial State, defs map[State]Def) []error {
	c := &checker{initial: initial, defs: defs, names: slices.Sorted(maps.Keys(defs))}
	c.checkNames()
	c.checkTargets()
	if len(c.faults) == 0 { // a way that is misspelt would only be reported again
		c.checkWays()
	}
	return c.faults
}

func (c *checker) add(f Fault) { c.faults = append(c.faults, &f) }

func (c *checker) checkNames() {
	actions := map[Action]bool{}
	for _, def := range c.defs {
		for a := range def.actions {
			actions[a] = true
		}
	}
	for _, name := range c.names {
		def := c.defs[name]
		if name == "" || actionless(def.Enter) || actionless(def.Leave) || actionless(def.Allow) {
			c.add(Fault{Problem: EmptyName, State: name})
		}
		for _, event := range slices.Sorted(maps.Keys(def.On)) {
			if event == "" || actionless(def.On[event].Do) {
				c.add(Fault{Problem: EmptyName, State: name, Event: event})
			}
			if event != "" && actions[Action(event)] {
				c.add(Fault{Problem: NameClash, State: name, Event: event, Name: string(event)})
			}
		}
	}
}

// actionless reports whether an action of the list has no name.
func actionless(list []Action) bool { return slices.Contains(list, "") }

func (c *checker) checkTargets() {
	if _, ok := c.defs[c.initial]; !ok {
		c.add(Fault{Problem: NoInitial, Name: string(c.initial)})
	}
	for _, name := range c.names {
		def := c.defs[name]
		for _, event := range slices.Sorted(maps.Keys(def.On)) {
			to := def.On[event].To
			if to == "" {
				continue
			}
			if _, ok := c.defs[to]; !ok {
				c.add(Fault{Problem: UnknownState, State: name, Event: event, Name: string(to)})
			}
			if def.Final {
				c.add(Fault{Problem: FinalLeft, State: name, Event: event, Name: string(to)})
			}
		}
	}
}

// checkWays walks from the initial state forwards and from the ends backwards.
// A machine without final states is meant to run for ever; then every state that
// can be left for another one is as good as an end.
func (c *checker) checkWays() {
	forwards, backwards := map[State][]State{}, map[State][]State{}
	var ends, open []State
	for _, name := range c.names {
		if c.defs[name].Final {
			ends = append(ends, name)
		}
		for _, rule := range c.defs[name].On {
			if rule.To != "" && rule.To != name {
				forwards[name] = append(forwards[name], rule.To)
				backwards[rule.To] = append(backwards[rule.To], name)
			}
		}
		if len(forwards[name]) > 0 {
			open = append(open, name)
		}
	}
	if len(ends) == 0 {
		ends = open
	}
	reached, ending := walk(forwards, c.initial), walk(backwards, ends...)
	for _, name := range c.names {
		if !reached[name] {
			c.add(Fault{Problem: Unreachable, State: name})
		}
		if !ending[name] {
			c.add(Fault{Problem: DeadEnd, State: name})
		}
	}
}

// walk finds the states that the ways lead to from some states, themselves included.
func walk(ways map[State][]State, from ...State) map[State]bool {
	found := map[State]bool{}
	for todo := slices.Clone(from); len(todo) > 0; {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !found[s] {
			found[s] = true
			todo = append(todo, ways[s]...)
		}
	}
	return found
}
