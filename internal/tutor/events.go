package tutor

import (
	"otrbot/fsm"
	"otrbot/internal/lesson"
)

// The events that the caller sends. The first have the names of the original bot.
const (
	MessageReceived         fsm.Event = "message_received"
	OTREnabled              fsm.Event = "otr_enabled"
	OTRDisabled             fsm.Event = "otr_disabled"
	OTRAlreadySetup         fsm.Event = "otr_already_setup"
	SMPStarted              fsm.Event = "smp_started"
	SMPQuestionUsed         fsm.Event = "smp_question_used"
	SMPAborted              fsm.Event = "smp_aborted"
	CorrectSecretReceived   fsm.Event = "correct_secret_received"
	IncorrectSecretReceived fsm.Event = "incorrect_secret_received"
	SecretReceived          fsm.Event = "secret_received"

	ContactAccepted     fsm.Event = "contact_accepted"
	LearnerLeft         fsm.Event = "learner_left"
	LearnerReturned     fsm.Event = "learner_returned"
	OTRRequested        fsm.Event = "otr_requested" // the query's text is in Client.Query
	ClientSeen          fsm.Event = "client_seen"   // the news is in Client
	NewKey              fsm.Event = "new_key"       // needless: Channel.PeerKey tells it, with the next OTREnabled or OTRAlreadySetup
	Unreadable          fsm.Event = "unreadable"
	ErrorReceived       fsm.Event = "error_received"
	OtherEncryption     fsm.Event = "other_encryption"
	OtherDevice         fsm.Event = "other_device"
	Refused             fsm.Event = "refused"
	Bounced             fsm.Event = "bounced"
	CodeReceived        fsm.Event = "code_received"
	FingerprintReceived fsm.Event = "fingerprint_received"
	Closing             fsm.Event = "closing"
	Removed             fsm.Event = "removed"
	Reset               fsm.Event = "reset"
)

// The events that the tutor finds in the others.
const (
	unsafeSecretReceived fsm.Event = "unsafe_secret_received"
	secretKept           fsm.Event = "secret_kept"
	secretKnown          fsm.Event = "secret_known"
	secretMissing        fsm.Event = "secret_missing"
	smpMayStart          fsm.Event = "smp_may_start"

	otrEnabledVerified fsm.Event = "otr_enabled_verified"
	otrLost            fsm.Event = "otr_lost"
	plaintextLeak      fsm.Event = "plaintext_leak"
	earlyText          fsm.Event = "early_text"
	unreadableOften    fsm.Event = "unreadable_often"

	pinAsked         fsm.Event = "pin_asked"
	ourAnswerRight   fsm.Event = "our_answer_right"
	ourAnswerWrong   fsm.Event = "our_answer_wrong"
	theirAnswerRight fsm.Event = "their_answer_right"
	theirAnswerWrong fsm.Event = "their_answer_wrong"
	secretOftenWrong fsm.Event = "secret_often_wrong"
	answerOftenWrong fsm.Event = "answer_often_wrong"
	abortedOften     fsm.Event = "aborted_often"
	secretWornOut    fsm.Event = "secret_worn_out"
	secretInChat     fsm.Event = "secret_in_chat"
	secretBurnt      fsm.Event = "secret_burnt"
	lentSecretSeen   fsm.Event = "lent_secret_seen"

	codeRight        fsm.Event = "code_right"
	codeWrong        fsm.Event = "code_wrong"
	codeWornOut      fsm.Event = "code_worn_out"
	codeInClear      fsm.Event = "code_in_clear"
	codeInChat       fsm.Event = "code_in_chat"
	codeProof        fsm.Event = "code_proof"
	fingerprintRight fsm.Event = "fingerprint_right"
	fingerprintWrong fsm.Event = "fingerprint_wrong"
	fingerprintOwn   fsm.Event = "fingerprint_own"
	fingerprintProof fsm.Event = "fingerprint_proof"

	clientRecognised fsm.Event = "client_recognised"
	clientWithoutOTR fsm.Event = "client_without_otr"
	clientNamed      fsm.Event = "client_named"

	hello           fsm.Event = "hello"
	help            fsm.Event = "help"
	again           fsm.Event = "again"
	fast            fsm.Event = "fast"
	slow            fsm.Event = "slow"
	stop            fsm.Event = "stop"
	wantsEnd        fsm.Event = "wants_end"
	wantsCancel     fsm.Event = "wants_cancel"
	yes             fsm.Event = "yes"
	no              fsm.Event = "no"
	thanks          fsm.Event = "thanks"
	askMe           fsm.Event = "ask_me"
	saysDone        fsm.Event = "says_done"
	wantsSecret     fsm.Event = "wants_secret"
	wantsQuestion   fsm.Event = "wants_question"
	wantsDigits     fsm.Event = "wants_fingerprint"
	wantsStart      fsm.Event = "wants_start"
	asksWhy         fsm.Event = "asks_why"
	languageAsked   fsm.Event = "language_asked"
	languageSet     fsm.Event = "language_set"
	languageUnknown fsm.Event = "language_unknown"
	lostOften       fsm.Event = "lost_often"

	silence          fsm.Event = "silence"
	keyWaitOver      fsm.Event = "key_wait_over"
	replyWaitOver    fsm.Event = "reply_wait_over"
	askBackDue       fsm.Event = "ask_back_due"
	sessionWarning   fsm.Event = "session_warning"
	sessionRefreshed fsm.Event = "session_refreshed"
	sessionExpired   fsm.Event = "session_expired"
	stranger         fsm.Event = "stranger"
)

// Refreshing lists the events that extend a session, those of the original:
// a right or wrong secret is not among them. A verification with a question
// counts as one that was started.
func Refreshing() []fsm.Event {
	return []fsm.Event{MessageReceived, OTREnabled, SMPStarted, SMPQuestionUsed, SMPAborted, OTRDisabled}
}

// event is a row of the table of events.
type event struct {
	name    fsm.Event
	told    bool // the caller sends it; else the tutor finds it
	meaning string
}

// eventTable says what each event means, for those who write lessons.
var eventTable = []event{
	{MessageReceived, true, "the learner wrote something that is none of the words we know"},
	{OTREnabled, true, "OTR was off and is on; not verified yet"},
	{OTRDisabled, true, "OTR was on and is off: the learner's side ended it"},
	{OTRAlreadySetup, true, "the encrypted conversation got fresh keys"},
	{SMPStarted, true, "the learner began to verify by shared secret, and waits for our answer"},
	{SMPQuestionUsed, true, "the learner began to verify by question, and waits for our answer"},
	{SMPAborted, true, "the verification was given up, not by us"},
	{CorrectSecretReceived, true, "verified: both sides know the same secret, and each has checked the other"},
	{IncorrectSecretReceived, true, "the secrets differ"},
	{SecretReceived, true, "a shared secret arrived by another way than the chat; check_secret_safe looks at it"},
	{ContactAccepted, true, "the learner accepted the invitation"},
	{LearnerLeft, true, "the learner's client went offline"},
	{LearnerReturned, true, "the learner's client came back"},
	{OTRRequested, true, "the learner's client asked for OTR and has yet to go on"},
	{ClientSeen, true, "something new is known about the learner's client, but not what it is"},
	{NewKey, true, "the learner's client uses another key than before"},
	{Unreadable, true, "an encrypted message could not be read"},
	{ErrorReceived, true, "the learner's client reports an error of OTR"},
	{OtherEncryption, true, "a message came in another encryption, such as OMEMO"},
	{OtherDevice, true, "another device of the learner has the encrypted conversation"},
	{Refused, true, "the learner tried something else than a chat of two, such as a group"},
	{Bounced, true, "a message of ours came back"},
	{CodeReceived, true, "something arrived from the learner's course page as the code, and is not the code"},
	{FingerprintReceived, true, "a fingerprint arrived from the learner's course page, and is not ours"},
	{Closing, true, "the bot closes"},
	{Removed, true, "an operator took the learner off the list"},
	{Reset, true, "an operator lets the learner begin again"},

	{unsafeSecretReceived, false, "the secret that arrived is easy to guess; {reason} says why"},
	{secretKept, false, "the secret that arrived is kept"},
	{secretKnown, false, "look_for_secret: there is a shared secret"},
	{secretMissing, false, "look_for_secret or answer_smp: there is no shared secret"},
	{smpMayStart, false, "look_for_secret: there is one, and the settings let us begin to verify"},
	{otrEnabledVerified, false, "OTR is on again, with the keys that both have verified before"},
	{otrLost, false, "OTR is off because the learner's client is gone"},
	{plaintextLeak, false, "a text came in the clear although OTR is on"},
	{earlyText, false, "a text came in the clear in the moment in which OTR was switched on"},
	{unreadableOften, false, "encrypted messages could not be read, for the third time"},
	{pinAsked, false, "the learner's client asks for a PIN that it has made itself"},
	{ourAnswerRight, false, "the learner has verified us by question; we have not verified the learner"},
	{ourAnswerWrong, false, "our answer was not the one that the learner had set"},
	{theirAnswerRight, false, "we have verified the learner; the learner has not verified us"},
	{theirAnswerWrong, false, "the learner's answer to our question was not the shared secret"},
	{secretOftenWrong, false, "the secrets differ, for the third time"},
	{answerOftenWrong, false, "an answer was wrong, for the third time"},
	{abortedOften, false, "the verification was given up, for the third time"},
	{secretWornOut, false, "the secrets differ too often: the shared secret is forgotten, a new one is needed"},
	{secretInChat, false, "the learner wrote the shared secret in the chat; burn_secret looks at it"},
	{secretBurnt, false, "burn_secret: the secret is forgotten, a new one is needed"},
	{lentSecretSeen, false, "burn_secret: it is the secret of all lessons here, and stays in use for practice"},
	{codeRight, false, "the learner gave the code, as it was told in the verified chat"},
	{codeWrong, false, "the learner gave something like the code"},
	{codeWornOut, false, "… too often: there is a new code"},
	{codeInClear, false, "the learner wrote the code in the clear: there is a new code"},
	{codeInChat, false, "the learner gave the code in the chat, and has a course page where it belongs"},
	{codeProof, false, "the code, as it was told in the verified chat, arrived from the learner's course page"},
	{fingerprintRight, false, "the learner wrote our fingerprint in the chat; that is practice, not proof"},
	{fingerprintWrong, false, "the learner wrote digits in the chat that are not our fingerprint"},
	{fingerprintOwn, false, "the learner wrote the fingerprint of the own key in the chat"},
	{fingerprintProof, false, "our fingerprint, as the learner sees it, arrived from the learner's course page"},
	{clientRecognised, false, "we know now which client the learner uses"},
	{clientWithoutOTR, false, "the learner uses a client that does not speak OTR"},
	{clientNamed, false, "the learner wrote the name of a client"},
	{hello, false, "a greeting"},
	{help, false, "the learner asks for help"},
	{again, false, "the learner wants to read it once more"},
	{fast, false, "no typing delays, please"},
	{slow, false, "typing delays, please"},
	{stop, false, "the learner wants to end the session"},
	{wantsEnd, false, "the learner wants to end something: the session, OTR or a check"},
	{wantsCancel, false, "the learner wants to give up what runs, such as a check"},
	{yes, false, "yes, or OK"},
	{no, false, "no, or not now"},
	{thanks, false, "thanks"},
	{askMe, false, "the learner wants us to begin the verification"},
	{saysDone, false, "the learner says that it is done"},
	{wantsSecret, false, "the learner writes of the shared secret"},
	{wantsQuestion, false, "the learner writes of the question"},
	{wantsDigits, false, "the learner writes of the fingerprint"},
	{wantsStart, false, "the learner wants us to start OTR"},
	{asksWhy, false, "the learner asks why"},
	{languageAsked, false, "the learner asks for the languages"},
	{languageSet, false, "the learner chose another language"},
	{languageUnknown, false, "the learner asked for a language that we do not speak"},
	{lostOften, false, "for the third time in a row we did not understand the learner"},
	{silence, false, "the timer hint: nothing was heard for 60, 120 or 240 seconds"},
	{keyWaitOver, false, "the timer key_wait: OTR was asked for and has not come on for 10 seconds"},
	{replyWaitOver, false, "the timer reply_wait: our offer of OTR has had no answer for 20 seconds"},
	{askBackDue, false, "the timer ask_back: 5 seconds are over"},
	{sessionWarning, false, "nothing was heard for so long that the session is going to end"},
	{sessionRefreshed, false, "something was heard after that warning"},
	{sessionExpired, false, "nothing was heard: the session ends"},
	{stranger, false, "somebody wrote who is not on the list; no session exists"},
}

// Events lists the events that the caller may send, with their meaning.
func Events() []lesson.Word {
	var all []lesson.Word
	for _, e := range eventTable {
		if e.told {
			all = append(all, lesson.Word{Name: string(e.name), Meaning: e.meaning})
		}
	}
	return all
}
