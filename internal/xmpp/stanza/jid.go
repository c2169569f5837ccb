package stanza

import "strings"

// SplitJID takes an address apart as the server sent it: the first "/" starts the resource, the first "@" before it
// ends the localpart. It is total and validates nothing, because a peer's odd address must not end a stream.
func SplitJID(s string) (local, domain, resource string) {
	bare, resource, _ := strings.Cut(s, "/")
	if local, domain, ok := strings.Cut(bare, "@"); ok {
		return local, domain, resource
	}
	return "", bare, resource
}

// Bare is the address without its resource.
func Bare(s string) string {
	bare, _, _ := strings.Cut(s, "/")
	return bare
}
