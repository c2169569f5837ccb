package stanza

import (
	"fmt"
	"strconv"
)

// Append appends e as XML. Within is the default namespace in force where the bytes will stand: jabber:client in a
// client's stream, "" on its own. It declares default namespaces only; prefixes appear for attributes that have a
// namespace. The errors are [ErrIllegalText], and one for a name that is no XML name: dst then comes back as it was.
func (e *Element) Append(dst []byte, within string) ([]byte, error) {
	out, err := e.append(dst, within)
	if err != nil {
		return dst, err
	}
	return out, nil
}

func (e *Element) append(dst []byte, within string) ([]byte, error) {
	prefix, inside := "", e.Space
	if e.Space == NSXML { // it can only be had by its own prefix (Namespaces in XML 1.0, 3)
		prefix, inside = "xml:", within
	}
	dst, err := e.appendStart(dst, prefix, within, inside)
	if err != nil {
		return nil, err
	}
	if len(e.Nodes) == 0 {
		return append(dst, '/', '>'), nil
	}
	dst = append(dst, '>')
	for _, n := range e.Nodes {
		if n.Element != nil {
			dst, err = n.Element.append(dst, inside)
		} else {
			dst, err = appendText(dst, n.Text, inText)
		}
		if err != nil {
			return nil, err
		}
	}
	dst = append(dst, '<', '/')
	dst = append(dst, prefix...)
	dst = append(dst, e.Local...)
	return append(dst, '>'), nil
}

// appendStart leaves the tag open. Inside is the default namespace of its content.
func (e *Element) appendStart(dst []byte, prefix, within, inside string) ([]byte, error) {
	if !isName(e.Local) {
		return nil, fmt.Errorf("stanza: %q is no name of an element", e.Local)
	}
	dst = append(dst, '<')
	dst = append(dst, prefix...)
	dst = append(dst, e.Local...)
	var err error
	if inside != within {
		if dst, err = appendAttr(dst, "xmlns", inside); err != nil {
			return nil, err
		}
	}
	for i, a := range e.Attrs {
		if !isName(a.Local) || a.Space == "" && a.Local == "xmlns" {
			return nil, fmt.Errorf("stanza: %q is no name of an attribute", a.Local)
		}
		name := a.Local
		switch a.Space {
		case "":
		case NSXML:
			name = "xml:" + name
		default:
			prefix := "n" + strconv.Itoa(i)
			if dst, err = appendAttr(dst, "xmlns:"+prefix, a.Space); err != nil {
				return nil, err
			}
			name = prefix + ":" + name
		}
		if dst, err = appendAttr(dst, name, a.Value); err != nil {
			return nil, err
		}
	}
	return dst, nil
}

func appendAttr(dst []byte, name, value string) ([]byte, error) {
	dst = append(dst, ' ')
	dst = append(dst, name...)
	dst = append(dst, '=', '\'')
	dst, err := appendText(dst, value, inValue)
	if err != nil {
		return nil, err
	}
	return append(dst, '\''), nil
}

// place is where character data stands: it decides what has to be escaped.
type place int

const (
	inText place = iota
	inValue
	inCDATA
)

func appendText(dst []byte, s string, where place) ([]byte, error) {
	if !Legal(s) {
		return nil, ErrIllegalText
	}
	plain := 0
	for i := range len(s) {
		if s[i] > '>' { // no character above it needs an escape
			continue
		}
		e := escape(s[i], where)
		if e == "" {
			continue
		}
		dst = append(dst, s[plain:i]...)
		dst = append(dst, e...)
		plain = i + 1
	}
	return append(dst, s[plain:]...), nil
}

// escape is how a character is written, "" for itself. A reader turns literal line ends into "\n" and in values
// all white space into " " (XML 1.0, 2.11 and 3.3.3); as references they arrive as they are.
func escape(c byte, where place) string {
	switch c {
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '\r':
		return "&#xD;"
	}
	if where == inValue {
		switch c {
		case '\'':
			return "&apos;"
		case '\t':
			return "&#x9;"
		case '\n':
			return "&#xA;"
		}
	}
	return ""
}
