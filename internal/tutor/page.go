package tutor

import "strings"

// way is a row of the table of what is another way with a course page than without one.
type way struct {
	name, meaning string
	person        string
	page          string
	before        string // with a page, as long as the lesson is not passed; "": as page
}

// writeHello is how whoever stays on our list begins another session.
const writeHello = "write hello"

var wayTable = []way{
	{"secret_origin", "where our secret comes from; behind “the secret”",
		"that {helper} gave you", "that you set on {course_page}", ""},
	{"get_secret", "what to do when there is no secret; behind “please”",
		"ask {helper} to set one and to tell it to you by phone or face to face", "set one on {course_page}", ""},
	{"get_new_secret", "what to do when there must be another secret; behind “please”",
		"ask {helper} for a new one, by phone or face to face", "set a new one on {course_page}", ""},
	{"check_secret", "what to do when nobody knows any more how our secret is written; behind “please”",
		"ask {helper}, by another way than this chat, how our secret is written", "set our secret anew on {course_page}, and look at it letter by letter", ""},
	{"secret_ways", "the ways by which a secret may come: a sentence",
		"By phone, on paper, face to face: all good.", "The page of your course is such a way.", ""},
	{"code_place", "where the code belongs; behind “type it”",
		"back to me", "on {course_page}", ""},
	{"come_back", "how to begin another session; behind “to begin again:”",
		writeHello, "go back to {course_page}", writeHello},
	{"come_back_later", "the same, with all ways that there are",
		"write to me, or go back to {project_name}", "go back to {course_page}", writeHello},
	{"get_listed", "how somebody gets on our list: a sentence",
		"Whoever runs this bot can put you there.", "If you come from a course, open its page and go on from there. Else ask whoever runs this bot.", ""},
}

// ways are the variables of the table.
func ways() []variable {
	var all []variable
	for _, w := range wayTable {
		all = append(all, variable{w.name, w.meaning, func(u *turn) string { return u.way(w) }})
	}
	return all
}

func (u *turn) way(w way) string {
	text := w.person
	switch {
	case u.s.Page && !u.s.Passed && w.before != "":
		text = w.before
	case u.s.Page:
		text = w.page
	}
	return strings.NewReplacer("{helper}", u.t.o.Helper, "{project_name}", u.t.o.ProjectName, "{course_page}", u.coursePage()).
		Replace(u.translate(text))
}

func (u *turn) coursePage() string {
	if u.t.o.CoursePage != "" {
		return u.t.o.CoursePage
	}
	return u.translate("your course page")
}
