package stanza

// Namespaces of the protocols that this program speaks or recognises.
const (
	NSXML = "http://www.w3.org/XML/1998/namespace"

	// RFC 6120, RFC 6121.
	NSClient  = "jabber:client"
	NSStream  = "http://etherx.jabber.org/streams"
	NSStreams = "urn:ietf:params:xml:ns:xmpp-streams" // conditions of stream errors
	NSStanzas = "urn:ietf:params:xml:ns:xmpp-stanzas" // conditions of stanza errors
	NSTLS     = "urn:ietf:params:xml:ns:xmpp-tls"
	NSSASL    = "urn:ietf:params:xml:ns:xmpp-sasl"
	NSBind    = "urn:ietf:params:xml:ns:xmpp-bind"
	NSSession = "urn:ietf:params:xml:ns:xmpp-session" // RFC 3921
	NSRoster  = "jabber:iq:roster"

	NSSM            = "urn:xmpp:sm:3"                         // XEP-0198
	NSPing          = "urn:xmpp:ping"                         // XEP-0199
	NSDiscoInfo     = "http://jabber.org/protocol/disco#info" // XEP-0030
	NSDiscoItems    = "http://jabber.org/protocol/disco#items"
	NSCaps          = "http://jabber.org/protocol/caps" // XEP-0115
	NSVersion       = "jabber:iq:version"               // XEP-0092
	NSVCard         = "vcard-temp"                      // XEP-0054
	NSVCardUpdate   = "vcard-temp:x:update"             // XEP-0153
	NSPrivate       = "jabber:iq:private"               // XEP-0049
	NSReceipts      = "urn:xmpp:receipts"               // XEP-0184
	NSChatStates    = "http://jabber.org/protocol/chatstates"
	NSHints         = "urn:xmpp:hints"     // XEP-0334
	NSCarbons       = "urn:xmpp:carbons:2" // XEP-0280
	NSDelay         = "urn:xmpp:delay"     // XEP-0203
	NSLegacyDelay   = "jabber:x:delay"     // XEP-0091
	NSEME           = "urn:xmpp:eme:0"     // XEP-0380
	NSOTR           = "urn:xmpp:otr:0"     // XEP-0364, as XEP-0380 names it
	NSXHTMLIM       = "http://jabber.org/protocol/xhtml-im"
	NSMUCUser       = "http://jabber.org/protocol/muc#user" // XEP-0045
	NSConference    = "jabber:x:conference"                 // XEP-0249
	NSChannelBind   = "urn:xmpp:sasl-cb:0"                  // XEP-0440
	NSStreamLimits  = "urn:xmpp:stream-limits:0"            // XEP-0478
	NSOMEMO         = "eu.siacs.conversations.axolotl"      // XEP-0384 0.3
	NSOMEMO2        = "urn:xmpp:omemo:2"                    // XEP-0384
	NSOX            = "urn:xmpp:openpgp:0"                  // XEP-0373
	NSLegacyOpenPGP = "jabber:x:encrypted"                  // XEP-0027
	NSPreApproval   = "urn:xmpp:features:pre-approval"      // RFC 6121
)
