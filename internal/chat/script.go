package chat

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// A Script is lines to type and what has to be seen between them. Beside everything a person can type there are
//
//	/expect TEXT        wait for a line that holds the text
//	/expect /REGEXP/    wait for a line that matches
//	/wait EVENT         wait for an event, such as otr_enabled
//	/set NAME           keep what the last of these found: the first group of the expression, or all of it
//	/timeout DURATION   how long each of them waits from here on; 30s at the beginning
//	# remark
//
// ${NAME} stands for what was kept. Each wait begins behind the line that the last one has found.
type Script struct {
	name  string
	steps []step
}

type step struct {
	line int // from 1
	verb string
	rest string // with variables
	wait time.Duration
}

const (
	verbType    = "type"
	verbExpect  = "/expect"
	verbWait    = "/wait"
	verbSet     = "/set"
	verbTimeout = "/timeout"
)

// Bounds of a script.
const (
	maxScript = 1 << 20 // bytes
	maxSteps  = 10_000
)

var (
	variable = regexp.MustCompile(`\$\{([A-Za-z][A-Za-z0-9_]*)\}`)
	nameForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
	wordForm = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// ReadScript reads a script; name is for what it says about it. The error joins one for each line that is wrong, with
// its number.
func ReadScript(name string, r io.Reader) (*Script, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxScript+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxScript {
		return nil, fmt.Errorf("%s: longer than 1 MiB", name)
	}
	if !utf8.Valid(text) {
		return nil, fmt.Errorf("%s: not in UTF-8", name)
	}
	s := &Script{name: name}
	var faults []error
	known := map[string]bool{}
	waited := false
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimRight(line, "\r")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		one, err := readStep(line, known, waited)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s:%d: %w", name, i+1, err))
			continue
		}
		waited = waited || one.verb == verbExpect || one.verb == verbWait
		one.line = i + 1
		s.steps = append(s.steps, one)
	}
	if len(s.steps) > maxSteps {
		faults = append(faults, fmt.Errorf("%s: more than %d steps", name, maxSteps))
	}
	return s, errors.Join(faults...)
}

// readStep reads a line. Known are the variables set so far; waited, whether there is something that can be kept.
func readStep(line string, known map[string]bool, waited bool) (step, error) {
	for _, m := range variable.FindAllStringSubmatch(line, -1) {
		if !known[m[1]] {
			return step{}, fmt.Errorf("%s is not set before", m[0])
		}
	}
	verb, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	one := step{verb: verb, rest: rest}
	switch verb {
	case verbExpect:
		if rest == "" {
			return one, errors.New("/expect what? A text, or an expression between slashes")
		}
		if _, err := pattern(rest, nil); err != nil {
			return one, err
		}
	case verbWait:
		if !wordForm.MatchString(rest) {
			return one, errors.New("/wait for which event? Its name is a word such as otr_enabled")
		}
	case verbSet:
		if !nameForm.MatchString(rest) {
			return one, errors.New("/set NAME: letters and digits, a letter first")
		}
		if !waited {
			return one, errors.New("/set keeps what /expect or /wait has found: nothing was found yet")
		}
		known[rest] = true
	case verbTimeout:
		d, err := time.ParseDuration(rest)
		if err != nil || d <= 0 {
			return one, errors.New("/timeout DURATION, such as 10s or 2m")
		}
		one.wait = d
	default:
		return step{verb: verbType, rest: line}, nil
	}
	return one, nil
}

// pattern is what /expect waits for: a text, or an expression between slashes.
func pattern(rest string, set map[string]string) (*regexp.Regexp, error) {
	if len(rest) < 2 || rest[0] != '/' || rest[len(rest)-1] != '/' {
		return regexp.MustCompile(regexp.QuoteMeta(fill(rest, set))), nil
	}
	quoted := make(map[string]string, len(set))
	for name, value := range set {
		quoted[name] = regexp.QuoteMeta(value)
	}
	expression := fill(rest[1:len(rest)-1], quoted)
	if set == nil {
		expression = variable.ReplaceAllString(expression, "x")
	}
	re, err := regexp.Compile(expression)
	if err != nil {
		return nil, fmt.Errorf("the expression between the slashes: %w", err)
	}
	return re, nil
}

// fill puts what was kept in the place of its names.
func fill(text string, set map[string]string) string {
	return variable.ReplaceAllStringFunc(text, func(name string) string {
		if value, ok := set[name[2:len(name)-1]]; ok {
			return value
		}
		return name
	})
}
