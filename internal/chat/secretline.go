package chat

import (
	"strings"
	"unicode"
)

// splitQuestion takes apart what follows /ask: the question in quotation marks, and the answer behind it.
func splitQuestion(rest string) (question, answer string, ok bool) {
	rest = strings.TrimSpace(rest)
	for _, marks := range [][2]string{{`"`, `"`}, {"“", "”"}, {"„", "“"}, {"«", "»"}, {"'", "'"}} {
		inner, found := strings.CutPrefix(rest, marks[0])
		if !found {
			continue
		}
		question, answer, closed := strings.Cut(inner, marks[1])
		question = strings.TrimSpace(question)
		return question, strings.TrimSpace(answer), closed && question != ""
	}
	return "", "", false
}

// SecretPart is where, in a line that a person types, the secret begins that must be neither shown nor kept;
// -1: there is none.
func SecretPart(line string) int {
	word := strings.TrimLeftFunc(line, unicode.IsSpace)
	name, rest, found := strings.Cut(word, " ")
	if !found {
		return -1
	}
	switch strings.ToLower(name) {
	case "/verify", "/answer":
		return len(line) - len(rest)
	case "/ask":
		// The closing mark ends the question. Before it, nothing is secret.
		if _, answer, ok := splitQuestion(rest); ok && answer != "" {
			return strings.LastIndex(line, answer)
		} else if ok && endsBehindMark(rest) {
			return len(line)
		}
	}
	return -1
}

// endsBehindMark: the next character typed belongs to the answer.
func endsBehindMark(rest string) bool { return strings.HasSuffix(rest, " ") }

// Redact is the line as it may be shown: without its secret.
func Redact(line string) string {
	if i := SecretPart(line); i >= 0 && i < len(line) {
		return line[:i] + "(not shown)"
	}
	return line
}

// wantsSecret reports whether a command leaves its secret to the next line.
func wantsSecret(line string) bool {
	name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	switch strings.ToLower(name) {
	case "/verify", "/answer":
		return rest == ""
	case "/ask":
		_, answer, ok := splitQuestion(rest)
		return ok && answer == ""
	}
	return false
}
