package lti

import (
	"context"
	"errors"
	"slices"
	"time"
)

// DeepLinkSettings is what a platform wants to have chosen: "LTI Deep Linking", section 4.3.
type DeepLinkSettings struct {
	ReturnURL       string
	AcceptTypes     []string // "ltiResourceLink" is the one for DeepLink
	AcceptMultiple  bool
	AcceptLineItems bool
	Title           string
	Text            string
	Data            *string // goes back as it came; nil: none came
}

type deepLinkClaim struct {
	ReturnURL       string   `json:"deep_link_return_url"`
	AcceptTypes     []string `json:"accept_types"`
	AcceptMultiple  flexible `json:"accept_multiple"`
	AcceptLineItems flexible `json:"accept_lineitem"`
	Title           string   `json:"title"`
	Text            string   `json:"text"`
	Data            *string  `json:"data"`
}

// flexible is a truth value that some platforms write as text.
type flexible bool

func (f *flexible) UnmarshalJSON(b []byte) error {
	*f = flexible(slices.Contains([]string{"true", `"true"`}, string(b)))
	return nil
}

func (c deepLinkClaim) settings() *DeepLinkSettings {
	return &DeepLinkSettings{
		ReturnURL: c.ReturnURL, AcceptTypes: c.AcceptTypes, Title: c.Title, Text: c.Text, Data: c.Data,
		AcceptMultiple: bool(c.AcceptMultiple), AcceptLineItems: bool(c.AcceptLineItems),
	}
}

// A DeepLink is a link to this tool that the platform shall put into the course.
type DeepLink struct {
	Title    string
	Text     string
	URL      string // target_link_uri of its launches; "" is Config.Launch
	Custom   map[string]string
	LineItem *LineItem // a gradebook column for it; ResourceLinkID stays empty
}

// A DeepLinkReply is a form to post: one hidden field "JWT", to URL, by the teacher's browser.
type DeepLinkReply struct {
	URL string
	JWT string
}

const deepLinkLife = 5 * time.Minute

// DeepLinkReply answers a launch with Message DeepLinkingRequest: "LTI Deep Linking", section 4.4. No links means that
// the teacher chose none; message is shown by the platform, and may be empty.
func (t *Tool) DeepLinkReply(ctx context.Context, l *Launch, reg Registration, message string, links ...DeepLink) (DeepLinkReply, error) {
	switch {
	case l.DeepLink == nil:
		return DeepLinkReply{}, errors.New("lti: this launch does not ask for links")
	case reg.Issuer != l.Issuer || reg.ClientID != l.ClientID:
		return DeepLinkReply{}, errors.New("lti: the launch is of another registration")
	case len(links) > 1 && !l.DeepLink.AcceptMultiple:
		return DeepLinkReply{}, errors.New("lti: the platform takes one link only")
	case len(links) > 0 && !slices.Contains(l.DeepLink.AcceptTypes, "ltiResourceLink"):
		return DeepLinkReply{}, errors.New("lti: the platform takes no links to tools here")
	}
	to, err := t.serviceURL(l.DeepLink.ReturnURL, reg.serviceHosts())
	if err != nil {
		return DeepLinkReply{}, err
	}
	nonce, err := t.dice()
	if err != nil {
		return DeepLinkReply{}, err
	}
	now := t.c.Now()
	claims := map[string]any{
		"iss":            reg.ClientID,
		"aud":            reg.Issuer,
		"iat":            now.Unix(),
		"exp":            now.Add(deepLinkLife).Unix(),
		"nonce":          nonce,
		claimDeployment:  l.DeploymentID,
		claimMessageType: "LtiDeepLinkingResponse",
		claimVersion:     "1.3.0",
		claimItems:       t.contentItems(links),
	}
	if l.DeepLink.Data != nil {
		claims[claimData] = *l.DeepLink.Data
	}
	if message != "" {
		claims[claimMsg] = message
	}
	jwt, err := t.signJWT(ctx, claims)
	return DeepLinkReply{URL: to.String(), JWT: jwt}, err
}

// contentItem is "LTI Deep Linking", section 3.2, "LTI resource link".
type contentItem struct {
	Type     string            `json:"type"`
	Title    string            `json:"title,omitempty"`
	Text     string            `json:"text,omitempty"`
	URL      string            `json:"url"`
	Custom   map[string]string `json:"custom,omitempty"`
	LineItem *contentLineItem  `json:"lineItem,omitempty"`
}

type contentLineItem struct {
	Label        string  `json:"label,omitempty"`
	ScoreMaximum float64 `json:"scoreMaximum"`
	ResourceID   string  `json:"resourceId,omitempty"`
	Tag          string  `json:"tag,omitempty"`
}

func (t *Tool) contentItems(links []DeepLink) []contentItem {
	items := make([]contentItem, 0, len(links))
	for _, l := range links {
		item := contentItem{Type: "ltiResourceLink", Title: l.Title, Text: l.Text, URL: orElse(l.URL, t.c.Launch), Custom: l.Custom}
		if l.LineItem != nil {
			item.LineItem = &contentLineItem{l.LineItem.Label, l.LineItem.ScoreMaximum, l.LineItem.ResourceID, l.LineItem.Tag}
		}
		items = append(items, item)
	}
	return items
}
