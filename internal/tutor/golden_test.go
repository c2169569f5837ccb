package tutor

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otrbot/gettext"
	"otrbot/internal/record"
)

var update = flag.Bool("update", false, "write the transcripts of testdata anew")

// A transcript is a file of lines: "# …" is a remark, "= NAME VALUE" an option,
// "> …" what the learner types or does in a Rehearsal; everything else is the
// tutor's answer, ending with the state reached, and with a page with what it shows.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d transcripts, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := replay(t, string(want), false)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if !bytes.Equal(want, []byte(got)) {
				t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
			}
		})
	}
}

// replay plays the inputs of a transcript again; killed: the bot is ended after
// each of them, and another goes on with what was kept.
func replay(t *testing.T, transcript string, killed bool) string {
	t.Helper()
	var out strings.Builder
	o, learner := rehearsalOptions(), record.Learner{JID: "ada@example.org", Locale: "en_GB"}
	var r *Rehearsal
	for line := range strings.Lines(transcript) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "= "):
			name, value, _ := strings.Cut(line[2:], " ")
			setOption(t, &o, &learner, name, value)
			out.WriteString(line + "\n")
		case strings.HasPrefix(line, "#"):
			out.WriteString(line + "\n")
		case strings.HasPrefix(line, ">"):
			if r == nil {
				r = New(basic(t), o).Rehearse(learner, start)
			}
			if killed {
				r.Tutor, r.Session = New(basic(t), o), keep(t, r.Session)
			}
			out.WriteString("\n" + line + "\n")
			play(&out, r, strings.TrimSpace(line[1:]))
		}
	}
	return out.String()
}

// keep is a session after it has been kept and taken up again.
func keep(t *testing.T, s *Session) *Session {
	t.Helper()
	kept, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	again := new(Session)
	if err := json.Unmarshal(kept, again); err != nil {
		t.Fatal(err)
	}
	return again
}

// The next process knows everything that the last one knew.
func TestTranscriptsAcrossRestarts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got := replay(t, string(want), true); got != string(want) {
			t.Errorf("%s: another process answers\n%s", file, got)
		}
	}
}

func play(out *strings.Builder, r *Rehearsal, line string) {
	before := r.Now
	effects, err := r.Type(strings.ReplaceAll(line, "{code}", r.Session.Code.Reveal()))
	if err != nil {
		fmt.Fprintln(out, "!", err)
	}
	for _, e := range effects {
		fmt.Fprintln(out, Show(e))
	}
	switch s := r.Session; {
	case s.Page:
		fmt.Fprintf(out, "(%s; the page shows %s)\n", s.State, pageLine(s.Progress()))
	case !s.Over:
		fmt.Fprintf(out, "(%s)\n", s.State)
	}
	if r.Now == before {
		r.Now = r.Now.Add(20 * time.Second) // people take their time
	}
}

var start = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

const ourSecret = "seven brass lanterns"

func rehearsalOptions() Options {
	return Options{DefaultSecret: NewSecret(ourSecret), Rand: new(countingDice)}
}

// pageLine is what a course page knows.
func pageLine(p record.Progress) string {
	line := string(p.Step)
	if p.Trouble != record.NoTrouble {
		line += ", trouble " + string(p.Trouble)
	}
	if p.Ended {
		line += ", ended"
	}
	return line
}

func setOption(t *testing.T, o *Options, learner *record.Learner, name, value string) {
	t.Helper()
	switch name {
	case "secret":
		o.DefaultSecret = NewSecret(value)
	case "may_start_smp":
		o.MayStartSMP = true
	case "language":
		o.Languages, learner.Locale = everyLanguage(t), value
	case "page":
		learner.Enrolment = 1
	case "course_page":
		o.CoursePage = gettext.Msg(value)
	default:
		t.Fatalf("no option %q", name)
	}
}

// countingDice throws the same every time.
type countingDice struct{ n byte }

func (d *countingDice) Read(p []byte) (int, error) {
	for i := range p {
		d.n += 37
		p[i] = d.n
	}
	return len(p), nil
}
