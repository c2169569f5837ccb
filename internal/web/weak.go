package web

import (
	"otrbot/gettext"
	"otrbot/internal/secret"
)

// whyWeak says why a secret would soon be guessed; never nothing.
func whyWeak(s secret.Strength) []gettext.Msg {
	var all []gettext.Msg
	for _, r := range s.Reasons {
		if text, ok := weaknesses[r]; ok {
			all = append(all, text)
		}
	}
	if len(all) == 0 {
		return []gettext.Msg{"This would soon be guessed. Make it longer."}
	}
	return all
}

// weaknesses are all of secret's reasons.
var weaknesses = map[secret.Reason]gettext.Msg{
	secret.Empty:       "Type a secret.",
	secret.NotText:     "Some of it is not readable text. Type it once more.",
	secret.TooShort:    "It is too short. Take three or four words that do not belong together.",
	secret.CommonTerm:  "Very many people use this as a password, so it is tried first.",
	secret.PlainWord:   "It is made of a word in the dictionary.",
	secret.PersonName:  "It is made of a person's name.",
	secret.OwnWord:     "It is made of a name that belongs to you or to this lesson.",
	secret.Backwards:   "A word written backwards is still that word.",
	secret.Substituted: "Digits and signs in place of letters are a trick that everybody knows.",
	secret.KeyboardRow: "It is made of keys that lie side by side.",
	secret.Repeated:    "It repeats the same again and again.",
	secret.Sequence:    "It follows an order, as in abc or 6543.",
	secret.Date:        "It is made of a date or a year.",
}
