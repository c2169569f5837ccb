package tutor

import (
	"slices"
	"strings"
	"unicode"

	"otrbot/fsm"
	"otrbot/internal/clients"
)

// wordTable holds what learners write to be understood: whole texts, in small
// letters and without punctuation. Greetings and the words for help and stop
// are known in more languages than the texts, for those in need.
var wordTable = map[fsm.Event][]string{
	hello: {"hello", "hello there", "hi", "hi there", "hey", "hiya", "good morning", "good afternoon", "good evening", "good day",
		"hello bot", "hi bot", "start again", "start over", "begin", "restart", "hallo", "hola", "bonjour", "salut", "ciao", "oi", "olá",
		"привет", "здравствуйте", "merhaba", "salam", "مرحبا", "שלום", "你好", "こんにちは", "hej", "hoi", "dag", "guten tag"},
	help: {"help", "help me", "can you help", "can you help me", "could you help me", "i need help", "i need a hint", "give me a hint", "hint", "hints", "h", "",
		"what", "what now", "now what", "and now", "what next", "whats next", "what's next", "what is next", "next step", "what do i do", "what should i do", "what should i do now", "what do i do now",
		"what do i do next", "what am i supposed to do", "what do i write", "what do i type", "how", "how do i do that", "how do i do this", "how do i do it", "how does it work", "how does this work", "show me how",
		"it does not work", "it doesnt work", "it doesn't work", "that did not work", "that didn't work", "does not work", "doesn't work", "nothing happens", "nothing happened", "i see nothing", "i do not know", "i dont know", "i don't know", "no idea",
		"i do not understand", "i dont understand", "i don't understand", "i am lost", "im lost",
		"i'm lost", "i am stuck", "im stuck", "i'm stuck", "stuck", "lost", "where", "where is it", "i cannot find it", "i cant find it", "i can't find it",
		"hilfe", "hulp", "ayuda", "aide", "aidez moi", "aiuto", "ajuda", "помощь", "помогите", "yardım", "pomoc", "hjälp", "hjælp", "hjelp", "مساعدة", "עזרה", "帮助", "ヘルプ"},
	again:         {"again", "repeat", "repeat that", "repeat it", "can you repeat", "can you repeat that", "could you repeat that", "show me again", "show it again", "once more", "say that again", "say again", "say it again", "pardon", "sorry", "what did you say", "nochmal", "otra vez", "encore"},
	fast:          {"fast", "faster", "quick", "quicker", "hurry", "hurry up", "too slow", "speed up"},
	slow:          {"slow", "slower", "slowly", "slow down", "too fast", "not so fast"},
	stop:          {"stop", "quit", "exit", "bye", "goodbye", "good bye", "bye bye", "leave me alone", "stopp", "alto", "basta", "arrête", "arrete", "стоп", "adios", "tschüss", "au revoir", "dur", "توقف", "עצור"},
	wantsEnd:      {"end", "end it", "end otr", "end lesson", "end the lesson", "end session", "end the session", "end chat", "end the chat", "i want to end", "enough", "i give up", "log out", "logout", "close", "leave"},
	wantsCancel:   {"cancel", "cancel it", "cancel that", "cancel this", "cancel check", "cancel the check", "cancel the question", "abort", "abort it", "abort the check", "stop the check", "stop check", "stop it", "undo", "go back", "back", "abbrechen", "annuler", "cancelar", "annulla", "отмена"},
	yes:           {"yes", "y", "yeah", "yep", "yup", "ok", "okay", "k", "sure", "ready", "i am ready", "im ready", "i'm ready", "go", "go on", "continue", "next", "fine", "all right", "alright", "ja", "oui", "si", "sí", "sim", "да", "evet", "tak"},
	no:            {"no", "n", "nope", "no thanks", "no thank you", "not now", "not yet", "later", "wait", "nein", "nee", "non", "não", "нет", "hayır", "nie"},
	thanks:        {"thanks", "thank you", "thank you very much", "thanks a lot", "many thanks", "thx", "ty", "cheers", "great", "cool", "nice", "danke", "merci", "gracias", "grazie", "obrigado", "obrigada", "dank je", "спасибо"},
	askMe:         {"ask", "ask me", "you ask", "you start", "you begin", "you do it", "verify me", "check me"},
	saysDone:      {"done", "i did it", "did it", "i have done it", "ive done it", "i've done it", "it worked", "works", "it works", "finished", "i am done", "im done", "i'm done", "verified", "it says verified", "encrypted", "it is on", "its on", "it's on", "fertig"},
	wantsSecret:   {"secret", "the secret", "shared secret", "password", "what secret", "which secret", "what is the secret", "whats the secret", "what's the secret", "i have no secret", "i dont have a secret", "i don't have a secret", "no secret"},
	wantsQuestion: {"question", "a question", "the question", "what question", "which question", "answer", "the answer", "what answer", "which answer", "question and answer", "what is the answer", "whats the answer", "what's the answer"},
	wantsDigits:   {"fingerprint", "fingerprints", "the fingerprint", "compare", "compare fingerprints", "digits", "manual", "by hand", "manual verification", "your fingerprint", "what is your fingerprint", "whats your fingerprint", "what's your fingerprint", "my fingerprint", "another way", "other way"},
	wantsStart:    {"start", "start otr", "otr", "encrypt", "you start otr", "start it", "switch it on", "start encryption"},
	asksWhy:       {"why", "why that", "why should i", "what for", "what is otr", "whats otr", "what's otr", "who are you", "what is this", "whats this", "what's this", "are you a bot", "are you human", "is this safe", "what are you", "warum", "pourquoi", "por qué", "por que"},
	languageAsked: {"language", "languages", "other language", "sprache", "idioma", "langue", "taal", "lingua", "язык", "dil"},
}

// readWords understands one of the words above, a language, or the name of a
// client; anything else is a message.
func (u *turn) readWords(text string) fsm.Event {
	words := plainWords(text)
	ev := meaningOf(words)
	switch {
	case ev != "":
	case strings.HasPrefix(words, languageWish):
		ev = u.chooseLanguage(strings.ReplaceAll(strings.TrimPrefix(words, languageWish), " ", "_"))
	case u.named(words):
		if ev = clientNamed; u.lacksOTR() && u.s.State != u.t.lesson.Machine.Initial() {
			ev = clientWithoutOTR
		}
	default:
		if u.third("lost") {
			return lostOften
		}
		return MessageReceived
	}
	u.s.Failures["lost"] = 0
	return ev
}

// languageWish is what stands before the name of a language.
const languageWish = "language "

// known reports whether a text is words that we know.
func known(text string) bool {
	words := plainWords(text)
	return meaningOf(words) != "" || strings.HasPrefix(words, languageWish)
}

// meaningOf is what words mean; to say please changes nothing.
func meaningOf(words string) fsm.Event {
	if asked := strings.TrimSuffix(strings.TrimPrefix(words, "please "), " please"); asked != words {
		return meaningOf(asked)
	}
	for _, row := range eventTable { // in the order of the table: a map has none
		if slices.Contains(wordTable[row.name], words) {
			return row.name
		}
	}
	return ""
}

// plainWords is a text in small letters, without punctuation and with single
// blanks. A lone question mark becomes the empty text, which asks for help.
func plainWords(text string) string {
	if len(text) > 80 {
		return text
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '’':
			return '\''
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune(" '_+", r):
			return unicode.ToLower(r)
		case r == '-':
			return ' '
		}
		return -1
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// chooseLanguage sets the learner's language if there are texts in it.
func (u *turn) chooseLanguage(wanted string) fsm.Event {
	short := func(locale string) string { s, _, _ := strings.Cut(strings.ToLower(locale), "_"); return s }
	for _, l := range u.t.o.Locales {
		if strings.EqualFold(l, wanted) || short(l) == wanted {
			u.s.Locale = l
			return languageSet
		}
	}
	return languageUnknown
}

// named keeps the client that a learner names: "pidgin", "I use Thunderbird".
func (u *turn) named(words string) bool {
	if len(strings.Fields(words)) > 5 || clients.Recognise(u.s.Evidence).Known() {
		return false
	}
	for _, c := range clients.All() {
		if name := plainWords(c.Name); name != "" && slices.Contains(strings.Fields(words), name) {
			u.s.Named = c.ID
			u.knowPlaces()
			u.s.Hint = max(0, len(u.t.lesson.Hints[u.s.State])-1)
			return true
		}
	}
	return false
}
