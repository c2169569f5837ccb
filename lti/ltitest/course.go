package ltitest

import "slices"

// The roles of LTI 1.3, in full, and the one of an administrator who has no part in the course.
const (
	RoleLearner    = membership + "Learner"
	RoleInstructor = membership + "Instructor"
	RoleTestUser   = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
	RoleAdmin      = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"
)

const membership = "http://purl.imsglobal.org/vocab/lis/v2/membership#"

// A User of the platform. Only ID must be there: a platform may keep the rest to itself.
type User struct {
	ID         string
	Name       string
	GivenName  string
	FamilyName string
	Email      string
	Locale     string
	Roles      []string
}

func (u User) has(role string) bool { return slices.Contains(u.Roles, role) }

// learns reports whether the platform grades the user by LTI 1.3.
func (u User) learns() bool {
	return (u.has(RoleLearner) || u.has("Learner")) && !u.has(RoleTestUser)
}

// A Link is an activity of the course.
type Link struct {
	ID         string
	Title      string
	Text       string
	Target     string // target_link_uri; "": the tool's launch address
	Custom     map[string]string
	Maximum    float64 // of its column in the gradebook; 0: it has none
	ResourceID string  // the tool's marks for the column
	Tag        string
}

// Link finds an activity.
func (p *Platform) Link(id string) (Link, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.links() {
		if l.ID == id {
			return l, true
		}
	}
	return Link{}, false
}

// Activities are all links, those of deep linking too.
func (p *Platform) Activities() []Link {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.links())
}

// AddLink puts an activity into the course.
func (p *Platform) AddLink(l Link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Links = append(slices.Clone(p.links()), l)
	p.wake()
}

func (p *Platform) links() []Link {
	if p.Links == nil {
		return []Link{{ID: "link-1", Title: "Talk to the bot", Maximum: 20}}
	}
	return p.Links
}

// user finds one of Users. Without Users nobody is known, and nobody refused.
func (p *Platform) user(id string) (u User, known bool) {
	for _, u := range p.Users {
		if u.ID == id {
			return u, true
		}
	}
	return User{ID: id}, false
}

func (p *Platform) users() []User {
	if p.Users != nil {
		return p.Users
	}
	return []User{
		{ID: "user-1", Name: "Zoë", Roles: []string{"Learner"}}, {ID: "user-2", Roles: []string{RoleInstructor}},
		{ID: "user-3", Name: "Zoë", Roles: []string{"Learner"}}, {ID: "user-4", Roles: []string{RoleInstructor}},
	}
}
