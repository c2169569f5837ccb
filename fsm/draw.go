package fsm

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// DOT writes the machine as a drawing for Graphviz. States are boxes with what is
// done on entering and leaving, ends have a double border, and an arrow bears the
// events that lead along it. Rules that stay are left out: they lead nowhere.
// The same machine gives the same text. The error is that of w.
func (m *Machine) DOT(w io.Writer) error {
	var b strings.Builder
	b.WriteString("digraph {\n\trankdir=LR\n\tnode [shape=box style=rounded]\n\t\"\" [shape=point]\n")
	for _, s := range m.names {
		border := ""
		if m.Final(s) {
			border = " peripheries=2"
		}
		fmt.Fprintf(&b, "\t%s [label=%s%s]\n", dotQuote(string(s)), dotQuote(m.box(s)...), border)
	}
	if len(m.names) > 0 {
		fmt.Fprintf(&b, "\t\"\" -> %s\n", dotQuote(string(m.initial)))
	}
	for _, a := range m.arrows() {
		fmt.Fprintf(&b, "\t%s -> %s [label=%s]\n", dotQuote(string(a.from)), dotQuote(string(a.to)), dotQuote(a.events...))
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// dotQuote is a quoted string of DOT with the given lines.
func dotQuote(lines ...string) string {
	quoted := make([]string, len(lines))
	for i, l := range lines {
		quoted[i] = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", " ", "\n", " ").Replace(l)
	}
	return `"` + strings.Join(quoted, `\n`) + `"`
}

// Mermaid writes the machine as a state diagram for Mermaid, which many editors and
// forges show in Markdown. It shows what [Machine.DOT] shows.
// The same machine gives the same text. The error is that of w.
func (m *Machine) Mermaid(w io.Writer) error {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	id := make(map[State]string, len(m.names))
	for i, s := range m.names { // a number, because a state may be called "end" or "a b"
		id[s] = fmt.Sprintf("s%d", i+1)
		fmt.Fprintf(&b, "    state %s as %s\n", `"`+mermaidText(m.box(s)...)+`"`, id[s])
	}
	if len(m.names) > 0 {
		fmt.Fprintf(&b, "    [*] --> %s\n", id[m.initial])
	}
	for _, a := range m.arrows() {
		fmt.Fprintf(&b, "    %s --> %s: %s\n", id[a.from], id[a.to], mermaidText(a.events...))
	}
	for _, s := range m.names {
		if m.Final(s) {
			fmt.Fprintf(&b, "    %s --> [*]\n", id[s])
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// mermaidText writes lines so that nothing in them is taken for Mermaid's own signs:
// all but letters, digits and a few harmless signs become entities, "#" and a number.
func mermaidText(lines ...string) string {
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteString("<br/>")
		}
		for _, r := range line {
			switch {
			case r == ' ' || r == '_' || r == '-' || r == '.' || r == ',' || r == '/' || r > '~':
				b.WriteRune(r)
			case '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z':
				b.WriteRune(r)
			default:
				fmt.Fprintf(&b, "#%d;", r)
			}
		}
	}
	return b.String()
}

// box is what stands in the box of a state, line by line.
func (m *Machine) box(s State) []string {
	lines := []string{string(s)}
	for _, a := range m.states[s].def.Enter {
		lines = append(lines, "enter / "+string(a))
	}
	for _, a := range m.states[s].def.Leave {
		lines = append(lines, "leave / "+string(a))
	}
	return lines
}

// arrow joins all events that lead from one state to another.
type arrow struct {
	from, to State
	events   []string
}

// arrows are the ways of the machine, in the order of the states' names.
func (m *Machine) arrows() []arrow {
	var all []arrow
	for _, from := range m.names {
		steps := m.states[from].steps
		events := map[State][]string{}
		for _, event := range slices.Sorted(maps.Keys(steps)) {
			if step := steps[event]; step.Moved {
				events[step.To] = append(events[step.To], string(event))
			}
		}
		for _, to := range slices.Sorted(maps.Keys(events)) {
			all = append(all, arrow{from, to, events[to]})
		}
	}
	return all
}
