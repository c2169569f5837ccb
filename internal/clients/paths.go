package clients

import "strings"

// An Action is something that a learner wants to do in the client, or a thing
// that the client shows.
type Action string

// What a learner does.
const (
	Start             Action = "start"              // an encrypted conversation
	Refresh           Action = "refresh"            // fresh keys in a conversation
	End               Action = "end"                // the encrypted conversation
	VerifySecret      Action = "verify_secret"      // by a secret that both know
	VerifyQuestion    Action = "verify_question"    // by a question and its answer
	VerifyFingerprint Action = "verify_fingerprint" // by comparing the other side's
	Answer            Action = "answer"             // the other side's request, with the secret
	AnswerQuestion    Action = "answer_question"    // the other side's question
	OwnFingerprint    Action = "own_fingerprint"    // see it
	Prepare           Action = "prepare"            // once, before OTR can be used at all
)

// What a client shows: the words for the state of a conversation, and its
// messages about verification.
const (
	StatePlain      Action = "state_plain"      // not encrypted
	StateUnverified Action = "state_unverified" // encrypted, with whom is open
	StateVerified   Action = "state_verified"   // encrypted, and verified
	StateFinished   Action = "state_finished"   // the other side has ended it
	SaysAsked       Action = "says_asked"       // the other side wants to verify
	SaysSuccess     Action = "says_success"     // verification went well
	SaysFailed      Action = "says_failed"      // verification failed
)

// Actions returns all of them.
func Actions() []Action {
	return []Action{Start, Refresh, End, VerifySecret, VerifyQuestion, VerifyFingerprint, Answer, AnswerQuestion,
		OwnFingerprint, Prepare, StatePlain, StateUnverified, StateVerified, StateFinished, SaysAsked, SaysSuccess, SaysFailed}
}

// Words in capitals within a command stand for what the learner types; a
// caller may put its own language's words in their place.
const (
	WordSecret      = "SECRET"
	WordQuestion    = "QUESTION"
	WordAnswer      = "ANSWER"
	WordFingerprint = "FINGERPRINT"
	WordNick        = "NICK" // the name that an IRC client shows for the bot
)

// A Gap is the reason why a client has no path for an action.
type Gap string

const (
	NoGap       Gap = ""             // there is a path
	NotKnown    Gap = "not-known"    // the client, or its label, is not known to us
	NoOTR       Gap = "no-otr"       // the client does not speak OTR
	NotOffered  Gap = "not-offered"  // the client cannot do it
	NotRequired Gap = "not-required" // it happens by itself
)

// Path returns the menu path or the command for the action, or the words that
// the client shows, in the given interface language (BCP 47 or a locale such
// as "pt_BR"). Steps of a menu are joined by " > ", commands by ", ". Labels
// that the client does not translate are English, as on its screen; a name
// that the client fills in is "…". Without a path it is empty and Gap says why.
func (c Client) Path(lang string, a Action) string {
	form := paths[c.ID][a]
	if _, isGap := gaps[form]; form == "" || isGap {
		return ""
	}
	return labelsOf(c.ID).fill(form, lang)
}

// Gap tells why Path is empty for the action.
func (c Client) Gap(a Action) Gap {
	form, ok := paths[c.ID][a]
	switch gap, isGap := gaps[form]; {
	case isGap:
		return gap
	case ok:
		return NoGap
	case c.Known() && !c.OTR:
		return NoOTR
	}
	return NotKnown
}

// Marks within the table of paths, and the gap that each stands for.
const (
	never  = "-" // the client cannot do it
	silent = "?" // what it shows was not read in the program itself
	itself = "=" // the client does it by itself
)

var gaps = map[string]Gap{never: NotOffered, silent: NotKnown, itself: NotRequired}

// messages are shown in the same way by every client that has labels.
func withMessages(p map[Action]string) map[Action]string {
	for a, form := range map[Action]string{
		StatePlain: "{state_plain}", StateUnverified: "{state_unverified}", StateVerified: "{state_private}",
		StateFinished: "{state_finished}",
		SaysAsked:     "{msg_asked}", SaysSuccess: "{msg_success}", SaysFailed: "{msg_failed}",
	} {
		if _, own := p[a]; !own {
			p[a] = form
		}
	}
	return p
}

// paths says where each action is: names in braces are labels of labels.yaml,
// everything else is shown as it is.
var paths = map[string]map[Action]string{
	// The button shows the state in words; its menu holds the commands.
	thunderbird: withMessages(map[Action]string{
		Start:             "{menu} {state_plain} > {start}",
		Refresh:           "{menu} > {refresh}",
		End:               "{menu} > {end}",
		VerifySecret:      "{menu} {state_unverified} > {verify} > {method_secret} > {ask_secret} > {confirm}",
		VerifyQuestion:    "{menu} {state_unverified} > {verify} > {method_question} > {ask_question} > {ask_answer} > {confirm}",
		VerifyFingerprint: "{menu} {state_unverified} > {verify} > {method_manual} > {manual_confirm}",
		Answer:            "{confirm} > {ask_secret} > {confirm}",
		AnswerQuestion:    "{confirm} > {ask_answer} > {confirm}",
		OwnFingerprint:    "{menu} {state_unverified} > {verify} > {method_manual}",
		Prepare:           itself,
	}),
	pidgin: withMessages(map[Action]string{
		Start:             "{menu} > {start}",
		Refresh:           "{menu} > {refresh}",
		End:               "{menu} > {end}",
		VerifySecret:      "{menu} > {verify} > {method_secret} > {ask_secret} > {confirm}",
		VerifyQuestion:    "{menu} > {verify} > {method_question} > {ask_question} > {ask_answer} > {confirm}",
		VerifyFingerprint: "{menu} > {verify} > {method_manual} > {manual_confirm}",
		Answer:            "{ask_secret} > {confirm}",
		AnswerQuestion:    "{ask_answer} > {confirm}",
		OwnFingerprint:    "{menu} > {verify} > {method_manual}",
		Prepare:           itself,
		SaysAsked:         silent,
	}),
	psiPlus: psiPaths(),
	psi:     psiPaths(), // the same plugin
	// "Validate Channel" stands on the bar that warns of an unverified conversation.
	coyim: withMessages(map[Action]string{
		Start:             "{menu} > {start}",
		Refresh:           never,
		End:               "{menu} > {end}",
		VerifySecret:      never,
		VerifyQuestion:    "{verify}",
		VerifyFingerprint: "{menu} > {method_manual}",
		Answer:            "{respond} > {confirm}",
		AnswerQuestion:    "{respond} > {ask_answer} > {confirm}",
		OwnFingerprint:    "{menu} > {method_manual}",
		Prepare:           itself,
		SaysAsked:         silent,
	}),
	profanity: withMessages(map[Action]string{
		Start:             "/otr start",
		Refresh:           never, // "already in an OTR session"
		End:               "/otr end",
		VerifySecret:      "/otr secret SECRET",
		VerifyQuestion:    `/otr question "QUESTION" ANSWER`,
		VerifyFingerprint: "/otr theirfp, /otr trust",
		Answer:            "/otr secret SECRET",
		AnswerQuestion:    "/otr answer ANSWER",
		OwnFingerprint:    "/otr myfp",
		Prepare:           "/otr gen",
		StatePlain:        "[unencrypted]",
		StateUnverified:   "[OTR] [untrusted]",
		StateVerified:     "[OTR] [trusted]",
	}),
	irssi: withMessages(map[Action]string{ // the first word only, without quotation marks
		Start:             "/otr init",
		Refresh:           never,
		End:               "/otr finish",
		VerifySecret:      `/otr auth "SECRET"`,
		VerifyQuestion:    `/otr authq "QUESTION" "ANSWER"`,
		VerifyFingerprint: "/otr contexts, /otr trust",
		Answer:            `/otr auth "SECRET"`,
		AnswerQuestion:    `/otr auth "ANSWER"`,
		OwnFingerprint:    "/otr info",
		Prepare:           itself,
	}),
	bitlbee: withMessages(map[Action]string{ // typed in its control channel
		Start:             "otr connect NICK",
		Refresh:           "otr reconnect NICK",
		End:               "otr disconnect NICK",
		VerifySecret:      `otr smp NICK "SECRET"`,
		VerifyQuestion:    `otr smpq NICK "QUESTION" "ANSWER"`,
		VerifyFingerprint: "otr info NICK, otr trust NICK FINGERPRINT",
		Answer:            `otr smp NICK "SECRET"`,
		AnswerQuestion:    `otr smp NICK "ANSWER"`,
		OwnFingerprint:    "otr info",
		Prepare:           itself,
		StateVerified:     silent,
	}),
	mcabber: withMessages(map[Action]string{ // its smpq is a request, not a question
		Start:             "/otr start",
		Refresh:           "/otr start",
		End:               "/otr stop",
		VerifySecret:      "/otr smpq . SECRET",
		VerifyQuestion:    never,
		VerifyFingerprint: "/otr fingerprint . FINGERPRINT",
		Answer:            "/otr smpr . SECRET",
		AnswerQuestion:    "/otr smpr . ANSWER",
		OwnFingerprint:    "/otr key",
		Prepare:           "/otrpolicy default manual", // the policy it comes with answers nothing
		StateUnverified:   silent,
		StateVerified:     silent,
	}),
	poezio: {
		Start:             "/otr start",
		Refresh:           "/otr refresh",
		End:               "/otr end",
		VerifySecret:      `/otrsmp ask "SECRET"`,
		VerifyQuestion:    `/otrsmp ask "QUESTION" "ANSWER"`,
		VerifyFingerprint: "/otr fpr",
		Answer:            `/otrsmp answer "SECRET"`,
		AnswerQuestion:    `/otrsmp answer "ANSWER"`,
		OwnFingerprint:    "/otr ourfpr",
	},
	ours: {
		Start:             "/start",
		Refresh:           "/refresh",
		End:               "/end",
		VerifySecret:      "/verify SECRET",
		VerifyQuestion:    `/ask "QUESTION" ANSWER`,
		VerifyFingerprint: "/fingerprint, /trust yes",
		Answer:            "/answer SECRET",
		AnswerQuestion:    "/answer ANSWER",
		OwnFingerprint:    "/fingerprint",
		Prepare:           itself,
		StatePlain:        "not private",
		StateUnverified:   "private, unverified",
		StateVerified:     "private, verified",
		StateFinished:     "finished",
		SaysAsked:         "… asks you to verify",
		SaysSuccess:       "Verified",
		SaysFailed:        "The secrets differ",
	},
}

func psiPaths() map[Action]string {
	return withMessages(map[Action]string{
		Start:             "{menu} > {start}",
		Refresh:           "{menu} > {refresh}",
		End:               "{menu} > {end}",
		VerifySecret:      "{menu} > {verify} > {method_secret} > {ask_secret} > {confirm}",
		VerifyQuestion:    "{menu} > {verify} > {method_question} > {ask_question} > {ask_answer} > {confirm}",
		VerifyFingerprint: "{menu} > {verify} > {method_manual} > {confirm}",
		Answer:            "{ask_secret} > {confirm}",
		AnswerQuestion:    "{ask_answer} > {confirm}",
		OwnFingerprint:    "{menu} > {own_fingerprint}",
		Prepare:           itself, // asks "Private keys need to be generated" when the first conversation starts
		StateUnverified:   "{state_encrypted}, {state_unverified}",
		StateVerified:     "{state_encrypted}",
		SaysAsked:         silent,
	})
}

// fill puts labels in the place of their names.
func (l clientLabels) fill(form, lang string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(form, "{")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		out.WriteString(l.label(name, lang))
		form = after
	}
}
