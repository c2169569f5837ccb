package toolkit

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"otrbot/otr/internal/wire"
)

func TestScan(t *testing.T) {
	tests := []struct {
		name, transcript string
		want             []string
	}{
		{"nothing", "hello ?OTR ?OTRv23? ?OTR Error: no.", nil},
		{"one", "a ?OTR:AAMD. b", []string{"?OTR:AAMD."}},
		{"two", "?OTR:AAMD.?OTR:AAMC.", []string{"?OTR:AAMD.", "?OTR:AAMC."}},
		{"no period", "?OTR:AAMD. x ?OTR:AAMC\n", []string{"?OTR:AAMD.", "?OTR:AAMC\n"}},
		{"inside another", "?OTR:AA?OTR:AAMC. x.", []string{"?OTR:AA?OTR:AAMC."}},
		{"NUL", "?OTR:AA\x00MD.?OTR:AAMC.", []string{"?OTR:AA", "?OTR:AAMC."}},
		{"question marks", "??O?OTR:AAMD.", []string{"?OTR:AAMD."}},
		{"fragments", "?OTR,1,1,?OTR:AAMD,", []string{"?OTR:AAMD,"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Scan(tt.transcript); !slices.Equal(got, tt.want) {
				t.Errorf("%q", got)
			}
		})
	}
}

func TestScanFragments(t *testing.T) {
	tests := []struct {
		name, transcript string
		want             []string
		unfinished       int
	}{
		{"none", "a ?OTR:AAMD. b", []string{"?OTR:AAMD."}, 0},
		{"version 2", "a: ?OTR,1,2,?OTR:AA,\na: ?OTR,2,2,ID.,\n", []string{"?OTR:AAID."}, 0},
		{"version 3", "?OTR|100|200,00001,00002,?OTR:AA,?OTR|100|200,00002,00002,MD.,", []string{"?OTR:AAMD."}, 0},
		{"single", "?OTR,1,1,?OTR:AAID.,", []string{"?OTR:AAID."}, 0},
		{"in the order of their ends", "?OTR,1,2,?OTR:AA,\n?OTR:AAMC.\n?OTR,2,2,ID.,", []string{"?OTR:AAMC.", "?OTR:AAID."}, 0},
		{"interleaved senders", "?OTR|100|200,1,2,?OTR:AA,?OTR|200|100,1,2,?OTR:AA,?OTR|100|200,2,2,MC.,?OTR|200|100,2,2,MK.,", []string{"?OTR:AAMC.", "?OTR:AAMK."}, 0},
		{"of a query", "?OTR,1,2,?OTRv,?OTR,2,2,23?,", nil, 0},
		{"unfinished", "?OTR,1,2,?OTR:AA,", nil, 1},
		{"out of order", "?OTR,1,3,?OTR:AA,?OTR,3,3,ID.,", nil, 1},
		{"begun again", "?OTR,1,2,x,?OTR,1,2,?OTR:AA,?OTR,2,2,ID.,", []string{"?OTR:AAID."}, 1},
		{"replaced by a single one", "?OTR,1,2,x,?OTR,1,1,?OTR:AAID.,", []string{"?OTR:AAID."}, 1},
		{"begun before the recording", "?OTR,2,2,ID.,", nil, 0},
		{"illegal", "?OTR,0,2,x,?OTR,3,2,x,?OTR,1,2,,?OTR,70000,70000,x,", nil, 0},
		{"illegal, then a message", "?OTR,3,2,?OTR:AAID.,", []string{"?OTR:AAID."}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, unfinished := ScanFragments(tt.transcript)
			if !slices.Equal(got, tt.want) || unfinished != tt.unfinished {
				t.Errorf("%q, %d unfinished", got, unfinished)
			}
		})
	}
}

// A transcript in fragments holds the messages that it held whole.
func TestScanFragmentsOfRecordedTranscript(t *testing.T) {
	for _, r := range recordings(t, "parse") {
		var cut strings.Builder
		var whole []string
		for _, text := range Scan(r.Stdin) {
			if !strings.HasSuffix(text, ".") {
				continue // runs into what follows, in fragments or not
			}
			pieces, err := wire.AppendSplit(nil, text, 100, wire.Header{Version: wire.V3, Sender: 0x100, Receiver: 0x200})
			if err != nil {
				t.Fatal(err)
			}
			cut.WriteString(strings.Join(pieces, "\n") + "\n")
			whole = append(whole, text)
		}
		if got, unfinished := ScanFragments(cut.String()); !slices.Equal(got, whole) || unfinished != 0 {
			t.Errorf("%s: %q, %d unfinished", r.Name, got, unfinished)
		}
	}
}

func TestParseTakesTheFirstMessage(t *testing.T) {
	if _, ok := Parse("hello").(*Unrecognized); !ok {
		t.Error("a text without a message was recognized")
	}
	if _, ok := Parse("alice: ?OTR:AAMD. ?OTR:AAMC.").(*Invalid); !ok {
		t.Error("the first message was not read")
	}
}

func TestSessionKeysRefusesLongKeys(t *testing.T) {
	if _, err := SessionKeys(make([]byte, MaxPrivateKey+1), []byte{7}); !errors.Is(err, ErrPrivateKey) {
		t.Error(err)
	}
}

func TestSessionKeysOfBothSidesAgree(t *testing.T) {
	x, y := bytes.Repeat([]byte{7}, 40), bytes.Repeat([]byte{9}, 40)
	none := []byte{2}
	ofX, _ := SessionKeys(x, none)
	ofY, _ := SessionKeys(y, none)
	ours, _ := SessionKeys(x, ofY.OurPublic)
	theirs, _ := SessionKeys(y, ofX.OurPublic)
	if ours.High == theirs.High {
		t.Error("both are at the same end")
	}
	equal(t, ours.SendingAES.String(), theirs.ReceivingAES.String())
	equal(t, ours.ReceivingMAC.String(), theirs.SendingMAC.String())
	equal(t, ours.V3(), theirs.V3())
}

func TestModifyErrors(t *testing.T) {
	m := Remac(&Data{Head: Head{Version: 2}, Encrypted: Hex("hello")}, [20]byte{1})
	if _, err := Modify(m, [20]byte{1}, "a", "bc", 0); !errors.Is(err, ErrLength) {
		t.Errorf("lengths: %v", err)
	}
	if _, err := Modify(m, [20]byte{2}, "a", "b", 0); !errors.Is(err, ErrMAC) {
		t.Errorf("key: %v", err)
	}
	far, err := Modify(m, [20]byte{1}, "ab", "cd", 1<<32-1)
	if err != nil || far.Encode() != m.Encode() {
		t.Errorf("beyond the end: %v", err)
	}
}

func TestParsePlaintext(t *testing.T) {
	smp := wire.AppendMPIs(nil, []byte{1}, []byte{2}, []byte{3})
	smp1 := wire.AppendMPIs(nil, []byte{1}, []byte{2}, []byte{3}, []byte{4}, []byte{5}, []byte{6})
	tests := []struct {
		name  string
		plain []byte
		want  string // JSON
	}{
		{"text", []byte("hi"), `{"text":"hi","tlvs":[]}`},
		{"cut off", []byte("hi\x00\x00"), `{"text":"hi","tlvs":[],"truncated":true}`},
		{"disconnected", wire.AppendPlaintext(nil, "", []wire.TLV{{Type: 1}}), `{"text":"","tlvs":[{"type":1,"name":"disconnected","value":""}]}`},
		{"padding", wire.AppendPlaintext(nil, "", []wire.TLV{{Type: 0, Value: []byte{7}}}), `{"text":"","tlvs":[{"type":0,"name":"padding","value":"07"}]}`},
		{"unknown", wire.AppendPlaintext(nil, "", []wire.TLV{{Type: 0x1234, Value: []byte{7}}}), `{"text":"","tlvs":[{"type":4660,"value":"07"}]}`},
		{"SMP message 4", wire.AppendPlaintext(nil, "", []wire.TLV{{Type: 5, Value: smp}}),
			`{"text":"","tlvs":[{"type":5,"name":"smp_message_4","value":"` + Hex(smp).String() + `","numbers":["01","02","03"]}]}`},
		{"SMP message with a wrong count", wire.AppendPlaintext(nil, "", []wire.TLV{{Type: 3, Value: smp}}),
			`{"text":"","tlvs":[{"type":3,"name":"smp_message_2","value":"` + Hex(smp).String() + `"}]}`},
		{"SMP question", wire.AppendPlaintext(nil, "", []wire.TLV{{Type: 7, Value: append([]byte("who?\x00"), smp1...)}}),
			`{"text":"","tlvs":[{"type":7,"name":"smp_message_1q","value":"77686f3f00` + Hex(smp1).String() + `","question":"who?","numbers":["01","02","03","04","05","06"]}]}`},
		{"SMP question without an end", wire.AppendPlaintext(nil, "", []wire.TLV{{Type: 7, Value: []byte("who")}}),
			`{"text":"","tlvs":[{"type":7,"name":"smp_message_1q","value":"77686f"}]}`},
		{"extra key", wire.AppendPlaintext(nil, "", []wire.TLV{{Type: 8, Value: []byte("\x00\x00\x00\x01file")}}),
			`{"text":"","tlvs":[{"type":8,"name":"extra_symmetric_key","value":"0000000166696c65","use":1,"use_data":"66696c65"}]}`},
		{"extra key cut off", wire.AppendPlaintext(nil, "", []wire.TLV{{Type: 8, Value: []byte("\x00")}}),
			`{"text":"","tlvs":[{"type":8,"name":"extra_symmetric_key","value":"00"}]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := json.Marshal(ParsePlaintext(tt.plain))
			if err != nil {
				t.Fatal(err)
			}
			equal(t, string(got), tt.want)
		})
	}
}

func TestJSON(t *testing.T) {
	head := Head{Version: 3, Instances: &Instances{Sender: 0x100}}
	tests := []struct {
		m    Message
		want string
	}{
		{&DHCommit{Head: head, EncryptedKey: Hex{1}, HashedKey: Hex{2}}, `{"type":"dh_commit","version":3,"instances":{"sender":256,"receiver":0},"encrypted_key":"01","hashed_key":"02"}`},
		{&DHKey{Head: Head{Version: 2}, Key: Hex{1}}, `{"type":"dh_key","version":2,"dh_key":"01"}`},
		{&RevealSignature{Head: Head{Version: 2}}, `{"type":"reveal_signature","version":2,"key":"","encrypted_signature":"","mac":""}`},
		{&Signature{Head: Head{Version: 2}, MAC: Hex{0xab}}, `{"type":"signature","version":2,"encrypted_signature":"","mac":"ab"}`},
		{&Data{Head: Head{Version: 2}, Flags: 1, SenderKeyID: 2, RecipientKeyID: 3, NextDH: Hex{4}, Counter: 5, Encrypted: Hex{6}, RevealedMACKeys: bytes.Repeat([]byte{7}, 21)},
			`{"type":"data","version":2,"flags":1,"sender_keyid":2,"recipient_keyid":3,"dh_y":"04","counter":"0000000000000005","encrypted_message":"06","mac":"0000000000000000000000000000000000000000","revealed_mac_keys":["0707070707070707070707070707070707070707","07"]}`},
		{&KeyExchange{Reply: 1, KeyID: 2}, `{"type":"key_exchange","version":1,"reply":1,"dsa_p":"","dsa_q":"","dsa_g":"","dsa_e":"","keyid":2,"dh_y":"","sig_r":"","sig_s":""}`},
		{&Invalid{Title: TitleData, Text: "?OTR:AAMD."}, `{"type":"invalid","title":"Data Message","text":"?OTR:AAMD."}`},
		{&Unrecognized{Text: "?OTR:."}, `{"type":"unrecognized","text":"?OTR:."}`},
	}
	for _, tt := range tests {
		got, err := json.Marshal(tt.m)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, string(got), tt.want)
	}
}

func FuzzTranscript(f *testing.F) {
	f.Add("?OTR:AAMD.")
	f.Add("?OTR,1,2,?OTR:AA,?OTR,2,2,ID.,")
	f.Add("?OTR:AAEKAAAAAQ==. ?OTR|1|2,1,1,?OTR:AAMC,")
	f.Fuzz(func(t *testing.T, transcript string) {
		for _, text := range Scan(transcript) {
			m := Parse(text)
			if !json.Valid(mustJSON(t, m)) || m.String() == "" {
				t.Errorf("%q: %v", text, m)
			}
			d, ok := m.(*Data)
			if !ok {
				continue
			}
			Read(d, [16]byte{})
			forged := Forge(d, [16]byte{1}, "new")
			again, ok := Parse(forged.Encode()).(*Data)
			if !ok {
				t.Fatalf("%q: forged as %q", text, forged.Encode())
			}
			if plain, err := Read(again, [16]byte{1}); err != nil || string(plain) != "new" {
				t.Errorf("%q: the forgery reads %q, %v", text, plain, err)
			}
		}
		ScanFragments(transcript)
	})
}

func FuzzParsePlaintext(f *testing.F) {
	f.Add([]byte("hi\x00\x00\x07\x00\x05who\x00\x00"))
	f.Add([]byte("\x00\x00\x08\x00\x04\x00\x00\x00\x01"))
	f.Fuzz(func(t *testing.T, plain []byte) {
		if _, err := json.Marshal(ParsePlaintext(plain)); err != nil {
			t.Error(err)
		}
	})
}

func mustJSON(t *testing.T, m Message) []byte {
	b, err := m.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return b
}
