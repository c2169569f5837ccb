package tutor

import "otrbot/gettext"

// way is a row of the table of what is another way with a course page than without one.
type way struct {
	name, meaning string
	person        gettext.Msg
	page          gettext.Msg
	before        gettext.Msg // with a page, as long as the lesson is not passed; "": as page
}

// writeHello is how whoever stays on our list begins another session.
const writeHello gettext.Msg = "write hello"

var wayTable = []way{
	// translators: follows “the secret”, in texts with {secret_origin}
	{"secret_origin", "where our secret comes from; behind “the secret”",
		"that {helper} gave you", "that you set on {course_page}", ""},
	// translators: follows “please”, in texts with {get_secret}
	{"get_secret", "what to do when there is no secret; behind “please”",
		"ask {helper} to set one and to tell it to you by phone or face to face", "set one on {course_page}", ""},
	// translators: follows “please”, in texts with {get_new_secret}
	{"get_new_secret", "what to do when there must be another secret; behind “please”",
		"ask {helper} for a new one, by phone or face to face", "set a new one on {course_page}", ""},
	// translators: follows “please”, in texts with {check_secret}
	{"check_secret", "what to do when nobody knows any more how our secret is written; behind “please”",
		"ask {helper}, by another way than this chat, how our secret is written", "set our secret anew on {course_page}, and look at it letter by letter", ""},
	// translators: a sentence of its own, in texts with {secret_ways}
	{"secret_ways", "the ways by which a secret may come: a sentence",
		"By phone, on paper, face to face: all good.", "The page of your course is such a way.", ""},
	// translators: follows “type the code”, in texts with {code_place}
	{"code_place", "where the code belongs; behind “type it”",
		"back to me", "on {course_page}", ""},
	// translators: follows “to begin again:”, in texts with {come_back}
	{"come_back", "how to begin another session; behind “to begin again:”",
		writeHello, "go back to {course_page}", writeHello},
	// translators: follows “to begin again:”, in texts with {come_back_later}
	{"come_back_later", "the same, with all ways that there are",
		"write to me, or go back to {project_name}", "go back to {course_page}", writeHello},
	// translators: a sentence of its own, in texts with {get_listed}
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
	message := w.person
	switch {
	case u.s.Page && !u.s.Passed && w.before != "":
		message = w.before
	case u.s.Page:
		message = w.page
	}
	return u.fragment(message, "helper", u.own(u.t.o.Helper), "project_name", u.own(u.t.o.ProjectName), "course_page", u.coursePage())
}

func (u *turn) coursePage() string {
	if u.t.o.CoursePage != "" {
		return u.own(u.t.o.CoursePage)
	}
	// translators: as in “set one on your course page”
	return u.fragment("your course page")
}
