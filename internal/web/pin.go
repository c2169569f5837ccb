package web

import (
	"net/url"
	"strings"

	"otrbot/internal/course"
	"otrbot/lti"
)

// pin fixes where grades of an LTI 1.1 platform may go, and reports whether that is news: to the host that is named by
// its first learner's launch which names one. LTI 1.1 knows no list of a platform's hosts, and whoever gets hold of the
// secret of one course must not lead everybody's grades elsewhere. Launches of staff do not count: an author's preview
// may come from another host than the course. A platform that moves, or has its service at an unusual port, is let go on
// by "otrbot lti hosts": no launch makes us connect to a port that nobody approved of.
func pin(p *course.Platform, l *lti.Launch) bool {
	if p.Consumer == nil || len(p.Consumer.ServiceHosts) > 0 || l.Outcome == nil || course.RoleOf(l.Roles).Practice() {
		return false
	}
	host := serviceHost(l.Outcome.ServiceURL)
	if host == "" {
		return false
	}
	c := *p.Consumer
	c.ServiceHosts = []string{host}
	p.Consumer = &c
	return true
}

// serviceHost is an address's host as lti.Consumer.ServiceHosts has it; "" for what is no address of a service, or has an
// unusual port.
func serviceHost(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || u.Hostname() == "" {
		return ""
	}
	host, port := strings.ToLower(u.Host), u.Port()
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return ""
	case port == "":
		return host
	case u.Scheme == "https" && port == "443", u.Scheme == "http" && port == "80":
		return strings.TrimSuffix(host, ":"+port)
	}
	return ""
}
