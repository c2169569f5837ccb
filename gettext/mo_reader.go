package gettext

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// ReadMO reads a .mo file of either byte order, with or without a hash table. Every offset is checked, and together the
// texts cannot be longer than the file, so that a damaged file is an error and costs no more than its length. Messages
// whose text depends on the system, which C programs have, are left out.
func ReadMO(b []byte) (*File, error) {
	if len(b) > MaxSize {
		return nil, fmt.Errorf("the file has more than %d bytes", MaxSize)
	}
	m, err := newMOReader(b)
	if err != nil {
		return nil, err
	}
	f := &File{}
	seen := make(map[Key]bool, m.count)
	for i := range m.count {
		e, err := m.entry(i)
		if err != nil {
			return nil, fmt.Errorf("text %d: %w", i, err)
		}
		if seen[e.Key] {
			return nil, fmt.Errorf("text %d: %q is there twice", i, e.ID)
		}
		seen[e.Key] = true
		if e.Key != (Key{}) {
			f.Entries = append(f.Entries, e)
		} else if f.Header, err = readHeader(e); err != nil {
			return nil, err
		}
	}
	return f, nil
}

type moReader struct {
	all      string
	order    binary.ByteOrder
	count    int
	ids, str int // offsets of the tables
	left     int // how long further texts can be
}

var errNoMO = errors.New("this is no .mo file")

func newMOReader(b []byte) (*moReader, error) {
	if len(b) < moHeaderSize {
		return nil, errNoMO
	}
	m := &moReader{all: string(b), left: len(b)}
	switch {
	case binary.LittleEndian.Uint32(b) == moMagic:
		m.order = binary.LittleEndian
	case binary.BigEndian.Uint32(b) == moMagic:
		m.order = binary.BigEndian
	default:
		return nil, errNoMO
	}
	if major := m.uint32(4) >> 16; major > 1 {
		return nil, fmt.Errorf("the file has revision %d; 0 and 1 are known", major)
	}
	count := m.uint32(8)
	if count > uint64(len(b)-moHeaderSize)/(2*moRowSize) {
		return nil, fmt.Errorf("the file is too short for %d texts", count)
	}
	m.count = int(count)
	for _, table := range []struct {
		at   int
		into *int
	}{{12, &m.ids}, {16, &m.str}} {
		at := m.uint32(table.at)
		if at+moRowSize*count > uint64(len(b)) {
			return nil, fmt.Errorf("a table at %d is not within the file", at)
		}
		*table.into = int(at)
	}
	return m, nil
}

// uint32 is the number at an offset, wide enough to add to.
func (m *moReader) uint32(at int) uint64 {
	return uint64(m.order.Uint32([]byte(m.all[at : at+4])))
}

// text is that of row i of a table.
func (m *moReader) text(table, i int) (string, error) {
	row := table + moRowSize*i
	length, at := m.uint32(row), m.uint32(row+4)
	if at+length+1 > uint64(len(m.all)) {
		return "", fmt.Errorf("%d bytes at %d are not within the file", length, at)
	}
	if m.left -= int(length); m.left < 0 {
		return "", errors.New("the texts are longer than the file: they overlap")
	}
	text := m.all[at : at+length]
	switch {
	case m.all[at+length] != 0:
		return "", fmt.Errorf("no zero byte after the text at %d", at)
	case !utf8.ValidString(text):
		return "", fmt.Errorf("the text at %d is not UTF-8", at)
	}
	return text, nil
}

func (m *moReader) entry(i int) (*Entry, error) {
	id, err := m.text(m.ids, i)
	if err != nil {
		return nil, err
	}
	str, err := m.text(m.str, i)
	if err != nil {
		return nil, err
	}
	e := &Entry{Str: []string{str}}
	id, plural, hasPlural := strings.Cut(id, nul)
	e.ID, e.Plural = id, plural
	if context, id, ok := strings.Cut(id, eot); ok {
		e.Context, e.HasContext, e.ID = context, true, id
	}
	if hasPlural {
		e.Str = strings.SplitN(str, nul, mostForms+1)
	}
	return e, e.checkMO(hasPlural)
}

// checkMO tells what a .mo file cannot mean.
func (e *Entry) checkMO(hasPlural bool) error {
	switch {
	case hasPlural && e.Plural == "", strings.Contains(e.Plural, nul):
		return fmt.Errorf("%q has a plural that is none", e.ID)
	case strings.Contains(e.ID, eot):
		return fmt.Errorf("%q has two contexts", e.ID)
	case len(e.Str) > mostForms, !hasPlural && strings.Contains(e.Str[0], nul):
		return fmt.Errorf("%q has too many forms", e.ID)
	}
	return nil
}
