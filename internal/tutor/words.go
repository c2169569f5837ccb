package tutor

import (
	"otrbot/fsm"
	"otrbot/gettext"
)

// typed is the context of what learners write, to tell it from what is said to them.
const typed gettext.Ctxt = "typed by learners"

// A wording is what learners write to be understood, in one message for translators: whole texts, in small letters and
// without punctuation, separated by commas.
type wording struct {
	means fsm.Event
	in    gettext.Ctxt
	words gettext.Msg
}

// wordTable is understood in every language of the texts, whatever the learner's is. Where a word has two meanings, that
// in the learner's language counts, then that in the language of the source.
var wordTable = []wording{
	// translators: learners type this: a greeting. Whole lines between commas; write those that are usual in your language.
	{hello, typed, "hello, hello there, hi, hi there, hey, hiya, good morning, good afternoon, good evening, good day, hello bot, " +
		"hi bot, start again, start over, begin, restart"},
	// translators: learners type this: the learner asks for help or does not know how to go on. Whole lines between commas; write those that are usual in your language.
	{help, typed, "help, help me, can you help, can you help me, could you help me, i need help, i need a hint, give me a hint, " +
		"hint, hints, h, what, what now, now what, and now, what next, whats next, what's next, what is next, " +
		"next step, what do i do, what should i do, what should i do now, what do i do now, what do i do next, " +
		"what am i supposed to do, what do i write, what do i type, how, how do i do that, how do i do this, " +
		"how do i do it, how does it work, how does this work, show me how, it does not work, it doesnt work, " +
		"it doesn't work, that did not work, that didn't work, does not work, doesn't work, nothing happens, " +
		"nothing happened, i see nothing, i do not know, i dont know, i don't know, no idea, i do not understand, " +
		"i dont understand, i don't understand, i am lost, im lost, i'm lost, i am stuck, im stuck, i'm stuck, stuck, " +
		"lost, where, where is it, i cannot find it, i cant find it, i can't find it"},
	// translators: learners type this: to read the last lines once more. Whole lines between commas; write those that are usual in your language.
	{again, typed, "again, repeat, repeat that, repeat it, can you repeat, can you repeat that, could you repeat that, " +
		"show me again, show it again, once more, say that again, say again, say it again, pardon, sorry, " +
		"what did you say"},
	// translators: learners type this: no more pauses between the lines, please. Whole lines between commas; write those that are usual in your language.
	{fast, typed, "fast, faster, quick, quicker, hurry, hurry up, too slow, speed up"},
	// translators: learners type this: slower, please. Whole lines between commas; write those that are usual in your language.
	{slow, typed, "slow, slower, slowly, slow down, too fast, not so fast"},
	// translators: learners type this: to end the lesson. Whole lines between commas; write those that are usual in your language.
	{stop, typed, "stop, quit, exit, bye, goodbye, good bye, bye bye, leave me alone"},
	// translators: learners type this: to end something: the lesson, the encryption or a check. Whole lines between commas; write those that are usual in your language.
	{wantsEnd, typed, "end, end it, end otr, end lesson, end the lesson, end session, end the session, end chat, end the chat, " +
		"i want to end, enough, i give up, log out, logout, close, leave"},
	// translators: learners type this: to give up what runs, such as a check. Whole lines between commas; write those that are usual in your language.
	{wantsCancel, typed, "cancel, cancel it, cancel that, cancel this, cancel check, cancel the check, cancel the question, abort, " +
		"abort it, abort the check, stop the check, stop check, stop it, undo, go back, back"},
	// translators: learners type this: yes, or OK. Whole lines between commas; write those that are usual in your language.
	{yes, typed, "yes, y, yeah, yep, yup, ok, okay, k, sure, ready, i am ready, im ready, i'm ready, go, go on, continue, next, " +
		"fine, all right, alright"},
	// translators: learners type this: no, or not now. Whole lines between commas; write those that are usual in your language.
	{no, typed, "no, n, nope, no thanks, no thank you, not now, not yet, later, wait"},
	// translators: learners type this: thanks. Whole lines between commas; write those that are usual in your language.
	{thanks, typed, "thanks, thank you, thank you very much, thanks a lot, many thanks, thx, ty, cheers, great, cool, nice"},
	// translators: learners type this: the program shall begin the check. Whole lines between commas; write those that are usual in your language.
	{askMe, typed, "ask, ask me, you ask, you start, you begin, you do it, verify me, check me"},
	// translators: learners type this: the learner has done it. Whole lines between commas; write those that are usual in your language.
	{saysDone, typed, "done, i did it, did it, i have done it, ive done it, i've done it, it worked, works, it works, finished, " +
		"i am done, im done, i'm done, verified, it says verified, encrypted, it is on, its on, it's on"},
	// translators: learners type this: about the shared secret. Whole lines between commas; write those that are usual in your language.
	{wantsSecret, typed, "secret, the secret, shared secret, password, what secret, which secret, what is the secret, whats the secret, " +
		"what's the secret, i have no secret, i dont have a secret, i don't have a secret, no secret"},
	// translators: learners type this: about the check by question and answer. Whole lines between commas; write those that are usual in your language.
	{wantsQuestion, typed, "question, a question, the question, what question, which question, answer, the answer, what answer, " +
		"which answer, question and answer, what is the answer, whats the answer, what's the answer"},
	// translators: learners type this: about the fingerprint, or other ways to check. Whole lines between commas; write those that are usual in your language.
	{wantsDigits, typed, "fingerprint, fingerprints, the fingerprint, compare, compare fingerprints, digits, manual, by hand, " +
		"manual verification, your fingerprint, what is your fingerprint, whats your fingerprint, " +
		"what's your fingerprint, my fingerprint, another way, other way"},
	// translators: learners type this: the program shall start OTR. Whole lines between commas; write those that are usual in your language.
	{wantsStart, typed, "start, start otr, otr, encrypt, you start otr, start it, switch it on, start encryption"},
	// translators: learners type this: why, what for, who are you. Whole lines between commas; write those that are usual in your language.
	{asksWhy, typed, "why, why that, why should i, what for, what is otr, whats otr, what's otr, who are you, what is this, " +
		"whats this, what's this, are you a bot, are you human, is this safe, what are you"},
	// translators: learners type this: about languages; a language may follow, as in “language English”. Whole lines between commas; write those that are usual in your language.
	{languageAsked, typed, "language, languages, other language, speak, do you speak, can you speak"},
}

// politeness changes no meaning, before or behind other words.
var politeness = wording{in: typed,
	// translators: Words before or behind others that change nothing, separated by commas, as learners write them.
	words: "please"}

// A naming is what learners call a language, beside what those call it who speak it.
type naming struct {
	language string
	in       gettext.Ctxt
	words    gettext.Msg
}

// translators: Names of languages as learners write them, in small letters; several separated by commas.
var languageTable = []naming{
	{"ar", typed, "arabic"},
	{"de", typed, "german"},
	{"en", typed, "english"},
	{"es", typed, "spanish"},
	{"fa", typed, "persian, farsi"},
	{"fr", typed, "french"},
	{"nl", typed, "dutch, flemish"},
	{"pt", typed, "portuguese"},
	{"ru", typed, "russian"},
	{"tr", typed, "turkish"},
	{"uk", typed, "ukrainian"},
	{"zh", typed, "chinese"},
}

// abroad are words of languages that there may be no texts in, for those in need.
var abroad = map[fsm.Event][]string{
	hello:         {"hallo", "hola", "bonjour", "salut", "ciao", "oi", "olá", "привет", "здравствуйте", "merhaba", "salam", "مرحبا", "שלום", "你好", "こんにちは", "hej", "hoi", "dag", "guten tag"},
	help:          {"hilfe", "hulp", "ayuda", "aide", "aidez moi", "aiuto", "ajuda", "помощь", "помогите", "yardım", "pomoc", "hjälp", "hjælp", "hjelp", "مساعدة", "עזרה", "帮助", "ヘルプ"},
	again:         {"nochmal", "otra vez", "encore"},
	stop:          {"stopp", "alto", "basta", "arrête", "arrete", "стоп", "adios", "tschüss", "au revoir", "dur", "توقف", "עצור"},
	wantsCancel:   {"abbrechen", "annuler", "cancelar", "annulla", "отмена"},
	yes:           {"ja", "oui", "si", "sí", "sim", "да", "evet", "tak"},
	no:            {"nein", "nee", "non", "não", "нет", "hayır", "nie"},
	thanks:        {"danke", "merci", "gracias", "grazie", "obrigado", "obrigada", "dank je", "спасибо"},
	saysDone:      {"fertig"},
	asksWhy:       {"warum", "pourquoi", "por qué", "por que"},
	languageAsked: {"sprache", "idioma", "langue", "taal", "lingua", "язык", "dil"},
}

// inEnglish are English names of languages that the program has no texts in, and an operator may add: their codes.
var inEnglish = map[string]string{
	"catalan": "ca", "czech": "cs", "danish": "da", "greek": "el", "esperanto": "eo", "finnish": "fi", "frisian": "fy", "hebrew": "he",
	"hindi": "hi", "hungarian": "hu", "indonesian": "id", "italian": "it", "japanese": "ja", "korean": "ko", "norwegian": "nb",
	"polish": "pl", "romanian": "ro", "slovak": "sk", "serbian": "sr", "swedish": "sv", "vietnamese": "vi",
}
