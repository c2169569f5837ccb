package chat

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// Play is a Front that follows a Script, and writes what happens as line mode does, each line typed behind a "> ".
// Secrets in the script are not written.
type Play struct {
	script *Script
	out    io.Writer

	mu      sync.Mutex
	seen    []Line
	next    int           // the first line that the next wait looks at
	changed chan struct{} // closed, and made anew, when there is more to see
	secret  bool          // the next line typed is one
}

// NewPlay plays s and writes to out.
func NewPlay(s *Script, out io.Writer) *Play {
	return &Play{script: s, out: out, changed: make(chan struct{})}
}

// A NotSeen is something that a script expects and that did not come in time.
type NotSeen struct {
	Script string
	Line   int // of the script
	Step   string
	Waited time.Duration
	After  string   // the line that the last wait has found; empty: this is the first
	Seen   []string // meanwhile
}

// Error is a paragraph: what was waited for, and what came instead.
func (e *NotSeen) Error() string {
	seen := "nothing was seen meanwhile"
	if len(e.Seen) > 0 {
		seen = "seen meanwhile:\n  " + strings.Join(e.Seen, "\n  ")
	}
	if e.After != "" {
		seen = "after: " + e.After + "\n" + seen
	}
	return fmt.Sprintf("%s:%d: waited %v in vain for: %s\n%s", e.Script, e.Line, e.Waited, e.Step, seen)
}

// Run follows the script, from the moment when there are a connection and a key.
func (p *Play) Run(ctx context.Context, d *Desk) error {
	const patience = 2 * time.Minute
	select {
	case <-d.Ready():
	case <-ctx.Done():
		return p.broken(0)
	case <-time.After(patience):
		return fmt.Errorf("%s: no connection within %v", p.script.name, patience)
	}
	wait, found, set := 30*time.Second, "", map[string]string{}
	for _, one := range p.script.steps {
		if ctx.Err() != nil {
			return p.broken(one.line)
		}
		switch one.verb {
		case verbTimeout:
			wait = one.wait
		case verbSet:
			set[one.rest] = found
		case verbType:
			p.typed(fill(one.rest, set))
			if !d.Type(fill(one.rest, set)) {
				return fmt.Errorf("%s:%d: too many lines at once: /expect something between them", p.script.name, one.line)
			}
		default:
			look, err := one.look(set)
			if err != nil {
				return fmt.Errorf("%s:%d: %w", p.script.name, one.line, err)
			}
			if found, err = p.wait(ctx, one, wait, look); err != nil {
				return err
			}
		}
	}
	return nil
}

// look is what a wait looks for: it returns what it has found in a line.
func (s step) look(set map[string]string) (func(Line) (string, bool), error) {
	if s.verb == verbWait {
		return func(l Line) (string, bool) { return l.Words, l.Event == s.rest }, nil
	}
	re, err := pattern(s.rest, set)
	return func(l Line) (string, bool) {
		m := re.FindStringSubmatch(l.String())
		if m == nil || l.Kind == Own { // what we say ourselves proves nothing
			return "", false
		}
		return m[min(1, len(m)-1)], true
	}, err
}

func (p *Play) wait(ctx context.Context, one step, d time.Duration, look func(Line) (string, bool)) (string, error) {
	late := time.NewTimer(d)
	defer late.Stop()
	p.mu.Lock()
	from := p.next
	for i := from; ; i++ {
		for i == len(p.seen) {
			changed := p.changed
			p.mu.Unlock()
			select {
			case <-changed:
			case <-ctx.Done():
				return "", p.broken(one.line)
			case <-late.C:
				return "", p.notSeen(one, d, from)
			}
			p.mu.Lock()
		}
		if found, ok := look(p.seen[i]); ok {
			p.next = i + 1
			p.mu.Unlock()
			return found, nil
		}
	}
}

func (p *Play) notSeen(one step, d time.Duration, from int) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := &NotSeen{Script: p.script.name, Line: one.line, Step: one.verb + " " + one.rest, Waited: d}
	if from > 0 {
		e.After = p.seen[from-1].String()
	}
	for _, l := range p.seen[from:] {
		e.Seen = append(e.Seen, fmt.Sprintf("[%s] %s", l.Event, l))
	}
	return e
}

// broken is the error of a script that could not go on.
func (p *Play) broken(line int) error {
	return fmt.Errorf("%s:%d: the conversation ended before the script did", p.script.name, line)
}

// typed writes a line of the script.
func (p *Play) typed(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.secret {
		line = "(not shown)"
	}
	fmt.Fprintln(p.out, ">", Redact(line))
	p.secret = wantsSecret(line)
}

// Show writes lines and keeps them for the waits.
func (p *Play) Show(lines []Line, now Status) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range lines {
		fmt.Fprintln(p.out, l)
	}
	p.seen = append(p.seen, lines...)
	p.secret = p.secret || now.Secret != ""
	close(p.changed)
	p.changed = make(chan struct{})
}
