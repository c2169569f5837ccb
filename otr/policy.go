package otr

import "otrbot/otr/internal/wire"

// Policy says what a conversation may do by itself: Protocol v3, "Policies". The bits have libotr's values; its bit 1
// (version 1 of the protocol) has no counterpart, because version 1 is never spoken.
type Policy uint8

// The flags of a policy.
const (
	AllowV2            Policy = 1 << 1 // version 2 may be used
	AllowV3            Policy = 1 << 2 // version 3 may be used
	RequireEncryption  Policy = 1 << 3 // nothing is sent in clear: texts wait until the conversation is private
	SendWhitespaceTag  Policy = 1 << 4 // advertise OTR with invisible white space in clear texts
	WhitespaceStartAKE Policy = 1 << 5 // begin a private conversation when the peer advertises OTR
	ErrorStartAKE      Policy = 1 << 6 // ask for a new private conversation when the peer reports an error
)

// The usual policies: off; only when a person asks for it; whenever both sides can; or not at all without.
const (
	Never         Policy = 0
	Manual               = AllowV2 | AllowV3
	Opportunistic        = AllowV2 | AllowV3 | SendWhitespaceTag | WhitespaceStartAKE | ErrorStartAKE
	Always               = AllowV2 | AllowV3 | RequireEncryption | WhitespaceStartAKE | ErrorStartAKE
)

// Has reports whether every flag of f is set.
func (p Policy) Has(f Policy) bool { return p&f == f }

// enabled reports whether OTR is on at all. Protocol v3, "State transitions": without an allowed version "OTR is
// completely disabled, and no special handling of messages should be done at all".
func (p Policy) enabled() bool { return p&(AllowV2|AllowV3) != 0 }

func (p Policy) allows(version uint16) bool {
	return version == wire.V2 && p.Has(AllowV2) || version == wire.V3 && p.Has(AllowV3)
}

// versions is the set of versions that the policy allows, for queries and tags.
func (p Policy) versions() wire.Versions {
	var v wire.Versions
	for _, version := range []uint16{wire.V2, wire.V3} {
		if p.allows(version) {
			v |= 1 << version
		}
	}
	return v
}

// best is the highest version that both the peer offers and the policy allows; 0 if there is none.
func (p Policy) best(offered wire.Versions) uint16 {
	for _, version := range []uint16{wire.V3, wire.V2} {
		if p.allows(version) && offered.Has(int(version)) {
			return version
		}
	}
	return 0
}
