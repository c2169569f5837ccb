package stanza

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// tag is a start tag before its prefixes have got a meaning. Declarations of namespaces are already in the scope.
type tag struct {
	name          []byte // as written
	prefix, local string
	attrs         []rawAttr
	empty         bool // <local/>
}

type rawAttr struct{ prefix, local, value string }

// readTag parses a start tag into p.tag.
func (p *parser) readTag() error {
	if p.at == len(p.raw) || p.raw[p.at] != '<' {
		return p.malformed("no element where one should start")
	}
	p.at++
	p.tag.attrs, p.tag.empty = p.tag.attrs[:0], false
	from := p.at
	var err error
	if p.tag.prefix, p.tag.local, err = p.name(); err != nil {
		return err
	}
	p.tag.name = p.raw[from:p.at]
	for count := 0; ; count++ {
		spaced := p.skipSpace()
		switch rest := p.raw[p.at:]; {
		case bytes.HasPrefix(rest, []byte(">")):
			p.at++
			return nil
		case bytes.HasPrefix(rest, []byte("/>")):
			p.at += len("/>")
			p.tag.empty = true
			return nil
		case !spaced:
			return p.malformed("no space before an attribute")
		case count == p.limits.Attrs:
			return errOver
		}
		if err := p.attribute(); err != nil {
			return err
		}
	}
}

// attribute parses name, equals sign and value into p.tag or, for a declaration, into the scope.
func (p *parser) attribute() error {
	prefix, local, err := p.name()
	if err != nil {
		return err
	}
	p.skipSpace()
	if !bytes.HasPrefix(p.raw[p.at:], []byte("=")) {
		return p.malformed("an attribute without a value")
	}
	p.at++
	p.skipSpace()
	if p.at == len(p.raw) || p.raw[p.at] != '\'' && p.raw[p.at] != '"' {
		return p.malformed("a value without quotes")
	}
	quote := p.raw[p.at]
	p.at++
	n := bytes.IndexByte(p.raw[p.at:], quote)
	if n < 0 {
		return p.malformed("a value has no end")
	}
	p.text = p.text[:0]
	if err := p.unescape(p.raw[p.at:p.at+n], inValue); err != nil {
		return err
	}
	p.at += n + 1
	switch {
	case prefix == "xmlns":
		return p.declare(local, p.words.intern(p.text))
	case prefix == "" && local == "xmlns":
		return p.declare("", p.words.intern(p.text))
	}
	p.tag.attrs = append(p.tag.attrs, rawAttr{prefix: prefix, local: local, value: string(p.text)})
	return nil
}

// declare adds a binding. Namespaces in XML 1.0, 3 "Declaring Namespaces".
func (p *parser) declare(prefix, space string) error {
	switch {
	case prefix == "xmlns", (prefix == "xml") != (space == NSXML), space == "http://www.w3.org/2000/xmlns/":
		return p.malformed("a reserved prefix or namespace is declared")
	case prefix != "" && space == "":
		return p.malformed("a prefix is declared for no namespace")
	}
	p.scope = append(p.scope, binding{prefix, space})
	return nil
}

// name parses a name with or without a prefix.
func (p *parser) name() (prefix, local string, err error) {
	first, err := p.ncName()
	if err != nil || p.at == len(p.raw) || p.raw[p.at] != ':' {
		return "", first, err
	}
	p.at++
	local, err = p.ncName()
	return first, local, err
}

func (p *parser) ncName() (string, error) {
	from := p.at
	for p.at < len(p.raw) {
		r, size := rune(p.raw[p.at]), 1
		if r >= utf8.RuneSelf {
			if r, size = utf8.DecodeRune(p.raw[p.at:]); size == 1 {
				break
			}
		}
		if p.at == from && !nameStart(r) || !nameRest(r) {
			break
		}
		p.at += size
	}
	if p.at == from {
		return "", p.malformed("no name where one should be")
	}
	return p.words.intern(p.raw[from:p.at]), nil
}

// skipSpace reports whether there was any.
func (p *parser) skipSpace() bool {
	from := p.at
	for p.at < len(p.raw) && isSpace(p.raw[p.at]) {
		p.at++
	}
	return p.at > from
}

// tooLarge names the stanza that p.raw begins with: e, if its start tag could be read.
func (p *parser) tooLarge(e *Element, size int) *TooLarge {
	if e != nil {
		return &TooLarge{Local: e.Local, From: e.Attr("from"), Bytes: size}
	}
	q := parser{raw: p.raw, words: p.words}
	_ = q.readTag() // it has read the name, or there is none
	return &TooLarge{Local: q.tag.local, Bytes: size}
}

// numeric reads what stands in a character reference between "&" and ";".
func numeric(s string) (rune, bool) {
	digits, ok := strings.CutPrefix(s, "#")
	if !ok {
		return 0, false
	}
	base := 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	if err != nil || !legal(rune(n)) {
		return 0, false
	}
	return rune(n), true
}
