package browser

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// An Element is a part of a page as assistive technology is told of it.
type Element struct {
	Role  string // "button", "link", "textbox", "heading", "status", …
	Name  string // what it is called: its label, its text
	Value string // of a field
	Focus bool

	node cdp.BackendNodeID
}

// Elements are all elements of a role that the page has now, in their order.
func (p *Page) Elements(role string) []Element {
	p.t.Helper()
	var all []Element
	p.Await("the elements of the page", func() (err error) { all, err = p.elements(); return err })
	return slices.DeleteFunc(all, func(e Element) bool { return e.Role != role })
}

// Names are the names of all elements of a role.
func (p *Page) Names(role string) []string {
	p.t.Helper()
	var names []string
	for _, e := range p.Elements(role) {
		names = append(names, e.Name)
	}
	return names
}

// Element waits for the one element that has the role and is called so; without
// it, for the one whose name contains the words.
func (p *Page) Element(role, name string) Element {
	p.t.Helper()
	var found Element
	p.Await(fmt.Sprintf("%s %q", role, name), func() (err error) { found, err = p.find(role, name); return err })
	return found
}

// Click clicks in the middle of an element, wherever it is.
func (p *Page) Click(role, name string) {
	p.t.Helper()
	p.Await(fmt.Sprintf("%s %q to click on", role, name), func() error { return p.Try(role, name) })
}

// Follow clicks on what leads to another page, or to this one anew, if it is there, and waits for that page.
func (p *Page) Follow(role, name string) error {
	p.t.Helper()
	Value[any](p, "window.left = true")
	if err := p.Try(role, name); err != nil {
		return err
	}
	p.Await("another page", func() error {
		var there bool
		err := p.evaluate(`!window.left && document.readyState == "complete"`, &there)
		if err == nil && !there {
			err = errors.New("this one stays")
		}
		return err
	})
	return nil
}

// Try clicks on an element if it is there.
func (p *Page) Try(role, name string) error {
	e, err := p.find(role, name)
	if err != nil {
		return err
	}
	x, y, err := p.middle(e)
	if err != nil {
		return err
	}
	return p.do(chromedp.MouseClickXY(x, y))
}

// Type puts a text into the field with this label, instead of what is there.
func (p *Page) Type(label, text string) {
	p.t.Helper()
	p.Await(fmt.Sprintf("a field %q", label), func() error {
		e, err := p.field(label)
		if err != nil {
			return err
		}
		if _, err := call(p.ctx, dom.Focus, dom.FocusParams{BackendNodeID: e.node}); err != nil {
			return err
		}
		if err := p.key("a", []string{"selectAll"}); err != nil {
			return err
		}
		_, err = call(p.ctx, input.InsertText, input.InsertTextParams{Text: text})
		return err
	})
}

// Press presses keys one after the other, as a user without a mouse does:
// "Tab", "Shift+Tab", "Enter", "Space", "Escape", or a letter.
func (p *Page) Press(keys ...string) {
	p.t.Helper()
	for _, k := range keys {
		var options []chromedp.KeyOption
		if rest, shifted := strings.CutPrefix(k, "Shift+"); shifted {
			k, options = rest, append(options, chromedp.KeyModifiers(chromedp.ModifierShift))
		}
		if named, ok := map[string]string{"Tab": kb.Tab, "Enter": kb.Enter, "Space": " ", "Escape": kb.Escape,
			"Down": kb.ArrowDown, "Up": kb.ArrowUp}[k]; ok {
			k = named
		}
		if err := p.do(chromedp.KeyEvent(k, options...)); err != nil {
			p.t.Fatalf("press %q: %v", k, err)
		}
	}
}

// TabTo presses Tab until an element has the focus, which must be within reach.
func (p *Page) TabTo(role, name string) {
	p.t.Helper()
	passed := map[string]bool{}
	p.Await(fmt.Sprintf("the Tab key to come to %s %q", role, name), func() error {
		for range 40 {
			p.Press("Tab")
			e := p.Focused()
			if e.Role == role && strings.Contains(e.Name, name) {
				return nil
			}
			passed[strings.TrimSpace(e.Role+" "+e.Name)] = true
		}
		return fmt.Errorf("it has come to %q", slices.Sorted(maps.Keys(passed))) // perhaps the page is not there yet
	})
}

// Focused is the element that the keyboard acts on; without one, the zero value.
func (p *Page) Focused() Element {
	p.t.Helper()
	var all []Element
	p.Await("the elements of the page", func() (err error) { all, err = p.elements(); return err })
	for _, e := range slices.Backward(all) {
		if e.Focus && e.Role != "RootWebArea" {
			return e
		}
	}
	return Element{}
}

func (p *Page) find(role, name string) (Element, error) {
	all, err := p.elements()
	if err != nil {
		return Element{}, err
	}
	return choose(all, name, func(e Element) bool { return e.Role == role })
}

// field is what a user can fill in or choose from.
func (p *Page) field(label string) (Element, error) {
	all, err := p.elements()
	if err != nil {
		return Element{}, err
	}
	return choose(all, label, func(e Element) bool {
		return slices.Contains([]string{"textbox", "searchbox", "combobox", "spinbutton"}, e.Role)
	})
}

// choose finds the one that is called so. Spaces do not count: what is hidden between words may or may not bring one.
func choose(all []Element, name string, fits func(Element) bool) (Element, error) {
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
	var like []Element
	var others []string
	for _, e := range all {
		switch {
		case !fits(e):
		case squeeze(e.Name) == squeeze(name):
			return e, nil
		case strings.Contains(squeeze(e.Name), squeeze(name)):
			like = append(like, e)
		default:
			others = append(others, e.Name)
		}
	}
	switch len(like) {
	case 0:
		return Element{}, fmt.Errorf("it is not there, but %q", others)
	case 1:
		return like[0], nil
	}
	return Element{}, fmt.Errorf("there are %d of them", len(like))
}

// middle scrolls the element into view and returns where to click.
func (p *Page) middle(e Element) (x, y float64, err error) {
	if _, err := call(p.ctx, dom.ScrollIntoViewIfNeeded, dom.ScrollIntoViewIfNeededParams{BackendNodeID: e.node}); err != nil {
		return 0, 0, err
	}
	box, err := call(p.ctx, dom.GetContentQuads, dom.GetContentQuadsParams{BackendNodeID: e.node})
	if err != nil {
		return 0, 0, err
	}
	if len(box.Quads) == 0 || len(box.Quads[0]) != 8 {
		return 0, 0, errors.New("it has no place on the page")
	}
	q := box.Quads[0]
	return (q[0] + q[2] + q[4] + q[6]) / 4, (q[1] + q[3] + q[5] + q[7]) / 4, nil
}

// key presses a key with editing commands.
func (p *Page) key(key string, commands []string) error {
	_, err := call(p.ctx, input.DispatchKeyEvent, input.DispatchKeyEventParams{
		Type: input.DispatchKeyEventTypeRawKeyDown, Key: key, Modifiers: int64(chromedp.ModifierCtrl), Commands: commands})
	if err == nil {
		_, err = call(p.ctx, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyUp, Key: key})
	}
	return err
}

func (p *Page) elements() ([]Element, error) {
	id, err := p.frameID()
	if err != nil {
		return nil, err
	}
	tree, err := call(p.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{FrameID: id})
	if err != nil {
		return nil, err
	}
	var all []Element
	for _, n := range tree.Nodes {
		if n.Ignored || n.BackendDOMNodeID == 0 {
			continue
		}
		e := Element{Role: text(n.Role), Name: text(n.Name), Value: text(n.Value), node: n.BackendDOMNodeID}
		for _, property := range n.Properties {
			if property.Name == accessibility.PropertyNameFocused {
				e.Focus = string(property.Value.Value) == "true"
			}
		}
		all = append(all, e)
	}
	return all, nil
}

// text is a value of the tree as a string.
func text(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	var s string
	if err := json.Unmarshal(v.Value, &s); err != nil {
		return strings.Trim(string(v.Value), `"`)
	}
	return s
}
