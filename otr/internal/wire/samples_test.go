package wire

import "bytes"

// samples holds one message of every type in every version, with the shapes
// that fields of variable length can take.
func samples() []Message {
	var messages []Message
	for _, h := range []Header{{Version: V2}, {Version: V3, Sender: 0x100, Receiver: 0xfffffffe}} {
		messages = append(messages,
			&DHCommit{Header: h, EncryptedGX: bytes.Repeat([]byte{7}, 196), HashedGX: [32]byte{0, 1}},
			&DHCommit{Header: h},
			&DHKey{Header: h, GY: bytes.Repeat([]byte{0xff}, 192)},
			&DHKey{Header: h},
			&RevealSignature{Header: h, Key: [16]byte{0, 9}, EncryptedSignature: []byte("sealed"), MAC: [20]byte{0, 3}},
			&Signature{Header: h, EncryptedSignature: []byte("sealed"), MAC: [20]byte{5}},
			&Data{Header: h, Flags: FlagIgnoreUnreadable, SenderKeyID: 1, RecipientKeyID: 0xffffffff,
				NextDH: bytes.Repeat([]byte{1}, 192), Counter: 1 << 63, Encrypted: []byte("hello"),
				MAC: [20]byte{8}, OldMACKeys: bytes.Repeat([]byte{4}, 40)},
			&Data{Header: h},
		)
	}
	return messages
}
