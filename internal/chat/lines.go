package chat

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// Lines is line mode: what there is to tell is written line by line, and each line read is typed. When there is nothing
// more to read, everything is sent and the program ends.
type Lines struct {
	In  io.Reader
	Out io.Writer
	// Hide keeps the terminal from showing what is typed, until the function that it returns is called. Nil: no terminal.
	Hide func() (show func())

	mu     sync.Mutex
	reveal func() // not nil while hidden
}

// maxTyped bounds a line, in bytes.
const maxTyped = 64 << 10

// Run reads until the end of the input.
func (f *Lines) Run(ctx context.Context, d *Desk) error {
	lines, failed := make(chan string), make(chan error, 1)
	go func() {
		defer close(lines)
		in := bufio.NewScanner(f.In)
		in.Buffer(nil, maxTyped)
		for in.Scan() {
			select {
			case lines <- in.Text():
			case <-ctx.Done():
				return
			}
		}
		failed <- in.Err()
	}()
	for {
		select {
		case line, more := <-lines:
			if !more {
				return f.end(ctx, d, <-failed)
			}
			f.unhide()
			if !d.Type(line) {
				return errors.New("lines come faster than they can be sent")
			}
		case <-ctx.Done():
			f.unhide()
			return nil
		}
	}
}

// end waits until what was read can be sent.
func (f *Lines) end(ctx context.Context, d *Desk, err error) error {
	const patience = time.Minute
	if err != nil {
		return fmt.Errorf("reading what is typed: %w", err)
	}
	select {
	case <-d.Ready():
		return nil
	case <-ctx.Done():
		return nil
	case <-time.After(patience):
		return errors.New("no connection within a minute: nothing was sent")
	}
}

// Show writes lines.
func (f *Lines) Show(lines []Line, now Status) {
	for _, l := range lines {
		fmt.Fprintln(f.Out, l)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if now.Secret != "" && f.Hide != nil && f.reveal == nil {
		f.reveal = f.Hide()
	}
}

// unhide lets the terminal show again what is typed.
func (f *Lines) unhide() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.reveal != nil {
		f.reveal()
		f.reveal = nil
	}
}
