package web

import (
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"otrbot/internal/course"
	"otrbot/lti"
)

const (
	mostFrames  = 20 // origins that are learnt of one platform
	mostPending = 50 // deployments that wait for approval
	// seenEvery is how exactly we know when a platform launched last: a class that starts must not queue for one row.
	seenEvery = time.Minute
)

// greet notes what a verified launch tells of its platform, if that is news.
func (s *Server) greet(r *http.Request, l *lti.Launch, form string, p course.Platform) (course.Platform, error) {
	now, from := s.c.Now(), origins(l, form)
	if changed := p; !learn(&changed, l, from, now) {
		return p, nil
	}
	err := s.c.Store.UpdatePlatform(r.Context(), p.ID, func(kept *course.Platform) error {
		learn(kept, l, from, now)
		p = *kept
		return nil
	})
	return p, err
}

// learn puts what a launch says into the platform and reports whether anything was new. What it changes it copies first.
func learn(p *course.Platform, l *lti.Launch, from []string, now time.Time) bool {
	news := false
	if now.Sub(p.Seen) >= seenEvery {
		p.Seen, news = now, true
	}
	family, version := tidy(l.Platform.Family, 50), tidy(l.Platform.Version, 50)
	if family != "" && (family != p.Family || version != p.Version) {
		p.Family, p.Version, news = family, version, true
	}
	for _, origin := range from {
		if !slices.Contains(p.Frames, origin) && len(p.Frames) < mostFrames {
			p.Frames, news = append(slices.Clone(p.Frames), origin), true
		}
	}
	news = pin(p, l) || news
	return l.NewDeployment && approve(p, l.DeploymentID) || news
}

// approve makes a deployment one of the registration's and reports whether that is news.
func approve(p *course.Platform, deployment string) bool {
	if p.Registration == nil || slices.Contains(p.Registration.Deployments, deployment) {
		return false
	}
	reg := *p.Registration
	reg.Deployments = append(slices.Clone(reg.Deployments), deployment)
	p.Registration = &reg
	p.Pending = slices.DeleteFunc(slices.Clone(p.Pending), func(d string) bool { return d == deployment })
	return true
}

// welcome approves the deployment of a refused launch, if new ones need nobody's word, and reports whether it did.
func (s *Server) welcome(r *http.Request, refusal *lti.Refusal) bool {
	return s.c.AutoApprove && s.change(r, refusal, func(p *course.Platform) { approve(p, refusal.Deployment) })
}

// change changes the platform of a launch that was refused because of its deployment, which was verified. It reports
// whether that was possible.
func (s *Server) change(r *http.Request, refusal *lti.Refusal, how func(*course.Platform)) bool {
	p, err := s.c.Store.PlatformOfClient(r.Context(), refusal.Platform, refusal.ClientID)
	if err == nil {
		err = s.c.Store.UpdatePlatform(r.Context(), p.ID, func(p *course.Platform) error {
			how(p)
			return nil
		})
	}
	if err != nil && !errors.Is(err, course.ErrNone) {
		s.c.Log.Error("a new deployment was not noted", "err", err)
	}
	return err == nil
}

// pend notes a deployment for approval and reports whether that is news.
func pend(p *course.Platform, deployment string) bool {
	if deployment == "" || slices.Contains(p.Pending, deployment) || len(p.Pending) >= mostPending {
		return false
	}
	p.Pending = append(slices.Clone(p.Pending), deployment)
	return true
}

// origins are where the platform's own pages are, as far as signed addresses in the launch tell. What the browser says of
// where it comes from is not signed: one user could let any site show our pages in a frame.
//
// With LTI 1.1 the whole form is signed; it names the service for grades even where this user has no place for one.
func origins(l *lti.Launch, form string) []string {
	addresses := []string{l.Presentation.ReturnURL}
	if l.Version == lti.LTI11 {
		if signed, err := url.ParseQuery(form); err == nil {
			addresses = append(addresses, signed.Get("lis_outcome_service_url"))
		}
	}
	return originsOf(addresses...)
}

func originsOf(addresses ...string) []string {
	var all []string
	for _, a := range addresses {
		u, err := url.Parse(a)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.ContainsAny(u.Host, "*'\"") {
			continue
		}
		if origin := u.Scheme + "://" + strings.ToLower(u.Host); !slices.Contains(all, origin) {
			all = append(all, origin)
		}
	}
	return all
}

// frames are the origins that may show our pages in a frame: the platform's, and what is below its host, as Open edX has
// its course pages at apps.HOST around those of HOST. All frames around ours are asked for.
//
// While nothing is known, as with LTI 1.1 before a launch has named an address, any site may: an empty frame would tell
// nobody anything, and what a page can do is bound to a token that is in its address only.
func (s *Server) frames(p course.Platform) []string {
	known := slices.Clone(p.Frames)
	if p.Registration != nil {
		known = append(known, originsOf(p.Registration.Issuer, p.Registration.AuthURL)...)
	}
	switch {
	case len(known) == 0 && s.open: // on one machine
		return []string{"https:", "http:"}
	case len(known) == 0:
		return []string{"https:"}
	}
	var all []string
	for _, origin := range known {
		for _, one := range []string{origin, below(origin)} {
			if one != "" && !slices.Contains(all, one) {
				all = append(all, one)
			}
		}
	}
	return all
}

// below stands for all hosts below an origin's, with a dot in its name; "" for others.
func below(origin string) string {
	u, err := url.Parse(origin)
	if err != nil || !strings.Contains(u.Hostname(), ".") {
		return ""
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return ""
	}
	return u.Scheme + "://*." + u.Host
}
