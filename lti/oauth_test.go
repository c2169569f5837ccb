package lti_test

import (
	"net/http"
	"strings"
	"testing"

	"otrbot/lti"
)

// RFC 5849, section 3.4.1.1, and the corners of 3.4.1.2 and 3.4.1.3.
func TestBaseString(t *testing.T) {
	for _, c := range []struct {
		what, method, address string
		params                []lti.Param
		want                  string
	}{
		{
			"the RFC's example", "post", "http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b",
			[]lti.Param{
				{Name: "oauth_consumer_key", Value: "9djdj82h48djs9d2"}, {Name: "oauth_token", Value: "kkk9d7dh3k39sjv7"},
				{Name: "oauth_signature_method", Value: "HMAC-SHA1"}, {Name: "oauth_timestamp", Value: "137131201"}, {Name: "oauth_nonce", Value: "7d8f3e4a"},
				{Name: "oauth_signature", Value: "not signed"}, {Name: "c2", Value: ""}, {Name: "a3", Value: "2 q"},
			},
			"POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7",
		},
		{"no path", "POST", "https://example.com:443", nil, "POST&https%3A%2F%2Fexample.com%2F&"},
		{"another port", "POST", "https://example.com:8443/", nil, "POST&https%3A%2F%2Fexample.com%3A8443%2F&"},
		{"the path as it was sent", "POST", "https://example.com/a%2Fb/%C3%A9%7Ec", nil, "POST&https%3A%2F%2Fexample.com%2Fa%252Fb%2F%25C3%25A9%257Ec&"},
		{
			"a name that begins another", "POST", "https://example.com/",
			[]lti.Param{{Name: "a-", Value: "1"}, {Name: "a", Value: "2"}, {Name: "a", Value: "1"}, {Name: "a=", Value: ""}},
			"POST&https%3A%2F%2Fexample.com%2F&a%3D1%26a%3D2%26a%253D%3D%26a-%3D1",
		},
		{
			"characters", "POST", "https://example.com/",
			[]lti.Param{{Name: "x", Value: "-._~ +%&=*'()!é\r\n\x00"}},
			"POST&https%3A%2F%2Fexample.com%2F&x%3D-._~%2520%252B%2525%2526%253D%252A%2527%2528%2529%2521%25C3%25A9%250D%250A%2500",
		},
	} {
		got, err := lti.BaseString(c.method, c.address, c.params)
		if err != nil || got != c.want {
			t.Errorf("%s: %v\n got %s\nwant %s", c.what, err, got, c.want)
		}
	}
	for _, address := range []string{"", "/path", "%zz", "https://example.com/?a=%zz"} {
		if _, err := lti.BaseString("POST", address, nil); err == nil {
			t.Errorf("signed %q", address)
		}
	}
}

func TestRoles(t *testing.T) {
	lis := "http://purl.imsglobal.org/vocab/lis/v2/"
	for list, want := range map[string]string{
		"":                                "learner",
		"Learner":                         "learner",
		"Student,Learner":                 "learner",
		"Instructor":                      "staff instructor",
		" Instructor , Learner ":          "staff instructor learner",
		"TeachingAssistant":               "staff instructor",
		"ContentDeveloper":                "staff",
		"Administrator":                   "staff",
		"Mentor":                          "learner",
		"instructor":                      "learner",
		"NotAnInstructor":                 "learner",
		"urn:lti:role:ims/lis/Instructor": "staff instructor",
		"urn:lti:role:ims/lis/Learner/Instructor":                        "learner",
		"urn:lti:role:ims/lis/Instructor/GuestInstructor":                "staff instructor",
		"urn:lti:instrole:ims/lis/Instructor":                            "learner",
		"urn:lti:instrole:ims/lis/Administrator":                         "learner system",
		"urn:lti:sysrole:ims/lis/SysAdmin,Instructor":                    "staff instructor system",
		lis + "membership#Instructor":                                    "staff instructor",
		lis + "membership#Learner":                                       "learner",
		lis + "membership/Instructor#TeachingAssistant":                  "staff instructor",
		lis + "membership/Learner#Instructor":                            "learner",
		lis + "membership/Administrator#Support":                         "staff",
		lis + "membershipx#Instructor":                                   "learner",
		lis + "membership#":                                              "learner",
		lis + "institution/person#Instructor":                            "learner",
		lis + "institution/person#Administrator":                         "learner system",
		lis + "person#Administrator":                                     "learner system",
		lis + "system/person#Administrator":                              "learner system",
		lis + "institution/person#None," + lis + "system/person#None":    "learner",
		"http://purl.imsglobal.org/vocab/lti/system/person#TestUser":     "learner test",
		"http://evil.example/#Instructor":                                "learner",
		"http://purl.imsglobal.org/vocab/lti/system/person#Instructor,x": "learner",
	} {
		var roles lti.Roles
		for r := range strings.SplitSeq(list, ",") {
			if r = strings.TrimSpace(r); r != "" {
				roles = append(roles, r)
			}
		}
		var got []string
		for _, c := range []struct {
			name string
			is   bool
		}{{"staff", roles.Staff()}, {"instructor", roles.Instructor()}, {"learner", roles.Learner()}, {"system", roles.SystemAdministrator()}, {"test", roles.TestUser()}} {
			if c.is {
				got = append(got, c.name)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", list, got, want)
		}
	}
}

func TestNextLink(t *testing.T) {
	for header, want := range map[string]string{
		`<https://a/2>; rel="next"`:                                   "https://a/2",
		`<https://a/1>; rel=first, <https://a/2>; rel=next`:           "https://a/2",
		`<https://a/2>;rel="prev next"`:                               "https://a/2",
		`<https://a/2>; title="a, \"b\"; rel=prev"; REL=Next`:         "https://a/2",
		`<https://a/1,2>; x; rel=prev,<https://a/2;3>;rel = "next"  `: "https://a/2;3",
		`<https://a/2>; rel=prev; rel=next`:                           "",
		`<https://a/2>; rel=nextish`:                                  "",
		`<https://a/2>`:                                               "",
		`<https://a/2`:                                                "",
		`rel=next`:                                                    "",
		`<https://a/2>; rel="next`:                                    "https://a/2",
		"":                                                            "",
	} {
		if got := lti.NextLinkForTest(http.Header{"Link": {header}}); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	if got := lti.NextLinkForTest(http.Header{"Link": {"<a>; rel=prev", "<b>; rel=next"}}); got != "b" {
		t.Errorf("in a second header: %q", got)
	}
}
