package web_test

import (
	"net/http"
	"strings"
	"testing"

	"otrbot/lti/ltitest"
)

// The good launches of 1EdTech's certification, each as a student and as a teacher: a page of the right kind, which says
// nothing odd about a person of whom little is known.
func TestCertificationLaunches(t *testing.T) {
	const lis = "http://purl.imsglobal.org/vocab/lis/v2/"
	without := func(names ...string) func(ltitest.Claims, string) {
		return func(c ltitest.Claims, _ string) {
			for _, name := range names {
				c[name] = nil
			}
		}
	}
	personal := []string{"name", "given_name", "family_name", "email", "picture"}
	for what, change := range map[string]func(c ltitest.Claims, role string){
		"plain": func(ltitest.Claims, string) {},
		"several roles": func(c ltitest.Claims, role string) {
			c[ltitest.Roles] = []string{lis + "institution/person#Other", lis + "membership#" + role, lis + "membership#Mentor"}
		},
		"short role": func(c ltitest.Claims, role string) { c[ltitest.Roles] = []string{role} },
		"unknown role beside a known one": func(c ltitest.Claims, role string) {
			c[ltitest.Roles] = []string{"http://example.org/roles#Wizard", lis + "membership#" + role}
		},
		"email only":       without("name", "given_name", "family_name"),
		"names only":       without("email"),
		"no personal data": without(personal...),
		"no context":       without(ltitest.Claim + "context"),
	} {
		for role, kind := range map[string]string{"Learner": "/a/", "Instructor": "/t/"} {
			t.Run(what+" as "+role, func(t *testing.T) {
				w := newWorld(t)
				page := w.browser().launch13(func(c ltitest.Claims) {
					if role == "Instructor" {
						ltitest.Instructor(c)
					}
					change(c, role)
				})
				if page.Code != http.StatusOK || !strings.HasPrefix(page.path, kind) {
					t.Fatalf("%d at %s: %s", page.Code, page.path, page.main())
				}
				page.silent("nil", "null", "undefined", "%!")
			})
		}
	}
	t.Run("empty role", func(t *testing.T) {
		newWorld(t).browser().launch13(func(c ltitest.Claims) { c[ltitest.Roles] = []string{} }).at(askAddress)
	})
}
