package settings

import (
	"errors"
	"fmt"
	"strings"

	"mellium.im/xmpp/jid"
)

// ParseJID reads the address of a person, such as ana@example.org, as somebody
// types it, and returns its canonical form. The error says which part is
// wrong.
func ParseJID(text string) (string, error) {
	switch {
	case text == "":
		return "", errors.New("the address is empty: write one such as ana@example.org")
	case len(text) > 3071:
		return "", errors.New("the address is too long")
	case strings.HasPrefix(strings.ToLower(text), "xmpp:"):
		return "", fmt.Errorf("address %q: leave out %q", text, text[:5])
	case strings.ContainsAny(text, " \t\r\n"):
		return "", fmt.Errorf("address %q: there must be no spaces in it", text)
	}
	local, domain, found := strings.Cut(text, "@")
	switch {
	case !found:
		return "", fmt.Errorf("address %q: the part before the @ is missing, as in ana@example.org", text)
	case local == "":
		return "", fmt.Errorf("address %q: there is nothing before the @", text)
	case domain == "":
		return "", fmt.Errorf("address %q: the server behind the @ is missing", text)
	case strings.Contains(local+domain, "/"):
		return "", fmt.Errorf("address %q: leave out the slash and what follows, it names one device", text)
	case strings.Contains(domain, "@"):
		return "", fmt.Errorf("address %q: the server %q has an @ too many", text, domain)
	}
	if _, err := jid.New("", domain, ""); err != nil || !plausible(domain) {
		return "", fmt.Errorf("address %q: %q behind the @ is no name of a server", text, domain)
	}
	j, err := jid.New(local, domain, "")
	if err != nil {
		return "", fmt.Errorf("address %q: %q before the @ cannot be part of an address", text, local)
	}
	return j.String(), nil
}

// plausible refuses names that no server can have but RFC 7622 leaves to DNS.
func plausible(domain string) bool {
	if strings.HasPrefix(domain, "[") && strings.HasSuffix(domain, "]") {
		return true // an IPv6 address
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(domain, "."), ".") {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") ||
			strings.ContainsAny(label, "!\"#$%&'()*+,/:;<=>?@[\\]^`{|}~_") {
			return false
		}
	}
	return true
}

// parseResource checks the name of the bot's own device.
func parseResource(text string) (string, error) {
	j, err := jid.New("a", "example.org", text)
	if err != nil || text == "" {
		return "", fmt.Errorf("%q cannot be the resource of an address", text)
	}
	return j.Resourcepart(), nil
}
