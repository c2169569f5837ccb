package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"otrbot/internal/store"
)

// notShown are the parts of what is kept of an address that the export leaves out, and why.
var notShown = map[string]string{
	"Learner.JID":                          "the address itself, which is shown once",
	"Learner.Enrolment":                    "the parts show it",
	"Ending":                               "a note that says only that everything is erased",
	"Parts.Enrolment.Key.Platform":         "a number of ours; the name is shown",
	"Parts.Enrolment.Outcome":              "the way to the gradebook is for programs; that there is one is shown",
	"Parts.Enrolment.Grades":               "likewise",
	"Parts.Enrolment.Roster":               "likewise, and nothing of the person",
	"Parts.Enrolment.Progress.Answer.Note": "a number of ours",
	"Parts.Enrolment.Progress.Answer.Left": "how many tries there are now",
	"Parts.Grades.ID":                      "a number of ours",
	"Parts.Grades.Enrolment":               "the part has it",
}

// Whatever is kept of an address is in the export, also what is added one day: each field gets a value of its own, which
// must be found there.
func TestTheExportLeavesNothingOut(t *testing.T) {
	var all store.Data
	m := marker{t: t, want: map[string]string{}}
	m.mark(reflect.ValueOf(&all).Elem(), "")
	text, err := json.Marshal(exportedData("jid@example.org", all))
	must(t, err)
	for path, value := range m.want {
		if !strings.Contains(string(text), value) {
			t.Errorf("%s is kept and not shown", path)
		}
	}
	for path := range notShown {
		if !m.met[path] {
			t.Errorf("there is no %s any more", path)
		}
	}
	if len(m.want) < 30 {
		t.Errorf("only %d values: the test is blind", len(m.want))
	}
}

// A marker gives each field a value that is found nowhere else, as JSON has it.
type marker struct {
	t    *testing.T
	want map[string]string // by path
	met  map[string]bool   // of notShown
	n    int
}

func (m *marker) mark(v reflect.Value, path string) {
	if m.met == nil {
		m.met = map[string]bool{}
	}
	if notShown[path] != "" {
		m.met[path] = true
		return
	}
	m.n++
	if one, ok := v.Addr().Interface().(*time.Time); ok {
		*one = time.Date(2000+m.n, 1, 1, 0, 0, 0, 0, time.UTC)
		m.want[path] = fmt.Sprintf(`"%d-01-01T00:00:00Z"`, 2000+m.n)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			m.mark(v.Field(i), strings.TrimPrefix(path+"."+v.Type().Field(i).Name, "."))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		m.mark(v.Elem(), path)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		m.mark(v.Index(0), path)
	case reflect.String:
		v.SetString(fmt.Sprintf("text-%d-", m.n))
		m.want[path] = fmt.Sprintf(`"text-%d-"`, m.n)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(770000 + m.n))
		m.want[path] = fmt.Sprint(770000 + m.n)
	case reflect.Float64:
		v.SetFloat(float64(m.n) + .125)
		m.want[path] = fmt.Sprintf("%d.125", m.n)
	case reflect.Bool:
		v.SetBool(true) // one of two: that it is there is all that can be found
	default:
		m.t.Fatalf("%s: a %v", path, v.Kind())
	}
}
