package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// A Page is a tab, or a frame in it. Its methods fail the test when the page
// does not become what they wait for.
type Page struct {
	t     testing.TB
	ctx   context.Context
	frame string // a part of the frame's address or its name; empty: the tab's own document

	noScript bool
}

// Open opens an address in a new tab.
func (b *Browser) Open(address string) *Page {
	b.t.Helper()
	p := b.tab(chromedp.NewContext(b.ctx))
	p.Go(address)
	return p
}

// Window waits for a window that a page opens while do runs, and returns it.
func (b *Browser) Window(do func()) *Page {
	b.t.Helper()
	known := map[target.ID]bool{}
	for _, info := range b.targets() {
		known[info.TargetID] = true
	}
	do()
	var id target.ID
	await(b.t, "a new window", func() error {
		for _, info := range b.targets() {
			if info.Type == "page" && !known[info.TargetID] {
				id = info.TargetID
				return nil
			}
		}
		return errors.New("there is none")
	})
	return b.tab(chromedp.NewContext(b.ctx, chromedp.WithTargetID(id)))
}

func (b *Browser) targets() []*target.Info {
	b.t.Helper()
	all, err := chromedp.Targets(b.ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	return all
}

func (b *Browser) tab(ctx context.Context, end context.CancelFunc) *Page {
	b.t.Helper()
	b.t.Cleanup(end)
	p := &Page{t: b.t, ctx: ctx, noScript: b.options.NoScript}
	if err := chromedp.Do(ctx); err != nil {
		b.t.Fatal(err)
	}
	b.complaints.of(p)
	p.scripts(!p.noScript)
	return p
}

func (p *Page) scripts(on bool) {
	p.t.Helper()
	must(call(p.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on}))(p.t)
}

// Go opens an address in the tab.
func (p *Page) Go(address string) {
	p.t.Helper()
	if err := p.Visit(address); err != nil {
		p.t.Fatal(err)
	}
}

// Visit is Go where failing is what one wants to see.
func (p *Page) Visit(address string) error {
	if err := p.do(chromedp.Navigate(address)); err != nil {
		return fmt.Errorf("open %s: %w", address, err)
	}
	return nil
}

// Reload loads the tab again, as F5 does.
func (p *Page) Reload() {
	p.t.Helper()
	if err := p.do(chromedp.Reload()); err != nil {
		p.t.Fatalf("reload: %v", err)
	}
}

// Close closes the tab, as a user who has had enough.
func (p *Page) Close() {
	p.t.Helper()
	if err := chromedp.Cancel(p.ctx); err != nil {
		p.t.Fatal(err)
	}
}

// Frame is the frame of the tab whose name, or a part of whose address, is
// given. It is looked for each time that it is used: frames come and go.
func (p *Page) Frame(which string) *Page {
	return &Page{t: p.t, ctx: p.ctx, frame: which, noScript: p.noScript}
}

// Top is the tab that the page is in.
func (p *Page) Top() *Page { return p.Frame("") }

// Address is where the page is.
func (p *Page) Address() string {
	p.t.Helper()
	return Value[string](p, "location.href")
}

// Value is what an expression of JavaScript comes to in the page: beside the
// page's own scripts, which do not see it, and also when they may not run. A
// promise is waited for.
func Value[T any](p *Page, expression string) T {
	p.t.Helper()
	var v T
	p.Await("an answer of the page to "+cut(expression), func() error {
		return p.evaluate(expression, &v)
	})
	return v
}

// Await waits until check has nothing to say against it.
func (p *Page) Await(what string, check func() error) {
	p.t.Helper()
	if err := tries(check); err != nil {
		p.t.Fatalf("waited in vain for %s: %v\n%s", what, err, p.describe())
	}
}

// Sees waits until the words are on the page. Line breaks count as spaces.
func (p *Page) Sees(words ...string) {
	p.t.Helper()
	for _, w := range words {
		p.Await(fmt.Sprintf("%q", w), func() error { return p.Has(w) })
	}
}

// Has reports what is wrong if the words are not on the page now.
func (p *Page) Has(words string) error {
	text, err := p.text()
	if err == nil && !strings.Contains(text, words) {
		err = fmt.Errorf("%q is not there", words)
	}
	return err
}

// Text is what a reader sees, with single spaces.
func (p *Page) Text() string {
	p.t.Helper()
	text := ""
	p.Await("the text of the page", func() (err error) { text, err = p.text(); return err })
	return text
}

func (p *Page) text() (string, error) {
	var text string
	err := p.evaluate("document.body ? document.body.innerText : ''", &text)
	return strings.Join(strings.Fields(text), " "), err
}

// describe is the page for the message of a test that fails.
func (p *Page) describe() string {
	var address string
	_ = p.evaluate("location.href", &address)
	text, err := p.text()
	if err != nil {
		text = err.Error()
	}
	return fmt.Sprintf("--- %s%s\n%s", p.frame, address, text)
}

// evaluate runs an expression in a world of ours within the frame.
func (p *Page) evaluate(expression string, into any) error {
	world, err := p.world()
	if err != nil {
		return err
	}
	yes := true
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	got, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{
		Expression: expression, ContextID: world, ReturnByValue: &yes, AwaitPromise: &yes, UserGesture: &yes})
	switch {
	case err != nil:
		return err
	case got.ExceptionDetails != nil:
		text := got.ExceptionDetails.Text
		if e := got.ExceptionDetails.Exception; e != nil {
			text += " " + e.Description
		}
		return errors.New(text)
	case len(got.Result.Value) == 0:
		return nil // undefined
	}
	return json.Unmarshal(got.Result.Value, into)
}

func (p *Page) world() (runtime.ExecutionContextID, error) {
	id, err := p.frameID()
	if err != nil {
		return 0, err
	}
	world, err := call(p.ctx, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: id, WorldName: "test"})
	return world.ExecutionContextID, err
}

func (p *Page) frameID() (cdp.FrameID, error) {
	all, err := call(p.ctx, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		return "", err
	}
	if p.frame == "" {
		return all.FrameTree.Frame.ID, nil
	}
	if found := findFrame(all.FrameTree.ChildFrames, p.frame); found != nil {
		return found.ID, nil
	}
	return "", fmt.Errorf("no frame %q", p.frame)
}

func findFrame(in []*page.FrameTree, which string) *cdp.Frame {
	for _, f := range in {
		if f.Frame.Name == which || strings.Contains(f.Frame.URL, which) {
			return f.Frame
		}
		if found := findFrame(f.ChildFrames, which); found != nil {
			return found
		}
	}
	return nil
}

func (p *Page) do(a chromedp.Action[chromedp.Void]) error {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return chromedp.Do(ctx, a)
}

// call sends a command to the tab.
func call[P, R any](ctx context.Context, c cdp.Command[P, R], params P) (R, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return chromedp.Call(ctx, c, params)
}

func must[R any](_ R, err error) func(testing.TB) {
	return func(t testing.TB) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
}

func await(t testing.TB, what string, check func() error) {
	t.Helper()
	if err := tries(check); err != nil {
		t.Fatalf("waited in vain for %s: %v", what, err)
	}
}

// tries asks until there is nothing wrong any more or patience is at an end,
// and returns what was wrong last.
func tries(check func() error) error { return triesFor(patience, check) }

func triesFor(d time.Duration, check func() error) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	late := time.After(d)
	for {
		err := check()
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-late:
			return err
		}
	}
}

func cut(s string) string {
	if len(s) > 60 {
		s = s[:60] + "…"
	}
	return s
}
