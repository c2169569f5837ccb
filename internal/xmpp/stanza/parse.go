package stanza

import (
	"bytes"
	"errors"
	"slices"
	"unicode/utf8"
)

// Parse reads exactly one element, with nothing before or behind it, for example from a database. Its errors are
// those of a [Reader]; a limit gives [*TooLarge].
func Parse(b []byte, l Limits) (*Element, error) {
	p := parser{raw: b, limits: l.orDefaults(), words: words{}}
	e, err := p.element(1)
	switch {
	case len(b) > p.limits.Bytes || errors.Is(err, errOver):
		return nil, p.tooLarge(e, len(b))
	case err != nil:
		return nil, err
	case p.at < len(p.raw):
		return nil, p.malformed("something stands behind the element")
	}
	return e, nil
}

// errOver is the parser's word for a limit; Reader and Parse tell which stanza.
var errOver = errors.New("stanza: over a limit")

// parser makes a tree of the bytes of one element.
type parser struct {
	raw      []byte
	at       int
	base     int64 // offset of raw in the stream
	scope    scope
	words    words
	limits   Limits
	children int
	text     []byte // scratch for character data and values
	tag      tag    // scratch for the start tag being read
}

func (p *parser) fail(condition, problem string) error {
	return &SyntaxError{Condition: condition, Problem: problem, Offset: p.base + int64(p.at)}
}

func (p *parser) malformed(problem string) error { return p.fail("not-well-formed", problem) }

// element parses from "<" to the end of the end tag.
func (p *parser) element(depth int) (*Element, error) {
	if depth > p.limits.Depth || p.children > p.limits.Children {
		return nil, errOver
	}
	outer := len(p.scope)
	e, err := p.start()
	if err == nil && !p.tag.empty {
		err = p.content(e, p.tag.name, depth)
	}
	p.scope = p.scope[:outer]
	return e, err
}

// content parses what follows the start tag of e, which was written with that name, to the end of the end tag.
func (p *parser) content(e *Element, name []byte, depth int) error {
	for {
		if err := p.characters(e); err != nil {
			return err
		}
		if bytes.HasPrefix(p.raw[p.at:], []byte("</")) {
			return p.end(name)
		}
		p.children++
		c, err := p.element(depth + 1)
		if err != nil {
			return err
		}
		e.Nodes = append(e.Nodes, Node{Element: c})
	}
}

// start parses a start tag and gives it its place in the namespaces.
func (p *parser) start() (*Element, error) {
	if err := p.readTag(); err != nil {
		return nil, err
	}
	space, ok := p.scope.space(p.tag.prefix)
	if !ok {
		return nil, p.fail("bad-namespace-prefix", "a prefix that was not declared")
	}
	e := &Element{Space: space, Local: p.tag.local}
	if len(p.tag.attrs) == 0 {
		return e, nil
	}
	e.Attrs = make([]Attr, 0, len(p.tag.attrs))
	for _, a := range p.tag.attrs {
		var space string
		if a.prefix != "" {
			if space, ok = p.scope.space(a.prefix); !ok {
				return nil, p.fail("bad-namespace-prefix", "a prefix that was not declared")
			}
		}
		if slices.ContainsFunc(e.Attrs, func(b Attr) bool { return b.Local == a.local && b.Space == space }) {
			return nil, p.malformed("an attribute stands twice in a tag")
		}
		e.Attrs = append(e.Attrs, Attr{Space: space, Local: a.local, Value: a.value})
	}
	return e, nil
}

// end parses the end tag of the element whose start tag has name, as it was written there.
func (p *parser) end(name []byte) error {
	p.at += len("</")
	if !bytes.HasPrefix(p.raw[p.at:], name) {
		return p.malformed("an end tag that does not match its start tag")
	}
	p.at += len(name)
	p.skipSpace()
	if p.at == len(p.raw) || p.raw[p.at] != '>' {
		return p.malformed("an end tag that does not match its start tag")
	}
	p.at++
	return nil
}

// characters collects character data up to the next tag as one node.
func (p *parser) characters(e *Element) error {
	p.text = p.text[:0]
	for {
		n := bytes.IndexByte(p.raw[p.at:], '<')
		if n < 0 {
			return p.malformed("the element has no end")
		}
		if err := p.unescape(p.raw[p.at:p.at+n], inText); err != nil {
			return err
		}
		p.at += n
		rest := p.raw[p.at:]
		if len(rest) < 2 || rest[1] != '!' && rest[1] != '?' {
			break
		}
		section, ok := bytes.CutPrefix(rest, []byte(cdata))
		if !ok {
			return ErrRestrictedXML
		}
		if n = bytes.Index(section, []byte("]]>")); n < 0 {
			return p.malformed("a CDATA section has no end")
		}
		if err := p.unescape(section[:n], inCDATA); err != nil {
			return err
		}
		p.at += len(cdata) + n + len("]]>")
	}
	if len(p.text) > 0 {
		e.Nodes = append(e.Nodes, Node{Text: string(p.text)})
	}
	return nil
}

const cdata = "<![CDATA["

// unescape appends what raw stands for to p.text. XML 1.0, 2.11 "End-of-Line Handling", 3.3.3 "Attribute-Value
// Normalization".
func (p *parser) unescape(raw []byte, where place) error {
	plain := 0
	for i := 0; i < len(raw); {
		c := raw[i]
		if c >= 0x20 && c < utf8.RuneSelf && c != '&' && c != ']' && c != '<' {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRune(raw[i:])
			if size == 1 || !legal(r) {
				return p.malformed("a character that is not allowed")
			}
			i += size
			continue
		}
		p.text = append(p.text, raw[plain:i]...)
		used, err := p.special(raw[i:], where)
		if err != nil {
			return err
		}
		i += used
		plain = i
	}
	p.text = append(p.text, raw[plain:]...)
	return nil
}

// special appends what the ASCII character at the start of raw stands for, and tells how many bytes that took.
func (p *parser) special(raw []byte, where place) (used int, err error) {
	c := raw[0]
	switch {
	case c == '&' && where != inCDATA:
		r, used := reference(raw)
		if used == 0 {
			return 0, p.malformed("an unknown or unfinished reference")
		}
		p.text = utf8.AppendRune(p.text, r)
		return used, nil
	case c == '<' && where == inValue:
		return 0, p.malformed("a value holds \"<\"")
	case where == inText && bytes.HasPrefix(raw, []byte("]]>")):
		return 0, p.malformed("\"]]>\" in character data")
	case !legal(rune(c)):
		return 0, p.malformed("a character that is not allowed")
	case c == '\r' && len(raw) > 1 && raw[1] == '\n':
		used = 2
		c = '\n'
	case c == '\r':
		c = '\n'
	}
	if where == inValue && isSpace(c) {
		c = ' '
	}
	p.text = append(p.text, c)
	return max(used, 1), nil
}

// longestReference is that of the highest character with some leading zeros.
const longestReference = len("&#x0000010FFFF;")

// reference reads a character reference or one of the five entities at the start of raw; used is 0 if it is none.
func reference(raw []byte) (r rune, used int) {
	n := bytes.IndexByte(raw[:min(len(raw), longestReference)], ';')
	if n < 2 {
		return 0, 0
	}
	switch name := string(raw[1:n]); name {
	case "amp":
		return '&', n + 1
	case "lt":
		return '<', n + 1
	case "gt":
		return '>', n + 1
	case "apos":
		return '\'', n + 1
	case "quot":
		return '"', n + 1
	default:
		if r, ok := numeric(name); ok {
			return r, n + 1
		}
	}
	return 0, 0
}
