package stanza

import (
	"iter"
	"slices"
	"strings"
)

// Attr is an attribute. Space is the URI of its namespace, "" for the usual attribute without one. Declarations of
// namespaces are no attributes here.
type Attr struct{ Space, Local, Value string }

// Node is a piece of an element's content: an element, or character data when Element is nil.
type Node struct {
	Text    string
	Element *Element
}

// Element is an XML element. Space is the URI of its namespace; "" is no namespace at all, not its parent's.
// Nodes keeps the order of mixed content.
type Element struct {
	Space, Local string
	Attrs        []Attr
	Nodes        []Node
}

// New makes an element with attributes given as name, value, name, value. Empty values are left out, as is a name
// without a value.
func New(space, local string, attrs ...string) *Element {
	e := &Element{Space: space, Local: local}
	for ; len(attrs) > 1; attrs = attrs[2:] {
		e.Set(attrs[0], attrs[1])
	}
	return e
}

// Attr is the value of the attribute local that has no namespace, "" if there is none.
func (e *Element) Attr(local string) string { return e.attr("", local) }

// Lang is the value of xml:lang on this very element.
func (e *Element) Lang() string { return e.attr(NSXML, "lang") }

func (e *Element) attr(space, local string) string {
	for i := range e.Attrs {
		if a := &e.Attrs[i]; a.Local == local && a.Space == space {
			return a.Value
		}
	}
	return ""
}

// Set replaces or adds an attribute without namespace; an empty value removes it. It returns e.
func (e *Element) Set(local, value string) *Element {
	i := slices.IndexFunc(e.Attrs, func(a Attr) bool { return a.Space == "" && a.Local == local })
	switch {
	case i < 0 && value != "":
		e.Attrs = append(e.Attrs, Attr{Local: local, Value: value})
	case i >= 0 && value != "":
		e.Attrs[i].Value = value
	case i >= 0:
		e.Attrs = slices.Delete(e.Attrs, i, i+1)
	}
	return e
}

// Add appends children and returns e. A nil child is left out.
func (e *Element) Add(children ...*Element) *Element {
	for _, c := range children {
		if c != nil {
			e.Nodes = append(e.Nodes, Node{Element: c})
		}
	}
	return e
}

// AddText appends character data and returns e.
func (e *Element) AddText(s string) *Element {
	if s != "" {
		e.Nodes = append(e.Nodes, Node{Text: s})
	}
	return e
}

// Child is the first child of that name, nil if there is none. Space "" matches any namespace, local "" any name.
func (e *Element) Child(space, local string) *Element {
	for c := range e.Children() {
		if (local == "" || c.Local == local) && (space == "" || c.Space == space) {
			return c
		}
	}
	return nil
}

// Children are the child elements in their order.
func (e *Element) Children() iter.Seq[*Element] {
	return func(yield func(*Element) bool) {
		for _, n := range e.Nodes {
			if n.Element != nil && !yield(n.Element) {
				return
			}
		}
	}
}

// Text is the element's own character data joined, without that of its children.
func (e *Element) Text() string {
	if len(e.Nodes) == 1 {
		return e.Nodes[0].Text
	}
	var b strings.Builder
	for _, n := range e.Nodes {
		if n.Element == nil {
			b.WriteString(n.Text)
		}
	}
	return b.String()
}
