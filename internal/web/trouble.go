package web

import (
	"otrbot/gettext"
	"otrbot/internal/clients"
	"otrbot/internal/course"
	"otrbot/internal/record"
)

// A trouble is what stopped the learner, in words: what happened, and what to do now.
type trouble struct {
	What, Next gettext.Msg
	Program    string // the learner's chat program, for {program}
	Address    bool   // another invitation, or another address, may help
	Secret     bool   // another secret may help
}

// troubleOf is nil when there is none.
func troubleOf(p record.Progress) *trouble {
	t, ok := troubles[p.Trouble]
	switch {
	case p.Ended && p.Trouble == record.NoTrouble && reached(p, record.StepChatting):
		t = chatOver
	case !ok:
		return nil
	}
	program := clients.ByID(p.Client)
	if named, ok := troublesOfKnown[p.Trouble]; ok && program.Known() {
		t.What = named
	}
	t.Program = program.Name
	return &t
}

// troubles are all of record's.
var troubles = map[record.Trouble]trouble{
	record.TroubleNoAnswer: {What: "The bot's invitation has not been accepted",
		Next:    "Look in your chat program for a request from the bot and accept it. If there is none, add the bot as a contact yourself: that always works. Or be invited again.",
		Address: true},
	record.TroubleBounced: {What: "The bot cannot reach your address",
		Next:    "The address does not exist, or its server does not answer. Check how it is written.",
		Address: true},
	record.TroubleLeft: {What: "Your chat program is offline",
		Next: "Open it and go online; the bot waits for you."},
	record.TroubleClient: {What: "Your chat program does not know OTR",
		Next: "It may be a good program for other things. For this lesson install Thunderbird or CoyIM, log in there with the same address, and write to the bot. You keep your place."},
	record.TroubleOtherCrypto: {What: "Your chat program encrypts in another way",
		Next: "That is a good choice, but this lesson is about OTR: switch the other encryption off in the chat with the bot. If your program has no OTR, use Thunderbird or CoyIM with the same address."},
	record.TroubleNoSecret: {What: "There is no shared secret yet",
		Next: "You and the bot need one to check each other. Choose it here.", Secret: true},
	record.TroubleWeakSecret: {What: "The shared secret would soon be guessed",
		Next: "Choose another one here.", Secret: true},
	record.TroubleBurnt: {What: "The shared secret cannot be used any more",
		Next: "It stood in the chat where others could read it, or was tried too often. Choose a new one here, and do not write it in the chat.", Secret: true},
	record.TroubleDiffers: {What: "The check failed: the secrets were not the same",
		Next: "Most often it is a slip of the keyboard: capitals and spaces count. Start the check again in your chat program. If you no longer know the secret, choose a new one here.", Secret: true},
	record.TroubleAborted: {What: "The check was broken off",
		Next: "Nothing is lost. Start it again in your chat program."},
	record.TroubleEnded: {What: "The encrypted conversation has ended",
		Next: "Start it again in your chat program before you write anything that matters."},
	record.TroubleUnreadable: {What: "The bot could not read your message",
		Next: "That happens when a program has lost its keys. End the encrypted conversation in your chat program and start it again."},
	record.TroubleWrongCode: {What: "That was not the code",
		Next: "Look for the bot's message in your chat program, and copy the code from there."},
	record.TroubleExpired: {What: "The chat has ended because nothing happened for a while",
		Next:    "Write to the bot, and it begins again. What you have learnt goes faster the second time.",
		Address: true},
	record.TroubleAddressLost: {What: "Your address was taken off this page",
		Next: "Somebody else has entered it, or your teacher has freed it. If it is yours, enter it once more; if it was a slip of the keyboard, enter the right one."},
	record.TroubleAddressMoved: {What: "Your address is in use in another activity of yours",
		Next: "You have entered it there, and one address can take part in one activity at a time. Enter it here once more to go on here, or finish the other one first."},
}

// chatOver is for a session that ended without a fault: the learner said stop, or the bot was switched off.
var chatOver = trouble{What: "The chat with the bot is over",
	Next:    "Write to the bot, and it begins again. What you have set here is kept.",
	Address: true}

// troublesOfKnown say more where the chat program was recognised.
var troublesOfKnown = map[record.Trouble]gettext.Msg{
	record.TroubleClient:      "{program} does not know OTR",
	record.TroubleOtherCrypto: "{program} encrypts in another way",
}

// practiceOf is why somebody's lesson is not graded; "" if it is.
func practiceOf(role course.Role) gettext.Msg {
	switch role {
	case course.Teacher:
		return "Practice: you teach this course, so nothing is graded. Learners see the same pages."
	case course.Tester:
		return "Practice: this is the course's try-out user, so nothing is graded."
	}
	return ""
}
