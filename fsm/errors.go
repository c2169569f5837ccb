package fsm

import "fmt"

// StateDoesNotExistError says that a state was asked for that the machine does not
// have: perhaps one that an older definition had.
type StateDoesNotExistError struct{ State State }

func (e *StateDoesNotExistError) Error() string {
	return fmt.Sprintf("state %q does not exist", e.State)
}

// CannotHandleError says that a state has no answer to an event.
type CannotHandleError struct {
	Event Event
	State State
}

func (e *CannotHandleError) Error() string {
	return fmt.Sprintf("event %q cannot be handled in state %q", e.Event, e.State)
}

// ActionNotAllowedError says that a state does not allow an action to be ordered.
// The action may well exist, and the machine may order it by itself.
type ActionNotAllowedError struct {
	Action Action
	State  State
}

func (e *ActionNotAllowedError) Error() string {
	return fmt.Sprintf("action %q is not allowed in state %q", e.Action, e.State)
}
