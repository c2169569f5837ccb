package chat

import (
	"strings"

	"otrbot/internal/xmpp/stanza"
	"otrbot/otr"
)

// encryptionName is what people call an encryption that OTR is not.
func encryptionName(namespace string) string {
	switch {
	case namespace == stanza.NSOMEMO, strings.HasPrefix(namespace, "urn:xmpp:omemo:"):
		return "OMEMO"
	case namespace == stanza.NSOX, namespace == stanza.NSLegacyOpenPGP:
		return "OpenPGP"
	}
	return cleanLine(namespace)
}

// whyAborted ends the sentence "The verification …".
func whyAborted(r otr.SMPAbortReason) string {
	switch r {
	case otr.AbortedByPeer:
		return "was broken off by the other side"
	case otr.AbortedByUs:
		return "was broken off by you"
	case otr.AbortedSessionEnded:
		return "was broken off, because the private conversation ended or got new keys"
	}
	return "was broken off, because the other program did something that it must not: try again"
}

// whyBounced ends the sentence "A message did not arrive: …": RFC 6120, 8.3.3.
func whyBounced(condition string) string {
	switch condition {
	case "service-unavailable", "recipient-unavailable":
		return "nobody is there"
	case "item-not-found":
		return "there is no such address"
	case "remote-server-not-found", "remote-server-timeout":
		return "the server of that address cannot be reached"
	case "":
		return "the server did not say why"
	}
	return "the server says " + cleanLine(condition)
}
