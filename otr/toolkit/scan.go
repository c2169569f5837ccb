package toolkit

import (
	"strings"

	"otrbot/otr/internal/wire"
)

// mark begins messages and fragments.
const mark = "?OTR"

// Scan returns the encoded messages of a transcript in order, each from
// "?OTR:" up to and including the next period; the last may lack it. Queries
// and errors are passed over. Fragments are not known, as to libotr's programs:
// the first of a message holds its "?OTR:", and what follows, up to the next
// period, which may stand in a later fragment, comes as a message that Parse
// finds [Invalid]. ScanFragments puts them together. A message ends at a NUL
// byte, but the search goes on behind its period.
func Scan(transcript string) []string {
	var messages []string
	for {
		at := strings.Index(transcript, armorStart)
		if at < 0 {
			return messages
		}
		var text string
		text, transcript = cutMessage(transcript[at:])
		messages = append(messages, text)
	}
}

// cutMessage divides s, which begins with a message, behind it.
func cutMessage(s string) (text, rest string) {
	if end := strings.IndexByte(s, '.'); end >= 0 {
		s, rest = s[:end+1], s[end+1:]
	}
	text, _, _ = strings.Cut(s, "\x00")
	return text, rest
}

// ScanFragments is Scan with fragments put together: a fragmented message
// stands where its last fragment stood. Unfinished is how many fragmented
// messages began and never became whole.
//
// A transcript holds both directions of a conversation, which version 3
// fragments tell apart by their instance tags and version 2 fragments do not:
// give it one direction of a version 2 conversation at a time.
func ScanFragments(transcript string) (messages []string, unfinished int) {
	type direction struct {
		version          uint16
		sender, receiver uint32
	}
	assemblers := map[direction]*wire.Assembler{}
	limit := len(transcript)
	for {
		at := strings.Index(transcript, mark)
		if at < 0 {
			break
		}
		transcript = transcript[at:]
		if strings.HasPrefix(transcript, armorStart) {
			var text string
			text, transcript = cutMessage(transcript)
			messages = append(messages, text)
			continue
		}
		f, rest, ok := wire.CutFragment(transcript)
		if !ok || !f.Legal() {
			transcript = transcript[len(mark):]
			continue
		}
		transcript = rest
		d := direction{f.Version, f.Sender, f.Receiver}
		a := assemblers[d]
		if a == nil {
			a = &wire.Assembler{}
			assemblers[d] = a
		}
		held := a.Size() > 0
		whole, complete, _ := a.Add(f, limit) // within the limit: all of it stands in the transcript
		if held && (f.K == 1 || !complete && a.Size() == 0) {
			unfinished++
		}
		if complete {
			messages = append(messages, Scan(whole)...)
		}
	}
	for _, a := range assemblers {
		if a.Size() > 0 {
			unfinished++
		}
	}
	return messages, unfinished
}
