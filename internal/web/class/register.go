package class

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"otrbot/gettext"
	"otrbot/internal/course"
	"otrbot/internal/web/page"
	"otrbot/lti"
)

// A joining is one request for dynamic registration: "LTI Dynamic Registration", section 3.
type joining struct {
	*Class
	w     http.ResponseWriter
	r     *http.Request
	in    *gettext.Catalogue
	token [32]byte
	name  string // of the platform, as the administrator of this tool calls it
}

// registerPage is the data of the pages about a registration.
type registerPage struct {
	Name, Host, Tool string
	Address          string // of this invitation, to be pasted into a platform
	Family           string
	Scored           bool // the platform lets us send grades, as far as it says
	Deployed         bool // the platform has named the deployment: launches work at once
}

// Register answers the one-time address that an administrator of this tool has made for a platform. The platform opens
// it with its own description (GET), a person confirms (POST to the same address), and the platform is kept. The
// invitation is used up when that has worked, not before: whatever fails can be mended and tried again. The platform is
// waited for as long as the request's context lasts, which should end before the connection does.
func (c *Class) Register(w http.ResponseWriter, r *http.Request, token [32]byte) {
	j := joining{c, w, r, c.c.Site.Language(r), token, ""}
	name, err := c.c.Store.Invitation(r.Context(), token, c.c.Now())
	switch {
	case errors.Is(err, course.ErrNone):
		j.over()
		return
	case err != nil:
		c.broken(w, r, j.in, "reading an invitation", err)
		return
	}
	j.name = name
	request, err := lti.ReadRegisterRequest(r)
	refusal, refused := errors.AsType[*lti.Refusal](err)
	switch {
	case refused && refusal.Reason == lti.NotALaunch:
		j.show("register-how", "Register a learning platform", registerPage{})
	case err != nil:
		j.failed(err)
	case r.Method == http.MethodPost:
		j.register(request)
	default:
		j.show("register", "Register a learning platform", registerPage{Host: host(request.ConfigURL)})
	}
}

func (j joining) register(request lti.RegisterRequest) {
	ctx := j.r.Context()
	made, err := j.c.Tool.Register(ctx, request, j.c.Profile)
	if err != nil {
		j.failed(err)
		return
	}
	// Whether or not the browser still waits: what the platform has registered must not stay half known here.
	if !j.keep(context.WithoutCancel(ctx), made) {
		return
	}
	j.show("registered", "Registered", registerPage{
		Host: host(made.Issuer), Family: made.Family, Deployed: len(made.Deployments) > 0,
		Scored: len(made.Scopes) == 0 || slices.Contains(made.Scopes, lti.ScopeScore),
	})
}

// keep stores the platform and uses the invitation up, in this order, so that what fails can be tried again. Of two
// requests with one invitation only one gets past it. Without it keep has answered.
func (j joining) keep(ctx context.Context, made lti.Registered) bool {
	id, err := j.c.Store.PutPlatform(ctx, course.Platform{
		Name: j.name, Registration: &made.Registration, Family: made.Family, Version: made.Version, Added: j.c.Now(),
	})
	known := errors.Is(err, course.ErrKnown)
	if err != nil && !known {
		j.Class.broken(j.w, j.r, j.in, "keeping a platform", err)
		return false
	}
	taken, err := j.c.Store.TakeInvitation(ctx, j.token, j.c.Now())
	if taken {
		j.c.Log.Info("a platform has registered", "family", made.Family, "version", made.Version, "known", known)
		return true
	}
	if !known {
		_, failed := j.c.Store.RemovePlatform(ctx, id)
		err = errors.Join(err, failed)
	}
	if err != nil {
		j.Class.broken(j.w, j.r, j.in, "using an invitation", err)
		return false
	}
	j.over()
	return false
}

// show answers with a page that any platform may have in a frame: we do not know its address yet, and the address of
// the page itself is what is secret.
func (j joining) show(name string, title gettext.Msg, d registerPage) {
	d.Name, d.Tool = j.name, j.c.Profile.Name
	d.Address = j.c.Site.URL(j.r.URL.EscapedPath())
	frames := append(origins(course.Platform{}, j.r.URL.Query().Get("openid_configuration")), "https:")
	if u, err := url.Parse(j.c.Site.URL("")); err == nil && u.Scheme == "http" {
		frames = append(frames, "http:") // on one machine
	}
	j.c.Site.Render(j.w, j.r, page.View{
		In: j.in, Template: j.templates, Name: name, Title: j.in.Text(title), Styles: []string{"class.css"}, Scripts: []string{"class.js"},
		Frames: frames, Framed: true, OwnReferrer: true, Data: d,
	})
}

func (j joining) over() {
	j.refuse(j.w, j.r, page.Failure{
		Status: http.StatusGone, In: j.in,
		Title: "This link is used up",
		What:  "A link for registration works once, and only for a while.",
		Next:  "If the platform is not registered yet, ask the administrator of this tool for another link.",
	}, "no such invitation")
}

// failed tells what the platform did not do. The link still works.
func (j joining) failed(err error) {
	w, status := registerWords(err), http.StatusBadGateway
	if _, refused := errors.AsType[*lti.Refusal](err); refused {
		status = http.StatusBadRequest
	}
	j.refuse(j.w, j.r, page.Failure{
		Status: status, In: j.in, Title: "The registration did not work", What: w.What, Next: w.Do,
	}, fmt.Sprint(err))
}

func registerWords(err error) words {
	failed, service := errors.AsType[*lti.ServiceError](err)
	switch {
	case errors.Is(err, lti.ErrPrivateAddress):
		return words{"The platform’s address is inside a private network, and this tool connects to public ones only.",
			"Make the platform reachable from the Internet, or let the administrator of this tool allow its network. Then use the same link again."}
	case service && failed.Op == "registration" && (failed.Status == http.StatusUnauthorized || failed.Status == http.StatusForbidden):
		return words{"The platform did not accept its own token. It may be too old.",
			"Close this window and begin the registration in the platform again. The same link still works."}
	case service && failed.Temporary():
		return words{"The platform did not answer, or has a fault of its own just now.",
			"Try again in a few minutes. The same link still works."}
	case service:
		return words{"The platform gave an answer that is no registration.",
			"Look at the log of the platform, then try again. The same link still works."}
	}
	return words{"What the platform says of itself is not complete, or does not belong to its own address.",
		"Check the address of the platform in its own settings, then try again. The same link still works."}
}

// Kin is the family as far as we know what has to be done there.
func (d registerPage) Kin() string {
	if slices.Contains([]string{"moodle", "canvas"}, d.Family) {
		return d.Family
	}
	return ""
}

// Called is what the platform is called on the page.
func (d registerPage) Called() string { return cmp.Or(plainName(d.Name), d.Host) }
