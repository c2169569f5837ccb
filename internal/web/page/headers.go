package page

import (
	"net/http"
	"net/url"
	"strings"
)

// protect sets the headers that keep a page to itself: nothing of it is kept or passed on, nothing is loaded from
// elsewhere, and only the platforms show it in a frame.
func (s *Site) protect(h http.Header, v View) {
	h.Set("Content-Security-Policy", s.policy(v))
	h.Set("Referrer-Policy", "no-referrer")
	if v.OwnReferrer {
		h.Set("Referrer-Policy", "same-origin")
	}
	Protect(h)
}

// Protect sets the headers that every answer has, pages or not: it is not kept, and is what its type says.
func Protect(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if h.Get("Referrer-Policy") == "" {
		h.Set("Referrer-Policy", "no-referrer")
	}
}

func (s *Site) policy(v View) string {
	styles := []string{"'self'"}
	if u, err := url.Parse(s.c.CSSURL); err == nil && u.Host != "" {
		styles = append(styles, u.Scheme+"://"+u.Host)
	}
	return strings.Join([]string{
		"default-src 'none'",
		"style-src " + sources(styles),
		"script-src 'self'",
		"img-src 'self' data:",
		"connect-src 'self'",
		"form-action " + sources(append([]string{"'self'"}, v.FormTo...)),
		"frame-ancestors " + sources(append([]string{"'self'"}, v.Frames...)),
		"base-uri 'none'",
	}, "; ")
}

// sources joins a source list, leaving out what would end it: an origin is no place for blanks, commas or semicolons.
func sources(all []string) string {
	var kept []string
	for _, one := range all {
		if one != "" && !strings.ContainsAny(one, " \t\r\n;,") {
			kept = append(kept, one)
		}
	}
	return strings.Join(kept, " ")
}
