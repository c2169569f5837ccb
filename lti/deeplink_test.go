package lti_test

import (
	"encoding/json"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"otrbot/lti"
	"otrbot/lti/ltitest"
)

func TestDeepLinkReply(t *testing.T) {
	w := newWorld(t)
	l, err := w.launch13(ltitest.DeepLink)
	if err != nil {
		t.Fatal(err)
	}
	reply, err := w.tool.DeepLinkReply(t.Context(), l, w.reg, "one link", lti.DeepLink{
		Title: "Talk to the bot", Custom: map[string]string{"lesson": "otr"}, LineItem: &lti.LineItem{Label: "Bot", ScoreMaximum: 100, Tag: "otr"},
	})
	if err != nil || reply.URL != issuer+"/deep-link" {
		t.Fatal(reply.URL, err)
	}
	got := verified(t, reply.JWT)
	items, _ := json.Marshal(got["https://purl.imsglobal.org/spec/lti-dl/claim/content_items"])
	want := `[{"type":"ltiResourceLink","title":"Talk to the bot","url":"` + launchURL + `","custom":{"lesson":"otr"},"lineItem":{"label":"Bot","scoreMaximum":100,"tag":"otr"}}]`
	if !sameJSON(t, string(items), want) {
		t.Errorf("items %s, want %s", items, want)
	}
	for name, want := range map[string]any{
		"iss": "tool-1", "aud": issuer, ltitest.MessageType: "LtiDeepLinkingResponse", ltitest.Version: "1.3.0", ltitest.Deployment: "1",
		"https://purl.imsglobal.org/spec/lti-dl/claim/data": "opaque <&> éé", "https://purl.imsglobal.org/spec/lti-dl/claim/msg": "one link",
	} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	if nonce, _ := got["nonce"].(string); len(nonce) < 40 {
		t.Errorf("nonce %q", nonce)
	}
	none, err := w.tool.DeepLinkReply(t.Context(), l, w.reg, "")
	if items := verified(t, none.JWT)["https://purl.imsglobal.org/spec/lti-dl/claim/content_items"]; err != nil || len(items.([]any)) != 0 {
		t.Errorf("chosen none: %v %v", items, err)
	}
}

func TestDeepLinkReplyRefused(t *testing.T) {
	w := newWorld(t)
	launch := func(change func(map[string]any)) *lti.Launch {
		l, err := w.launch13(func(c ltitest.Claims) {
			ltitest.DeepLink(c)
			change(c[ltitest.DeepLinking].(map[string]any))
		})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	link := lti.DeepLink{Title: "x"}
	for what, l := range map[string]*lti.Launch{
		"elsewhere":   launch(func(s map[string]any) { s["deep_link_return_url"] = "https://evil.example/" }),
		"a script":    launch(func(s map[string]any) { s["deep_link_return_url"] = "javascript:alert(1)" }),
		"one only":    launch(func(s map[string]any) { s["accept_multiple"] = "false" }),
		"files only":  launch(func(s map[string]any) { s["accept_types"] = []string{"file"} }),
		"not at all":  {Issuer: issuer, ClientID: "tool-1"},
		"another LMS": {Issuer: "https://other.example", DeepLink: &lti.DeepLinkSettings{ReturnURL: issuer, AcceptTypes: []string{"ltiResourceLink"}, AcceptMultiple: true}},
	} {
		if _, err := w.tool.DeepLinkReply(t.Context(), l, w.reg, "", link, link); err == nil {
			t.Errorf("%s: answered", what)
		}
	}
}

// verified checks our signature with what we publish.
func verified(t *testing.T, token string) map[string]any {
	t.Helper()
	published, err := ring(t).JWKS()
	if err != nil {
		t.Fatal(err)
	}
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(published, &set); err != nil {
		t.Fatal(err)
	}
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		t.Fatal(err)
	}
	payload, err := signed.Verify(set)
	var claims map[string]any
	if err != nil || json.Unmarshal(payload, &claims) != nil {
		t.Fatal(err)
	}
	return claims
}
