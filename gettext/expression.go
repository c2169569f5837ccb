package gettext

import (
	"fmt"
	"strconv"
	"strings"
)

// An expression of C over one unsigned number, as plural rules are written. Its value is an unsigned number of 64 bits;
// it has none where it divides by zero.
type expression interface {
	value(n uint64) (uint64, bool)
}

type (
	number    uint64
	variable  struct{} // n
	not       struct{ of expression }
	operation struct {
		op          string
		left, right expression
	}
	conditional struct{ test, yes, no expression }
)

func (x number) value(uint64) (uint64, bool)   { return uint64(x), true }
func (variable) value(n uint64) (uint64, bool) { return n, true }
func (x not) value(n uint64) (uint64, bool)    { v, ok := x.of.value(n); return truth(v == 0), ok }
func (x conditional) value(n uint64) (uint64, bool) {
	test, ok := x.test.value(n)
	switch {
	case !ok:
		return 0, false
	case test != 0:
		return x.yes.value(n)
	}
	return x.no.value(n)
}

func (x operation) value(n uint64) (uint64, bool) {
	a, ok := x.left.value(n)
	switch { // what C decides without the right side
	case !ok:
		return 0, false
	case x.op == "||" && a != 0:
		return 1, true
	case x.op == "&&" && a == 0:
		return 0, true
	}
	b, ok := x.right.value(n)
	if !ok || b == 0 && (x.op == "/" || x.op == "%") {
		return 0, false
	}
	return operators[x.op].apply(a, b), true
}

// operators binds tighter with a higher level. What C reads from right to left, ! and ?:, is not here.
var operators = map[string]struct {
	level int
	apply func(a, b uint64) uint64
}{
	"||": {1, func(_, b uint64) uint64 { return truth(b != 0) }},
	"&&": {2, func(_, b uint64) uint64 { return truth(b != 0) }},
	"==": {3, func(a, b uint64) uint64 { return truth(a == b) }},
	"!=": {3, func(a, b uint64) uint64 { return truth(a != b) }},
	"<":  {4, func(a, b uint64) uint64 { return truth(a < b) }},
	">":  {4, func(a, b uint64) uint64 { return truth(a > b) }},
	"<=": {4, func(a, b uint64) uint64 { return truth(a <= b) }},
	">=": {4, func(a, b uint64) uint64 { return truth(a >= b) }},
	"+":  {5, func(a, b uint64) uint64 { return a + b }},
	"-":  {5, func(a, b uint64) uint64 { return a - b }},
	"*":  {6, func(a, b uint64) uint64 { return a * b }},
	"/":  {6, func(a, b uint64) uint64 { return a / b }},
	"%":  {6, func(a, b uint64) uint64 { return a % b }},
}

func truth(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// parseExpression reads a whole expression.
func parseExpression(source string) (expression, error) {
	p := &expressionParser{rest: source}
	x, err := p.conditional(0)
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t != "" {
		return nil, fmt.Errorf("%q is too much in %q", t, source)
	}
	return x, nil
}

type expressionParser struct{ rest string }

// peek is the next token: a number, an operator, any other single character; "" at the end.
func (p *expressionParser) peek() string {
	p.rest = strings.TrimLeft(p.rest, " \t")
	s := p.rest
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	switch {
	case s == "":
		return ""
	case digits > 0:
		return s[:digits]
	case len(s) > 1 && (operators[s[:2]].level > 0):
		return s[:2]
	}
	for i := range s { // the end of the first character
		if i > 0 {
			return s[:i]
		}
	}
	return s
}

func (p *expressionParser) next() string {
	t := p.peek()
	p.rest = p.rest[len(t):]
	return t
}

func (p *expressionParser) expect(want string) error {
	if t := p.next(); t != want {
		return fmt.Errorf("%q is missing before %q", want, t+p.rest)
	}
	return nil
}

// conditional reads test ? yes : no, or less.
func (p *expressionParser) conditional(depth int) (expression, error) {
	if depth > deepestPlural {
		return nil, fmt.Errorf("more than %d expressions within each other", deepestPlural)
	}
	test, err := p.binary(1, depth)
	if err != nil || p.peek() != "?" {
		return test, err
	}
	p.next()
	yes, err := p.conditional(depth + 1)
	if err == nil {
		err = p.expect(":")
	}
	if err != nil {
		return nil, err
	}
	no, err := p.conditional(depth + 1)
	return conditional{test, yes, no}, err
}

// binary reads operators of a level and above, from left to right.
func (p *expressionParser) binary(level, depth int) (expression, error) {
	left, err := p.unary(depth)
	for err == nil {
		op := p.peek()
		binds := operators[op].level
		if binds < level {
			break
		}
		p.next()
		var right expression
		right, err = p.binary(binds+1, depth)
		left = operation{op, left, right}
	}
	return left, err
}

func (p *expressionParser) unary(depth int) (expression, error) {
	if depth > deepestPlural {
		return nil, fmt.Errorf("more than %d expressions within each other", deepestPlural)
	}
	switch t := p.next(); {
	case t == "n":
		return variable{}, nil
	case t == "!":
		x, err := p.unary(depth + 1)
		return not{x}, err
	case t == "(":
		x, err := p.conditional(depth + 1)
		if err != nil {
			return nil, err
		}
		return x, p.expect(")")
	case t != "" && t[0] >= '0' && t[0] <= '9':
		v, err := strconv.ParseUint(t, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s is too large a number", t)
		}
		return number(v), nil
	case t == "":
		return nil, fmt.Errorf("the expression ends too early")
	default:
		return nil, fmt.Errorf("%q is neither n, a number, ! nor (", t)
	}
}
