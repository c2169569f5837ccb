package gettext

import (
	"fmt"
	"strings"
)

// A SyntaxError is a place where a file is not written as it must be.
type SyntaxError struct {
	Line, Column int // from 1, the column in characters
	Problem      string
}

// Error is "line:column: problem".
func (e *SyntaxError) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Problem) }

// SyntaxErrors are all that was found, in the order of the file.
type SyntaxErrors []*SyntaxError

// Error has a line for each.
func (all SyntaxErrors) Error() string {
	lines := make([]string, len(all))
	for i, e := range all {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// mostErrors is where reading a broken file ends.
const mostErrors = 20
