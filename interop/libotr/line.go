package libotr

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// A Request is one line to the helper. The README beside the helper's source
// lists the requests and the members each of them reads.
type Request struct {
	Do   string `json:"do"`
	User string `json:"id,omitempty"`
	Peer []byte `json:"peer,omitempty"`

	Account  []byte `json:"account,omitempty"`
	Protocol []byte `json:"protocol,omitempty"`
	Policy   *int   `json:"policy,omitempty"`
	Longest  *int   `json:"longest,omitempty"`   // max_message_size, 0: no limit
	LoggedIn *int   `json:"logged_in,omitempty"` // what is_logged_in answers
	Convert  *int   `json:"convert,omitempty"`   // 1: convert_msg marks the texts
	Prefix   []byte `json:"prefix,omitempty"`    // resent_msg_prefix

	Text      []byte  `json:"text,omitempty"`
	TLVs      string  `json:"tlvs,omitempty"` // see EncodeTLVs
	Instance  *uint32 `json:"instance,omitempty"`
	Fragments *int    `json:"fragments,omitempty"`

	Secret      []byte `json:"secret,omitempty"`
	Question    []byte `json:"question,omitempty"`
	Use         uint32 `json:"use,omitempty"`
	All         int    `json:"all,omitempty"`
	Fingerprint []byte `json:"fingerprint,omitempty"`
	What        string `json:"what,omitempty"`
	Path        []byte `json:"path,omitempty"`
	Now         int64  `json:"now,omitempty"`

	X      []byte `json:"x,omitempty"`
	Y      []byte `json:"y,omitempty"`
	TheirY []byte `json:"their_y,omitempty"`
}

// An Event is one line from the helper: a callback of libotr, a part of a
// description, or the last line of an answer.
type Event struct {
	Name string `json:"event"`
	User string `json:"id"`
	Peer []byte `json:"peer"`

	Code        int     `json:"code"` // of the enumeration that the event belongs to
	Err         int     `json:"err"`  // gcry_err_code
	Text        []byte  `json:"text"`
	Percent     int     `json:"percent"`
	Use         uint32  `json:"use"`
	Key         []byte  `json:"key"`
	Fingerprint []byte  `json:"fingerprint"`
	Trust       *[]byte `json:"trust"` // nil: libotr has a NULL there
	Account     []byte  `json:"account"`
	Protocol    []byte  `json:"protocol"`

	Internal  int `json:"internal"`  // 1: nothing to show to the user
	Untouched int `json:"untouched"` // 1: libotr gave no replacement

	Our     uint32 `json:"our"`
	Their   uint32 `json:"their"`
	Auth    int    `json:"auth"`
	Version int    `json:"version"`
	Half    int    `json:"half"`
	SMP     int    `json:"smp"`
	Offer   int    `json:"offer"`
	SSID    []byte `json:"ssid"`
	Query   int    `json:"query"`
	Tag     int    `json:"tag"`

	Secrets
}

// Secrets are what a recording must hold for a reader to follow it.
type Secrets struct {
	P            []byte `json:"dsa_p,omitempty"`
	Q            []byte `json:"dsa_q,omitempty"`
	G            []byte `json:"dsa_g,omitempty"`
	DSAY         []byte `json:"dsa_y,omitempty"`
	DSAX         []byte `json:"dsa_x,omitempty"`
	AKEX         []byte `json:"ake_x,omitempty"`
	AKER         []byte `json:"ake_r,omitempty"`
	OurKeyID     uint32 `json:"our_keyid,omitempty"`
	TheirKeyID   uint32 `json:"their_keyid,omitempty"`
	X            []byte `json:"x,omitempty"`
	XOld         []byte `json:"x_old,omitempty"`
	Y            []byte `json:"y,omitempty"`
	YOld         []byte `json:"y_old,omitempty"`
	SMPX2        []byte `json:"smp_x2,omitempty"`
	SMPX3        []byte `json:"smp_x3,omitempty"`
	SMPSecret    []byte `json:"smp_secret,omitempty"`
	SendMAC      []byte `json:"send_mac,omitempty"`
	ReceiveMAC   []byte `json:"receive_mac,omitempty"`
	StreamC      []byte `json:"c,omitempty"`
	StreamCPrime []byte `json:"c_prime,omitempty"`
	HMACM1       []byte `json:"m1,omitempty"`
	HMACM1Prime  []byte `json:"m1_prime,omitempty"`
	HMACM2       []byte `json:"m2,omitempty"`
	HMACM2Prime  []byte `json:"m2_prime,omitempty"`
}

// A Reply is the answer to a request and the events that came before it.
type Reply struct {
	Event
	Events []Event
}

// Injected returns the messages that libotr put on the wire, in order.
func (r Reply) Injected() []string {
	var messages []string
	for _, e := range r.Named("inject") {
		messages = append(messages, string(e.Text))
	}
	return messages
}

// Named returns the events of one name.
func (r Reply) Named(name string) []Event {
	var found []Event
	for _, e := range r.Events {
		if e.Name == name {
			found = append(found, e)
		}
	}
	return found
}

// A TLV is a type and a value to send with a text.
type TLV struct {
	Type  uint16
	Value []byte
}

// EncodeTLVs writes TLVs as Request.TLVs holds them.
func EncodeTLVs(tlvs ...TLV) string {
	var b strings.Builder
	for i, t := range tlvs {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%d:%s", t.Type, base64.StdEncoding.EncodeToString(t.Value))
	}
	return b.String()
}
