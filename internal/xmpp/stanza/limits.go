package stanza

import (
	"errors"
	"fmt"
)

// Limits bound one stanza. A zero field means its default.
type Limits struct {
	Bytes    int // of the stanza on the wire; 64 KiB
	Depth    int // elements within each other, the stanza itself included; 30
	Children int // elements below the stanza, at any depth; 1000
	Attrs    int // of one element, declarations of namespaces included; 100

	// Past is how many bytes of a stanza over Bytes are read past before the reader gives up with ErrTooMuch;
	// 16 MiB. Negative: it gives up at once.
	Past int
}

const (
	defaultBytes    = 64 << 10
	defaultDepth    = 30
	defaultChildren = 1000
	defaultAttrs    = 100
	defaultPast     = 16 << 20
)

func (l Limits) orDefaults() Limits {
	for _, f := range []struct {
		field *int
		value int
	}{{&l.Bytes, defaultBytes}, {&l.Depth, defaultDepth}, {&l.Children, defaultChildren}, {&l.Attrs, defaultAttrs}, {&l.Past, defaultPast}} {
		if *f.field == 0 {
			*f.field = f.value
		}
	}
	return l
}

// most is how many bytes of a stanza are read at all.
func (l Limits) most() int { return l.Bytes + max(l.Past, 0) }

// TooLarge is the error for a stanza over a limit. The stanza was read past: the next call of [Reader.Next] returns
// the one after it. Stream management counts it as received.
type TooLarge struct {
	Local string // name of the stanza: message, presence, iq
	From  string // as it is in the stanza; "" if absent, or if the start tag alone is too large
	Bytes int    // size on the wire
}

// Error tells name and size, not the sender.
func (e *TooLarge) Error() string {
	return fmt.Sprintf("stanza: <%s/> of %d bytes is over a limit and was dropped", e.Local, e.Bytes)
}

// Errors that end a stream.
var (
	// ErrRestrictedXML: a comment, directive, DTD, or processing instruction. RFC 6120, 11.1.
	ErrRestrictedXML = errors.New("stanza: comments, directives and processing instructions are not allowed")
	// ErrTooMuch: a stanza so far over its limit that the reader will not read past it.
	ErrTooMuch = errors.New("stanza: too large to be read past")
	// ErrIllegalText: a character that XML 1.0 cannot carry, or bytes that are not UTF-8. Nothing has been sent.
	ErrIllegalText = errors.New("stanza: text holds a character that XML cannot carry")
)

// SyntaxError ends the stream: what arrived is not XML, not with namespaces, or not a stream.
type SyntaxError struct {
	Condition string // the stream error that RFC 6120, 4.9.3, has for it, such as not-well-formed
	Problem   string // never quotes what arrived
	Offset    int64  // bytes since the start of the stream
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("stanza: %s at byte %d: %s", e.Condition, e.Offset, e.Problem)
}
