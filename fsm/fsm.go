// Package fsm is a state machine as data: states, the events each of them
// answers, and the actions that go with it.
//
// A [Machine] performs nothing and remembers nothing. It is asked what follows
// when an event happens in a state, and answers with a [Step]: the state to be in
// next and the actions to do, in order. The caller does them and keeps the state,
// so one Machine serves any number of sessions at once and a session is a word in
// a database.
//
// What is wrong with a definition is found by [New], all of it at once: targets
// that do not exist, states that nothing leads to, states that lead nowhere, and
// names that mean two things. A machine that could be made has none of these.
package fsm

import (
	"errors"
	"maps"
	"slices"
)

// The three kinds of names. Names are compared as they are; none is empty.
type (
	State  string // where a session is
	Event  string // what happened
	Action string // what to do about it
)

// A Rule answers an event.
type Rule struct {
	// To is the state to go to. Empty means to stay: the actions of leaving and
	// entering are not done. A rule that goes to its own state leaves and enters it.
	To State
	// Do is what to do on the way, in order. A rule may do nothing at all: then the
	// event is expected and has no effect.
	Do []Action
}

// A Def defines one state.
type Def struct {
	// Enter and Leave are done when a step comes into the state and goes out of it.
	Enter, Leave []Action
	// On holds the answers. An event without one cannot be handled here.
	On map[Event]Rule
	// Allow names actions that somebody else may order while the state lasts: a
	// person, a page, a timer. What the machine itself orders, in Enter, Leave and
	// On, needs no permission.
	Allow []Action
	// Final marks an end. A final state may answer events, but is never left.
	Final bool
}

// A Machine is a definition that has been found sound. It does not change, and any
// number of goroutines may use it at once. The zero Machine has no states; make one
// with [New].
type Machine struct {
	initial State
	states  map[State]*state
	names   []State // sorted
}

// state is a Def made ready for questions.
type state struct {
	def   Def
	steps map[Event]Step
}

// A Step is what follows from an event.
type Step struct {
	// From is where the event happened and To where the session is afterwards.
	From, To State
	// Moved tells whether From was left and To entered; they may be the same state.
	Moved bool
	// Do is what to do, in order: the actions of leaving, of the rule, of entering.
	// It belongs to the Machine and must not be changed.
	Do []Action
}

// New makes a machine that starts in the initial state. It keeps nothing of defs.
//
// The error joins a [*Fault] for everything that is wrong, in the order of the
// states' names.
func New(initial State, defs map[State]Def) (*Machine, error) {
	if err := errors.Join(check(initial, defs)...); err != nil {
		return nil, err
	}
	m := &Machine{initial: initial, states: make(map[State]*state, len(defs)), names: slices.Sorted(maps.Keys(defs))}
	for name, def := range defs {
		m.states[name] = &state{def: clone(def), steps: make(map[Event]Step, len(def.On))}
	}
	for name, s := range m.states {
		for event, rule := range s.def.On {
			s.steps[event] = m.step(name, rule)
		}
	}
	return m, nil
}

// clone copies everything of d that its owner could change later.
func clone(d Def) Def {
	d.Enter, d.Leave, d.Allow = slices.Clone(d.Enter), slices.Clone(d.Leave), slices.Clone(d.Allow)
	d.On = maps.Clone(d.On)
	for event, rule := range d.On {
		rule.Do = slices.Clone(rule.Do)
		d.On[event] = rule
	}
	return d
}

func (m *Machine) step(from State, r Rule) Step {
	if r.To == "" {
		return Step{From: from, To: from, Do: slices.Clip(r.Do)}
	}
	do := slices.Concat(m.states[from].def.Leave, r.Do, m.states[r.To].def.Enter)
	return Step{From: from, To: r.To, Moved: true, Do: slices.Clip(do)}
}

// Start is the step into the initial state, from nowhere.
func (m *Machine) Start() Step {
	s, ok := m.states[m.initial]
	if !ok {
		return Step{}
	}
	return Step{To: m.initial, Moved: true, Do: slices.Clip(s.def.Enter)}
}

// Next tells what follows when ev happens in the state from. It allocates nothing
// unless it fails.
//
// The errors are [*StateDoesNotExistError] and [*CannotHandleError].
func (m *Machine) Next(from State, ev Event) (Step, error) {
	s, ok := m.states[from]
	if !ok {
		return Step{}, &StateDoesNotExistError{State: from}
	}
	step, ok := s.steps[ev]
	if !ok {
		return Step{}, &CannotHandleError{Event: ev, State: from}
	}
	return step, nil
}

// Allowed tells whether somebody may order the action a in a state: nil means yes.
//
// The errors are [*StateDoesNotExistError] and [*ActionNotAllowedError].
func (m *Machine) Allowed(in State, a Action) error {
	s, ok := m.states[in]
	if !ok {
		return &StateDoesNotExistError{State: in}
	}
	if !slices.Contains(s.def.Allow, a) {
		return &ActionNotAllowedError{Action: a, State: in}
	}
	return nil
}

// Initial is the state that a session begins in.
func (m *Machine) Initial() State { return m.initial }

// Final reports whether s is an end. It is false for a state that does not exist.
func (m *Machine) Final(s State) bool {
	found, ok := m.states[s]
	return ok && found.def.Final
}

// States lists the states by name. The slice is the caller's.
func (m *Machine) States() []State { return slices.Clone(m.names) }

// Events lists by name the events that a state answers; none if it does not exist.
// The slice is the caller's.
func (m *Machine) Events(in State) []Event {
	s, ok := m.states[in]
	if !ok {
		return nil
	}
	return slices.Sorted(maps.Keys(s.steps))
}

// PossibleActions lists by name every action of the machine: those that it orders
// and those that it allows. The slice is the caller's.
func (m *Machine) PossibleActions() []Action {
	all := map[Action]bool{}
	for _, s := range m.states {
		for a := range s.def.actions {
			all[a] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// actions goes through every action that is named in d, in no particular order.
func (d Def) actions(yield func(Action) bool) {
	lists := [][]Action{d.Enter, d.Leave, d.Allow}
	for _, rule := range d.On {
		lists = append(lists, rule.Do)
	}
	for _, list := range lists {
		for _, a := range list {
			if !yield(a) {
				return
			}
		}
	}
}
