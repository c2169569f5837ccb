package web

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"

	"otrbot/lti"
)

// wishes are the languages that an unverified launch asks for, the strongest wish first; none if it does not say, or is
// no launch.
func wishes(form string) []string {
	if len(form) > longestLaunch {
		return nil
	}
	values, err := url.ParseQuery(form)
	if err != nil {
		return nil
	}
	if locale := values.Get("launch_presentation_locale"); locale != "" {
		return []string{locale}
	}
	_, rest, _ := strings.Cut(values.Get("id_token"), ".")
	payload, _, _ := strings.Cut(rest, ".")
	claims, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		return nil
	}
	var wish struct {
		Presentation struct {
			Locale string `json:"locale"`
		} `json:"https://purl.imsglobal.org/spec/lti/claim/launch_presentation"`
		Locale string `json:"locale"`
	}
	if json.Unmarshal(claims, &wish) != nil {
		return nil
	}
	return []string{wish.Presentation.Locale, wish.Locale}
}

// wishesOf are those of a launch that was verified.
func wishesOf(l *lti.Launch) []string { return []string{l.Presentation.Locale, l.User.Locale} }
