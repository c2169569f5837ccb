package class

import (
	"strconv"
	"time"

	"otrbot/gettext"
	"otrbot/internal/course"
)

// gradeText says where somebody's grade is, and what the teacher can do if it is not where it should be.
func gradeText(in *gettext.Catalogue, p person, now time.Time) (what, do string) {
	switch g := p.Grade; {
	case p.Practice:
		return say(in, "Practice: never graded"), ""
	case g == nil && p.Status == absent:
		return "", ""
	case g == nil && !p.Gradable:
		return say(in, "Not graded here"), ""
	case g == nil:
		return say(in, "None yet"), ""
	default:
		return sentGrade(in, *g, now)
	}
}

func sentGrade(in *gettext.Catalogue, g course.Grade, now time.Time) (what, do string) {
	why := whyWords(g.Why)
	switch g.State {
	case course.GradeWaiting:
		if g.Tries == 0 {
			return say(in, "On its way"), ""
		}
		if wait := g.Next.Sub(now); wait >= time.Minute {
			return join(in.Text(why.What), say(in, "We try again in {time}.", "time", duration(in, wait))), in.Text(why.Do)
		}
		return join(in.Text(why.What), say(in, "We try again now.")), in.Text(why.Do)
	case course.GradeDoubtful:
		return say(in, "Sent. We are checking whether it arrived."), ""
	case course.GradeConfirmed:
		return withScore(in, "In the gradebook", "In the gradebook so far: {percent} %", g), ""
	case course.GradeKept:
		return say(in, "The gradebook has a better one, which stays"), ""
	case course.GradeSuperseded:
		return say(in, "A later grade went in its place"), ""
	case course.GradeRefused:
		if why == (words{}) {
			why = whyWords(course.WhyRefused)
		}
		return join(say(in, "Refused."), in.Text(why.What)), in.Text(why.Do)
	case course.GradeNowhere:
		return say(in, "Not graded here"), say(in, "If this should be graded, open “Check the connection”.")
	}
	return say(in, "On its way"), ""
}

// withScore tells a part from the whole.
func withScore(in *gettext.Catalogue, whole, part gettext.Msg, g course.Grade) string {
	if g.Done || g.Score >= 1 {
		return say(in, whole)
	}
	return say(in, part, "percent", strconv.Itoa(int(g.Score*100+.5)))
}

// join puts sentences behind each other.
func join(sentences ...string) string {
	text := ""
	for _, s := range sentences {
		if text != "" && s != "" {
			text += " "
		}
		text += s
	}
	return text
}

// duration is how long something takes or has taken, in one unit.
func duration(in *gettext.Catalogue, d time.Duration) string {
	switch {
	case d < time.Minute:
		return say(in, "less than a minute")
	case d < time.Hour:
		return in.Count("{n} minute", "{n} minutes", int(d/time.Minute))
	case d < 48*time.Hour:
		return in.Count("{n} hour", "{n} hours", int(d/time.Hour))
	}
	return in.Count("{n} day", "{n} days", int(d/(24*time.Hour)))
}

// ago is when something happened; "" for never.
func ago(in *gettext.Catalogue, at, now time.Time) string {
	d := now.Sub(at)
	switch {
	case at.IsZero():
		return ""
	case d < time.Minute:
		return say(in, "just now")
	case d < time.Hour:
		return in.Count("{n} minute ago", "{n} minutes ago", int(d/time.Minute))
	case d < 48*time.Hour:
		return in.Count("{n} hour ago", "{n} hours ago", int(d/time.Hour))
	}
	return in.Count("{n} day ago", "{n} days ago", int(d/(24*time.Hour)))
}
