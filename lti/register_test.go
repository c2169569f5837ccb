package lti_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"otrbot/lti"
	"otrbot/lti/ltitest"
)

var profile = lti.Profile{
	Name: "OTR bot <&>", Description: "Learn to chat privately", IconURL: "https://tool.example/icon.png", DeepLinking: true,
	Scopes: []string{lti.ScopeScore, lti.ScopeRoster}, Claims: []string{"name", "email"}, Custom: map[string]string{"history": "$Context.id.history"},
}

func TestRegister(t *testing.T) {
	w := newWorld(t)
	r, err := lti.ReadRegisterRequest(httptest.NewRequest(http.MethodGet, toolBase+"/register?openid_configuration="+w.lms.ConfigURL()+"&registration_token=abc", nil))
	if err != nil {
		t.Fatal(err)
	}
	got, err := w.tool.Register(t.Context(), r, profile)
	if err != nil {
		t.Fatal(err)
	}
	if got.Issuer != issuer || got.ClientID != "tool-1" || got.Deployments[0] != "1" || got.JWKSURL != w.lms.JWKSURL() || got.Family != "ltitest" || len(got.Scopes) != 2 {
		t.Errorf("%+v", got)
	}
	w2 := newWorld(t, func(c *lti.Config) { c.Registrations = registrations{got.Registration} })
	if _, err := w2.launch13(ltitest.Learner); err != nil {
		t.Errorf("a launch of what was registered: %v", err)
	}
}

func TestRegisterRefused(t *testing.T) {
	w := newWorld(t)
	config := `{"issuer":"https://lms.example","authorization_endpoint":"https://lms.example/a","token_endpoint":"https://lms.example/t",` +
		`"jwks_uri":"https://lms.example/j","registration_endpoint":"https://lms.example/r"}`
	for what, body := range map[string]string{
		"another's issuer":  strings.Replace(config, `"https://lms.example"`, `"https://canvas.instructure.com"`, 1),
		"no issuer":         strings.Replace(config, `"issuer"`, `"issue"`, 1),
		"keys without TLS":  strings.Replace(config, "https://lms.example/j", "http://lms.example/j", 1),
		"keys at a port":    strings.Replace(config, "https://lms.example/j", "https://lms.example:22/j", 1),
		"grades at a port":  strings.Replace(config, "https://lms.example/t", "https://other.example:8443/t", 1),
		"keys in a file":    strings.Replace(config, "https://lms.example/j", "file:///etc/passwd", 1),
		"a name twice":      strings.Replace(config, `{`, `{"issuer":"x",`, 1),
		"not JSON":          "<html>",
		"a list":            "[]",
		"more than allowed": `{"x":"` + strings.Repeat("x", 2<<20) + `"}`,
		"types":             strings.Replace(config, `"https://lms.example/t"`, `7`, 1),
	} {
		w, net := counting(t)
		net.change = replaceBody(body)
		if got, err := w.tool.Register(t.Context(), lti.RegisterRequest{ConfigURL: w.lms.ConfigURL()}, profile); err == nil || net.asked["/r"]+net.asked["/register"] > 0 {
			t.Errorf("%s: %+v, %v", what, got, net.asked)
		}
	}
	for _, address := range []string{"", "http://lms.example/x", "https://user:pass@lms.example/", "ftp://lms.example/", "javascript:1"} {
		_, err := w.tool.Register(t.Context(), lti.RegisterRequest{ConfigURL: address}, profile)
		refused(t, err, lti.Malformed)
	}
	for query, why := range map[string]lti.Reason{
		"": lti.NotALaunch, "openid_configuration=a&openid_configuration=b": lti.Malformed, "openid_configuration=%zz": lti.Malformed,
	} {
		_, err := lti.ReadRegisterRequest(httptest.NewRequest(http.MethodGet, toolBase+"/?"+query, nil))
		refused(t, err, why)
	}
	for what, answer := range map[string]func(*http.Response){
		"no client_id": replaceBody(`{}`),
		"HTML":         replaceBody(`<html>`),
		"403":          func(r *http.Response) { r.StatusCode = 403 },
	} {
		w, net := counting(t)
		net.change = func(r *http.Response) {
			if r.Request.URL.Path == "/register" {
				answer(r)
			}
		}
		_, err := w.tool.Register(t.Context(), lti.RegisterRequest{ConfigURL: w.lms.ConfigURL()}, profile)
		if _, ok := errors.AsType[*lti.ServiceError](err); !ok {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// A platform at a port of its own has all its addresses there.
func TestRegisterAtAPort(t *testing.T) {
	w := newWorld(t, func(c *lti.Config) {
		c.HTTP = &http.Client{Transport: handled(func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, `{"issuer":"https://lms.example:8443","authorization_endpoint":"https://lms.example:8443/a","token_endpoint":"https://lms.example:8443/t",
				"jwks_uri":"https://keys.example/j","registration_endpoint":"https://lms.example:8443/r","client_id":"1"}`)
		})}
	})
	got, err := w.tool.Register(t.Context(), lti.RegisterRequest{ConfigURL: "https://lms.example:8443/config"}, profile)
	if err != nil || got.TokenURL != "https://lms.example:8443/t" {
		t.Errorf("%+v %v", got, err)
	}
}

// Canvas describes itself to holders of a token only, offers places for a tool, and names no address as its audience.
func TestRegisterWithCanvas(t *testing.T) {
	var sent map[string]any
	w := newWorld(t, func(c *lti.Config) {
		c.HTTP = &http.Client{Transport: handled(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer abc" {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			if r.Method == http.MethodGet {
				io.WriteString(w, `{"issuer":"https://lms.example","authorization_endpoint":"https://sso.lms.example/a","token_endpoint":"https://lms.example/t",
					"jwks_uri":"https://sso.lms.example/j","registration_endpoint":"https://lms.example/r","authorization_server":"lms.example",
					"https://purl.imsglobal.org/spec/lti-platform-configuration":{"product_family_code":"canvas","version":"vCloud","messages_supported":[
					{"type":"LtiResourceLinkRequest","placements":["account_navigation","link_selection"]},
					{"type":"LtiDeepLinkingRequest","placements":["https://canvas.instructure.com/lti/assignment_selection","editor_button","link_selection"]}]}}`)
				return
			}
			if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
				t.Error(err)
			}
			io.WriteString(w, `{"client_id":"10000000000001"}`)
		})}
	})
	got, err := w.tool.Register(t.Context(), lti.RegisterRequest{ConfigURL: "https://lms.example/config", Token: "abc"}, profile)
	if err != nil || got.TokenAudience != "" || len(got.Deployments) != 0 || got.Family != "canvas" {
		t.Fatalf("%+v %v", got, err)
	}
	about := sent["https://purl.imsglobal.org/spec/lti-tool-configuration"].(map[string]any)
	messages, _ := json.Marshal(about["messages"])
	if about["https://canvas.instructure.com/lti/privacy_level"] != "public" || !strings.Contains(string(messages), "link_selection") ||
		!strings.Contains(string(messages), `"https://canvas.instructure.com/lti/assignment_selection"`) || strings.Contains(string(messages), "editor_button") {
		t.Errorf("sent %s", messages)
	}
}

func TestRegisterWithCanvasCloud(t *testing.T) {
	w := newWorld(t, func(c *lti.Config) {
		c.HTTP = &http.Client{Transport: handled(func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, `{"issuer":"https://canvas.instructure.com","authorization_endpoint":"https://sso.canvaslms.com/a","token_endpoint":"https://sso.canvaslms.com/t",
				"jwks_uri":"https://sso.canvaslms.com/j","registration_endpoint":"https://canvas.instructure.com/r","client_id":"1",
				"https://purl.imsglobal.org/spec/lti-platform-configuration":{"product_family_code":"canvas"}}`)
		})}
	})
	got, err := w.tool.Register(t.Context(), lti.RegisterRequest{ConfigURL: "https://canvas.instructure.com/config"}, profile)
	if err != nil || strings.Join(got.ServiceHosts, " ") != "canvas.instructure.com sso.canvaslms.com .instructure.com" {
		t.Errorf("%v %v", got.ServiceHosts, err)
	}
}

// handled answers requests without a network.
type handled http.HandlerFunc

func (h handled) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	h(w, r)
	response := w.Result()
	response.Request = r
	return response, nil
}

func TestCanvasConfig(t *testing.T) {
	b, err := newWorld(t).tool.CanvasConfig(profile)
	if err != nil {
		t.Fatal(err)
	}
	var c struct {
		Title     string
		Login     string `json:"oidc_initiation_url"`
		Target    string `json:"target_link_uri"`
		JWKS      string `json:"public_jwk_url"`
		Scopes    []string
		Custom    map[string]string `json:"custom_fields"`
		Extension []struct {
			Platform, Domain string
			Privacy          string `json:"privacy_level"`
			Settings         struct {
				Placements []struct {
					Message string `json:"message_type"`
				}
			}
		} `json:"extensions"`
	}
	if err := json.Unmarshal(b, &c); err != nil {
		t.Fatal(err)
	}
	e := c.Extension[0]
	if c.Title != profile.Name || c.Login != loginURL || c.Target != launchURL || c.JWKS != toolBase+"/lti/jwks.json" ||
		len(c.Scopes) != 2 || c.Custom["history"] == "" || e.Platform != "canvas.instructure.com" || e.Privacy != "public" ||
		e.Domain != "tool.example" || len(e.Settings.Placements) != 2 || e.Settings.Placements[0].Message != "LtiDeepLinkingRequest" {
		t.Errorf("%s", b)
	}
	for level, claims := range map[string][]string{"anonymous": nil, "name_only": {"name"}, "email_only": {"email"}} {
		b, err := newWorld(t).tool.CanvasConfig(lti.Profile{Name: "x", Claims: claims})
		if err != nil || !strings.Contains(string(b), `"privacy_level": "`+level+`"`) {
			t.Errorf("%v: %s %v", claims, b, err)
		}
	}
}

func TestCartridge(t *testing.T) {
	w := newWorld(t)
	b, err := w.tool.Cartridge(profile, "")
	if err != nil {
		t.Fatal(err)
	}
	var c struct {
		XMLName    xml.Name `xml:"http://www.imsglobal.org/xsd/imslticc_v1p0 cartridge_basiclti_link"`
		Title      string   `xml:"http://www.imsglobal.org/xsd/imsbasiclti_v1p0 title"`
		Launch     string   `xml:"launch_url"`
		Secure     string   `xml:"secure_launch_url"`
		Icon       string   `xml:"icon"`
		Custom     []string `xml:"custom>property"`
		Extensions struct {
			Platform string `xml:"platform,attr"`
			Property []struct {
				Name  string `xml:"name,attr"`
				Value string `xml:",chardata"`
			} `xml:"http://www.imsglobal.org/xsd/imslticm_v1p0 property"`
		} `xml:"extensions"`
	}
	if err := xml.Unmarshal(b, &c); err != nil {
		t.Fatal(err)
	}
	if c.Title != profile.Name || c.Launch != launchURL || c.Secure != launchURL || c.Icon != profile.IconURL || len(c.Custom) != 1 ||
		c.Extensions.Platform != "canvas.instructure.com" || len(c.Extensions.Property) != 3 || c.Extensions.Property[1].Value != "public" {
		t.Errorf("%+v\n%s", c, b)
	}
	if _, err := w.tool.Cartridge(lti.Profile{Name: "a\x00b"}, ""); err == nil {
		t.Error("wrote what XML cannot carry")
	}
}
