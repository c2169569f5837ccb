package lti

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// launch13 verifies the authentication response: "LTI Core", section 5, "1EdTech Security Framework", section 5.1.3.
// The state is used up only when all else was found good, and of two posts of one launch one gets it.
func (t *Tool) launch13(r *http.Request, f form) (*Launch, error) {
	for _, name := range []string{"state", "id_token", "error"} {
		if again, ok := f.contradiction(func(n string) bool { return n == name }); ok {
			return nil, refuseField(again, "given twice and differently")
		}
	}
	if f.has("error") {
		return nil, platformError(f.value("error"))
	}
	s, err := t.state(r.Context(), f.value("state"))
	if err != nil {
		return nil, err
	}
	reg, err := t.registration(r.Context(), s.Issuer, s.ClientID)
	if err != nil {
		return nil, err
	}
	if err := t.bound(r, f, s, reg.AuthURL); err != nil {
		return nil, err
	}
	c, err := t.verifyToken(r.Context(), f.value("id_token"), reg)
	if err != nil {
		return nil, err
	}
	l, refusal := t.read13(c, reg, s)
	if refusal != nil {
		refusal.Platform = reg.Issuer
		return nil, refusal
	}
	if l.Migrated, err = t.migration(r.Context(), c, l); err != nil {
		return nil, err
	}
	first, err := t.c.States.TakeState(r.Context(), s.Value)
	if err != nil {
		return nil, err
	}
	if !first {
		return nil, &Refusal{Reason: Replayed, Platform: reg.Issuer, Detail: "the state was used a moment ago"}
	}
	return l, nil
}

// platformError reads an authentication error response: OpenID Connect Core 1.0, section 3.1.2.6. Its description
// may be anybody's text, since errors are not signed: it stays out of the log as well.
func platformError(code string) *Refusal {
	switch code {
	case "login_required", "interaction_required", "account_selection_required":
		return refuse(LoginRequired, "the platform says %s", code)
	case "launch_no_longer_valid":
		return refuse(LaunchOver, "the platform says %s", code)
	}
	return refuse(PlatformRefused, "the platform says %s", quote(code))
}

func (t *Tool) state(ctx context.Context, value string) (State, error) {
	if value == "" || len(value) > maxNonce {
		return State{}, refuseField("state", "%d bytes long", len(value))
	}
	s, err := t.c.States.State(ctx, value)
	switch {
	case errors.Is(err, ErrUnknown):
		return State{}, refuse(StateGone, "no login with this state")
	case err != nil:
		return State{}, err
	case !t.c.Now().Before(s.Expires):
		return State{}, &Refusal{Reason: StateGone, Platform: s.Issuer, Detail: "the login began too long ago"}
	}
	return s, nil
}

// read13 goes through the checklist for the claims of a launch.
func (t *Tool) read13(c *claims, reg Registration, s State) (*Launch, *Refusal) {
	if refusal := t.checkToken(c, reg, s); refusal != nil {
		return nil, refusal
	}
	version, message := required[string](c, claimVersion), required[string](c, claimMessageType)
	deployment := required[string](c, claimDeployment)
	roles := required[[]string](c, claimRoles)
	target, refusal := t.target(required[string](c, claimTarget))
	presentation := optional[presentationClaim](c, claimPresentation)
	back := safeURL(presentation.ReturnURL)
	switch {
	case c.fault != nil:
		c.fault.ReturnURL = back
		return nil, c.fault
	case version != "1.3.0":
		return nil, &Refusal{Reason: WrongVersion, Field: claimVersion, Detail: "is " + quote(version), ReturnURL: back}
	case message != string(ResourceLinkRequest) && message != string(DeepLinkingRequest):
		return nil, &Refusal{Reason: WrongMessage, Field: claimMessageType, Detail: "is " + quote(message), ReturnURL: back}
	case refusal != nil:
		refusal.ReturnURL = back
		return nil, refusal
	case deployment == "" || len(deployment) > maxDeployment:
		return nil, refuseField(claimDeployment, "%d bytes long", len(deployment))
	}
	known := slices.Contains(reg.Deployments, deployment)
	if !known && !reg.AnyDeployment {
		return nil, &Refusal{Reason: UnknownDeployment, Field: claimDeployment, ClientID: reg.ClientID, Deployment: deployment, Detail: "is " + quote(deployment), ReturnURL: back}
	}
	user := optional[string](c, "sub")
	switch {
	case user == "" && !t.c.AllowAnonymous:
		return nil, &Refusal{Reason: Anonymous, Field: "sub", ReturnURL: back}
	case len(user) > maxSubject:
		return nil, refuseField("sub", "%d bytes long", len(user))
	}
	l := &Launch{
		Version: LTI13, Message: MessageType(message),
		Issuer: reg.Issuer, ClientID: reg.ClientID, DeploymentID: deployment, NewDeployment: !known,
		User:          userClaims(c, user),
		Roles:         Roles(roles[:min(len(roles), maxRoles)]),
		TargetLinkURI: target,
		Presentation: Presentation{
			Locale: presentation.Locale, DocumentTarget: presentation.DocumentTarget, ReturnURL: back, CSSURL: safeURL(presentation.CSSURL),
		},
	}
	if refusal := l.readClaims(c); refusal != nil {
		refusal.ReturnURL = back
		return nil, refusal
	}
	return l, nil
}

// target checks target_link_uri: it is signed, but by a platform that may have been talked into anything.
func (t *Tool) target(s string) (*url.URL, *Refusal) {
	wrong := &Refusal{Reason: WrongTarget, Field: claimTarget, Detail: "is " + quote(s)}
	u, err := url.Parse(s)
	if err != nil || u.User != nil || u.Fragment != "" || u.Opaque != "" || strings.ContainsAny(s, "\\ \t\r\n") {
		return nil, wrong
	}
	bare := *u
	bare.RawQuery, bare.ForceQuery = "", false
	if !slices.ContainsFunc(t.targets, func(known string) bool {
		k, err := url.Parse(known)
		return err == nil && baseURI(k) == baseURI(&bare)
	}) {
		return nil, wrong
	}
	return u, nil
}
