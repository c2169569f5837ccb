package web_test

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
)

// A seen is a page as a reader has it.
type seen struct {
	testing.TB
	path string
	*httptest.ResponseRecorder
	root *element
}

// An element of a page.
type element struct {
	name     string
	attrs    map[string]string
	children []*element
	text     string // its own and that of all below it, in order
}

// newSeen reads a page. An element that is not closed, or closed in another order, fails the test.
func newSeen(t testing.TB, path string, out *httptest.ResponseRecorder) *seen {
	t.Helper()
	s := &seen{TB: t, path: path, ResponseRecorder: out, root: &element{}}
	if !strings.HasPrefix(out.Header().Get("Content-Type"), "text/html") {
		return s
	}
	d := xml.NewDecoder(strings.NewReader(out.Body.String()))
	d.Strict, d.AutoClose, d.Entity = false, []string{"meta", "link", "input", "br", "rect", "path"}, xml.HTMLEntity
	open := []*element{s.root}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("the page is not HTML: %v\n%s", err, out.Body)
		}
		top := open[len(open)-1]
		switch token := token.(type) {
		case xml.StartElement:
			e := &element{name: token.Name.Local, attrs: map[string]string{}}
			for _, a := range token.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			top.children = append(top.children, e)
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			for _, e := range open {
				e.text += string(token)
			}
		}
	}
	if len(open) != 1 {
		t.Errorf("an element is not closed: %s", open[len(open)-1].name)
	}
	return s
}

// all are the elements of a name, in order; "" means any.
func (e *element) all(name string) []*element {
	var found []*element
	for _, c := range e.children {
		if name == "" || c.name == name {
			found = append(found, c)
		}
		found = append(found, c.all(name)...)
	}
	return found
}

// byID is the one element with this id.
func (s *seen) byID(id string) *element {
	s.Helper()
	var found []*element
	for _, e := range s.root.all("") {
		if e.attrs["id"] == id {
			found = append(found, e)
		}
	}
	if len(found) != 1 {
		s.Fatalf("%d elements have the id %q\n%s", len(found), id, s.Body)
	}
	return found[0]
}

func (e *element) words() string { return strings.Join(strings.Fields(e.text), " ") }

// main is what the page says.
func (s *seen) main() string {
	s.Helper()
	for _, e := range s.root.all("main") {
		return e.words()
	}
	s.Fatalf("no main: %d %s", s.Code, s.Body)
	return ""
}

// heading is the one h1.
func (s *seen) heading() string {
	s.Helper()
	all := s.root.all("h1")
	if len(all) != 1 {
		s.Fatalf("%d headings of the first level: %d\n%s", len(all), s.Code, s.Body)
	}
	return all[0].words()
}

// says fails unless the page says all of it.
func (s *seen) says(texts ...string) *seen {
	s.Helper()
	for _, text := range texts {
		if !strings.Contains(s.main(), text) {
			s.Errorf("the page %s (%d) does not say %q, but:\n%s", s.path, s.Code, text, s.main())
		}
	}
	return s
}

func (s *seen) silent(texts ...string) *seen {
	s.Helper()
	for _, text := range texts {
		if strings.Contains(s.Body.String(), text) {
			s.Errorf("the page %s says %q:\n%s", s.path, text, s.Body)
		}
	}
	return s
}

// at fails unless the page has this heading.
func (s *seen) at(heading string) *seen {
	s.Helper()
	if got := s.heading(); got != heading {
		s.Fatalf("at %q, not %q: %d\n%s", got, heading, s.Code, s.main())
	}
	return s
}

// self is the path of the learner's page, whatever the page was answering.
func (s *seen) self() string {
	s.Helper()
	parts := strings.SplitN(strings.TrimPrefix(s.path, "/"), "/", 3)
	if len(parts) < 2 || parts[0] != "a" && parts[0] != "t" {
		s.Fatalf("%s is no page of a visit: %d\n%s", s.path, s.Code, s.Body)
	}
	token, _, _ := strings.Cut(parts[1], "?")
	return "/" + parts[0] + "/" + token
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
