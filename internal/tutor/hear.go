package tutor

import (
	"slices"
	"strings"
	"unicode"

	"otrbot/fsm"
	"otrbot/internal/clients"
)

// readWords understands one of the words of the dictionaries, a language, or the name of a client; anything else is a
// message.
func (u *turn) readWords(text string) fsm.Event {
	words := plainWords(text)
	ev := u.understand(words)
	u.s.Choosing = ev == languageAsked || ev == languageUnknown
	if ev == "" {
		if u.third("lost") {
			return lostOften
		}
		return MessageReceived
	}
	u.s.Failures["lost"] = 0
	return ev
}

func (u *turn) understand(words string) fsm.Event {
	if len(words) > longestWords {
		return ""
	}
	if ev := u.meaning(words); ev != "" {
		return ev
	}
	if name, wished := u.languageWish(words); wished {
		return u.chooseLanguage(name)
	}
	if locale := u.languageCalled(u.t.withoutPlease(words), u.s.Choosing); locale != "" {
		return u.setLanguage(locale)
	}
	if u.named(words) {
		if u.lacksOTR() && u.s.State != u.t.lesson.Machine.Initial() {
			return clientWithoutOTR
		}
		return clientNamed
	}
	return ""
}

// known reports whether a text is words that we know.
func (u *turn) known(text string) bool {
	words := plainWords(text)
	if len(words) > longestWords {
		return false
	}
	_, wished := u.languageWish(words)
	return wished || u.meaning(words) != ""
}

// longestWords bounds a text that is taken for words, in bytes.
const longestWords = 160

// plainWords is a text in small letters, without punctuation and with single blanks. A lone question mark becomes the
// empty text, which asks for help.
func plainWords(text string) string {
	if len(text) > longestWords {
		return text
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '’' || r == 'ʼ': // the second is a letter of Ukrainian
			return '\''
		case unicode.Is(arabicMarks, r):
			return -1
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune(" '_+", r):
			return unicode.ToLower(r)
		case r == '-' || unicode.IsSpace(r):
			return ' '
		}
		return -1
	}, text)
	return strings.Join(strings.Fields(arabicLetters.Replace(text)), " ")
}

// Arabic is written with or without these, by the same person, and Persian with letters of either keyboard.
var (
	arabicMarks   = &unicode.RangeTable{R16: []unicode.Range16{{Lo: 0x0640, Hi: 0x0640, Stride: 1}, {Lo: 0x064b, Hi: 0x065f, Stride: 1}}, LatinOffset: 0}
	arabicLetters = strings.NewReplacer("أ", "ا", "إ", "ا", "آ", "ا", "ى", "ي", "ة", "ه", "ی", "ي", "ک", "ك")
)

// named keeps the client that a learner names: "pidgin", "I use Thunderbird".
func (u *turn) named(words string) bool {
	if len(strings.Fields(words)) > 5 || clients.Recognise(u.s.Evidence).Known() {
		return false
	}
	said := strings.FieldsFunc(words, func(r rune) bool { return r > unicode.MaxASCII || r == ' ' }) // "我用Pidgin" has no blanks
	for _, c := range clients.All() {
		if name := plainWords(c.Name); name != "" && slices.Contains(said, name) {
			u.s.Named = c.ID
			u.knowPlaces()
			u.s.Hint = max(0, len(u.t.lesson.Hints[u.s.State])-1)
			return true
		}
	}
	return false
}
