package clients

import (
	"fmt"

	"otrbot/interop/libotr"
)

var helperWords = words([countOfSigns]string{
	Encrypted:     `^\* secured`,
	Ended:         `^\* ended`,
	SecretAsked:   `^\* smp asked`,
	QuestionAsked: `^\* smp question`,
	Verified:      `^\* smp succeeded`,
	NotVerified:   `^\* smp failed`,
	Aborted:       `^\* smp (aborted|cheated|error)`,
	SaidInClear:   `^in clear: |^\* unexpected clear: `,
	SaidEncrypted: `^encrypted: `,
})

// helperTells puts a callback of libotr into words, "" for one that a client
// does not show.
func helperTells(e libotr.Event) string {
	const ended = 1 // the TLV that says so
	switch {
	case e.Name == "gone_secure" || e.Name == "still_secure":
		return "* secured"
	case e.Name == "tlv" && e.Code == ended:
		return "* ended by the peer"
	case e.Name == "smp_event" && e.Code < len(smpWords) && smpWords[e.Code] != "":
		return fmt.Sprintf("* smp %s %s", smpWords[e.Code], e.Text)
	case e.Name == "msg_event" && e.Code < len(messageWords) && messageWords[e.Code] != "":
		return fmt.Sprintf("* %s: %s", messageWords[e.Code], e.Text)
	}
	return ""
}

// By libotr's numbers of OtrlSMPEvent and OtrlMessageEvent; heartbeats and
// progress are shown by no client.
var (
	smpWords     = [...]string{"", "error", "aborted", "cheated", "question", "asked", "", "succeeded", "failed"}
	messageWords = [...]string{
		"", "encryption required", "encryption error", "not sent: the peer has ended OTR", "setup error", "reflected", "resent", "not in private",
		"unreadable", "malformed", "", "", "error of the peer", "unexpected clear", "unrecognized", "",
	}
)
