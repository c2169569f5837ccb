package class

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
)

func TestCSV(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	all := []person{
		{ID: 1, Name: `Ann "the ant", B.`, Status: stuck, Step: record.StepChatting, Trouble: record.TroubleClient, Since: now.Add(-time.Hour), Active: now, Gradable: true},
		{ID: 2, Name: "Zoë", Status: done, Step: record.StepDone, Gradable: true, Grade: &course.Grade{State: course.GradeConfirmed, Done: true}},
		{Name: "=HYPERLINK(1)"},
	}
	var b bytes.Buffer
	if err := writeCSV(&b, nil, all, now); err != nil {
		t.Fatal(err)
	}
	text, marked := strings.CutPrefix(b.String(), "\ufeff")
	if !marked || strings.Count(text, "\r\n") != strings.Count(text, "\n") {
		t.Errorf("no byte order mark, or lines that do not end as RFC 4180 says: %q", b.String())
	}
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(lines[1], "|")
	if want := `Ann "the ant", B.|Stuck|Chats with the bot|2026-11-22 11:00:00|The learner’s chat program does not know OTR.|2026-11-22 12:00:00|None yet|`; !strings.HasPrefix(got, want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := strings.Join(lines[2][:7], "|"); got != "Zoë|Done|Finished the lesson||||In the gradebook" {
		t.Error(got)
	}
	if got := strings.Join(lines[3], "|"); got != "'=HYPERLINK(1)|Not started|Has not opened it|||||" {
		t.Error(got)
	}
}

func TestNoFormulas(t *testing.T) {
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\tx": "'\tx", "\rx": "'\rx", "  =1": "'  =1", "＝1": "'＝1",
		"Ann": "Ann", "": "", "a=1": "a=1", "’t": "’t", " x": " x",
	} {
		if got := inert(cell); got != want {
			t.Errorf("%q becomes %q, not %q", cell, got, want)
		}
	}
}

// Whatever somebody is called, the table can be read back, and no cell is a formula.
func FuzzCSV(f *testing.F) {
	for _, name := range []string{"Ann", "=1", "-", "\t@", "a\"b,c\r\n=1", "\xff\x00", "＠"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if len(name) > 1000 {
			return
		}
		var b bytes.Buffer
		if err := writeCSV(&b, nil, []person{{Name: name}, {Name: plainName(name)}}, time.Time{}); err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\ufeff"))).ReadAll()
		if err != nil || len(lines) != 3 {
			t.Fatalf("%d lines, %v", len(lines), err)
		}
		for _, line := range lines[1:] {
			if first := strings.TrimSpace(line[0]); first != "" && strings.ContainsAny(first[:1], "=+-@\t\r") {
				t.Errorf("%q begins like a formula", line[0])
			}
		}
	})
}
