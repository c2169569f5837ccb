package settings

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

// publicURL is the address of the pages, without the slash at its end.
func publicURL(at func(*scope) *string) kind {
	const wants = `an address in quotation marks, such as "https://otr.example.org"`
	return of(text, wants, func(_ *scope, s string) (string, error) {
		u, err := url.Parse(s)
		switch {
		case s == "":
			return "", nil
		case err != nil || u.Host == "" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
			return "", fmt.Errorf("%q: write %s", short(s), wants)
		case u.Scheme == "https", u.Scheme == "http" && loopback(u.Hostname()):
			return strings.TrimSuffix(s, "/"), nil
		}
		return "", fmt.Errorf("%q: write https; http is only for this machine itself", short(s))
	}, same, at)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// styleURL is a style sheet that the pages may load.
func styleURL(at func(*scope) *string) kind {
	const wants = `an address in quotation marks, such as "https://www.example.org/style.css"`
	return of(text, wants, func(_ *scope, s string) (string, error) {
		u, err := url.Parse(s)
		if s == "" || err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil && !strings.ContainsAny(s, " ;,") {
			return s, nil
		}
		return "", fmt.Errorf("%q: write %s; it must be https", short(s), wants)
	}, same, at)
}
