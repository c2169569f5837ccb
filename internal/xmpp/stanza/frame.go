package stanza

import (
	"bytes"
	"io"
)

// framer finds where a top-level element ends, as its bytes arrive, and keeps no more of them than the limit: it
// knows tags, quotes and CDATA sections, nothing else. The parser judges afterwards whether what it found is XML.
type framer struct {
	in         io.Reader
	buf        []byte
	start, at  int   // the frame so far is buf[start:at]
	end        int   // what has been read is buf[:end]
	offset     int64 // of buf[start] in the stream
	dropped    int   // bytes of the frame that were not kept
	dropping   bool
	depth      int
	keep, most int // bytes of a frame that are kept; that are read at all
}

const (
	readSize   = 4 << 10
	keepBuffer = 64 << 10 // a larger one is given back when the stanza has been read
)

// size is the length of the frame so far.
func (f *framer) size() int { return f.dropped + f.at - f.start }

// frame is what has been kept of it.
func (f *framer) frame() []byte { return f.buf[f.start:f.at] }

// next gives the byte after the frame so far and takes it in.
func (f *framer) next() (byte, error) {
	if f.at == f.end {
		if err := f.fill(); err != nil {
			return 0, err
		}
	}
	c := f.buf[f.at]
	f.at++
	return c, f.check()
}

// check begins to drop when the frame is larger than the limit, and gives up when it is far larger.
func (f *framer) check() error {
	switch size := f.size(); {
	case size <= f.keep:
		return nil
	case size > f.most:
		return ErrTooMuch
	}
	f.dropping = true
	return nil
}

// skipTo takes in all up to and including the next c.
func (f *framer) skipTo(c byte) error {
	for {
		if n := bytes.IndexByte(f.buf[f.at:f.end], c); n >= 0 {
			f.at += n + 1
			return f.check()
		}
		f.at = f.end
		if err := f.check(); err != nil {
			return err
		}
		if err := f.fill(); err != nil {
			return err
		}
	}
}

// fill reads more behind the frame so far, which it keeps, or only its beginning while dropping.
func (f *framer) fill() error {
	switch {
	case f.dropping:
		const head = readSize / 2 // enough for the start tag, which names the stanza
		if kept := f.at - f.start; kept > head {
			f.dropped += kept - head
			copy(f.buf, f.buf[f.start:f.start+head])
			f.start, f.at, f.end = 0, head, head
		}
	case f.start > 0:
		copy(f.buf, f.buf[f.start:f.end])
		f.at -= f.start
		f.end -= f.start
		f.start = 0
	}
	if f.end == len(f.buf) {
		bigger := make([]byte, max(readSize, 2*len(f.buf)))
		copy(bigger, f.buf[:f.end])
		f.buf = bigger
	}
	for range 100 {
		n, err := f.in.Read(f.buf[f.end:])
		f.end += n
		if n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// begin forgets the last frame. Its bytes are overwritten from now on.
func (f *framer) begin() {
	f.offset += int64(f.size())
	f.start, f.dropped, f.dropping, f.depth = f.at, 0, false, 0
	if f.start == f.end {
		f.start, f.at, f.end = 0, 0, 0
		if len(f.buf) > keepBuffer {
			f.buf = nil
		}
	}
}

// blank passes over white space in front of a tag, and forgets the last frame.
func (f *framer) blank() error {
	for {
		f.begin()
		if f.at == f.end {
			if err := f.fill(); err != nil {
				return err
			}
		}
		if !isSpace(f.buf[f.at]) {
			return nil
		}
		f.at++
	}
}

// tagKind says what a "<" began.
type tagKind int

const (
	startTag tagKind = iota
	emptyTag
	endTag
	section // CDATA
)

// tag takes in one tag, or a CDATA section, that starts at the next byte.
func (f *framer) tag() (tagKind, error) {
	if _, err := f.next(); err != nil { // "<"
		return 0, err
	}
	c, err := f.next()
	if err != nil {
		return 0, err
	}
	switch c {
	case '/':
		f.depth--
		return endTag, f.skipTo('>')
	case '!':
		return section, f.cdata()
	case '?':
		return 0, ErrRestrictedXML
	}
	return f.startTag(c)
}

// startTag takes in a start tag whose first character is c.
func (f *framer) startTag(c byte) (tagKind, error) {
	for last := byte(0); ; {
		switch c {
		case '>':
			if last == '/' {
				return emptyTag, nil
			}
			f.depth++
			return startTag, nil
		case '\'', '"':
			if err := f.skipTo(c); err != nil {
				return 0, err
			}
		}
		last = c
		var err error
		if c, err = f.next(); err != nil {
			return 0, err
		}
	}
}

func (f *framer) cdata() error {
	for _, want := range []byte(cdata[len("<!"):]) {
		c, err := f.next()
		if err != nil {
			return err
		}
		if c != want {
			return ErrRestrictedXML
		}
	}
	for brackets := 0; ; {
		c, err := f.next()
		switch {
		case err != nil:
			return err
		case c == ']':
			brackets++
		case c == '>' && brackets >= 2:
			return nil
		default:
			brackets = 0
		}
	}
}

// rest takes in what follows the start tag, up to the end of the element.
func (f *framer) rest() error {
	for f.depth > 0 {
		if f.at == f.end || f.buf[f.at] != '<' {
			if err := f.skipTo('<'); err != nil {
				return err
			}
			f.at-- // the tag counts it again
		}
		if _, err := f.tag(); err != nil {
			return err
		}
	}
	return nil
}
