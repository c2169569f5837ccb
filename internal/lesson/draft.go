package lesson

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"

	"otrbot/fsm"
)

// draft is a lesson as written, with the places of everything.
type draft struct {
	name, title, start, goal spot
	always                   rules
	alwaysAt                 position
	states                   []*state
	texts                    []Text
	textAt                   map[string]position
	unread                   bool // a state or rule could not be read: ways may be missing
}

// state is a state as written.
type state struct {
	spot
	enter, leave, allow []action
	on                  rules
	hints               []spot
	final               bool
	unread              bool // it is there, but what it holds could not be read
}

func (s *state) name() fsm.State { return fsm.State(s.text) }

// rules by event, in the order of the file.
type rules []rule

// rule is an answer as written: to ignore, to stay or to go.
type rule struct {
	event   spot
	guessed bool // the event is misspelt in the file
	to      spot // empty: stay
	do      []action
}

// index finds the rule for an event, -1 if there is none.
func (rs rules) index(event string) int {
	return slices.IndexFunc(rs, func(r rule) bool { return r.event.text == event })
}

func (rs rules) find(event string) (rule, bool) {
	if i := rs.index(event); i >= 0 {
		return rs[i], true
	}
	return rule{}, false
}

// action is an action as written.
type action struct {
	name     spot
	argument spot // empty if the action takes none
}

func (a action) fsm() fsm.Action {
	if a.argument.text == "" {
		return fsm.Action(a.name.text)
	}
	return fsm.Action(a.name.text + " " + a.argument.text)
}

// ignore answers an event by nothing.
const ignore = "ignore"

// draft reads the whole file.
func (r *reader) draft(root ast.Node) *draft {
	d := &draft{textAt: map[string]position{}}
	r.fields(root, "the lesson",
		field{"lesson", func(n ast.Node) { d.name = r.name(n, "the name of the lesson") }, "write lesson: and a short name"},
		field{"title", func(n ast.Node) { d.title = r.title(n) }, "write title: and what the lesson is called"},
		field{"start", func(n ast.Node) { d.start = r.reference(n, "the start") }, "write start: and the state that a learner begins in"},
		field{"goal", func(n ast.Node) { d.goal = r.reference(n, "the goal") }, "write goal: and the state in which the learner has made it"},
		field{"always", func(n ast.Node) { d.alwaysAt = at(n); d.always = r.rules(n, "always", d) }, ""},
		field{"states", func(n ast.Node) { r.states(n, d) }, "write states: and what can happen in each"},
		field{"texts", func(n ast.Node) { r.texts(n, d) }, ""},
	)
	return d
}

func (r *reader) title(n ast.Node) spot {
	b, ok := r.text(n, "the title")
	if ok && b.text == "" {
		r.fault(b.at, "the title is empty", "write what the lesson is called")
	}
	return b.spot
}

func (r *reader) states(n ast.Node, d *draft) {
	entries := r.mapping(n, "states")
	for _, e := range entries {
		if !r.isWord(e.key, "a state") {
			d.unread = true
			continue
		}
		d.states = append(d.states, r.state(e, d))
	}
	if _, ok := n.(ast.MapNode); ok && len(entries) == 0 {
		r.fault(at(n), "states is empty", "write at least the start and a final state")
	}
}

func (r *reader) state(e entry, d *draft) *state {
	s := &state{spot: e.key}
	what := "state " + s.text
	actions := func(key string, into *[]action) field {
		return field{key, func(n ast.Node) { *into = r.actions(n, key+" of "+what) }, ""}
	}
	if _, ok := e.value.(ast.MapNode); !ok {
		s.unread, d.unread = true, true
	}
	r.fields(e.value, what,
		actions("enter", &s.enter),
		actions("leave", &s.leave),
		field{"allow", func(n ast.Node) { s.allow = r.allowed(n, "allow of "+what) }, ""},
		field{"on", func(n ast.Node) { s.on = r.rules(n, "on of "+what, d) }, ""},
		field{"hints", func(n ast.Node) { s.hints = r.hints(n, "hints of "+what) }, ""},
		field{"final", func(n ast.Node) { s.final = r.final(n, what) }, ""},
	)
	return s
}

func (r *reader) final(n ast.Node, what string) bool {
	b, ok := n.(*ast.BoolNode)
	if !ok || !b.Value {
		r.fault(at(n), "final of "+what+" is not true", "write final: true, or leave it out")
	}
	return true // the key alone says what was meant
}

func (r *reader) hints(n ast.Node, what string) []spot {
	var all []spot
	items := r.list(n, what)
	for _, item := range items {
		if s := r.reference(item, "a hint"); s.text != "" {
			all = append(all, s)
		}
	}
	if _, ok := n.(*ast.SequenceNode); ok && len(items) == 0 {
		r.fault(at(n), what+" is empty", "name texts, the gentlest hint first")
	}
	return all
}

// rules reads "always" or "on". A key names one event or several, with commas.
func (r *reader) rules(n ast.Node, what string, d *draft) rules {
	var all rules
	known := names(r.vocabulary.Events)
	for _, e := range r.mapping(n, what) {
		rl, ok := r.rule(e.value, "the answer to "+e.key.text)
		d.unread = d.unread || !ok
		for _, event := range split(e.key) {
			written := event.text
			event.text = r.known("event", event, known)
			d.unread = d.unread || event.text == ""
			rl.event, rl.guessed = event, event.text != written
			switch before := all.index(event.text); {
			case before < 0:
				all = append(all, rl)
			case rl.guessed: // a fault already
			case all[before].guessed:
				all[before] = rl
			default:
				first := all[before].event.at.line
				r.fault(event.at, fmt.Sprintf("%s stands twice in %s", quote(written), what), fmt.Sprintf("the first is in line %d", first))
			}
		}
	}
	return all
}

// split takes a list with commas apart.
func split(s spot) []spot {
	var all []spot
	column := s.at.column
	for part := range strings.SplitSeq(s.text, ",") {
		indent := len(part) - len(strings.TrimLeft(part, " "))
		all = append(all, spot{strings.TrimSpace(part), position{s.at.line, column + indent}})
		column += utf8.RuneCountInString(part) + 1
	}
	return all
}

// rule reads the answer to an event, in one of its three forms; ok is false if it is
// none of them.
func (r *reader) rule(n ast.Node, what string) (rl rule, ok bool) {
	switch n.(type) {
	case *ast.SequenceNode:
		rl.do = r.actions(n, what)
		return rl, true
	case ast.MapNode:
		before := len(r.faults)
		r.fields(n, what,
			field{"to", func(n ast.Node) { rl.to = r.reference(n, "the target") }, ""},
			field{"do", func(n ast.Node) { rl.do = r.actions(n, "do of "+what) }, ""},
		)
		if rl.to.text == "" && rl.do == nil && len(r.faults) == before {
			r.fault(at(n), what+" is empty", "write ignore if nothing is meant to happen")
		}
		return rl, rl.to.text != "" || len(r.faults) == before
	}
	text, _ := scalar(n)
	if text == ignore {
		return rl, true
	}
	remedy := "write ignore, a list of actions such as [hint], or {to: state, do: [actions]}"
	if isWord(text) {
		remedy = fmt.Sprintf("write {to: %s} to go to a state, [%s] to do something, or ignore", text, text)
	}
	r.fault(at(n), what+" is "+describe(n), remedy)
	return rl, false
}

// actions reads a list of actions with their arguments.
func (r *reader) actions(n ast.Node, what string) []action {
	all := []action{}
	items := r.list(n, what)
	if _, ok := n.(*ast.SequenceNode); ok && len(items) == 0 {
		r.fault(at(n), what+" is empty", "leave it out, or write ignore as the answer to an event")
	}
	for _, item := range items {
		if _, isMap := item.(ast.MapNode); isMap {
			r.fault(at(item), "an action is a mapping", "write the action and its argument with a space between them and no colon")
		} else if b, ok := r.text(item, "an action"); ok {
			if a, ok := r.action(b.spot); ok {
				all = append(all, a)
			}
		}
	}
	return all
}

// action takes an action apart and looks it up.
func (r *reader) action(s spot) (action, bool) {
	parts := strings.Fields(s.text)
	if len(parts) == 0 {
		r.fault(s.at, "an action is empty", "there is "+enumerate(r.vocabulary.actions()))
		return action{}, false
	}
	name := r.known("action", spot{parts[0], s.at}, r.vocabulary.actions())
	if name == "" {
		return action{}, false
	}
	a := action{name: spot{name, s.at}}
	wants, needs := "", 1
	switch r.vocabulary.argument(name) {
	case TextArgument:
		wants, needs = "the name of a text", 2
	case TimerArgument:
		wants, needs = "a timer: "+enumerate(names(r.vocabulary.Timers)), 2
	}
	switch {
	case len(parts) < needs:
		r.fault(s.at, quote(s.text)+" says too little", "after "+name+" comes "+wants)
		return action{}, false
	case len(parts) > needs && needs == 1:
		r.fault(s.at, quote(s.text)+" says too much", "nothing comes after "+name+"; a comma stands between two actions")
	case len(parts) > needs:
		r.fault(s.at, quote(s.text)+" says too much", "after "+name+" comes one word; a comma stands between two actions")
	}
	if needs == 2 {
		a.argument = spot{parts[1], s.at}
	}
	if r.vocabulary.argument(name) == TimerArgument {
		a.argument.text = r.known("timer", a.argument, names(r.vocabulary.Timers))
	}
	return a, true
}

// allowed reads names of actions, without arguments.
func (r *reader) allowed(n ast.Node, what string) []action {
	var all []action
	for _, item := range r.list(n, what) {
		if b, ok := r.text(item, "an action"); ok {
			if name := r.known("action", b.spot, r.vocabulary.actions()); name != "" {
				all = append(all, action{name: spot{name, b.at}})
			}
		}
	}
	return all
}

// texts reads the texts, each a mapping or only its words.
func (r *reader) texts(n ast.Node, d *draft) {
	for _, e := range r.mapping(n, "texts") {
		if !r.isWord(e.key, "a text") {
			continue
		}
		t := Text{Name: e.key.text}
		body := func(n ast.Node) {
			if b, ok := r.text(n, "text "+t.Name); ok {
				r.checkText(t.Name, b)
				t.Body, t.Line = b.text, b.first
			}
		}
		again := func(n ast.Node) {
			if b, ok := r.text(n, "again of text "+t.Name); ok {
				r.checkText(t.Name, b)
				t.Again, t.AgainLine = b.text, b.first
			}
		}
		note := func(n ast.Node) {
			b, _ := r.text(n, "note of text "+t.Name)
			t.Note = b.text
		}
		if _, isMap := e.value.(ast.MapNode); isMap {
			r.fields(e.value, "text "+t.Name, field{"text", body, "write text: and what is said"},
				field{"again", again, ""}, field{"note", note, ""})
		} else {
			body(e.value)
		}
		d.texts = append(d.texts, t)
		d.textAt[t.Name] = e.key.at
	}
}
