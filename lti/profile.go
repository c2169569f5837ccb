package lti

import (
	"net/url"
	"slices"
)

// A Profile is how the tool presents itself to platforms: in dynamic registration, Canvas' JSON and the cartridge of
// LTI 1.1. Everything but Name may be empty.
type Profile struct {
	Name        string
	Description string
	IconURL     string
	HomeURL     string // for people: what the tool is
	PolicyURL   string
	TermsURL    string
	Contacts    []string // e-mail addresses

	// Scopes are the services that the tool will use: ScopeScore and so on.
	Scopes []string
	// Claims are what the tool wants to know of users beside "sub": "name", "email", "locale" ...
	Claims []string
	Custom map[string]string // may hold variables: {"link_history": "$ResourceLink.id.history"}
	// DeepLinking offers teachers to choose what a link opens; its text is DeepLinkLabel.
	DeepLinking   bool
	DeepLinkLabel string
}

func (p Profile) deepLinkLabel() string { return orElse(p.DeepLinkLabel, p.Name) }

// domain is the host of the tool, with its port.
func (t *Tool) domain() string { return withoutDefaultPort(t.base.Scheme, t.base.Host) }

func (p Profile) wantsNames() bool {
	return slices.ContainsFunc(p.Claims, func(c string) bool { return c == "name" || c == "given_name" || c == "family_name" })
}

func (p Profile) wantsEmail() bool { return slices.Contains(p.Claims, "email") }

func sameHost(a, b string) bool {
	ua, err1 := url.Parse(a)
	ub, err2 := url.Parse(b)
	return err1 == nil && err2 == nil && ua.Host != "" && hostFits(ua.Host, ub)
}
