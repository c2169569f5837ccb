package web

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"otrbot/internal/course"
	"otrbot/lti"
)

// longestText is how many bytes of a name or title are kept: enough for any real one.
const longestText = 200

// enrolment is what a launch says of its user's part in the course.
func enrolment(l *lti.Launch, platform int64, locale string) course.Enrolment {
	e := course.Enrolment{
		Key:     course.Key{Platform: platform, Deployment: l.DeploymentID, Link: l.ResourceLink.ID, User: l.User.ID},
		Context: l.Context.ID,
		Course:  tidy(first(l.Context.Title, l.Context.Label), longestText),
		Title:   tidy(l.ResourceLink.Title, longestText),
		Name:    tidy(first(l.User.Name, l.User.GivenName+" "+l.User.FamilyName), longestText),
		Role:    course.RoleOf(l.Roles),
		Locale:  locale,
		Outcome: l.Outcome,
		Grades:  l.Grades,
	}
	if l.Version == lti.LTI13 { // Moodle offers Basic Outcomes there too, which need a consumer's secret
		e.Outcome = nil
	}
	if e.Role == course.Teacher {
		e.Roster = l.Roster
	}
	return e
}

func first(all ...string) string {
	for _, one := range all {
		if strings.TrimSpace(one) != "" {
			return one
		}
	}
	return ""
}

// tidy is text of somebody else in one line of at most so many bytes, without what turns the text around it or cannot be
// seen. Joiners stay: some languages cannot be written without.
func tidy(text string, most int) string {
	text = strings.ToValidUTF8(text[:min(len(text), 4*most)], "")
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == '\u200c' || r == '\u200d':
			return r
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError:
			return -1
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	for len(text) > most {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text
}
