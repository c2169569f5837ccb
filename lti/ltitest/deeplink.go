package ltitest

import "errors"

// Chosen is what a tool answers to a request to choose links.
type Chosen struct {
	Client  Client
	Data    string // as the request had it
	Message string // for the user; ""
	Links   []Link // without ID
}

// ReadChosen verifies the JWT that the tool posts to the deep_link_return_url: "LTI Deep Linking", section 4.4.
func (p *Platform) ReadChosen(jwt string) (Chosen, error) {
	var a struct {
		Iss, Aud, Nonce string
		Exp, Iat        int64
		Type            string `json:"https://purl.imsglobal.org/spec/lti/claim/message_type"`
		Version         string `json:"https://purl.imsglobal.org/spec/lti/claim/version"`
		Deployment      string `json:"https://purl.imsglobal.org/spec/lti/claim/deployment_id"`
		Data            string `json:"https://purl.imsglobal.org/spec/lti-dl/claim/data"`
		Message         string `json:"https://purl.imsglobal.org/spec/lti-dl/claim/msg"`
		Items           []struct {
			Type, Title, Text, URL string
			Custom                 map[string]string
			LineItem               *struct {
				Maximum    float64 `json:"scoreMaximum"`
				ResourceID string  `json:"resourceId"`
				Tag        string  `json:"tag"`
			} `json:"lineItem"`
		} `json:"https://purl.imsglobal.org/spec/lti-dl/claim/content_items"`
	}
	c, err := p.verify(jwt, &a, func() string { return a.Iss })
	if err != nil {
		return Chosen{}, err
	}
	now := p.Now().Unix()
	switch {
	case a.Aud != p.Issuer || a.Deployment != c.Deployment:
		return Chosen{}, errors.New("aud or deployment_id")
	case a.Type != "LtiDeepLinkingResponse" || a.Version != "1.3.0":
		return Chosen{}, errors.New("message_type or version")
	case a.Exp <= now || a.Iat > now:
		return Chosen{}, errors.New("iat or exp")
	case !p.useOnce(a.Nonce):
		return Chosen{}, errors.New("nonce is missing or was used before")
	}
	chosen := Chosen{Client: c, Data: a.Data, Message: a.Message}
	for _, item := range a.Items {
		if item.Type != "ltiResourceLink" {
			return Chosen{}, errors.New("a link of a type that was not asked for")
		}
		l := Link{Title: item.Title, Text: item.Text, Target: item.URL, Custom: item.Custom}
		if item.LineItem != nil {
			l.Maximum, l.ResourceID, l.Tag = item.LineItem.Maximum, item.LineItem.ResourceID, item.LineItem.Tag
		}
		chosen.Links = append(chosen.Links, l)
	}
	return chosen, nil
}
