package main

import (
	"database/sql"
	"encoding/json"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// spoil FILE TABLE: the disk changes a value in each row of the table.
func spoil(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: spoil file table")
	}
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	_, err = db.Exec("UPDATE " + args[1] + " SET sealed = substr(sealed, 1, 20) || x'00000000' || substr(sealed, 25)")
	ts.Check(err)
}

func (p place) data(args ...string) outcome {
	return execute("", append(append([]string{"data"}, args...), "--store", p.url, "--key-file", p.keyFile)...)
}

func TestTheExportHasPartsInCoursesWithTheirGrades(t *testing.T) {
	p, _ := classroom(t)
	o := p.data("export", "b@example.org")
	o.want(t, exitOK, `"name": "Name of b"`)
	var all exported
	must(t, json.Unmarshal([]byte(o.stdout), &all))
	if len(all.Courses) != 1 || len(all.Courses[0].Grades) != 1 {
		t.Fatalf("%+v", all)
	}
	part := all.Courses[0]
	if part.Platform != "Campus" || part.User != "b" || !part.Gradebook || part.Progress.Step != "invited" || part.Launched.IsZero() {
		t.Errorf("%+v", part)
	}
	if g := part.Grades[0]; g.Score != .75 || g.State != "waiting" || g.Why != "unreachable" || g.Tries != 3 {
		t.Errorf("%+v", g)
	}
	for _, foreign := range []string{"sourcedid", "Name of a", "\x1b", "lms.example/o"} {
		if strings.Contains(o.stdout+o.stderr, foreign) {
			t.Errorf("shows %q", foreign)
		}
	}
}

func TestAGradeOnItsWayIsNamedBeforeItIsErased(t *testing.T) {
	p, d := classroom(t)
	o := p.data("erase", "b@example.org")
	o.want(t, exitRefused, `Still on its way: 75 % for "Privacy·[2J" of "Campus", the platform did not answer: it is tried again.`)
	o.want(t, exitRefused, "erase it too with --yes")
	p.data("export", "b@example.org").want(t, exitOK, `"state": "waiting"`)
	o = p.data("erase", "--yes", "b@example.org")
	o.want(t, exitOK, "Erased of b@example.org: the place on the list of learners, 1 part in a course, 1 grade, ")
	if _, err := d.Enrolment(t.Context(), 2); err == nil {
		t.Error("the enrolment is still there")
	}
	p.data("erase", "c@example.org").want(t, exitOK, "1 grade") // has arrived
	p.data("export", "a@example.org").want(t, exitOK, `"state": "refused"`)
}
