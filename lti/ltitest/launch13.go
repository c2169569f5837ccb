package ltitest

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"
)

// Learner changes nothing: a launch is a learner's.
func Learner(Claims) {}

// Instructor makes it a teacher's.
func Instructor(c Claims) {
	c["sub"], c["name"], c[Roles] = "teacher-1", "Tess", []string{RoleInstructor}
}

// DeepLink makes it a teacher's request to choose a link.
func DeepLink(c Claims) {
	Instructor(c)
	choose(c, c["iss"].(string)+"/deep-link", "opaque <&> éé")
}

// choose makes it a request to choose a link: "LTI Deep Linking", section 4.3.
func choose(c Claims, returnURL, data string) {
	c[MessageType] = "LtiDeepLinkingRequest"
	c[ResourceLink] = nil
	c[DeepLinking] = map[string]any{
		"deep_link_return_url": returnURL, "accept_types": []string{"ltiResourceLink"}, "accept_multiple": true, "accept_lineitem": true,
		"accept_presentation_document_targets": []string{"iframe"}, "data": data,
	}
}

// An AuthRequest is what the tool's redirect brings to the authorization endpoint.
type AuthRequest struct {
	Client                 Client
	RedirectURI            string
	LoginHint, MessageHint string
	State, Nonce           string
}

// LoginForm is the third-party login: by POST, or as the query of a GET.
func (p *Platform) LoginForm(target string) url.Values {
	c := Client{ID: p.ClientID, Deployment: p.Deployment}
	return p.LoginFields(c, "user-1", `{"cmid":4,"launch":"a b"}`, target)
}

// LoginFields is the third-party login to a client with any hints.
func (p *Platform) LoginFields(c Client, loginHint, messageHint, target string) url.Values {
	return url.Values{
		"iss": {p.Issuer}, "client_id": {c.ID}, "login_hint": {loginHint}, "lti_deployment_id": {c.Deployment},
		"lti_message_hint": {messageHint}, "target_link_uri": {target},
	}
}

// ReadAuth checks the request to the authorization endpoint as far as anybody may send it: whose launch the hints mean
// is for the caller to know. It is an error of the tool if it fails; then nobody must be sent to its redirect_uri.
func (p *Platform) ReadAuth(q url.Values) (AuthRequest, error) {
	for name, want := range map[string]string{
		"site": "1", "scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none",
	} {
		if q.Get(name) != want {
			return AuthRequest{}, fmt.Errorf("ltitest: the redirect has %s=%q, want %q", name, q.Get(name), want)
		}
	}
	for name, values := range q {
		if len(values) > 1 {
			return AuthRequest{}, fmt.Errorf("ltitest: the redirect has %s %d times", name, len(values))
		}
	}
	c, known := p.Client13(q.Get("client_id"))
	if !known {
		return AuthRequest{}, fmt.Errorf("ltitest: the redirect has client_id=%q, which is not registered", q.Get("client_id"))
	}
	a := AuthRequest{
		Client: c, RedirectURI: q.Get("redirect_uri"), LoginHint: q.Get("login_hint"), MessageHint: q.Get("lti_message_hint"),
		State: q.Get("state"), Nonce: q.Get("nonce"),
	}
	if c.Redirects != nil && !slices.Contains(c.Redirects, a.RedirectURI) {
		return AuthRequest{}, fmt.Errorf("ltitest: the redirect has redirect_uri=%q, which is not registered", a.RedirectURI)
	}
	if a.State == "" || a.Nonce == "" {
		return AuthRequest{}, errors.New("ltitest: the redirect has no state or no nonce")
	}
	return a, nil
}

// Answer is the authorization endpoint: it checks the tool's redirect and gives the form that the browser posts to
// the redirect_uri.
func (p *Platform) Answer(redirect string, change func(Claims)) (url.Values, error) {
	u, err := url.Parse(redirect)
	if err != nil {
		return nil, err
	}
	a, err := p.ReadAuth(u.Query())
	if err != nil {
		return nil, err
	}
	if want := p.LoginForm(""); a.LoginHint != want.Get("login_hint") || a.MessageHint != want.Get("lti_message_hint") {
		return nil, fmt.Errorf("ltitest: the redirect has the hints %q and %q", a.LoginHint, a.MessageHint)
	}
	claims := p.Claims(a.Nonce, a.RedirectURI)
	change(claims)
	return p.Respond(a, claims)
}

// Respond is the form for the tool's redirect_uri.
func (p *Platform) Respond(a AuthRequest, claims Claims) (url.Values, error) {
	token, err := p.Sign(claims)
	return url.Values{"id_token": {token}, "state": {a.State}}, err
}

// Claims are those of a learner's launch.
func (p *Platform) Claims(nonce, target string) Claims {
	a := AuthRequest{Client: Client{ID: p.ClientID, Deployment: p.Deployment, Target: target}, Nonce: nonce}
	u := User{
		ID: "user-1", Name: "Zoë O'Neill", GivenName: "Zoë", FamilyName: "O'Neill", Email: "zoe@example.org", Locale: "nl-NL",
		Roles: []string{RoleLearner},
	}
	p.mu.Lock()
	first := p.links()[0]
	p.mu.Unlock()
	c := p.LaunchClaims(a, u, first)
	c[Claim+"custom"] = map[string]any{"lesson": "otr", "left_over": "$Context.id.history", "number": 7}
	c[Claim+"launch_presentation"] = map[string]any{"locale": "de-DE", "document_target": "iframe", "return_url": p.Issuer + "/return?x=1"}
	return c
}

// LaunchClaims are those of any user and link, without a launch_presentation. A link without column offers no grades.
func (p *Platform) LaunchClaims(a AuthRequest, u User, l Link) Claims {
	now := p.Now()
	c := Claims{
		"iss": p.Issuer, "aud": a.Client.ID, "sub": u.ID, "nonce": a.Nonce,
		"iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
		Version: "1.3.0", MessageType: "LtiResourceLinkRequest", Deployment: a.Client.Deployment, TargetLink: or(l.Target, a.Client.Target),
		Roles:                   u.Roles,
		ResourceLink:            map[string]any{"id": l.ID, "title": l.Title},
		Claim + "context":       map[string]any{"id": "course-1", "label": "C1", "title": "Course", "type": []string{"CourseSection"}},
		Claim + "tool_platform": map[string]any{"guid": "lms-1", "product_family_code": "ltitest", "name": "LMS"},
		Roster:                  map[string]any{"context_memberships_url": p.MembersURL(), "service_versions": []string{"2.0"}},
	}
	for name, text := range map[string]string{
		"name": u.Name, "given_name": u.GivenName, "family_name": u.FamilyName, "email": u.Email, "locale": u.Locale,
	} {
		if text != "" {
			c[name] = text
		}
	}
	if len(l.Custom) > 0 {
		c[Claim+"custom"] = l.Custom
	}
	p.mu.Lock()
	n := p.columnOf(l.ID)
	p.mu.Unlock()
	if n > 0 {
		c[Grades] = map[string]any{
			"scope": []string{scopeScore, scopeResult, scopeLineItem}, "lineitem": p.lineItem(n), "lineitems": p.LineItems(),
		}
	}
	return c
}

// ChooseClaims are those of a request to choose links, which come back to returnURL with data.
func (p *Platform) ChooseClaims(a AuthRequest, u User, returnURL, data string) Claims {
	c := p.LaunchClaims(a, u, Link{})
	c[Grades] = nil
	choose(c, returnURL, data)
	return c
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
