package gettext

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Bounds of what a header may say about plurals. The most that a living language needs are six forms.
const (
	longestPlural = 1000 // bytes
	deepestPlural = 50   // parentheses and operators within each other
	mostForms     = 16
	provenPlural  = 1000 // numbers from 0 for which a rule is tried when it is read, as GNU does
)

const pluralForms = "Plural-Forms"

// A PluralRule says which form of a message goes with a number. It does not change.
type PluralRule struct {
	forms  int
	source string
	choose expression
}

// ParsePluralForms reads the value of a header's field Plural-Forms, "nplurals=2; plural=n != 1;", whose expression is
// one of C over the number n. The error tells what is wrong with it: its grammar, its size, or a number from 0 to 1000
// for which it divides by zero or names no form.
func ParsePluralForms(value string) (*PluralRule, error) {
	if len(value) > longestPlural {
		return nil, fmt.Errorf("Plural-Forms has %d bytes, more than %d", len(value), longestPlural)
	}
	count, rest, _ := strings.Cut(value, ";")
	forms, err := strconv.Atoi(strings.TrimSpace(after(count, "nplurals")))
	if err != nil || forms < 1 || forms > mostForms {
		return nil, fmt.Errorf("Plural-Forms must begin with nplurals=N; where N is from 1 to %d", mostForms)
	}
	source := strings.TrimSpace(after(rest, "plural"))
	source = strings.TrimSpace(strings.TrimSuffix(source, ";"))
	if source == "" {
		return nil, errors.New("Plural-Forms has no plural=EXPRESSION;")
	}
	choose, err := parseExpression(source)
	if err != nil {
		return nil, fmt.Errorf("Plural-Forms: %w", err)
	}
	r := &PluralRule{forms: forms, source: source, choose: choose}
	return r, r.prove()
}

// after is what follows "name =", or "".
func after(s, name string) string {
	rest, ok := strings.CutPrefix(strings.TrimSpace(s), name)
	if !ok {
		return ""
	}
	rest, ok = strings.CutPrefix(strings.TrimSpace(rest), "=")
	if !ok {
		return ""
	}
	return rest
}

func (r *PluralRule) prove() error {
	for n := range uint64(provenPlural + 1) {
		form, ok := r.choose.value(n)
		switch {
		case !ok:
			return fmt.Errorf("Plural-Forms: %s divides by zero for n = %d", r.source, n)
		case form >= uint64(r.forms):
			return fmt.Errorf("Plural-Forms: %s is form %d for n = %d; nplurals=%d allows 0 to %d", r.source, form, n, r.forms, r.forms-1)
		}
	}
	return nil
}

// Forms is how many forms there are.
func (r *PluralRule) Forms() int { return r.forms }

// Form is the form for a number, from 0. A number for which the rule fails takes the first.
func (r *PluralRule) Form(n uint64) int {
	if form, ok := r.choose.value(n); ok && form < uint64(r.forms) {
		return int(form)
	}
	return 0
}

// Examples are up to max numbers below 1000 that take a form, from the smallest.
func (r *PluralRule) Examples(form, max int) []uint64 {
	var numbers []uint64
	for n := uint64(0); n < provenPlural && len(numbers) < max; n++ {
		if r.Form(n) == form {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// String is the value of the field.
func (r *PluralRule) String() string {
	return fmt.Sprintf("nplurals=%d; plural=%s;", r.forms, r.source)
}
