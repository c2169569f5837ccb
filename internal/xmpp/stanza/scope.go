package stanza

// binding ties a prefix to the URI of a namespace; the prefix "" is the default namespace.
type binding struct{ prefix, space string }

// scope are the bindings in force, the innermost last.
type scope []binding

// space is the namespace of a prefix; false if the prefix has not been declared.
func (s scope) space(prefix string) (string, bool) {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i].prefix == prefix {
			return s[i].space, true
		}
	}
	if prefix == "xml" {
		return NSXML, true
	}
	return "", prefix == ""
}

// words keeps one copy of the names that come again and again. It is bounded: beyond that a name is just allocated.
type words map[string]string

const (
	mostWords   = 512
	longestWord = 64
)

func (w words) intern(b []byte) string {
	if s, ok := w[string(b)]; ok {
		return s
	}
	s := string(b)
	if len(w) < mostWords && len(b) <= longestWord {
		w[s] = s
	}
	return s
}
