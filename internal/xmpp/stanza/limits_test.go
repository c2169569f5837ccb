package stanza

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestLimits(t *testing.T) {
	limits := Limits{Bytes: 300, Depth: 4, Children: 6, Attrs: 3}
	from := "<message from='eve@example.org/x'>"
	for name, tt := range map[string]struct {
		stanza string
		want   string // "" : within the limits
	}{
		"bytes, just":         {stanza: padded(from+"<body>", "x", "</body></message>", 300)},
		"bytes, one more":     {stanza: padded(from+"<body>", "x", "</body></message>", 301), want: "message eve@example.org/x 301"},
		"far more bytes":      {stanza: padded(from+"<body>", "x", "</body></message>", 30_000), want: "message eve@example.org/x 30000"},
		"in a value":          {stanza: padded(from+"<a b='", ">", "'/></message>", 10_000), want: "message eve@example.org/x 10000"},
		"in CDATA":            {stanza: padded(from+"<![CDATA[", "]>", "]]></message>", 10_000), want: "message eve@example.org/x 10000"},
		"many small elements": {stanza: padded(from, "<a b='1' />", "</message>", 10_000), want: "message eve@example.org/x 10000"},
		"end tags":            {stanza: padded(from, "<a></a >", "</message>", 10_000), want: "message eve@example.org/x 10000"},
		"the start tag":       {stanza: padded("<iq a='", "x", "' from='a'/>", 10_000), want: "iq  10000"},
		"its space":           {stanza: padded("<iq from='a' ", " ", "/>", 10_000), want: "iq  10000"},
		"depth, just":         {stanza: from + "<a><b><c/></b></a></message>"},
		"depth":               {stanza: from + "<a><b><c><d/></c></b></a></message>", want: "message eve@example.org/x"},
		"children, just":      {stanza: from + "<a><b/><b/></a><a/><a/><a/></message>"},
		"children":            {stanza: from + "<a><b/><b/></a><a/><a/><a/><a/></message>", want: "message eve@example.org/x"},
		"attributes, just":    {stanza: "<iq from='eve@example.org/x' a='1' b='2'/>"},
		"attributes":          {stanza: "<iq from='eve@example.org/x' a='1' b='2' c='3'/>", want: "iq "},
		"of a child":          {stanza: from + "<x a='1' b='2' c='3' d='4'/></message>", want: "message eve@example.org/x"},
		"declarations":        {stanza: from + "<x xmlns='1' xmlns:b='2' xmlns:c='3' xmlns:d='4'/></message>", want: "message eve@example.org/x"},
	} {
		t.Run(name, func(t *testing.T) {
			r := NewReader(strings.NewReader(open+tt.stanza+"<presence/>"), limits)
			_, err := r.Next()
			if got := told(err); got != tt.want && got != fmt.Sprintf("%s %d", tt.want, len(tt.stanza)) {
				t.Errorf("%v (%q)", err, got)
			}
			if e, err := r.Next(); err != nil || e.Local != "presence" {
				t.Errorf("the next stanza: %+v, %v", e, err)
			}
			if strings.Contains(tt.want, "iq ") {
				return // Parse has no limit of its own for the start tag
			}
			if _, err = Parse([]byte(tt.stanza), limits); told(err) != tt.want && told(err) != fmt.Sprintf("%s %d", tt.want, len(tt.stanza)) {
				t.Errorf("Parse: %v", err)
			}
		})
	}
}

// padded repeats middle until the whole has the size; what is missing at the end is white space within a tag.
func padded(start, middle, end string, size int) string {
	room := size - len(start) - len(end)
	s := start + strings.Repeat(middle, room/len(middle)) + end
	return s[:len(s)-1] + strings.Repeat(" ", size-len(s)) + s[len(s)-1:]
}

func told(err error) string {
	var large *TooLarge
	switch {
	case err == nil:
		return ""
	case errors.As(err, &large):
		return fmt.Sprintf("%s %s %d", large.Local, large.From, large.Bytes)
	}
	return err.Error()
}

func TestLimitsBySender(t *testing.T) {
	big := strings.Repeat("x", 1000)
	stream := open + "<iq from='bot.example'><a>" + big + "</a></iq><iq from='eve@example.org'><a>" + big + "</a></iq><iq><b>" + big + "</b></iq><iq from='nil'/>"
	r := NewReader(strings.NewReader(stream), Limits{Bytes: 100})
	var asked []string
	r.SetLimits(func(from string) Limits {
		asked = append(asked, from)
		switch from {
		case "nil":
			return Limits{Bytes: 5} // less than the start tag has
		case "eve@example.org":
			return Limits{Bytes: 100}
		}
		return Limits{Bytes: 10_000}
	})
	var got []string
	for {
		e, err := r.Next()
		var large *TooLarge
		if err != nil && !errors.As(err, &large) {
			break
		}
		if e != nil {
			got = append(got, e.Attr("from"))
		} else {
			got = append(got, told(err))
		}
	}
	if want := []string{"bot.example", "iq eve@example.org 1039", "", "iq nil 16"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if want := []string{"bot.example", "eve@example.org", "", "nil"}; !slices.Equal(asked, want) {
		t.Errorf("asked %q", asked)
	}
}

func TestSkipping(t *testing.T) {
	stanza := padded("<message><body>", "x", "</body></message>", 1000)
	for skip, want := range map[int]error{-1: ErrTooMuch, 899: ErrTooMuch, 900: nil, 0: nil} {
		got, err := read(t, strings.NewReader(open+stanza+"<presence/></stream:stream>"), Limits{Bytes: 100, Past: skip})
		if want != nil && (!errors.Is(err, want) || got != nil) || want == nil && (!errors.Is(err, io.EOF) || len(got) != 2) {
			t.Errorf("skip %d: %q, %v", skip, got, err)
		}
	}
}

// endless is a stream that begins and then repeats itself.
type endless struct{ begin, again string }

func (e *endless) Read(b []byte) (int, error) {
	if e.begin == "" {
		e.begin = e.again
	}
	n := copy(b, e.begin)
	e.begin = e.begin[n:]
	return n, nil
}

func TestMemoryIsBounded(t *testing.T) {
	for name, middle := range map[string]string{"text": "x", "depth": "<a>", "elements": "<a/>", "a value": "<a b='", "CDATA": "<![CDATA[", "a name": "<aaaa"} {
		r := NewReader(&endless{begin: open + "<message>", again: strings.Repeat(middle, 1000)}, Limits{Bytes: 10_000, Past: 20 << 20})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if e, err := r.Next(); !errors.Is(err, ErrTooMuch) {
			t.Errorf("%s: %v, %v", name, e, err)
		}
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 200_000 {
			t.Errorf("%s: %d bytes allocated for what was dropped", name, used)
		}
	}
}
