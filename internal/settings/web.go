package settings

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
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

// networks is a list of networks, each an address with the number of its bits that count.
func networks(at func(*scope) *[]netip.Prefix) kind {
	return kind{shape: list, wants: `a list of networks, such as ["10.1.2.0/24"]`,
		set: func(sc *scope, words []string) error {
			var all []netip.Prefix
			var faults []error
			for _, word := range words {
				network, err := netip.ParsePrefix(word)
				if err != nil || network != network.Masked() {
					faults = append(faults, fmt.Errorf(`%q: write a network such as "10.1.2.0/24" or "fd12:3456::/32"`, short(word)))
				}
				all = append(all, network)
			}
			*at(sc) = all
			return errors.Join(faults...)
		},
		get: func(sc *scope) string {
			names := make([]string, len(*at(sc)))
			for i, network := range *at(sc) {
				names[i] = network.String()
			}
			return strings.Join(names, ", ")
		}}
}
