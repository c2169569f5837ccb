package web

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
)

// localeOf is the language that an unverified launch asks for; "" if it does not say, or is no launch.
func localeOf(form string) string {
	if len(form) > longestLaunch {
		return ""
	}
	values, err := url.ParseQuery(form)
	if err != nil {
		return ""
	}
	if locale := values.Get("launch_presentation_locale"); locale != "" {
		return locale
	}
	_, rest, _ := strings.Cut(values.Get("id_token"), ".")
	payload, _, _ := strings.Cut(rest, ".")
	claims, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		return ""
	}
	var wish struct {
		Presentation struct {
			Locale string `json:"locale"`
		} `json:"https://purl.imsglobal.org/spec/lti/claim/launch_presentation"`
		Locale string `json:"locale"`
	}
	if json.Unmarshal(claims, &wish) != nil {
		return ""
	}
	if wish.Presentation.Locale != "" {
		return wish.Presentation.Locale
	}
	return wish.Locale
}
