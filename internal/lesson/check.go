package lesson

import (
	"fmt"
	"slices"
	"strings"

	"otrbot/fsm"
)

// check looks at the lesson as a whole and makes its machine. The machine is nil
// unless there are no faults.
func (r *reader) check(d *draft) *fsm.Machine {
	r.checkTargets(d)
	r.checkTexts(d)
	r.checkAnswers(d)
	r.checkHints(d)
	r.checkStart(d)
	m := r.machine(d)
	if m != nil && len(r.faults) == 0 {
		r.checkGoal(d, m)
	}
	return m
}

// checkTargets finds the state of every word that names one.
func (r *reader) checkTargets(d *draft) {
	var list []string
	for _, s := range d.states {
		list = append(list, s.text)
	}
	resolve := func(s *spot) {
		if s.text == "" || len(list) == 0 {
			return
		}
		meant := r.known("state", *s, list)
		d.unread = d.unread || meant == ""
		s.text = meant
	}
	resolve(&d.start)
	resolve(&d.goal)
	for i := range d.always {
		resolve(&d.always[i].to)
	}
	for _, s := range d.states {
		for i := range s.on {
			resolve(&s.on[i].to)
		}
	}
}

// checkTexts finds the text of every word that names one, and texts that nothing names.
func (r *reader) checkTexts(d *draft) {
	var list []string
	for _, t := range d.texts {
		list = append(list, t.Name)
	}
	used := map[string]bool{}
	say := func(actions []action) {
		for _, a := range actions {
			if r.vocabulary.argument(a.name.text) == TextArgument {
				used[r.known("text", a.argument, list)] = true
			}
		}
	}
	for _, rl := range d.always {
		say(rl.do)
	}
	for _, s := range d.states {
		say(s.enter)
		say(s.leave)
		for _, rl := range s.on {
			say(rl.do)
		}
		for _, h := range s.hints {
			used[r.known("text", h, list)] = true
		}
	}
	for _, t := range d.texts {
		if !used[t.Name] {
			r.fault(d.textAt[t.Name], "text "+t.Name+" is never said", "say it somewhere or take it out")
		}
	}
}

// answer is what the lesson does about an event in a state.
func (d *draft) answer(s *state, event string) (rule, bool) {
	if rl, ok := s.on.find(event); ok || s.final {
		return rl, ok
	}
	return d.always.find(event)
}

// checkAnswers finds events that a state has no answer to. Events that no state
// answers are told once.
func (r *reader) checkAnswers(d *draft) {
	open, states := map[string]int{}, 0
	for _, s := range d.states {
		if s.final || s.unread {
			continue
		}
		states++
		for _, e := range r.vocabulary.Events {
			if _, ok := d.answer(s, e.Name); !ok {
				open[e.Name]++
			}
		}
	}
	const remedy = "answer in on, or in always for all states; write ignore if nothing is meant to happen"
	var nowhere []string
	for _, e := range r.vocabulary.Events {
		if states > 1 && open[e.Name] == states {
			nowhere = append(nowhere, e.Name)
		}
	}
	if len(nowhere) > 0 {
		where := d.alwaysAt
		if where == (position{}) {
			where = d.states[0].at
		}
		r.fault(where, "no state answers "+strings.Join(nowhere, ", "), remedy)
	}
	for _, s := range d.states {
		var here []string
		for _, e := range r.vocabulary.Events {
			if _, ok := d.answer(s, e.Name); !ok && !s.final && !s.unread && !slices.Contains(nowhere, e.Name) {
				here = append(here, e.Name)
			}
		}
		if len(here) > 0 {
			r.fault(s.at, "state "+s.text+" does not answer "+strings.Join(here, ", "), remedy)
		}
	}
}

// checkHints finds actions that need hints in states that have none, and hints that
// nothing gives.
func (r *reader) checkHints(d *draft) {
	for _, s := range d.states {
		if s.unread {
			continue
		}
		giving := func(list []action) bool {
			return slices.ContainsFunc(list, func(a action) bool { return r.vocabulary.argument(a.name.text) == StateHints })
		}
		gives, because := giving(s.enter) || giving(s.leave), "enter or leave"
		for _, e := range r.vocabulary.Events {
			if rl, ok := d.answer(s, e.Name); ok && giving(rl.do) {
				gives, because = true, e.Name
				break
			}
		}
		switch {
		case gives && len(s.hints) == 0:
			r.fault(s.at, fmt.Sprintf("state %s gives a hint (%s) but has none", s.text, because), "write hints: and a list of texts, the gentlest first")
		case !gives && len(s.hints) > 0:
			r.fault(s.hints[0].at, "the hints of state "+s.text+" are never given", "use the action for hints in an answer, or take them out")
		}
	}
}

// checkStart warns of orders that nobody will carry out: a learner is in the start
// before anything happens, and a bot does not speak first.
func (r *reader) checkStart(d *draft) {
	entered := func(rs rules) bool {
		return slices.ContainsFunc(rs, func(rl rule) bool { return rl.to.text == d.start.text })
	}
	if entered(d.always) || slices.ContainsFunc(d.states, func(s *state) bool { return entered(s.on) }) {
		return
	}
	for _, s := range d.states {
		if s.text == d.start.text && len(s.enter) > 0 {
			r.warn(s.enter[0].name.at, "enter of state "+s.text+" is never done: learners are there from the start", "let an event lead to a second state that does it")
		}
	}
}

// machine makes the machine and says in the words of the lesson what fsm found.
func (r *reader) machine(d *draft) *fsm.Machine {
	if d.start.text == "" || len(d.states) == 0 {
		return nil // said before
	}
	defs, written := map[fsm.State]fsm.Def{}, map[fsm.State]*state{}
	ends := false
	for _, s := range d.states {
		defs[s.name()], written[s.name()] = d.def(s, r.vocabulary), s
		ends = ends || s.final
	}
	if !ends {
		r.fault(d.states[len(d.states)-1].at, "no state is final", "write final: true in the state where the lesson ends")
	}
	m, err := fsm.New(fsm.State(d.start.text), defs)
	for _, f := range machineFaults(err) {
		s := written[f.State]
		switch {
		case f.Problem == fsm.FinalLeft:
			rl, _ := s.on.find(string(f.Event))
			r.fault(rl.event.at, "state "+s.text+" is final but can be left", "take to: out, or final: true")
		case d.unread || !ends: // told before, with its reason
		case f.Problem == fsm.Unreachable:
			r.fault(s.at, "no way leads to state "+s.text, "go there from another state with to: "+s.text)
		case f.Problem == fsm.DeadEnd:
			r.fault(s.at, "no way leads from state "+s.text+" to an end", "let an event lead on, or write final: true")
		default: // a word of the vocabulary, which Check has looked at, or one that known has found
			r.fault(d.states[0].at, f.Error(), "")
		}
	}
	return m
}

func machineFaults(err error) []*fsm.Fault {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return nil
	}
	var all []*fsm.Fault
	for _, e := range joined.Unwrap() {
		if f, ok := e.(*fsm.Fault); ok {
			all = append(all, f)
		}
	}
	return all
}

// def is a state with the answers that hold everywhere put in.
func (d *draft) def(s *state, v Vocabulary) fsm.Def {
	def := fsm.Def{Enter: orders(s.enter), Leave: orders(s.leave), Allow: orders(s.allow), Final: s.final, On: map[fsm.Event]fsm.Rule{}}
	for _, e := range v.Events {
		if rl, ok := d.answer(s, e.Name); ok {
			def.On[fsm.Event(e.Name)] = fsm.Rule{To: fsm.State(rl.to.text), Do: orders(rl.do)}
		}
	}
	return def
}

func orders(list []action) []fsm.Action {
	var all []fsm.Action
	for _, a := range list {
		all = append(all, a.fsm())
	}
	return all
}

// checkGoal finds states from which the learner cannot make it any more: giving up is
// a way to an end, but not to the goal.
func (r *reader) checkGoal(d *draft, m *fsm.Machine) {
	for _, s := range d.states {
		if !s.final && !leads(m, s.name(), fsm.State(d.goal.text)) {
			r.fault(s.at, fmt.Sprintf("no way leads from state %s to the goal %s", s.text, d.goal.text), "let an event lead on, or back")
		}
	}
}

func leads(m *fsm.Machine, from, goal fsm.State) bool {
	seen := map[fsm.State]bool{}
	for todo := []fsm.State{from}; len(todo) > 0; {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if s == goal {
			return true
		}
		if seen[s] {
			continue
		}
		seen[s] = true
		for _, e := range m.Events(s) {
			if step, err := m.Next(s, e); err == nil {
				todo = append(todo, step.To)
			}
		}
	}
	return false
}
