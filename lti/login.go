package lti

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// A Login is the answer to third-party initiated login ("1EdTech Security Framework", section 5.1.1). Set Cookie,
// then redirect to Redirect with 302 or 303; where Storage is not nil send the page that Storage describes instead.
type Login struct {
	Redirect string
	Cookie   *http.Cookie
	Storage  *Storage

	Registration Registration
	DeploymentID string // as the request claims; ""
}

// Prefixes of the cookies that tie a launch to the browser in which its login began. Each login has its own: a page with
// two frames begins two at once.
const (
	cookiePrefix      = "__Host-lti-"
	plainCookiePrefix = "lti-" // over http, where a browser refuses the other one
)

const maxHint = 4096 // bytes of login_hint and its like

// Login answers the GET or POST with which a platform begins a launch of LTI 1.3. It follows nothing that the request
// names: the user goes to the registered authorization endpoint.
//
// The error is a *Refusal or one of the stores'.
func (t *Tool) Login(r *http.Request) (*Login, error) {
	f, refusal := readLogin(r)
	if refusal != nil {
		return nil, refusal
	}
	if t.c.Registrations == nil {
		return nil, refuse(WrongVersion, "LTI 1.3 is switched off")
	}
	reg, err := t.registration(r.Context(), f.value("iss"), f.value("client_id"))
	if err != nil {
		return nil, err
	}
	browser, err := t.dice()
	if err != nil {
		return nil, err
	}
	s := State{
		Issuer:    reg.Issuer,
		ClientID:  reg.ClientID,
		Browser:   hashed(browser),
		Storage:   f.value("lti_storage_target"),
		NewWindow: t.c.Login + "?" + f.only("iss", "client_id", "login_hint", "lti_message_hint", "lti_deployment_id", "target_link_uri").encode(),
		Expires:   t.c.Now().Add(t.c.LoginTime),
	}
	if s.Value, err = t.dice(); err != nil {
		return nil, err
	}
	if s.Nonce, err = t.dice(); err != nil {
		return nil, err
	}
	redirect, refusal := t.authRedirect(reg, s, f)
	if refusal != nil {
		return nil, refusal
	}
	if err := t.c.States.PutState(r.Context(), s); err != nil {
		return nil, err
	}
	return &Login{
		Redirect:     redirect.String(),
		Cookie:       t.cookie(s.Value, browser),
		Storage:      newStorage(s, redirect),
		Registration: reg,
		DeploymentID: f.value("lti_deployment_id"),
	}, nil
}

// readLogin reads the query of a GET, or the form of a POST with the query: LTI-PHP posts to an address to which it has
// added lti_storage_target.
func readLogin(r *http.Request) (form, *Refusal) {
	if len(r.URL.RawQuery) > maxForm {
		return nil, refuse(Malformed, "a query of %d bytes", len(r.URL.RawQuery))
	}
	f, refusal := parseForm(r.URL.RawQuery)
	if refusal == nil && r.Method != http.MethodGet {
		var body form
		body, refusal = readForm(r)
		f = append(f, body...)
	}
	if refusal != nil {
		return nil, refusal
	}
	if !f.has("iss") && !f.has("login_hint") {
		return nil, refuse(NotALaunch, "no field of a login")
	}
	if name, ok := f.contradiction(func(string) bool { return true }); ok {
		return nil, refuseField(name, "given twice and differently")
	}
	for _, p := range f {
		if len(p.Value) > maxHint || strings.ContainsFunc(p.Value, isControl) {
			return nil, refuseField(p.Name, "%d bytes long, or with control characters", len(p.Value))
		}
	}
	for _, name := range []string{"iss", "login_hint", "target_link_uri"} {
		if f.value(name) == "" {
			return nil, &Refusal{Reason: Malformed, Field: name, Detail: "is missing", Platform: f.value("iss")}
		}
	}
	return f, nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// registration finds the one that a login is for. Without client_id there must be only one of the issuer.
func (t *Tool) registration(ctx context.Context, issuer, clientID string) (Registration, error) {
	all, err := t.c.Registrations.Registrations(ctx, issuer, clientID)
	if err != nil {
		return Registration{}, err
	}
	all = slices.DeleteFunc(slices.Clone(all), func(r Registration) bool {
		return r.Issuer != issuer || clientID != "" && r.ClientID != clientID
	})
	if len(all) != 1 {
		return Registration{}, &Refusal{
			Reason: UnknownPlatform, Platform: issuer,
			Detail: "registrations that fit client " + quote(clientID) + ": " + plural(len(all)),
		}
	}
	return all[0], nil
}

func plural(n int) string {
	if n == 0 {
		return "none"
	}
	return "several"
}

// authRedirect is the authentication request: "1EdTech Security Framework", section 5.1.1.2. All parameters are
// always there: each platform misses another one.
func (t *Tool) authRedirect(reg Registration, s State, f form) (*url.URL, *Refusal) {
	u, err := t.address(reg.AuthURL)
	if err != nil {
		return nil, &Refusal{Reason: UnknownPlatform, Platform: reg.Issuer, Detail: "its authorization endpoint is unusable", err: err}
	}
	params := form{
		{"client_id", reg.ClientID},
		{"login_hint", f.value("login_hint")},
		{"nonce", s.Nonce},
		{"prompt", "none"},
		{"redirect_uri", t.c.Launch},
		{"response_mode", "form_post"},
		{"response_type", "id_token"},
		{"scope", "openid"},
		{"state", s.Value},
	}
	if f.has("lti_message_hint") {
		params = append(params, Param{"lti_message_hint", f.value("lti_message_hint")})
	}
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += params.encode()
	return u, nil
}

func (f form) encode() string {
	var b strings.Builder
	for i, p := range f {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(p.Name) + "=" + url.QueryEscape(p.Value))
	}
	return b.String()
}

// only keeps one parameter of each name.
func (f form) only(names ...string) form {
	var kept form
	for _, name := range names {
		if f.has(name) {
			kept = append(kept, Param{name, f.value(name)})
		}
	}
	return kept
}

// cookieOf is what the browser got at the login of this state.
func (t *Tool) cookieOf(r *http.Request, state string) (string, bool) {
	c, err := r.Cookie(t.cookieName(state))
	if err != nil {
		return "", false
	}
	b, err := base64.RawURLEncoding.DecodeString(c.Value)
	return c.Value, err == nil && len(b) == sha256.Size
}

func (t *Tool) cookieName(state string) string {
	hash := sha256.Sum256([]byte(state))
	if t.base.Scheme == "https" {
		return cookiePrefix + hex.EncodeToString(hash[:4])
	}
	return plainCookiePrefix + hex.EncodeToString(hash[:4])
}

// cookie lasts as long as the login may take.
func (t *Tool) cookie(state, browser string) *http.Cookie {
	c := &http.Cookie{
		Name: t.cookieName(state), Value: browser, Path: "/", HttpOnly: true,
		MaxAge: int(t.c.LoginTime / time.Second), SameSite: http.SameSiteLaxMode,
	}
	if t.base.Scheme == "https" {
		// A frame of another site gets its cookies only with all three of these.
		c.Secure, c.SameSite, c.Partitioned = true, http.SameSiteNoneMode, true
	}
	return c
}

func hashed(s string) string {
	h := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(h[:])
}

func same(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }
