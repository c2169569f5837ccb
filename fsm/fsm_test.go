package fsm_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"otrbot/fsm"
)

type (
	defs  = map[fsm.State]fsm.Def
	on    = map[fsm.Event]fsm.Rule
	do    = []fsm.Action
	fault = fsm.Fault
)

// lamp has every kind of rule: one that goes, one that stays, one that goes to its own state, one that does nothing.
func lamp(t *testing.T) *fsm.Machine {
	t.Helper()
	return mustMake(t, "off", lampDefs())
}

func lampDefs() defs {
	return defs{
		"off": {
			Leave: do{"pull"},
			On:    on{"switch": {To: "on", Do: do{"click"}}, "knock": {Do: do{"wobble"}}, "look": {}, "break": {To: "broken"}},
			Allow: do{"dust", "sell"},
		},
		"on": {
			Enter: do{"glow", "hum"}, Leave: do{"fade"},
			On: on{"switch": {To: "off"}, "flicker": {To: "on", Do: do{"crackle"}}},
		},
		"broken": {Final: true, On: on{"look": {Do: do{"sigh"}}}},
	}
}

func mustMake(t *testing.T, initial fsm.State, d defs) *fsm.Machine {
	t.Helper()
	m, err := fsm.New(initial, d)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestNext(t *testing.T) {
	m := lamp(t)
	for _, c := range []struct {
		name  string
		from  fsm.State
		event fsm.Event
		want  fsm.Step
	}{
		{"going leaves, does, enters", "off", "switch", fsm.Step{From: "off", To: "on", Moved: true, Do: do{"pull", "click", "glow", "hum"}}},
		{"staying neither leaves nor enters", "off", "knock", fsm.Step{From: "off", To: "off", Do: do{"wobble"}}},
		{"nothing may happen", "off", "look", fsm.Step{From: "off", To: "off"}},
		{"going to the same state leaves and enters it", "on", "flicker", fsm.Step{From: "on", To: "on", Moved: true, Do: do{"fade", "crackle", "glow", "hum"}}},
		{"an end may answer", "broken", "look", fsm.Step{From: "broken", To: "broken", Do: do{"sigh"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := m.Next(c.from, c.event)
			if err != nil || got.From != c.want.From || got.To != c.want.To || got.Moved != c.want.Moved || !slices.Equal(got.Do, c.want.Do) {
				t.Errorf("got %+v, %v\nwant %+v", got, err, c.want)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	m := lamp(t)
	_, err := m.Next("molten", "switch")
	if e := (*fsm.StateDoesNotExistError)(nil); !errors.As(err, &e) || e.State != "molten" || err.Error() != `state "molten" does not exist` {
		t.Errorf("unknown state: %v", err)
	}
	_, err = m.Next("on", "knock")
	if e := (*fsm.CannotHandleError)(nil); !errors.As(err, &e) || e.State != "on" || e.Event != "knock" || err.Error() != `event "knock" cannot be handled in state "on"` {
		t.Errorf("unknown event: %v", err)
	}
	err = m.Allowed("on", "glow") // which the machine itself orders
	if e := (*fsm.ActionNotAllowedError)(nil); !errors.As(err, &e) || e.State != "on" || e.Action != "glow" || err.Error() != `action "glow" is not allowed in state "on"` {
		t.Errorf("forbidden action: %v", err)
	}
	if e := (*fsm.StateDoesNotExistError)(nil); !errors.As(m.Allowed("molten", "dust"), &e) {
		t.Error("an action in an unknown state is not refused")
	}
	if err := m.Allowed("off", "sell"); err != nil {
		t.Errorf("allowed action: %v", err)
	}
}

func TestLists(t *testing.T) {
	m := lamp(t)
	if got, want := fmt.Sprint(m.States()), "[broken off on]"; got != want {
		t.Errorf("states %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(m.Events("off")), "[break knock look switch]"; got != want {
		t.Errorf("events %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(m.PossibleActions()), "[click crackle dust fade glow hum pull sell sigh wobble]"; got != want {
		t.Errorf("actions %s, want %s", got, want)
	}
	if m.Events("molten") != nil || m.Final("molten") || m.Final("off") || !m.Final("broken") || m.Initial() != "off" {
		t.Error("events or ends of the wrong states")
	}
	if s := mustMake(t, "on", defs{"on": {Enter: do{"glow"}, Final: true}}).Start(); s.From != "" || s.To != "on" || !s.Moved || !slices.Equal(s.Do, do{"glow"}) {
		t.Errorf("starts with %+v", s)
	}
}

func TestFaults(t *testing.T) {
	end := fsm.Def{Final: true}
	for _, c := range []struct {
		name string
		defs defs
		want []fault
	}{
		{"nothing", defs{}, []fault{{Problem: fsm.NoInitial, Name: "a"}}},
		{"no initial state", defs{"b": end}, []fault{{Problem: fsm.NoInitial, Name: "a"}}},
		{"unknown states", defs{"a": {On: on{"y": {To: "c"}, "x": {To: "b"}}}},
			[]fault{{fsm.UnknownState, "a", "x", "b"}, {fsm.UnknownState, "a", "y", "c"}}},
		{"unreachable", defs{"a": end, "b": {On: on{"x": {To: "a"}}}}, []fault{{Problem: fsm.Unreachable, State: "b"}}},
		{"reached only from itself", defs{"a": end, "b": {On: on{"x": {To: "b"}, "y": {To: "a"}}}}, []fault{{Problem: fsm.Unreachable, State: "b"}}},
		{"dead end", defs{"a": {On: on{"x": {To: "b"}, "y": {To: "c"}}}, "b": {On: on{"x": {}}}, "c": end}, []fault{{Problem: fsm.DeadEnd, State: "b"}}},
		{"circle without an end", defs{"a": {On: on{"x": {To: "b"}, "y": {To: "c"}, "z": {To: "d"}}},
			"b": {On: on{"x": {To: "c"}}}, "c": {On: on{"x": {To: "b"}}}, "d": end},
			[]fault{{Problem: fsm.DeadEnd, State: "b"}, {Problem: fsm.DeadEnd, State: "c"}}},
		{"runs for ever", defs{"a": {On: on{"x": {To: "b"}}}, "b": {On: on{"x": {To: "a"}}}}, nil},
		{"stops without an end", defs{"a": {On: on{"x": {To: "b"}}}, "b": {On: on{"x": {To: "b"}}}}, []fault{{Problem: fsm.DeadEnd, State: "b"}}},
		{"final state left", defs{"a": {Final: true, On: on{"x": {To: "a"}}}}, []fault{{fsm.FinalLeft, "a", "x", "a"}}},
		{"name clash across states", defs{"a": {On: on{"x": {To: "b"}}}, "b": {Final: true, Allow: do{"x"}}}, []fault{{fsm.NameClash, "a", "x", "x"}}},
		{"empty names", defs{"a": {On: on{"": {}, "x": {Do: do{""}}}, Enter: do{""}, Final: true}, "": {}},
			[]fault{{Problem: fsm.EmptyName}, {Problem: fsm.EmptyName, State: "a"}, {Problem: fsm.EmptyName, State: "a"}, {Problem: fsm.EmptyName, State: "a", Event: "x"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := fsm.New("a", c.defs)
			got := faults(t, err)
			if !slices.Equal(got, c.want) || (m == nil) != (len(c.want) > 0) {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}

// faults takes apart what New returned.
func faults(t *testing.T, err error) []fault {
	t.Helper()
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("not a joined error: %v", err)
	}
	var all []fault
	for _, e := range joined.Unwrap() {
		f, ok := e.(*fault)
		if !ok || f.Error() == "" {
			t.Fatalf("not a fault: %v", e)
		}
		all = append(all, *f)
	}
	return all
}

// Whoever made the definition may go on using it for something else.
func TestMachineKeepsNothingOfItsDefinition(t *testing.T) {
	d := lampDefs()
	m := mustMake(t, "off", d)
	d["off"].Leave[0], d["off"].Allow[0], d["off"].On["switch"].Do[0] = "x", "x", "x"
	d["off"].On["switch"] = fsm.Rule{}
	delete(d, "on")
	m.States()[0], m.Events("off")[0], m.PossibleActions()[0] = "x", "x", "x"
	if got, want := picture(t, m), picture(t, lamp(t)); got != want {
		t.Errorf("the machine has become\n%s", got)
	}
	if step, err := m.Next("off", "switch"); err != nil || fmt.Sprint(step.Do) != "[pull click glow hum]" || m.Allowed("off", "dust") != nil {
		t.Errorf("%+v, %v", step, err)
	}
	step, _ := m.Next("off", "knock")
	_ = append(step.Do, "x") // must not reach into the machine
	if again, _ := m.Next("off", "knock"); len(again.Do) != 1 {
		t.Errorf("%v", again.Do)
	}
}

func TestNextAllocatesNothing(t *testing.T) {
	m := lamp(t)
	if n := testing.AllocsPerRun(100, func() { m.Next("off", "switch") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestZeroMachine(t *testing.T) {
	var m fsm.Machine
	if _, err := m.Next("a", "x"); err == nil || m.Start().To != "" || len(m.States()) != 0 || picture(t, &m) == "" {
		t.Error("the zero machine has states")
	}
}

// What New accepts it has proved: from the start every state is found by walking, and from every state an end.
func TestRandomDefinitions(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	sound := 0
	for range 20000 {
		d := defs{}
		n := 1 + dice.IntN(5)
		for i := range n {
			def := fsm.Def{On: on{}, Final: dice.IntN(4) == 0}
			for e := range dice.IntN(4) {
				if to := dice.IntN(n + 1); to < n && !def.Final {
					def.On[fsm.Event(fmt.Sprint("e", e))] = fsm.Rule{To: fsm.State(fmt.Sprint(to))}
				}
			}
			d[fsm.State(fmt.Sprint(i))] = def
		}
		m, err := fsm.New("0", d)
		if proved := provedByWalking(d); proved != (err == nil) {
			t.Fatalf("%+v\nNew: %v; by walking sound: %v", d, err, proved)
		}
		if m != nil {
			sound++
		}
	}
	if sound < 1000 {
		t.Errorf("only %d of the definitions were sound", sound)
	}
}

// provedByWalking decides soundness the slow way: the relation "leads to", closed.
func provedByWalking(d defs) bool {
	leads := map[[2]fsm.State]bool{}
	ends := false
	for a, def := range d {
		leads[[2]fsm.State{a, a}] = true
		ends = ends || def.Final
		for _, r := range def.On {
			leads[[2]fsm.State{a, r.To}] = true
		}
	}
	for k := range d {
		for i := range d {
			for j := range d {
				if leads[[2]fsm.State{i, k}] && leads[[2]fsm.State{k, j}] {
					leads[[2]fsm.State{i, j}] = true
				}
			}
		}
	}
	for a := range d {
		ending := false
		for b, def := range d {
			isEnd := def.Final
			if !ends { // any state that can be left
				for _, r := range def.On {
					isEnd = isEnd || r.To != b
				}
			}
			ending = ending || isEnd && leads[[2]fsm.State{a, b}]
		}
		if !ending || !leads[[2]fsm.State{"0", a}] {
			return false
		}
	}
	return true
}

func picture(t *testing.T, m *fsm.Machine) string {
	t.Helper()
	var b strings.Builder
	if err := errors.Join(m.DOT(&b), m.Mermaid(&b)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
