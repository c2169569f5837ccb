package lti

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	maxNonce        = 255
	maxResourceLink = 255 // "LTI Core", "Resource link claim"
)

// launch11 verifies a launch of LTI 1.1: RFC 5849, section 3.2, with the reading that platforms have of it.
func (t *Tool) launch11(r *http.Request, body form) (*Launch, error) {
	query, refusal := parseForm(r.URL.RawQuery)
	if refusal != nil {
		return nil, refusal
	}
	if strings.HasPrefix(strings.ToLower(r.Header.Get("Authorization")), "oauth") {
		return nil, refuseField("oauth_signature", "in the header; a launch has it in the form")
	}
	all := slices.Concat(query, body)
	if name, ok := all.contradiction(standard11); ok {
		return nil, refuseField(name, "given twice and differently")
	}
	c, method, err := t.authenticate(r, query, body, all)
	if err != nil {
		return nil, err
	}
	l, refusal := t.read11(all, c, method)
	if refusal != nil {
		refusal.Platform = c.Key
		refusal.ReturnURL = safeURL(all.value("launch_presentation_return_url"))
		return nil, refusal
	}
	return l, nil
}

// standard11 tells the fields that are read here from those that teachers and platforms make up, which may repeat.
func standard11(name string) bool {
	for _, prefix := range []string{"lti_", "oauth_", "lis_", "context_", "resource_link_", "launch_presentation_", "tool_consumer_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return name == "user_id" || name == "roles"
}

// authenticate checks who signed, when and whether for the first time. The nonce is stored only after the signature
// was found good: otherwise anybody could fill the store, or use up a nonce before its owner.
func (t *Tool) authenticate(r *http.Request, query, body, all form) (Consumer, Method, error) {
	key, nonce, method := all.value("oauth_consumer_key"), all.value("oauth_nonce"), Method(all.value("oauth_signature_method"))
	refused := func(refusal *Refusal) (Consumer, Method, error) {
		refusal.Platform = key
		return Consumer{}, "", refusal
	}
	for _, name := range []string{"oauth_consumer_key", "oauth_nonce", "oauth_timestamp", "oauth_signature_method", "oauth_signature"} {
		if v := all.value(name); v == "" || len(v) > maxNonce {
			return refused(refuseField(name, "%d bytes long", len(v)))
		}
	}
	if v := all.value("oauth_version"); all.has("oauth_version") && v != "1.0" {
		return refused(refuseField("oauth_version", "is %s", quote(v)))
	}
	seconds, err := strconv.ParseInt(all.value("oauth_timestamp"), 10, 64)
	if err != nil || seconds <= 0 {
		return refused(refuseField("oauth_timestamp", "is %s", quote(all.value("oauth_timestamp"))))
	}
	signature, err := base64.StdEncoding.DecodeString(all.value("oauth_signature"))
	if err != nil {
		return refused(refuseField("oauth_signature", "is not base64"))
	}

	c, err := t.consumer(r.Context(), key)
	if err != nil {
		return Consumer{}, "", err
	}
	if !c.allows(method) {
		return refused(refuse(BadSignature, "signed with %s", quote(string(method))))
	}
	if !t.signedBy(c, method, signature, r, query, body) {
		return refused(refuse(BadSignature, "for POST %s", quote(t.address11(r))))
	}
	sent, now := time.Unix(seconds, 0), t.c.Now()
	if off := now.Sub(sent); off > t.c.Window || off < -t.c.Window {
		return refused(refuse(WrongTime, "oauth_timestamp is %v from our clock, %v are allowed", off.Round(time.Second), t.c.Window))
	}
	fresh, err := t.c.Nonces.Use(r.Context(), key, nonce, sent.Add(t.c.Window+time.Second))
	if err != nil {
		return Consumer{}, "", err
	}
	if !fresh {
		return refused(refuse(Replayed, "oauth_nonce was used before"))
	}
	return c, method, nil
}

// consumer finds the key's owner. For a key that nobody has it makes up a consumer whose signature nobody can make,
// so that the answer and the time it takes tell no stranger which keys exist.
func (t *Tool) consumer(ctx context.Context, key string) (Consumer, error) {
	c, err := t.c.Consumers.Consumer(ctx, key)
	if err == nil && len(c.Secrets) > 0 && !slices.Contains(c.Secrets, "") {
		return c, nil
	}
	if err != nil && !errors.Is(err, ErrUnknown) {
		return Consumer{}, err
	}
	unguessable, err := t.dice()
	return Consumer{Key: key, Secrets: []Secret{Secret(unguessable)}}, err
}

// signedBy tries every reading of what was signed, each with every secret:
// the query counts, as RFC 5849 has it; or it was copied into the form and counts once, Canvas' habit;
// and line ends as the browser sent them, or as they were before it changed them.
func (t *Tool) signedBy(c Consumer, m Method, signature []byte, r *http.Request, query, body form) bool {
	readings := []form{slices.Concat(query, body)}
	if len(query) > 0 && body.covers(query) {
		readings = append(readings, body)
	}
	for _, f := range slices.Clone(readings) {
		if unix, changed := f.unixLineEnds(); changed {
			readings = append(readings, unix)
		}
	}
	for _, f := range readings {
		base, err := BaseString(http.MethodPost, t.address11(r), f)
		if err != nil {
			return false
		}
		for _, secret := range c.Secrets {
			if hmac.Equal(m.sign(secret, base), signature) {
				return true
			}
		}
	}
	return false
}

// address11 is the address that the platform signed, without its query.
func (t *Tool) address11(r *http.Request) string { return t.c.Base + r.URL.EscapedPath() }

func (t *Tool) read11(f form, c Consumer, m Method) (*Launch, *Refusal) {
	if v := f.value("lti_message_type"); v != "basic-lti-launch-request" {
		return nil, &Refusal{Reason: WrongMessage, Field: "lti_message_type", Detail: "is " + quote(v)}
	}
	if v := f.value("lti_version"); v != "LTI-1p0" {
		return nil, &Refusal{Reason: WrongVersion, Field: "lti_version", Detail: "is " + quote(v)}
	}
	if v := f.value("resource_link_id"); v == "" || len(v) > maxResourceLink {
		return nil, refuseField("resource_link_id", "%d bytes long", len(v))
	}
	switch v := f.value("user_id"); {
	case v == "" && !t.c.AllowAnonymous:
		return nil, &Refusal{Reason: Anonymous, Field: "user_id"}
	case len(v) > maxSubject:
		return nil, refuseField("user_id", "%d bytes long", len(v))
	}
	target, err := url.Parse(t.c.Launch)
	if err != nil {
		return nil, refuse(WrongTarget, "Config.Launch is no address")
	}
	return &Launch{
		Version:     LTI11,
		Message:     ResourceLinkRequest,
		ConsumerKey: c.Key,
		User: User{
			ID:         f.value("user_id"),
			Name:       f.value("lis_person_name_full"),
			GivenName:  f.value("lis_person_name_given"),
			FamilyName: f.value("lis_person_name_family"),
			Email:      f.value("lis_person_contact_email_primary"),
		},
		Roles: parseRoles(f.value("roles")),
		Context: Context{
			ID:    f.value("context_id"),
			Label: f.value("context_label"),
			Title: f.value("context_title"),
			Types: parseRoles(f.value("context_type")),
		},
		ResourceLink: ResourceLink{
			ID:          f.value("resource_link_id"),
			Title:       f.value("resource_link_title"),
			Description: f.value("resource_link_description"),
		},
		Presentation: Presentation{
			Locale:         f.value("launch_presentation_locale"),
			DocumentTarget: f.value("launch_presentation_document_target"),
			ReturnURL:      safeURL(f.value("launch_presentation_return_url")),
			CSSURL:         safeURL(f.value("launch_presentation_css_url")),
		},
		Platform: Platform{
			GUID:    f.value("tool_consumer_instance_guid"),
			Name:    f.value("tool_consumer_instance_name"),
			Family:  f.value("tool_consumer_info_product_family_code"),
			Version: f.value("tool_consumer_info_version"),
		},
		Custom:        custom11(f),
		TargetLinkURI: target,
		Outcome:       newOutcome(f.value("lis_outcome_service_url"), f.value("lis_result_sourcedid"), m),
	}, nil
}

// custom11 collects the custom parameters. Platforms write their names in lower case with _ for anything odd.
func custom11(f form) map[string]string {
	custom := map[string]string{}
	for _, p := range f {
		if name, ok := strings.CutPrefix(p.Name, "custom_"); ok && name != "" && !unreplaced(p.Value) {
			if _, repeated := custom[name]; !repeated {
				custom[name] = p.Value
			}
		}
	}
	return custom
}

// unreplaced reports whether the platform left a substitution variable as it was.
func unreplaced(value string) bool {
	return len(value) > 1 && value[0] == '$' && (value[1] >= 'A' && value[1] <= 'Z' || value[1] >= 'a' && value[1] <= 'z')
}

// safeURL keeps an address that a link may lead to, and drops anything else.
func safeURL(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" || strings.ContainsAny(s, "\\ \t\r\n") {
		return ""
	}
	return s
}
