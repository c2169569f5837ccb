package lti

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const claimToolConfig = "https://purl.imsglobal.org/spec/lti-tool-configuration"

// RegisterRequest is what a platform's administrator brings along: "LTI Dynamic Registration", section 3.3.
type RegisterRequest struct {
	ConfigURL string // openid_configuration: where the platform describes itself
	Token     Secret // registration_token; "" on platforms that need none
}

// ReadRegisterRequest reads the GET that begins a registration. Whoever can make this request can register a platform:
// accept it only with something of your own, such as a path that works once.
func ReadRegisterRequest(r *http.Request) (RegisterRequest, error) {
	if len(r.URL.RawQuery) > maxForm {
		return RegisterRequest{}, refuse(Malformed, "a query of %d bytes", len(r.URL.RawQuery))
	}
	f, refusal := parseForm(r.URL.RawQuery)
	if refusal != nil {
		return RegisterRequest{}, refusal
	}
	for _, name := range []string{"openid_configuration", "registration_token"} {
		if _, twice := f.contradiction(func(n string) bool { return n == name }); twice || len(f.value(name)) > maxAnswer {
			return RegisterRequest{}, refuseField(name, "is given twice or too long")
		}
	}
	if !f.has("openid_configuration") {
		return RegisterRequest{}, refuse(NotALaunch, "no openid_configuration: this page is opened by a platform's administration")
	}
	return RegisterRequest{ConfigURL: f.value("openid_configuration"), Token: Secret(f.value("registration_token"))}, nil
}

func (r RegisterRequest) authorize(req *http.Request) {
	req.Header.Set("Accept", "application/json")
	if r.Token != "" {
		req.Header.Set("Authorization", "Bearer "+string(r.Token))
	}
}

// Registered is what Register gives: the registration to store, with what the platform says of itself.
type Registered struct {
	Registration
	Family  string // "moodle", "canvas"
	Version string
	// Scopes are those that the platform granted, if it says so.
	Scopes []string
}

// platformConfig is the platform's OpenID configuration: "LTI Dynamic Registration", section 3.4.
type platformConfig struct {
	Issuer      string `json:"issuer"`
	AuthURL     string `json:"authorization_endpoint"`
	TokenURL    string `json:"token_endpoint"`
	JWKSURL     string `json:"jwks_uri"`
	RegisterURL string `json:"registration_endpoint"`
	AuthServer  string `json:"authorization_server"` // audience of assertions if it is an address; Canvas' is not
	LTI         struct {
		Family  string `json:"product_family_code"`
		Version string `json:"version"`
		Message []struct {
			Type       MessageType `json:"type"`
			Placements []string    `json:"placements"`
		} `json:"messages_supported"`
	} `json:"https://purl.imsglobal.org/spec/lti-platform-configuration"`
}

// Register makes the tool known to a platform: "LTI Dynamic Registration". It fetches the platform's description,
// posts the tool's, and gives what is to be stored. Platforms may need an administrator's approval before a launch
// works, and may name the deployment only then: Deployments may be empty.
//
// When it has been stored, answer with a page that says so and has its window closed by
// parent.postMessage({subject: "org.imsglobal.lti.close"}, "*").
//
// The error is a *Refusal for a platform whose description is not to be trusted, or a *ServiceError.
func (t *Tool) Register(ctx context.Context, r RegisterRequest, p Profile) (Registered, error) {
	about, err := t.platformConfig(ctx, r)
	if err != nil {
		return Registered{}, err
	}
	body, err := json.Marshal(t.clientRegistration(p, about))
	if err != nil {
		return Registered{}, fmt.Errorf("lti: describing the tool: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, about.RegisterURL, bytes.NewReader(body))
	if err != nil {
		return Registered{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	r.authorize(req)
	a, err := t.send(t.straight, req, "registration", maxServiceAnswer)
	if err != nil {
		return Registered{}, err
	}
	return a.registered(about)
}

// platformConfig fetches and checks the description. The issuer must be on the host that it came from: otherwise
// anybody could register as anybody else. Canvas describes itself only to those who show their token.
func (t *Tool) platformConfig(ctx context.Context, r RegisterRequest) (platformConfig, error) {
	refused := func(field, detail string, err error) (platformConfig, error) {
		return platformConfig{}, &Refusal{Reason: Malformed, Field: field, Detail: detail, err: err}
	}
	u, err := t.address(r.ConfigURL)
	if err != nil {
		return refused("openid_configuration", "is no address to fetch from", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return refused("openid_configuration", "is no address to fetch from", err)
	}
	r.authorize(req)
	a, err := t.send(t.straight, req, "openid configuration", maxServiceAnswer)
	if err != nil {
		return platformConfig{}, err
	}
	if a.status != http.StatusOK {
		return platformConfig{}, a.failed("openid configuration")
	}
	return t.readPlatformConfig(a.body, r.ConfigURL)
}

func (t *Tool) readPlatformConfig(b []byte, address string) (platformConfig, error) {
	refused := func(field, detail string, err error) (platformConfig, error) {
		return platformConfig{}, &Refusal{Reason: Malformed, Field: field, Detail: detail, err: err}
	}
	var c platformConfig
	if _, err := parseObject(b); err != nil {
		return refused("openid_configuration", "is not one JSON object", err)
	}
	if err := json.Unmarshal(b, &c); err != nil {
		return refused("openid_configuration", "is not the JSON of a platform", err)
	}
	for _, field := range []struct{ name, value string }{
		{"issuer", c.Issuer},
		{"authorization_endpoint", c.AuthURL},
		{"token_endpoint", c.TokenURL},
		{"jwks_uri", c.JWKSURL},
		{"registration_endpoint", c.RegisterURL},
	} {
		u, err := t.address(field.value)
		if err != nil || len(field.value) > maxHint {
			return refused(field.name, "is no address", err)
		}
		if !t.usualPort(u) && !sameHost(address, field.value) {
			return refused(field.name, "is at a port that the configuration is not at", nil)
		}
	}
	if !sameHost(c.Issuer, address) {
		return refused("issuer", "is on another host than the configuration", nil)
	}
	return c, nil
}

// clientRegistration is what the tool says of itself: section 3.5.
func (t *Tool) clientRegistration(p Profile, about platformConfig) map[string]any {
	tool := map[string]any{
		"domain":          t.domain(),
		"target_link_uri": t.c.Launch,
		"claims":          append([]string{"iss", "sub"}, p.Claims...),
		"messages":        t.messages(p, about),
	}
	client := map[string]any{
		"application_type":           "web",
		"client_name":                p.Name,
		"grant_types":                []string{"implicit", "client_credentials"},
		"response_types":             []string{"id_token"},
		"initiate_login_uri":         t.c.Login,
		"redirect_uris":              []string{t.c.Launch},
		"jwks_uri":                   t.c.JWKS,
		"token_endpoint_auth_method": "private_key_jwt",
		"scope":                      strings.Join(p.Scopes, " "),
		claimToolConfig:              tool,
	}
	addText(tool, "description", p.Description)
	addText(client, "logo_uri", p.IconURL)
	addText(client, "client_uri", p.HomeURL)
	addText(client, "policy_uri", p.PolicyURL)
	addText(client, "tos_uri", p.TermsURL)
	if about.LTI.Family == "canvas" {
		tool["https://canvas.instructure.com/lti/privacy_level"] = p.privacyLevel()
	}
	if len(p.Custom) > 0 {
		tool["custom_parameters"] = p.Custom
	}
	if len(p.Contacts) > 0 {
		client["contacts"] = p.Contacts
	}
	return client
}

// messages are the kinds of launches that the tool takes, and where the platform shall offer them. Of placements only
// those are named that the platform has.
func (t *Tool) messages(p Profile, about platformConfig) []map[string]any {
	open := map[string]any{"type": ResourceLinkRequest}
	if !p.DeepLinking {
		about.place(open, ResourceLinkRequest, "link_selection")
		return []map[string]any{open}
	}
	choose := map[string]any{"type": DeepLinkingRequest, "target_link_uri": t.c.Launch, "label": p.deepLinkLabel()}
	about.place(choose, DeepLinkingRequest, "assignment_selection", "link_selection")
	return []map[string]any{open, choose}
}

// place names those of the wanted placements that the platform has, in its own spelling.
func (c platformConfig) place(message map[string]any, kind MessageType, wanted ...string) {
	var found []string
	for _, m := range c.LTI.Message {
		for _, has := range m.Placements {
			if m.Type == kind && slices.Contains(wanted, strings.TrimPrefix(has, "https://canvas.instructure.com/lti/")) && !slices.Contains(found, has) {
				found = append(found, has)
			}
		}
	}
	if len(found) > 0 {
		message["placements"] = found
	}
}

func addText(to map[string]any, name, text string) {
	if text != "" {
		to[name] = text
	}
}

// registered reads the platform's answer: section 3.6.
func (a answer) registered(about platformConfig) (Registered, error) {
	var v struct {
		ClientID string `json:"client_id"`
		Scope    string `json:"scope"`
		Tool     struct {
			Deployment string `json:"deployment_id"`
		} `json:"https://purl.imsglobal.org/spec/lti-tool-configuration"`
	}
	failure := a.failed("registration")
	if a.status/100 != 2 {
		return Registered{}, failure
	}
	if err := json.Unmarshal(a.body, &v); err != nil {
		failure.Detail, failure.err = "the answer is not the JSON of a registration", err
		return Registered{}, failure
	}
	if v.ClientID == "" || len(v.ClientID) > maxHint || len(v.Tool.Deployment) > maxDeployment {
		failure.Detail = "the answer has no usable client_id"
		return Registered{}, failure
	}
	reg := Registration{
		Issuer: about.Issuer, ClientID: v.ClientID,
		AuthURL: about.AuthURL, TokenURL: about.TokenURL, JWKSURL: about.JWKSURL,
	}
	if u, err := url.Parse(about.AuthServer); err == nil && u.Host != "" {
		reg.TokenAudience = about.AuthServer
	}
	// The schools of Canvas' cloud have one issuer, and services on a host each.
	if u, err := url.Parse(about.Issuer); err == nil && about.LTI.Family == "canvas" && strings.HasSuffix(u.Host, ".instructure.com") {
		reg.ServiceHosts = append(reg.serviceHosts(), ".instructure.com")
	}
	if v.Tool.Deployment != "" {
		reg.Deployments = []string{v.Tool.Deployment}
	}
	return Registered{Registration: reg, Family: about.LTI.Family, Version: about.LTI.Version, Scopes: scopes(v.Scope)}, nil
}

func scopes(list string) []string {
	return slices.DeleteFunc(strings.Fields(list), func(s string) bool { return len(s) > maxHint })
}
