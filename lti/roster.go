package lti

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strings"
)

// A RosterService is what a launch offers of Names and Role Provisioning Services. It is plain data.
type RosterService struct{ URL string }

// A Member of the course: "LTI Names and Role Provisioning Services", section 2.2. Only UserID is sure to be there.
type Member struct {
	UserID     string `json:"user_id"`
	Roles      Roles  `json:"roles"`
	Status     string `json:"status"` // Active, Inactive, Deleted; "" is Active
	Name       string `json:"name"`
	GivenName  string `json:"given_name"`
	FamilyName string `json:"family_name"`
	Email      string `json:"email"`
}

// Active reports whether the member is in the course now.
func (m Member) Active() bool { return m.Status == "" || strings.EqualFold(m.Status, "Active") }

const typeMembers = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"

// Members lists the course's members, page after page. With a resource link's ID only those are meant who can open
// that link; platforms may list the others all the same. The list ends at the first error.
func (t *Tool) Members(ctx context.Context, reg Registration, s RosterService, resourceLinkID string) iter.Seq2[Member, error] {
	u, err := t.serviceURL(s.URL, reg.serviceHosts())
	if err != nil {
		return func(yield func(Member, error) bool) { yield(Member{}, err) }
	}
	addQuery(u, "rlid", resourceLinkID)
	return pages(t, u, reg.serviceHosts(), func(at *url.URL) (answer, []Member, error) {
		a, err := t.authorized(ctx, reg, call{op: "members", scope: ScopeRoster, method: http.MethodGet, url: at, accept: typeMembers})
		if err != nil {
			return a, nil, err
		}
		page, err := decode[struct {
			Members []Member `json:"members"`
		}](a, "members")
		if err == nil && len(page.Members) > maxList {
			err = &ServiceError{Op: "members", Status: a.status, Detail: "a page of too many"}
		}
		return a, page.Members, err
	})
}
