package web

import (
	"errors"
	"net/http"
	"net/url"

	"otrbot/gettext"
	"otrbot/internal/course"
	"otrbot/internal/web/page"
	"otrbot/lti"
)

// refuse explains why a launch or login leads nowhere: on the page for the person, in the log for who runs the bot.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error, wanted ...string) {
	if needed, ok := errors.AsType[*lti.StorageNeeded](err); ok {
		s.askPlatform(w, r, needed, wanted...)
		return
	}
	refusal, ok := errors.AsType[*lti.Refusal](err)
	if !ok {
		s.c.Watch.Launched(failed)
		f := storeFailed
		f.In = s.site.Language(r, wanted...)
		s.fail(w, r, f, err)
		return
	}
	s.c.Watch.Launched(outcomeOf(refusal.Reason))
	if refusal.Reason == lti.UnknownDeployment {
		s.change(r, refusal, func(p *course.Platform) { pend(p, refusal.Deployment) })
	}
	f := s.explain(refusal, page.NewID(s.c.Rand))
	f.In = s.site.Language(r, wanted...)
	f.Links = waysOut(f, refusal)
	s.c.Log.Warn("a launch was refused", "id", f.ID, "reason", string(refusal.Reason), "field", clip(refusal.Field),
		"platform", clip(refusal.Platform), "detail", clip(refusal.Error()))
	s.site.Fail(w, r, f)
}

// explain is the page of a refusal.
func (s *Server) explain(refusal *lti.Refusal, id string) page.Failure {
	e, ok := explanations[refusal.Reason]
	if !ok {
		e = explanations[lti.Malformed]
	}
	f := page.Failure{Status: e.status, Title: e.title, What: e.what, Next: e.next, ID: id, Pairs: []string{
		"field", clip(refusal.Field), "deployment", clip(refusal.Deployment), "platform", clip(refusal.Platform),
	}}
	if f.Next == "" {
		f.Next = tellTeacher
	}
	if e.next == "" && refusal.Reason.Relaunch() {
		f.Next = openAgain
	}
	return f
}

const (
	openAgain   gettext.Msg = "Go back to your course and open the activity again. If the same happens once more, tell your teacher."
	tellTeacher gettext.Msg = "Tell your teacher or whoever looks after the course: this has to be put right there, opening the activity again will not help."

	openWindow gettext.Msg = "Open the activity in a new window"
	backToIt   gettext.Msg = "Back to the course"
)

// waysOut are the links on the page of a refusal.
func waysOut(f page.Failure, refusal *lti.Refusal) []page.Link {
	var links []page.Link
	if refusal.NewWindow != "" {
		links = append(links, page.Link{Text: openWindow, URL: refusal.NewWindow, NewWindow: true})
	}
	message := f.In.Text(f.Title)
	if back := refusal.ReturnURLWith(message, string(refusal.Reason)+" "+f.ID); back != "" {
		if u, err := url.Parse(back); err == nil {
			links = append(links, page.Link{Text: backToIt, URL: back, Host: u.Host, Top: true})
		}
	}
	return links
}

// clip bounds what others wrote.
func clip(text string) string {
	const enough = 200
	if len(text) <= enough {
		return tidy(text, enough)
	}
	return tidy(text, enough) + "…"
}

// An explanation is a refusal in words. Without next it is what Reason.Relaunch advises.
type explanation struct {
	status            int
	title, what, next gettext.Msg
}

var explanations = map[lti.Reason]explanation{
	lti.NotALaunch: {http.StatusBadRequest, "Open this from your course",
		"This address is for courses: it does something only when an activity in a course opens it.",
		"Go to your course and open the activity there."},
	lti.Malformed: {http.StatusBadRequest, "Your course sent something that we do not understand",
		"The field “{field}” is missing or makes no sense, so we cannot tell who you are and where you come from.", ""},
	lti.UnknownPlatform: {http.StatusForbidden, "We do not know this course's site yet",
		"The learning management system is not registered with this bot, or was registered under another name.",
		"Tell your teacher: the administrator of the course's site and that of the bot have to connect the two first."},
	lti.UnknownDeployment: {http.StatusForbidden, "Almost there: somebody has to say yes first",
		"Your course's site is known here, but this part of it is new. We have noted it (“{deployment}”), and the administrator of the bot can approve it.",
		"Try again later, or tell your teacher that it waits for the administrator's approval."},
	lti.BadSignature: {http.StatusForbidden, "We could not make sure that this comes from your course",
		"The signature is not right. Mostly the key or secret was copied wrongly when the activity was set up, or the address of the bot is another one than ours.", ""},
	lti.WrongTime: {http.StatusForbidden, "This came too late",
		"The activity was opened too long ago, or the clocks of the course's site and of this bot disagree.", ""},
	lti.Replayed: {http.StatusForbidden, "This has been used already",
		"Each opening of the activity works once. Going back or loading the page again repeats an old one.", ""},
	lti.StateGone: {http.StatusForbidden, "Opening the activity took too long",
		"It has to be done within ten minutes, and works once.", ""},
	lti.OtherBrowser: {http.StatusForbidden, "Your browser keeps our cookie to itself",
		"We set a cookie to recognise your browser, and it did not come back. Browsers often block cookies of pages that are shown inside another page.",
		"Open the activity in a window of its own. If that does not help, allow cookies for this site, then open the activity from your course again."},
	lti.LoginRequired: {http.StatusForbidden, "Your course has logged you out",
		"Its session has ended.", "Log in to your course, then open the activity again."},
	lti.LaunchOver: {http.StatusForbidden, "This has been used already",
		"The course lets each opening of the activity be used once. Going back or loading the page again repeats an old one.", ""},
	lti.PlatformRefused: {http.StatusForbidden, "Your course's site did not let you through",
		"It answered with an error when we asked who you are.", ""},
	lti.BadToken: {http.StatusForbidden, "We could not make sure that this comes from your course",
		"What the course's site said about you is not signed as it should be, or was meant for somebody else.", ""},
	lti.WrongVersion: {http.StatusBadRequest, "Your course speaks another version",
		"We understand LTI 1.0, 1.1 and 1.3. The course's site uses another one.", ""},
	lti.WrongMessage: {http.StatusBadRequest, "Your course asks for something that we do not have",
		"We can be an activity, and can be chosen as one. The course's site asked for something else.", ""},
	lti.WrongTarget: {http.StatusBadRequest, "The activity leads to the wrong address",
		"The address in the activity's settings is not one of this bot's.", ""},
	lti.Anonymous: {http.StatusForbidden, "Your course does not tell us who you are",
		"We need no name, but something by which we know you again; else we could not go on with your lesson, nor report your grade.",
		"Log in to your course if you have not, and open the activity again. Else tell your teacher: guests cannot take part, and the activity's settings must let the user's number be sent."},
	lti.KeysUnavailable: {http.StatusServiceUnavailable, "Your course's site does not answer at present",
		"We need its keys to make sure that this comes from your course, and could not fetch them.",
		"Wait a minute, then open the activity from your course again. If it lasts, tell your teacher."},
}
