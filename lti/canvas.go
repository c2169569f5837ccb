package lti

import "encoding/json"

// CanvasConfig is the JSON by which an administrator of Canvas makes a developer key ("By URL" or pasted); serve it as
// application/json. The key is fetched from Config.JWKS, so that it may rotate.
func (t *Tool) CanvasConfig(p Profile) ([]byte, error) {
	placements := []map[string]any{{
		"placement": "link_selection", "message_type": string(ResourceLinkRequest), "target_link_uri": t.c.Launch, "text": p.Name,
	}}
	if p.DeepLinking {
		placements = placements[:0]
		for _, where := range []string{"assignment_selection", "link_selection"} {
			placements = append(placements, map[string]any{
				"placement": where, "message_type": string(DeepLinkingRequest), "target_link_uri": t.c.Launch, "text": p.deepLinkLabel(),
			})
		}
	}
	settings := map[string]any{"text": p.Name, "placements": placements}
	addText(settings, "icon_url", p.IconURL)
	config := map[string]any{
		"title":               p.Name,
		"description":         orElse(p.Description, p.Name),
		"oidc_initiation_url": t.c.Login,
		"target_link_uri":     t.c.Launch,
		"public_jwk_url":      t.c.JWKS,
		"scopes":              append([]string{}, p.Scopes...),
		"extensions": []map[string]any{{
			"platform":      "canvas.instructure.com",
			"domain":        t.domain(),
			"tool_id":       t.domain(),
			"privacy_level": p.privacyLevel(),
			"settings":      settings,
		}},
	}
	if len(p.Custom) > 0 {
		config["custom_fields"] = p.Custom
	}
	return json.MarshalIndent(config, "", "  ")
}

// privacyLevel is Canvas' word for what the tool wants to know of users.
func (p Profile) privacyLevel() string {
	switch {
	case p.wantsNames() && p.wantsEmail():
		return "public"
	case p.wantsNames():
		return "name_only"
	case p.wantsEmail():
		return "email_only"
	}
	return "anonymous"
}
