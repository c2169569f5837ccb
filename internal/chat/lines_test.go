package chat

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func newDesk() *Desk { return &Desk{typed: make(chan string, 100), ready: make(chan struct{})} }

func TestLineMode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, type_ := io.Pipe()
		var out strings.Builder
		hidden := false
		f := &Lines{In: in, Out: &out, Hide: func() func() { hidden = true; return func() { hidden = false } }}
		desk, ended := newDesk(), make(chan error)
		go func() { ended <- f.Run(context.Background(), desk) }()

		f.Show([]Line{{Kind: Text, Peer: bob, Trust: Verified, Words: "two\nlines"}, {Kind: Note, Words: "noted"}}, Status{})
		if want := bob + " (private, verified): two lines\nnoted\n"; out.String() != want {
			t.Errorf("%q", out.String())
		}
		f.Show(nil, Status{Secret: "secret"})
		if !hidden {
			t.Error("the terminal shows a secret")
		}
		io.WriteString(type_, "sesame\nhello\n")
		if one, two := <-desk.typed, <-desk.typed; one != "sesame" || two != "hello" {
			t.Errorf("%q, %q", one, two)
		}
		if hidden {
			t.Error("the terminal still hides what is typed")
		}
		type_.Close()
		synctest.Wait()
		close(desk.ready) // only now is there a connection
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestLineModeWithoutConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		err := (&Lines{In: strings.NewReader("hello\n"), Out: io.Discard}).Run(context.Background(), newDesk())
		if err == nil || !strings.Contains(err.Error(), "nothing was sent") || time.Since(start) > 2*time.Minute {
			t.Error(err)
		}
	})
}

func TestLineModeIsDismissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, type_ := io.Pipe()
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(time.Second, cancel)
		if err := (&Lines{In: in, Out: io.Discard}).Run(ctx, newDesk()); err != nil {
			t.Error(err)
		}
		type_.Close()
	})
}
