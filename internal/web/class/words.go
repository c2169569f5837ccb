package class

import (
	"otrbot/gettext"
	"otrbot/internal/course"
	"otrbot/internal/record"
)

// A words says what is the matter, and what the teacher can do about it; Do may be empty.
type words struct{ What, Do gettext.Msg }

// stepWords name how far somebody has come.
func stepWords(s record.Step) gettext.Msg {
	switch s {
	case record.StepLaunched:
		return "Opened the page"
	case record.StepInvited:
		return "Entered a Jabber address"
	case record.StepChatting:
		return "Chats with the bot"
	case record.StepEncrypted:
		return "Chats encrypted"
	case record.StepVerified:
		return "Verified the bot"
	case record.StepCode:
		return "Was told the code"
	case record.StepDone:
		return "Finished the lesson"
	}
	return "Opened the page"
}

// troubleWords say what a learner was stopped by.
func troubleWords(t record.Trouble) words {
	switch t {
	case record.NoTrouble:
		return words{}
	case record.TroubleNoAnswer:
		return words{"The bot’s invitation was not accepted.",
			"Ask the learner to open the chat program, look for a contact request from the bot and accept it."}
	case record.TroubleBounced:
		return words{"The bot’s messages came back: the Jabber address does not exist, or its server cannot be reached.",
			"Ask the learner to compare the address on the course page with the one in the chat program, letter by letter."}
	case record.TroubleLeft:
		return words{"The learner’s chat program is offline.",
			"Ask the learner to start the chat program again. The lesson goes on where it stopped."}
	case record.TroubleClient:
		return words{"The learner’s chat program does not know OTR.",
			"Ask the learner to use one of the programs that the course page names."}
	case record.TroubleOtherCrypto:
		return words{"The learner’s chat program encrypts with something else than OTR, such as OMEMO.",
			"Ask the learner to switch that off for the chat with the bot, and to start OTR there."}
	case record.TroubleNoSecret:
		return words{"There is no shared secret yet, so nothing can be verified.",
			"Ask the learner to set the shared secret on the course page, not in the chat."}
	case record.TroubleWeakSecret:
		return words{"The shared secret was too easy to guess and was not taken.",
			"Ask the learner to set a longer one on the course page: four or five words that do not belong together."}
	case record.TroubleBurnt:
		return words{"The shared secret cannot be used any more: it was written in the chat, or tried too often.",
			"Ask the learner to set a new one on the course page."}
	case record.TroubleDiffers:
		return words{"The verification failed: the two sides did not enter the same secret.",
			"Ask the learner to set the secret on the course page once more and to type the same one in the chat program, with the same capitals and spaces."}
	case record.TroubleAborted:
		return words{"The verification was given up half-way.",
			"Ask the learner to start it again in the chat program."}
	case record.TroubleEnded:
		return words{"The encrypted chat was ended.",
			"Ask the learner to start OTR again in the chat with the bot."}
	case record.TroubleUnreadable:
		return words{"Messages arrived that the bot could not read.",
			"Ask the learner to end the private conversation and to start it again, in one chat program only."}
	case record.TroubleWrongCode:
		return words{"The code that was typed on the course page was wrong.",
			"Ask the learner to copy the code from the chat, all of it."}
	case record.TroubleExpired:
		return words{"Nothing was said for a long time, so the bot ended the session.",
			"Ask the learner to write anything to the bot. It starts anew."}
	case record.TroubleAddressLost:
		return words{"The learner’s Jabber address does not belong to this activity any more: somebody else has entered it, or it was freed.",
			"Ask the learner to open the course page and to enter an address that nobody else uses."}
	case record.TroubleAddressMoved:
		return words{"The learner uses the Jabber address in another activity now.",
			"Nothing is wrong. To go on here, the learner enters the address on the course page again."}
	}
	return words{"Something stopped the learner.", "Ask what the chat program shows, and let the learner write “help” to the bot."}
}

// overWords are for somebody whose session ended without a trouble: by a word of the learner's, or with the bot.
func overWords() words {
	return words{"The chat with the bot is over.", "Ask the learner to write anything to the bot. It starts anew."}
}

// waitingWords are for somebody whom the bot has still to invite.
func waitingWords(long bool) words {
	if long {
		return words{"The bot has not sent its invitation yet.",
			"Ask the learner to add the bot as a contact: the course page says how. If that does not help, ask the administrator of this tool whether the bot is running."}
	}
	return words{"The bot’s invitation waits for its turn: the bot does not invite everybody at once.",
		"Nothing is wrong. Whoever does not want to wait adds the bot as a contact: the course page says how."}
}

// quietWords are for somebody who was stopped by nothing that the bot could see.
func quietWords(s record.Step) words {
	switch s {
	case record.StepInvited:
		return words{"The bot has sent an invitation and has heard nothing yet.",
			"Ask the learner to start the chat program, look for a contact request from the bot and accept it."}
	case record.StepChatting:
		return words{"The chat is open, and OTR has not been started.",
			"Ask the learner to start a private conversation in the chat window. The course page says which button it is."}
	case record.StepEncrypted:
		return words{"The chat is encrypted, and the bot has not been verified.",
			"Ask the learner to set a shared secret on the course page and to start the verification in the chat program."}
	case record.StepVerified:
		return words{"The bot is verified, and the learner has not gone on.",
			"Ask the learner to read what the bot wrote last and to answer it."}
	case record.StepCode:
		return words{"The bot has told the code, and it has not been typed yet.",
			"Ask the learner to type the code from the chat on the course page."}
	}
	return words{}
}

// whyWords say what stands in the way of a grade.
func whyWords(w course.Why) words {
	switch w {
	case course.WhyUnreachable:
		return words{"Your learning platform does not answer.",
			"We try again by ourselves. If it stays so for hours, tell the administrator."}
	case course.WhyNotAllowed:
		return words{"Your learning platform does not let this tool send grades.",
			"Ask the administrator to allow grades for this tool, then send it again."}
	case course.WhyNotLearner:
		return words{"Your learning platform does not grade this person.",
			"See whether the person takes part in the course as a learner, then send it again."}
	case course.WhyGone:
		return words{"The activity, the course or the person is not there any more in your learning platform.",
			"If the activity was made anew, let the learner open it there once, then send it again."}
	case course.WhyForeignHost:
		return words{"The place for grades is on another server than your learning platform’s.",
			"Ask the administrator of this tool to allow that server, then send it again."}
	case course.WhyNoPlatform:
		return words{"What this tool knows of your learning platform cannot be used any more.",
			"Ask the administrator of this tool to register it again, then send the grade again."}
	case course.WhyRefused:
		return words{"Your learning platform refused the grade.",
			"Send it again. If it is refused once more, enter the grade by hand and tell the administrator."}
	case course.WhyTooLong:
		return words{"Your learning platform did not take the grade for three days.",
			"Send it again, or enter it by hand."}
	}
	return words{}
}
