package lti

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// A Param is one name and value of a form or query. Names may repeat, and order is kept: all of them are signed.
type Param struct{ Name, Value string }

const (
	maxForm   = 256 << 10 // bytes of a launch; id_tokens with everything in them stay below 20 kB
	maxParams = 1000
)

type form []Param

// parseForm reads application/x-www-form-urlencoded text.
func parseForm(text string) (form, *Refusal) {
	var f form
	for pair := range strings.SplitSeq(text, "&") {
		if pair == "" {
			continue
		}
		if len(f) == maxParams {
			return nil, refuse(Malformed, "more than %d parameters", maxParams)
		}
		name, value, _ := strings.Cut(pair, "=")
		n, err1 := url.QueryUnescape(name)
		v, err2 := url.QueryUnescape(value)
		if err1 != nil || err2 != nil {
			return nil, refuse(Malformed, "parameter %d has a bad percent escape", len(f)+1)
		}
		f = append(f, Param{n, v})
	}
	return f, nil
}

// readForm reads the form in a request's body.
func readForm(r *http.Request) (form, *Refusal) {
	if r.Method != http.MethodPost {
		return nil, refuse(NotALaunch, "method %s", quote(r.Method))
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, refuse(NotALaunch, "content type %s", quote(r.Header.Get("Content-Type")))
	}
	body, err := readAll(r.Body, maxForm)
	if err != nil {
		return nil, &Refusal{Reason: Malformed, Detail: "reading the form", err: err}
	}
	return parseForm(string(body))
}

var errTooLong = errors.New("longer than allowed")

// readAll reads at most limit bytes, of which there must not be more.
func readAll(r io.Reader, limit int64) ([]byte, error) {
	if r == nil {
		return nil, nil
	}
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		return nil, err
	case int64(len(b)) > limit:
		return nil, errTooLong
	}
	return b, nil
}

// has reports whether the name is there at all.
func (f form) has(name string) bool {
	for _, p := range f {
		if p.Name == name {
			return true
		}
	}
	return false
}

// value is the first value of the name.
func (f form) value(name string) string {
	for _, p := range f {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// contradiction finds a name among those that matter, or any if none is given, with two different values: signed or not, nobody
// can say which of them is meant.
func (f form) contradiction(matters func(name string) bool) (string, bool) {
	first := make(map[string]string, len(f))
	for _, p := range f {
		if before, ok := first[p.Name]; ok && before != p.Value && matters(p.Name) {
			return p.Name, true
		} else if !ok {
			first[p.Name] = p.Value
		}
	}
	return "", false
}

// covers reports whether each parameter of other is also in f, as often.
func (f form) covers(other form) bool {
	count := make(map[Param]int, len(f))
	for _, p := range f {
		count[p]++
	}
	for _, p := range other {
		if count[p]--; count[p] < 0 {
			return false
		}
	}
	return true
}

// unixLineEnds undoes what browsers do to the line ends of hidden fields.
func (f form) unixLineEnds() (form, bool) {
	var changed bool
	out := make(form, len(f))
	for i, p := range f {
		out[i] = Param{p.Name, strings.ReplaceAll(p.Value, "\r\n", "\n")}
		changed = changed || out[i] != p
	}
	return out, changed
}
