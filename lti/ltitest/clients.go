package ltitest

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// A Client is a tool as it is registered for LTI 1.3.
type Client struct {
	ID         string
	Deployment string
	Name       string
	Login      string   // initiate_login_uri
	Redirects  []string // redirect_uris; nil: any
	Target     string   // where links lead without a target of their own
	Scopes     []string // nil: all
	// JWKS are the tool's public keys; nil: what it signs is not verified.
	JWKS func() ([]byte, error)
}

// Client13 finds a client of LTI 1.3.
func (p *Platform) Client13(id string) (Client, bool) {
	for _, c := range p.Clients() {
		if c.ID == id {
			return c, true
		}
	}
	return Client{}, false
}

// Clients are all that are registered. Until AddClient was called for ClientID, the first is one of which nothing but
// that is known.
func (p *Platform) Clients() []Client {
	p.mu.Lock()
	defer p.mu.Unlock()
	if slices.ContainsFunc(p.clients, func(c Client) bool { return c.ID == p.ClientID }) {
		return slices.Clone(p.clients)
	}
	return append([]Client{{ID: p.ClientID, Deployment: p.Deployment, JWKS: p.ToolJWKS}}, p.clients...)
}

// AddClient registers a tool, or replaces the one of that ID.
func (p *Platform) AddClient(c Client) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clients = append(slices.DeleteFunc(p.clients, func(old Client) bool { return old.ID == c.ID }), c)
	p.wake()
}

// RegistrationToken lets one tool register.
func (p *Platform) RegistrationToken() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	token := random()
	p.invited[token] = true
	return token
}

func (p *Platform) config(w http.ResponseWriter) {
	answer(w, "application/json", map[string]any{
		"issuer": p.Issuer, "authorization_endpoint": p.AuthURL(), "token_endpoint": p.TokenURL(), "jwks_uri": p.JWKSURL(),
		"registration_endpoint": p.Issuer + "/register", "scopes_supported": allScopes,
		"https://purl.imsglobal.org/spec/lti-platform-configuration": map[string]any{
			"product_family_code": "ltitest", "version": "1",
			"messages_supported": []map[string]any{{"type": "LtiResourceLinkRequest"}, {"type": "LtiDeepLinkingRequest"}},
		},
	})
}

const toolConfiguration = "https://purl.imsglobal.org/spec/lti-tool-configuration"

// register is dynamic registration: the tool's own description comes back with its client_id and deployment_id.
func (p *Platform) register(w http.ResponseWriter, r *http.Request, body []byte) {
	var members map[string]any
	var asked registration
	if json.Unmarshal(body, &members) != nil || json.Unmarshal(body, &asked) != nil || asked.Login == "" {
		because(w, http.StatusBadRequest, "not a registration")
		return
	}
	c := Client{ID: p.ClientID, Deployment: p.Deployment}
	if p.FetchJWKS != nil {
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !p.invited[token] {
			because(w, http.StatusUnauthorized, "the registration token is unknown or was used before")
			return
		}
		if err := asked.check(); err != nil {
			because(w, http.StatusBadRequest, err.Error())
			return
		}
		delete(p.invited, token)
		c = p.enter(asked)
	}
	about(w, func(e *Event) { e.Detail = "client " + c.ID })
	members["client_id"] = c.ID
	if tool, ok := members[toolConfiguration].(map[string]any); ok {
		tool["deployment_id"] = c.Deployment
	}
	answer(w, "application/json", members)
}

// registration is what a tool says of itself: "LTI Dynamic Registration", section 3.5.
type registration struct {
	Name      string   `json:"client_name"`
	Login     string   `json:"initiate_login_uri"`
	Redirects []string `json:"redirect_uris"`
	JWKS      string   `json:"jwks_uri"`
	Method    string   `json:"token_endpoint_auth_method"`
	Responses []string `json:"response_types"`
	Scope     string   `json:"scope"`
	Tool      struct {
		Target string `json:"target_link_uri"`
		Domain string `json:"domain"`
	} `json:"https://purl.imsglobal.org/spec/lti-tool-configuration"`
}

func (r registration) check() error {
	switch {
	case len(r.Redirects) == 0 || r.JWKS == "" || r.Name == "" || r.Tool.Target == "" || r.Tool.Domain == "":
		return errors.New("redirect_uris, jwks_uri, client_name, domain or target_link_uri is missing")
	case r.Method != "private_key_jwt" || !slices.Contains(r.Responses, "id_token"):
		return errors.New("neither private_key_jwt nor id_token")
	}
	return nil
}

// enter makes a client of it.
func (p *Platform) enter(r registration) Client {
	n := strconv.Itoa(len(p.clients) + 2)
	c := Client{
		ID: "tool-" + n + "-" + random()[:8], Deployment: n, Name: r.Name, Login: r.Login, Redirects: r.Redirects, Target: r.Tool.Target,
		Scopes: slices.DeleteFunc(strings.Fields(r.Scope), func(s string) bool { return !slices.Contains(allScopes, s) }),
		JWKS:   func() ([]byte, error) { return p.FetchJWKS(r.JWKS) },
	}
	p.clients = append(p.clients, c)
	return c
}
