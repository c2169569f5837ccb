package lti

import (
	"slices"
	"strings"
)

// roleScope is where a role holds: the LIS vocabularies of "LTI Core", Appendix A, "Role vocabularies".
type roleScope int

const (
	unknownScope roleScope = iota
	contextScope           // in this course
	institutionScope
	systemScope
)

// Roles are the user's roles, word for word as the platform sent them.
type Roles []string

// Staff reports whether the user works in this course: instructor, teaching assistant, content developer or
// administrator of the course. What somebody is in the institution or the system does not count.
func (r Roles) Staff() bool {
	return r.inContext("Instructor", "TeachingAssistant", "ContentDeveloper", "Administrator")
}

// Instructor reports whether the user teaches in this course, assistants included.
func (r Roles) Instructor() bool { return r.inContext("Instructor", "TeachingAssistant") }

// Learner reports whether the user learns in this course. Without any role of the course that is known, and not
// Staff, a user is taken for a learner as well.
func (r Roles) Learner() bool { return r.inContext("Learner", "Student") || !r.Staff() }

// SystemAdministrator reports whether the platform calls the user an administrator of institution or system.
func (r Roles) SystemAdministrator() bool {
	return slices.ContainsFunc(r, func(s string) bool {
		scope, name, _ := splitRole(s)
		return scope == institutionScope && name == "Administrator" ||
			scope == systemScope && slices.Contains([]string{"Administrator", "SysAdmin", "AccountAdmin"}, name)
	})
}

// TestUser reports whether this is the platform's own try-out user, such as Canvas' Student View: nobody to grade.
func (r Roles) TestUser() bool {
	return slices.ContainsFunc(r, func(s string) bool {
		scope, name, _ := splitRole(s)
		return scope == systemScope && name == "TestUser"
	})
}

func (r Roles) inContext(names ...string) bool {
	return slices.ContainsFunc(r, func(s string) bool {
		scope, name, sub := splitRole(s)
		return scope == contextScope && (slices.Contains(names, name) || name == "Instructor" && slices.Contains(names, sub))
	})
}

// splitRole takes a role apart in any of its spellings: a short name, which means the course; the URNs of LTI 1.1;
// the URIs of LIS v2. A sub-role comes with its principal role: "membership/Instructor#TeachingAssistant".
func splitRole(s string) (scope roleScope, name, sub string) {
	for _, v := range []struct {
		prefix string
		scope  roleScope
		urn    bool
	}{
		{"urn:lti:role:ims/lis/", contextScope, true},
		{"urn:lti:instrole:ims/lis/", institutionScope, true},
		{"urn:lti:sysrole:ims/lis/", systemScope, true},
		{"http://purl.imsglobal.org/vocab/lis/v2/membership", contextScope, false},
		{"http://purl.imsglobal.org/vocab/lis/v2/institution/person", institutionScope, false},
		{"http://purl.imsglobal.org/vocab/lis/v2/person", institutionScope, false},
		{"http://purl.imsglobal.org/vocab/lis/v2/system/person", systemScope, false},
		{"http://purl.imsglobal.org/vocab/lti/system/person", systemScope, false},
	} {
		rest, ok := strings.CutPrefix(s, v.prefix)
		switch {
		case !ok:
			continue
		case v.urn:
			name, sub, _ = strings.Cut(rest, "/")
			return v.scope, name, sub
		case strings.HasPrefix(rest, "#"):
			return v.scope, rest[1:], ""
		case strings.HasPrefix(rest, "/"):
			name, sub, ok = strings.Cut(rest[1:], "#")
			if ok {
				return v.scope, name, sub
			}
		}
		return unknownScope, "", ""
	}
	if s == "" || strings.ContainsAny(s, ":/#") {
		return unknownScope, "", ""
	}
	return contextScope, s, ""
}

// maxRoles bounds what a launch may bring; a user has a handful.
const maxRoles = 100

// parseRoles splits the list of LTI 1.1: names separated by commas, with or without blanks.
func parseRoles(list string) Roles {
	var roles Roles
	for role := range strings.SplitSeq(list, ",") {
		if role = strings.TrimSpace(role); role != "" && len(roles) < maxRoles {
			roles = append(roles, role)
		}
	}
	return roles
}
