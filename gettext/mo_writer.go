package gettext

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
)

// The layout of a .mo file: seven numbers of 32 bits, a table of lengths and offsets of the messages in order, one of
// their translations, then the texts, each with a zero byte behind it.
const (
	moMagic      = 0x950412de
	moHeaderSize = 28
	moRowSize    = 8
)

// potCreationDate is not compiled, as with GNU: the same texts give the same file.
const potCreationDate = "POT-Creation-Date"

// WriteMO writes a .mo file: the header and every translation that is neither fuzzy nor obsolete nor missing. The bytes
// are those of GNU's "msgfmt --no-hash", little-endian.
func (f *File) WriteMO(w io.Writer) error {
	if err := f.writable(); err != nil {
		return err
	}
	rows := f.moRows()
	tables := moHeaderSize + 2*moRowSize*len(rows)
	size := tables
	for _, row := range rows {
		size += len(row.id) + len(row.str) + 2
	}
	if size > MaxSize {
		return fmt.Errorf("the file would have more than %d bytes", MaxSize)
	}
	out := make([]byte, 0, size)
	out = binary.LittleEndian.AppendUint32(out, moMagic)
	for _, n := range []int{0, len(rows), moHeaderSize, moHeaderSize + moRowSize*len(rows), 0, tables} {
		out = binary.LittleEndian.AppendUint32(out, uint32(n))
	}
	var texts bytes.Buffer
	for _, text := range moTexts(rows) {
		out = binary.LittleEndian.AppendUint32(out, uint32(len(text)))
		out = binary.LittleEndian.AppendUint32(out, uint32(tables+texts.Len()))
		texts.WriteString(text + nul)
	}
	_, err := w.Write(append(out, texts.Bytes()...))
	return err
}

type moRow struct{ id, str string }

func (f *File) moRows() []moRow {
	var rows []moRow
	if len(f.Header.Fields) > 0 {
		h := Header{}
		for _, field := range f.Header.Fields {
			if !strings.EqualFold(field.Name, potCreationDate) {
				h.Fields = append(h.Fields, field)
			}
		}
		rows = append(rows, moRow{"", h.text()})
	}
	for _, e := range f.Entries {
		if e.shown() {
			rows = append(rows, moRow{e.moID(), strings.Join(e.Str, nul)})
		}
	}
	slices.SortFunc(rows, func(a, b moRow) int { return strings.Compare(a.id, b.id) })
	return rows
}

// moID is the message as a .mo file has it.
func (e *Entry) moID() string {
	id := e.ID
	if e.HasContext {
		id = e.Context + eot + id
	}
	if e.Plural != "" {
		id += nul + e.Plural
	}
	return id
}

// moTexts are all messages, then all translations.
func moTexts(rows []moRow) []string {
	texts := make([]string, 2*len(rows))
	for i, row := range rows {
		texts[i], texts[len(rows)+i] = row.id, row.str
	}
	return texts
}
