package stanza

import (
	"bytes"
	"errors"
	"io"
)

// Reader reads one direction of an XMPP stream, from its header to its end. It never reads more from its source than
// one call gives, and returns a stanza as soon as its last byte is there. Not safe for concurrent use.
type Reader struct {
	frame  framer
	limits Limits
	sender func(from string) Limits // nil: limits is for all
	parse  parser                   // used again and again for its scratch space
	scope  scope                    // what the stream header declares

	opened    bool
	header    Header
	headerErr error
	name      []byte // of the stream's element, as written
	err       error  // why the stream is over
}

// Header is the start tag of a stream. RFC 6120, 4.7 "Stream Attributes".
type Header struct {
	Space                       string // default namespace of the stanzas: jabber:client, jabber:component:accept
	From, To, ID, Version, Lang string
}

// NewReader reads from r within limits for every stanza. After STARTTLS and after authentication a stream starts
// anew, and so does its reader: see [Reader.Buffered].
func NewReader(r io.Reader, l Limits) *Reader {
	return &Reader{frame: framer{in: r}, limits: l.orDefaults(), parse: parser{words: words{}}}
}

// SetLimits makes the limits depend on the sender: f is called with the attribute "from" of each stanza, "" if it
// has none. A start tag by itself stays within the limits given to NewReader.
func (r *Reader) SetLimits(f func(from string) Limits) { r.sender = f }

// Buffered is how many bytes have been read from the source and not yet been returned as stanzas. Bytes that stand
// behind the answer to STARTTLS were not protected and end a connection.
func (r *Reader) Buffered() int { return r.frame.end - r.frame.at }

// Header waits for the stream header and returns it, also when called again. An XML declaration may precede it.
func (r *Reader) Header() (Header, error) {
	if !r.opened {
		r.opened = true
		r.headerErr = cut(r.open())
	}
	return r.header, r.headerErr
}

// headerSize is how many bytes the header may have, and the declaration in front of it.
const headerSize = 4 << 10

func (r *Reader) open() error {
	f := &r.frame
	f.keep, f.most = headerSize, headerSize
	if err := r.blank(); err != nil {
		return err
	}
	kind, err := f.tag()
	if errors.Is(err, ErrRestrictedXML) && bytes.Equal(f.frame(), []byte("<?")) {
		if err = r.declaration(); err == nil {
			kind, err = f.tag()
		}
	}
	switch {
	case err != nil:
		return err
	case kind != startTag && kind != emptyTag:
		return r.fail("bad-format", "the stream does not start with a start tag")
	case kind == emptyTag:
		r.err = io.EOF
	}
	p := r.parser()
	p.limits = Limits{}.orDefaults()
	e, err := p.start()
	switch {
	case errors.Is(err, errOver):
		return ErrTooMuch
	case err != nil:
		return err
	case e.Local != "stream":
		return r.fail("bad-format", "the first element is no stream")
	case e.Space != NSStream:
		return r.fail("invalid-namespace", "the stream has another namespace")
	}
	r.scope, r.name = append(make(scope, 0, len(p.scope)+16), p.scope...), bytes.Clone(p.tag.name)
	space, _ := r.scope.space("")
	r.header = Header{
		Space: space, From: e.Attr("from"), To: e.Attr("to"), ID: e.Attr("id"), Version: e.Attr("version"), Lang: e.Lang(),
	}
	return nil
}

// declaration reads the rest of <?xml version='1.0'?>, the one processing instruction that may be, and what
// precedes the next tag.
func (r *Reader) declaration() error {
	if err := r.frame.skipTo('>'); err != nil {
		return err
	}
	text, ok := bytes.CutPrefix(r.frame.frame(), []byte("<?xml"))
	if !ok || !bytes.HasSuffix(text, []byte("?>")) {
		return ErrRestrictedXML
	}
	// With its ends exchanged it is a tag.
	p := parser{raw: append(append([]byte("<xml"), bytes.TrimSuffix(text, []byte("?>"))...), "/>"...), limits: r.limits, words: r.parse.words}
	e, err := p.start()
	switch {
	case err != nil || p.at != len(p.raw) || e.Attr("version") != "1.0":
		return r.fail("not-well-formed", "not an XML declaration of version 1.0")
	case e.Attr("encoding") != "" && !bytes.EqualFold([]byte(e.Attr("encoding")), []byte("UTF-8")):
		return r.fail("unsupported-encoding", "not UTF-8")
	}
	return r.blank()
}

// Next waits for the next stanza and returns it; white space in between keeps a connection alive and is passed over.
// The error is io.EOF for the end tag of the stream and io.ErrUnexpectedEOF for a connection that was cut;
// [*TooLarge] for a stanza over a limit that was dropped: the stream goes on. [ErrRestrictedXML], [ErrTooMuch] and
// [*SyntaxError] end it, as do errors of the source, unless it failed between two stanzas, as with a deadline.
func (r *Reader) Next() (*Element, error) {
	if _, err := r.Header(); err != nil {
		return nil, err
	}
	if r.err != nil {
		return nil, r.err
	}
	if err := r.blank(); err != nil {
		var syntax *SyntaxError
		if errors.As(err, &syntax) {
			r.err = err
		}
		return nil, cut(err)
	}
	e, err := r.stanza()
	var large *TooLarge
	switch {
	case errors.As(err, &large):
		return nil, err
	case errors.Is(err, errStreamEnd):
		err = io.EOF
	case err != nil:
		err = cut(err)
	default:
		return e, nil
	}
	r.err = err
	return nil, err
}

var errStreamEnd = errors.New("stanza: end of stream")

// cut names the end of the source, which is not the end of the stream.
func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// blank passes over white space up to a tag.
func (r *Reader) blank() error {
	if err := r.frame.blank(); err != nil {
		return err
	}
	if r.frame.buf[r.frame.at] != '<' {
		return r.fail("bad-format", "text outside of a stanza")
	}
	return nil
}

func (r *Reader) stanza() (*Element, error) {
	f := &r.frame
	f.keep, f.most = r.limits.Bytes, r.limits.most()
	kind, err := f.tag()
	switch {
	case err != nil:
		return nil, err
	case kind == endTag:
		return nil, r.streamEnd()
	case kind == section:
		return nil, r.fail("bad-format", "text outside of a stanza")
	}
	p := r.parser()
	e, err := r.begun(p)
	if err != nil && !errors.Is(err, errOver) {
		return nil, err
	}
	if err := f.rest(); err != nil {
		return nil, err
	}
	raw, name := f.frame(), len(p.tag.name) // the bytes may have moved
	p.raw = raw
	if e == nil || f.dropping {
		return nil, p.tooLarge(e, f.size())
	}
	if kind == startTag {
		err = p.content(e, raw[1:1+name], 1)
	}
	switch {
	case errors.Is(err, errOver):
		return nil, p.tooLarge(e, f.size())
	case err != nil:
		return nil, err
	case p.at != len(p.raw):
		return nil, p.malformed("tags that do not match")
	}
	return e, nil
}

// begun parses the start tag of a stanza, and with it the limits for the rest. The error is errOver if the tag alone
// is too large.
func (r *Reader) begun(p *parser) (*Element, error) {
	f := &r.frame
	if f.dropping {
		return nil, errOver
	}
	e, err := p.start()
	if err != nil {
		return nil, err
	}
	if r.sender != nil {
		p.limits = r.sender(e.Attr("from")).orDefaults()
		f.keep, f.most = p.limits.Bytes, p.limits.most()
		return e, f.check()
	}
	return e, nil
}

func (r *Reader) streamEnd() error {
	p := r.parser()
	if err := p.end(r.name); err != nil {
		return err
	}
	return errStreamEnd
}

// parser stands at the start of the frame.
func (r *Reader) parser() *parser {
	p := &r.parse
	p.raw, p.at, p.base, p.children = r.frame.frame(), 0, r.frame.offset, 0
	p.scope, p.limits = r.scope, r.limits
	return p
}

func (r *Reader) fail(condition, problem string) error {
	return &SyntaxError{Condition: condition, Problem: problem, Offset: r.frame.offset + int64(r.frame.size())}
}
