package lti

import "encoding/json"

// The claims of "LTI Core", section 5.3 and 5.4, and of the services.
const (
	claimPrefix       = "https://purl.imsglobal.org/spec/lti/claim/"
	claimVersion      = claimPrefix + "version"
	claimMessageType  = claimPrefix + "message_type"
	claimDeployment   = claimPrefix + "deployment_id"
	claimTarget       = claimPrefix + "target_link_uri"
	claimRoles        = claimPrefix + "roles"
	claimResourceLink = claimPrefix + "resource_link"
	claimContext      = claimPrefix + "context"
	claimPlatform     = claimPrefix + "tool_platform"
	claimPresentation = claimPrefix + "launch_presentation"
	claimCustom       = claimPrefix + "custom"
	claimGrades       = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
	claimRoster       = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
	claimOutcome      = "https://purl.imsglobal.org/spec/lti-bo/claim/basicoutcome"

	claimDeepLinking = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
	claimItems       = "https://purl.imsglobal.org/spec/lti-dl/claim/content_items"
	claimData        = "https://purl.imsglobal.org/spec/lti-dl/claim/data"
	claimMsg         = "https://purl.imsglobal.org/spec/lti-dl/claim/msg"
	claimLog         = "https://purl.imsglobal.org/spec/lti-dl/claim/log"
)

// maxSubject is the bound of "sub": "LTI Core", section 5.3.6.
const maxSubject = 255

type presentationClaim struct {
	Locale         string `json:"locale"`
	DocumentTarget string `json:"document_target"`
	ReturnURL      string `json:"return_url"`
	CSSURL         string `json:"css_url"`
}

func userClaims(c *claims, id string) User {
	return User{
		ID:         id,
		Name:       optional[string](c, "name"),
		GivenName:  optional[string](c, "given_name"),
		FamilyName: optional[string](c, "family_name"),
		Email:      optional[string](c, "email"),
		Locale:     optional[string](c, "locale"),
	}
}

// readClaims fills in what else a launch brings.
func (l *Launch) readClaims(c *claims) *Refusal {
	link := optional[struct {
		ID          string `json:"id"`
		Title       string `json:"title"`
		Description string `json:"description"`
	}](c, claimResourceLink)
	if l.Message == ResourceLinkRequest && (link.ID == "" || len(link.ID) > maxResourceLink) {
		return refuseField(claimResourceLink, "its id is %d bytes long", len(link.ID))
	}
	course := optional[struct {
		ID    string   `json:"id"`
		Label string   `json:"label"`
		Title string   `json:"title"`
		Type  []string `json:"type"`
	}](c, claimContext)
	platform := optional[struct {
		GUID    string `json:"guid"`
		Name    string `json:"name"`
		Family  string `json:"product_family_code"`
		Version string `json:"version"`
	}](c, claimPlatform)
	l.ResourceLink = ResourceLink(link)
	l.Context = Context{ID: course.ID, Label: course.Label, Title: course.Title, Types: course.Type}
	l.Platform = Platform(platform)
	l.Custom = customClaim(optional[map[string]json.RawMessage](c, claimCustom))
	l.readServices(c)
	if l.Message == DeepLinkingRequest {
		settings := optional[deepLinkClaim](c, claimDeepLinking)
		if settings.ReturnURL == "" {
			return refuseField(claimDeepLinking, "has no deep_link_return_url")
		}
		l.DeepLink = settings.settings()
	}
	return nil
}

func (l *Launch) readServices(c *claims) {
	grades := optional[struct {
		Scope     []string `json:"scope"`
		LineItem  string   `json:"lineitem"`
		LineItems string   `json:"lineitems"`
	}](c, claimGrades)
	if len(grades.Scope) > 0 {
		l.Grades = &GradeService{Scopes: grades.Scope, LineItem: grades.LineItem, LineItems: grades.LineItems}
	}
	roster := optional[struct {
		URL string `json:"context_memberships_url"`
	}](c, claimRoster)
	if roster.URL != "" {
		l.Roster = &RosterService{URL: roster.URL}
	}
	outcome := optional[struct {
		ServiceURL string `json:"lis_outcome_service_url"`
		SourcedID  string `json:"lis_result_sourcedid"`
	}](c, claimOutcome)
	l.Outcome = newOutcome(outcome.ServiceURL, outcome.SourcedID, HMACSHA1)
}

// customClaim makes text of what should be text: some platforms send numbers and true. Anything larger is left out.
func customClaim(raw map[string]json.RawMessage) map[string]string {
	custom := map[string]string{}
	for name, value := range raw {
		var text string
		switch {
		case json.Unmarshal(value, &text) == nil && string(value) != "null":
			if !unreplaced(text) {
				custom[name] = text
			}
		case len(value) > 0 && value[0] != '{' && value[0] != '[' && string(value) != "null":
			custom[name] = string(value)
		}
	}
	return custom
}
