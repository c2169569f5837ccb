package class

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"otrbot/gettext"
	"otrbot/internal/course"
	"otrbot/internal/web/page"
	"otrbot/lti"
)

const (
	chooseAction = "/lti/choose" // where the form goes; web has it lead to Chosen
	fullScore    = 100           // points of a new column in the gradebook; platforms let teachers change them
	lessonTag    = "otr-lesson"  // marks our columns: "LTI AGS", section 3.2.9
	resourceLink = "ltiResourceLink"
)

// choosePage is the data of the page that asks a teacher what a new link should be.
type choosePage struct {
	Action, Ticket     string
	Title, Description string
	Host               string // of the platform, where the teacher goes back to
}

// Choose answers a launch for deep linking: the teacher says what the new link is called and whether it is graded.
func (c *Class) Choose(w http.ResponseWriter, r *http.Request, launch *lti.Launch, platform course.Platform) {
	in := c.c.Site.Language(r, launch.Locale())
	switch {
	case launch.DeepLink == nil || platform.Registration == nil:
		c.refuse(w, r, page.Failure{
			Status: http.StatusBadRequest, In: in,
			Title: "Your learning platform did not ask for a link",
			Next:  "Go back to the course and add the activity there.",
		}, "no deep linking settings")
		return
	case !launch.Roles.Staff() && !launch.Roles.SystemAdministrator():
		c.refuse(w, r, page.Failure{
			Status: http.StatusForbidden, In: in,
			Title: "Only teachers add activities",
			What:  "Your learning platform has not named you as a teacher of this course.",
			Next:  "If you teach there, ask the administrator to make you a teacher of the course.",
		}, "not staff")
		return
	case !slices.Contains(launch.DeepLink.AcceptTypes, resourceLink):
		c.refuse(w, r, page.Failure{
			Status: http.StatusBadRequest, In: in,
			Title: "An activity does not fit in here",
			What:  "Your learning platform asks for something else in this place, such as a text or a file.",
			Next:  "Go back to the course and add it where activities or assignments are added.",
		}, "accepts no resource links")
		return
	}
	t := ticket{
		Platform: platform.ID, Issuer: launch.Issuer, Client: launch.ClientID, Deployment: launch.DeploymentID,
		Settings: *launch.DeepLink, Locale: launch.Locale(), Expires: c.c.Now().Add(ticketLife),
	}
	sealed, err := t.seal(r.Context(), c.c.Store)
	if err != nil || len(sealed) > longestTicket {
		c.broken(w, r, in, "signing a ticket", errors.Join(err, tooLong(sealed)))
		return
	}
	c.c.Site.Render(w, r, page.View{
		In: in, Template: c.templates, Name: "choose", Title: in.Text("Add the lesson to your course"), Styles: []string{"class.css"},
		Course: plainName(launch.Context.Title), Frames: origins(platform, launch.DeepLink.ReturnURL), Framed: launch.Presentation.DocumentTarget != "window", OwnReferrer: true,
		Data: choosePage{
			Action: c.c.Site.At(chooseAction), Ticket: sealed, Host: host(launch.DeepLink.ReturnURL),
			Title: firstText(plainName(launch.DeepLink.Title), c.c.Profile.Name), Description: c.c.Profile.Description,
		},
	})
}

func tooLong(sealed string) error {
	if len(sealed) > longestTicket {
		return errors.New("class: the platform's data is too long")
	}
	return nil
}

// replyPage is the data of the page whose form takes the answer to the platform.
type replyPage struct {
	lti.DeepLinkReply
	Host   string
	Cancel bool
}

// Chosen answers the form of Choose with the form that the platform waits for. It is posted by a script at once, or by
// its button.
func (c *Class) Chosen(w http.ResponseWriter, r *http.Request) {
	in := c.c.Site.Language(r)
	r.Body = http.MaxBytesReader(w, r.Body, longestTicket+mostForm)
	if err := r.ParseForm(); err != nil {
		c.again(w, r, in, err)
		return
	}
	t, err := openTicket(r.Context(), c.c.Store, r.PostForm.Get("ticket"), c.c.Now())
	switch {
	case errors.Is(err, errTicket) || errors.Is(err, errTicketOld):
		c.again(w, r, in, err)
		return
	case err != nil:
		c.broken(w, r, in, "reading a ticket", err)
		return
	}
	in = c.c.Site.Language(r, t.Locale)
	platform, err := c.c.Store.Platform(r.Context(), t.Platform)
	switch {
	case errors.Is(err, course.ErrNone) || err == nil && platform.Registration == nil:
		c.again(w, r, in, errors.New("class: the platform is gone"))
		return
	case err != nil:
		c.broken(w, r, in, "finding a platform", err)
		return
	}
	links := c.links(r.PostForm)
	reply, err := c.c.Tool.DeepLinkReply(r.Context(), t.launch(), *platform.Registration, "", links...)
	switch {
	case errors.Is(err, lti.ErrForeignHost):
		c.refuse(w, r, page.Failure{
			Status: http.StatusBadGateway, In: in,
			Title: "The way back leads to another server",
			What:  "Your learning platform asked for the answer to be sent to {host}, which is not registered as one of its own.",
			Pairs: []string{"host", host(t.Settings.ReturnURL)},
			Next:  "Ask the administrator of this tool to allow that server for your platform.",
		}, err.Error())
		return
	case err != nil:
		c.broken(w, r, in, "answering with a link", err)
		return
	}
	c.c.Site.Render(w, r, page.View{
		In: in, Template: c.templates, Name: "reply", Title: in.Text("Back to your course"), Styles: []string{"class.css"}, Scripts: []string{"class.js"},
		Frames: origins(platform, reply.URL), FormTo: origins(platform, reply.URL), Framed: true, OwnReferrer: true,
		Data: replyPage{reply, host(reply.URL), len(links) == 0},
	})
}

// links are what the teacher chose: one, or none when the teacher does not want it.
func (c *Class) links(form url.Values) []lti.DeepLink {
	if form.Has("cancel") {
		return nil
	}
	link := lti.DeepLink{Title: firstText(plainName(form.Get("title")), c.c.Profile.Name), Text: c.c.Profile.Description}
	if form.Get("graded") != "" {
		link.LineItem = &lti.LineItem{Label: link.Title, ScoreMaximum: fullScore, ResourceID: lessonTag, Tag: lessonTag}
	}
	return []lti.DeepLink{link}
}

func (c *Class) again(w http.ResponseWriter, r *http.Request, in *gettext.Catalogue, err error) {
	c.refuse(w, r, page.Failure{
		Status: http.StatusBadRequest, In: in,
		Title: "This page was open for too long",
		What:  "Nothing has been added to your course.",
		Next:  "Close this window and add the activity in your course again.",
	}, err.Error())
}

func firstText(all ...string) string {
	for _, s := range all {
		if strings.TrimSpace(s) != "" {
			return s
		}
	}
	return ""
}

// host is where an address leads, to be shown; "" when it is none.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// origins are those of a platform, as far as we know them, and those of other addresses.
func origins(p course.Platform, more ...string) []string {
	if p.Registration != nil {
		more = append(more, p.Registration.Issuer, p.Registration.AuthURL)
	}
	all := slices.Clone(p.Frames)
	for _, address := range more {
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			if origin := u.Scheme + "://" + u.Host; !slices.Contains(all, origin) {
				all = append(all, origin)
			}
		}
	}
	return all
}
