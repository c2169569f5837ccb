package fsm_test

import (
	"fmt"
	"os"

	"otrbot/fsm"
)

// A door that can be locked: the machine says what follows, the caller does it.
func Example() {
	door, err := fsm.New("closed", map[fsm.State]fsm.Def{
		"closed": {
			On: map[fsm.Event]fsm.Rule{
				"push": {To: "open"},
				"turn": {To: "locked", Do: []fsm.Action{"click"}},
				"ring": {Do: []fsm.Action{"chime"}}, // stays closed
			},
		},
		"open": {
			Enter: []fsm.Action{"light_on"},
			Leave: []fsm.Action{"light_off"},
			On:    map[fsm.Event]fsm.Rule{"pull": {To: "closed"}},
			Allow: []fsm.Action{"oil_hinges"},
		},
		"locked": {Final: true},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	state := door.Start().To
	for _, event := range []fsm.Event{"ring", "push", "pull", "turn", "push"} {
		step, err := door.Next(state, event)
		if err != nil {
			fmt.Println(err)
			return
		}
		state = step.To
		fmt.Println(event, "-", state, step.Do)
	}
	// Output:
	// ring - closed [chime]
	// push - open [light_on]
	// pull - closed [light_off]
	// turn - locked [click]
	// event "push" cannot be handled in state "locked"
}

// New tells everything that is wrong with a definition.
func ExampleNew_faults() {
	_, err := fsm.New("closed", map[fsm.State]fsm.Def{
		"closed": {
			Enter: []fsm.Action{"ring"},
			On:    map[fsm.Event]fsm.Rule{"push": {To: "opened"}, "ring": {}},
		},
		"open": {Final: true, On: map[fsm.Event]fsm.Rule{"pull": {To: "closed"}}},
	})
	fmt.Println(err)
	// Output:
	// state "closed": "ring" is an event and an action
	// state "closed", event "push": goes to "opened", which is not defined
	// state "open", event "pull": leaves a final state
}

func ExampleMachine_Allowed() {
	m, _ := fsm.New("waiting", map[fsm.State]fsm.Def{
		"waiting":   {On: map[fsm.Event]fsm.Rule{"encrypted": {To: "encrypted"}}},
		"encrypted": {Allow: []fsm.Action{"verify"}, Final: true},
	})
	fmt.Println(m.Allowed("waiting", "verify"))
	fmt.Println(m.Allowed("encrypted", "verify"))
	// Output:
	// action "verify" is not allowed in state "waiting"
	// <nil>
}

func ExampleMachine_Mermaid() {
	m, _ := fsm.New("waiting", map[fsm.State]fsm.Def{
		"waiting":   {On: map[fsm.Event]fsm.Rule{"encrypted": {To: "encrypted"}, "help": {}}},
		"encrypted": {Enter: []fsm.Action{"say good"}, Final: true},
	})
	m.Mermaid(os.Stdout)
	// Output:
	// stateDiagram-v2
	//     state "encrypted<br/>enter / say good" as s1
	//     state "waiting" as s2
	//     [*] --> s2
	//     s2 --> s1: encrypted
	//     s1 --> [*]
}
