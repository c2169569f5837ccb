package toolkit

import (
	"bytes"

	"otrbot/otr/internal/wire"
)

// Plaintext is a decrypted message in its parts.
type Plaintext struct {
	Text      string `json:"text"` // UTF-8, or what the sender took for it
	TLVs      []TLV  `json:"tlvs"`
	Truncated bool   `json:"truncated,omitempty"` // the last TLV is cut off and left out
}

// TLV is a record behind the text. Which of the fields after Value are set
// depends on the type; a value that is not as its type demands sets none.
type TLV struct {
	Type  uint16 `json:"type"`
	Name  string `json:"name,omitempty"` // "" when the type is unknown
	Value Hex    `json:"value"`

	Question *string `json:"question,omitempty"` // SMP message 1Q
	Numbers  []Hex   `json:"numbers,omitempty"`  // SMP messages
	Use      *uint32 `json:"use,omitempty"`      // extra symmetric key
	UseData  Hex     `json:"use_data,omitempty"` // extra symmetric key
}

// tlvType names the types of "Data Message" and says how many numbers the SMP
// messages among them carry.
func tlvType(t uint16) (name string, numbers int) {
	switch t {
	case wire.TLVPadding:
		return "padding", 0
	case wire.TLVDisconnected:
		return "disconnected", 0
	case wire.TLVSMP1:
		return "smp_message_1", 6
	case wire.TLVSMP2:
		return "smp_message_2", 11
	case wire.TLVSMP3:
		return "smp_message_3", 8
	case wire.TLVSMP4:
		return "smp_message_4", 3
	case wire.TLVSMPAbort:
		return "smp_abort", 0
	case wire.TLVSMP1Q:
		return "smp_message_1q", 6
	case wire.TLVExtraKey:
		return "extra_symmetric_key", 0
	}
	return "", 0
}

// ParsePlaintext divides what Read returned.
func ParsePlaintext(plain []byte) Plaintext {
	text, tlvs, err := wire.ParsePlaintext(plain)
	p := Plaintext{Text: string(text), TLVs: []TLV{}, Truncated: err != nil}
	for _, t := range tlvs {
		p.TLVs = append(p.TLVs, describe(t))
	}
	return p
}

func describe(t wire.TLV) TLV {
	name, count := tlvType(t.Type)
	d := TLV{Type: t.Type, Name: name, Value: t.Value}
	value := t.Value
	if t.Type == wire.TLVSMP1Q {
		question, rest, found := bytes.Cut(value, []byte{0})
		if found {
			s := string(question)
			d.Question, value = &s, rest
		}
	}
	if count > 0 {
		numbers, _ := wire.ParseMPIs(value, count)
		for _, n := range numbers {
			d.Numbers = append(d.Numbers, n)
		}
	}
	if t.Type == wire.TLVExtraKey {
		r := wire.NewReader(value)
		if use := r.Int(); r.Err() == nil {
			d.Use, d.UseData = &use, r.Fixed(r.Len())
		}
	}
	return d
}
