package page

import (
	"encoding/hex"
	"io"
	"net/http"

	"otrbot/gettext"
)

// A Failure is what went wrong, for the person in front of the page.
type Failure struct {
	Status int                // of HTTP
	In     *gettext.Catalogue // nil: what the browser asks for
	Title  gettext.Msg        // what happened, in a few words
	What   gettext.Msg        // the same in a sentence or two; may be empty
	Next   gettext.Msg        // what to do now; never empty
	Pairs  []string           // names and values, in turn, for all three
	Links  []Link             // ways out
	ID     string             // stands in the log as well: see NewID; "" none
}

// A Link is a way out.
type Link struct {
	Text      gettext.Msg
	URL       string
	Host      string // shown after the text, so that one sees where the link leads; "" none
	NewWindow bool   // opens a window of its own
	Top       bool   // leaves the frame
}

// Fail answers with the page that explains a failure. It may be shown in any frame: it has nothing on it that somebody
// could be tricked into, and a reader who sees an empty frame is told nothing.
func (s *Site) Fail(w http.ResponseWriter, r *http.Request, f Failure) {
	if f.In == nil {
		f.In = s.Language(r)
	}
	view := View{
		Status: f.Status, In: f.In, Template: s.layout, Name: "failure", Title: f.text(f.Title), Frames: []string{"*"}, Framed: true,
		Data: failureData{
			Title: f.text(f.Title), What: f.text(f.What), Next: f.text(f.Next), ID: f.ID, Links: f.Links,
		},
	}
	s.Render(w, r, view)
}

func (f Failure) text(m gettext.Msg) string {
	if m == "" {
		return ""
	}
	return gettext.Fill(f.In.Text(m), f.Pairs...)
}

type failureData struct {
	Title, What, Next, ID string
	Links                 []Link
}

// NewID draws eight hexadecimal digits that name one refusal, on the page and in the log.
func NewID(dice io.Reader) string {
	var b [4]byte
	if _, err := io.ReadFull(dice, b[:]); err != nil {
		return "00000000" // it only helps to find a line in the log
	}
	return hex.EncodeToString(b[:])
}
