package logging

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"unicode/utf8"
)

// Hidden stands in the place of a value that must not be in a log.
const Hidden = "[hidden]"

// Of a text longer than longest bytes, the first and last kept characters are
// written: pictures and stanzas do not fill a log. Pictures are cut even when
// they are small.
const (
	longest = 1024
	kept    = 60
)

// pictures are what stanzas that carry an avatar hold: XEP-0153 and XEP-0084.
var pictures = []string{"<BINVAL>", "urn:xmpp:avatar:data"}

// tidy is what becomes of every attribute before it is written. It is called
// with the value resolved and for groups' members one by one.
func tidy(groups []string, a slog.Attr) slog.Attr {
	if confidential(a.Key) || slices.ContainsFunc(groups, confidential) {
		return slog.String(a.Key, Hidden)
	}
	switch a.Value.Kind() {
	case slog.KindString:
		return slog.String(a.Key, cut(a.Value.String()))
	case slog.KindAny:
		if whole, short := said(a.Value.Any()); len(short) < len(whole) {
			return slog.String(a.Key, short)
		}
	}
	return a
}

// said is a value as text, whole and cut.
func said(v any) (whole, short string) {
	switch v := v.(type) {
	case error:
		whole = v.Error()
	case []byte:
		whole = string(v)
	default:
		whole = fmt.Sprintf("%+v", v)
	}
	return whole, cut(whole)
}

func confidential(key string) bool {
	for word := range strings.FieldsFuncSeq(strings.ToLower(key), func(c rune) bool { return c == '_' || c == '-' || c == '.' || c == ' ' }) {
		switch word {
		case "secret", "secrets", "password", "passwords", "body", "jid", "jids", "token", "tokens":
			return true
		}
	}
	return false
}

// cut leaves of a long text the first and last kept characters.
func cut(s string) string {
	if len(s) <= longest && !slices.ContainsFunc(pictures, func(p string) bool { return strings.Contains(s, p) }) {
		return s
	}
	from, to := 0, len(s)
	for range kept {
		_, first := utf8.DecodeRuneInString(s[from:])
		_, last := utf8.DecodeLastRuneInString(s[:to])
		from, to = from+first, to-last
	}
	if from >= to {
		return s
	}
	return s[:from] + "…" + s[to:]
}
