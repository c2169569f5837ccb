package lti

import "net/url"

// A Version of LTI.
type Version string

// The versions that Launch accepts.
const (
	LTI11 Version = "1.1" // also 1.0, which looks the same
	LTI13 Version = "1.3"
)

// A MessageType is what a launch is for.
type MessageType string

// The messages that Launch accepts.
const (
	ResourceLinkRequest MessageType = "LtiResourceLinkRequest" // a user opens an activity; the launch of LTI 1.1
	DeepLinkingRequest  MessageType = "LtiDeepLinkingRequest"  // a teacher chooses what a link should open
)

// A Launch is a verified launch of either version. Text in it was written by the platform, its users and its
// teachers: it is as long and as odd as they like, within the limits of the request.
type Launch struct {
	Version Version
	Message MessageType

	ConsumerKey   string // LTI 1.1
	Issuer        string // LTI 1.3: Issuer, ClientID and DeploymentID
	ClientID      string
	DeploymentID  string
	NewDeployment bool // the deployment is none of Registration.Deployments

	User         User
	Roles        Roles
	Context      Context
	ResourceLink ResourceLink
	Presentation Presentation
	Platform     Platform
	// Custom parameters without the prefix custom_. A value that the platform should have filled in and did not,
	// such as "$Context.id.history", is left out.
	Custom map[string]string
	// TargetLinkURI is what the link opens, one of Config.Targets with any query.
	TargetLinkURI *url.URL

	Outcome  *Outcome      // Basic Outcomes for this user and link; nil: none offered
	Grades   *GradeService // Assignment and Grade Services; nil: none offered
	Roster   *RosterService
	DeepLink *DeepLinkSettings // for DeepLinkingRequest
	Migrated *Migrated         // what this was in LTI 1.1; nil: the platform does not say, or cannot prove it
}

// User is who launched. Only ID is sure to be there: platforms may keep the rest to themselves.
type User struct {
	ID         string // opaque; "" only with Config.AllowAnonymous
	Name       string
	GivenName  string
	FamilyName string
	Email      string
	Locale     string // BCP 47, or what the platform takes for it
}

// Context is the course.
type Context struct {
	ID    string
	Label string
	Title string
	Types []string
}

// ResourceLink is the activity within the course.
type ResourceLink struct {
	ID          string // up to 255 bytes; "" for a DeepLinkingRequest
	Title       string
	Description string
}

// Presentation says where and how the tool is shown.
type Presentation struct {
	Locale         string
	DocumentTarget string // "iframe", "frame", "window"
	ReturnURL      string // http or https; dropped when it is anything else. To be opened by a click, its host shown
	CSSURL         string
}

// Platform describes the learning management system.
type Platform struct {
	GUID    string
	Name    string
	Family  string // "moodle", "canvas"
	Version string
}

// Locale is the language of the page: the presentation's, then the user's.
func (l *Launch) Locale() string {
	if l.Presentation.Locale != "" {
		return l.Presentation.Locale
	}
	return l.User.Locale
}

// ReturnTo is the presentation's return URL with a message for the user and one for the platform's log, either of
// which may be empty; "" when the platform gave no return URL. As "LTI Core", "Launch presentation claim" has it.
func (l *Launch) ReturnTo(message, log string) string {
	return returnTo(l.Presentation.ReturnURL, "lti_msg", message, "lti_log", log)
}

// ReturnURLWith is the way back with an error: r.ReturnURL with lti_errormsg and lti_errorlog, as "LTI 1.1",
// "Launch presentation" has it; "" without a return URL.
func (r *Refusal) ReturnURLWith(message, log string) string {
	return returnTo(r.ReturnURL, "lti_errormsg", message, "lti_errorlog", log)
}

func returnTo(to string, pairs ...string) string {
	u, err := url.Parse(to)
	if to == "" || err != nil {
		return ""
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			continue
		}
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += pairs[i] + "=" + url.QueryEscape(pairs[i+1])
	}
	return u.String()
}
