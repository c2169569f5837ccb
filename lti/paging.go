package lti

import (
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"strings"
)

const (
	maxPages = 500
	maxList  = 10_000 // members of one page
)

// pages goes from page to page by "Link: <...>; rel=next", as long as that stays on the platform's hosts.
func pages[T any](t *Tool, first *url.URL, hosts []string, fetch func(*url.URL) (answer, []T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		seen := map[string]bool{}
		for at := first; at != nil; {
			if seen[at.String()] || len(seen) >= maxPages {
				yield(none, &ServiceError{Op: "paging", Detail: "the pages do not come to an end"})
				return
			}
			seen[at.String()] = true
			a, list, err := fetch(at)
			if err != nil {
				yield(none, err)
				return
			}
			for _, item := range list {
				if !yield(item, nil) {
					return
				}
			}
			next := nextLink(a.header)
			if next == "" {
				return
			}
			absolute, err := at.Parse(next)
			if err == nil {
				at, err = t.serviceURL(absolute.String(), hosts)
			}
			if err != nil {
				yield(none, err)
				return
			}
		}
	}
}

// nextLink finds the target of rel=next: RFC 8288, section 3.
func nextLink(h http.Header) string {
	for _, value := range h.Values("Link") {
		for value != "" {
			_, rest, ok := strings.Cut(value, "<")
			if !ok {
				break
			}
			target, rest, ok := strings.Cut(rest, ">")
			if !ok {
				break
			}
			var next bool
			next, value = linkParams(rest)
			if next {
				return strings.TrimSpace(target)
			}
		}
	}
	return ""
}

// linkParams reads one link's parameters, tells whether the first rel among them holds next, and gives what follows
// the comma.
func linkParams(s string) (next bool, rest string) {
	seen := false
	for {
		s = strings.TrimLeft(s, " \t")
		if s == "" || s[0] == ',' {
			return next, strings.TrimPrefix(s, ",")
		}
		s = strings.TrimLeft(strings.TrimPrefix(s, ";"), " \t")
		end := strings.IndexAny(s, "=;,")
		if end < 0 {
			return next, ""
		}
		name, value := strings.TrimSpace(s[:end]), ""
		s = s[end:]
		if s[0] == '=' {
			value, s = linkValue(strings.TrimLeft(s[1:], " \t"))
		}
		if strings.EqualFold(name, "rel") && !seen {
			seen = true
			for rel := range strings.FieldsSeq(value) {
				next = next || strings.EqualFold(rel, "next")
			}
		}
	}
}

// linkValue reads a token or a quoted string.
func linkValue(s string) (value, rest string) {
	if !strings.HasPrefix(s, `"`) {
		end := strings.IndexAny(s, ";,")
		if end < 0 {
			end = len(s)
		}
		return strings.TrimSpace(s[:end]), s[end:]
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}

func addQuery(u *url.URL, name, value string) {
	if value == "" {
		return
	}
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += name + "=" + url.QueryEscape(value)
}

func decode[T any](a answer, op string) (T, error) {
	var v T
	if err := json.Unmarshal(a.body, &v); err != nil {
		return v, &ServiceError{Op: op, Status: a.status, Detail: "the answer is not the JSON of this service", err: err}
	}
	return v, nil
}

func decodeList[T any](a answer, op string) ([]T, error) {
	list, err := decode[[]T](a, op)
	if err == nil && len(list) > maxList {
		err = &ServiceError{Op: op, Status: a.status, Detail: "a page of too many"}
	}
	return list, err
}
