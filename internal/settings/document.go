package settings

import (
	"bytes"
	"errors"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// An entry is a value of the file, or a table (without one).
type entry struct {
	path         []string
	line, column int
	table        bool
	shape        shape
	words        []string // the value; several for a list
}

func (e entry) name() string { return strings.Join(e.path, ".") }

// tomlAdvice ends what is said of a file that is no TOML.
const tomlAdvice = "; text stands in quotation marks, and a key or table only once"

// maxDepth bounds tables within tables; no setting is deeper than four.
const maxDepth = 8

// readDocument lists what the file says. The faults are those of TOML itself;
// where there are some, entries may be missing.
func readDocument(file string, doc []byte) ([]entry, Faults) {
	doc = bytes.TrimPrefix(doc, []byte("\xef\xbb\xbf"))
	var whole map[string]any
	if err := toml.Unmarshal(doc, &whole); err != nil { // what is written twice, and syntax
		f := Fault{Source: file, Problem: "this is not TOML"}
		if at := (*toml.DecodeError)(nil); errors.As(err, &at) {
			f.Line, f.Column = at.Position()
			f.Problem = strings.TrimPrefix(at.Error(), "toml: ")
		}
		f.Problem += tomlAdvice
		return nil, Faults{f}
	}
	r := reader{}
	r.parser.Reset(doc)
	var table []string
	for r.parser.NextExpression() {
		e := r.parser.Expression()
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			var at unstable.Position
			table, at = r.keys(e.Key(), nil, true)
			r.entries = append(r.entries, entry{path: table, line: at.Line, column: at.Column, table: e.Kind == unstable.Table, shape: other})
		case unstable.KeyValue:
			r.keyValue(e, table, 0)
		}
	}
	return r.entries, nil
}

type reader struct {
	parser  unstable.Parser
	entries []entry
}

// keys joins a dotted key to the table that it stands in, and says where its
// first or last part begins.
func (r *reader) keys(it unstable.Iterator, table []string, last bool) (path []string, at unstable.Position) {
	path = append(path, table...)
	for it.Next() {
		n := it.Node()
		if at.Line == 0 || last {
			at = r.parser.Shape(n.Raw).Start
		}
		path = append(path, string(n.Data))
	}
	return path, at
}

func (r *reader) keyValue(e *unstable.Node, table []string, depth int) {
	path, at := r.keys(e.Key(), table, false)
	v := e.Value()
	found := entry{path: path, line: at.Line, column: at.Column}
	if v.Kind == unstable.InlineTable && depth < maxDepth {
		found.table, found.shape = true, other
		r.entries = append(r.entries, found)
		for it := v.Children(); it.Next(); {
			r.keyValue(it.Node(), path, depth+1)
		}
		return
	}
	found.shape, found.words = value(v)
	r.entries = append(r.entries, found)
}

func value(v *unstable.Node) (shape, []string) {
	switch v.Kind {
	case unstable.String:
		return text, []string{string(v.Data)}
	case unstable.Bool:
		return truth, []string{string(v.Data)}
	case unstable.Integer:
		return number, []string{string(v.Data)}
	case unstable.Array:
		words := []string{}
		for it := v.Children(); it.Next(); {
			if it.Node().Kind == unstable.Comment {
				continue
			}
			if it.Node().Kind != unstable.String {
				return other, nil
			}
			words = append(words, string(it.Node().Data))
		}
		return list, words
	}
	return other, nil
}
