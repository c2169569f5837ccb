package chat

import (
	"strings"

	"otrbot/internal/xmpp/stanza"
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
