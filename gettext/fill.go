package gettext

import "strings"

// Fill replaces each {name} in a text by the value that follows this name in pairs. A name that is not given stays as
// it is, and so does a brace that belongs to none. What has been put in is not looked at again.
func Fill(text string, pairs ...string) string {
	var b strings.Builder
	for {
		before, name, after, ok := nextVariable(text)
		if !ok {
			break
		}
		b.WriteString(before)
		b.WriteString(valueOf(name, pairs))
		text = after
	}
	b.WriteString(text)
	return b.String()
}

func valueOf(name string, pairs []string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == name {
			return pairs[i+1]
		}
	}
	return "{" + name + "}"
}

// nextVariable cuts a text at its first {name}.
func nextVariable(text string) (before, name, after string, ok bool) {
	for at := 0; ; {
		open := strings.IndexByte(text[at:], '{')
		if open < 0 {
			return text, "", "", false
		}
		start := at + open + 1
		end := start
		for end < len(text) && isNameByte(text[end]) {
			end++
		}
		if end > start && end < len(text) && text[end] == '}' {
			return text[:start-1], text[start:end], text[end+1:], true
		}
		at = start
	}
}

func isNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}
