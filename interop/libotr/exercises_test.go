package libotr

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// An exercise is what two sides do in a private conversation. It checks what
// both users see.
type exercise struct {
	name string
	run  func(r *room, first, other party)
}

var exercises = append([]exercise{
	{"messages both ways", messagesBothWays},
	{"many messages one way", manyOneWay},
	{"SMP with equal secrets", func(r *room, first, other party) { smpRun(r, first, other, "bernstein", "bernstein", "smp succeeded") }},
	{"SMP with different secrets", func(r *room, first, other party) { smpRun(r, first, other, "bernstein", "Bernstein", "smp failed") }},
	{"SMP with empty and non-ASCII secrets", smpOddSecrets},
	{"SMP with a question", smpQuestion},
	{"SMP again after a failure", smpTwice},
	{"extra key after 0 rotations", func(r *room, first, other party) { extraKeys(r, first, other, 0) }},
	{"extra key after 1 rotation", func(r *room, first, other party) { extraKeys(r, first, other, 1) }},
	{"extra key after 5 rotations", func(r *room, first, other party) { extraKeys(r, first, other, 5) }},
	{"heartbeat of the first", func(r *room, first, other party) { heartbeat(r, first, other) }},
	{"heartbeat of the other", func(r *room, first, other party) { heartbeat(r, other, first) }},
	{"end by the first", func(r *room, first, other party) { ending(r, first, other) }},
	{"end by the other", func(r *room, first, other party) { ending(r, other, first) }},
	{"end by both at once", endingAtOnce},
	{"first loses its state", func(r *room, first, other party) { losing(r, first, other) }},
	{"other loses its state", func(r *room, first, other party) { losing(r, other, first) }},
	{"both restart between messages", restarting},
	{"refresh by the first", func(r *room, first, other party) { refreshing(r, first, other) }},
	{"refresh by the other", func(r *room, first, other party) { refreshing(r, other, first) }},
	{"resend by the first", func(r *room, first, other party) { sendingAgain(r, first, other) }},
	{"resend by the other", func(r *room, first, other party) { sendingAgain(r, other, first) }},
}, aborts()...)

func messagesBothWays(r *room, first, other party) {
	long := strings.Repeat("ein längerer Text ", 200)
	for _, text := range []string{"hello", "grüß dich, 你好, 🙂", "?OTR?v23?", "two\nlines\ttab", "<b>bold & not</b>", long} {
		for _, ways := range [][2]party{{first, other}, {other, first}, {other, first}} {
			ways[0].say(text)
			r.settle()
			if strings.HasPrefix(text, "?OTR") {
				r.forget() // libotr replaces a text that looks like a query
				continue
			}
			r.expect(ways[1], "text: "+text)
			r.expect(ways[0])
		}
	}
	first.say("with data", TLV{0x1234, []byte{0, 1, 0xff}}, TLV{9, nil})
	r.settle()
	r.expect(other, "tlv 4660 0001ff", "tlv 9 ", "text: with data")
	other.say("é", TLV{0xfffe, []byte("é")})
	r.settle()
	r.expect(first, "tlv 65534 c3a9", "text: é")
}

func manyOneWay(r *room, first, other party) {
	for i := range 20 {
		text := fmt.Sprint("message ", i)
		first.say(text)
		r.settle()
		r.expect(other, "text: "+text)
	}
	other.say("at last")
	r.settle()
	r.expect(first, "text: at last")
}

func smpRun(r *room, asker, answerer party, asked, answered, outcome string) {
	r.t.Helper()
	asker.smp(asked)
	r.settle()
	r.expect(answerer, "smp asked")
	answerer.answer(answered)
	r.settle()
	r.expect(asker, "smp advanced", outcome)
	r.expect(answerer, outcome)
}

func smpOddSecrets(r *room, first, other party) {
	smpRun(r, first, other, "", "", "smp succeeded")
	smpRun(r, other, first, "Straße des 17. Juni 🙂", "Straße des 17. Juni 🙂", "smp succeeded")
	smpRun(r, first, other, strings.Repeat("long ", 500), strings.Repeat("long ", 500), "smp succeeded")
}

func smpQuestion(r *room, first, other party) {
	for _, ways := range [][2]party{{first, other}, {other, first}} {
		ways[0].smpWithQuestion("wie heißt der Hund?", "Bello")
		r.settle()
		r.expect(ways[1], "smp question: wie heißt der Hund?")
		ways[1].answer("Bello")
		r.settle()
		r.expect(ways[0], "smp advanced", "smp succeeded")
		r.expect(ways[1], "smp succeeded")
	}
}

func smpTwice(r *room, first, other party) {
	smpRun(r, first, other, "right", "wrong", "smp failed")
	smpRun(r, other, first, "right", "right", "smp succeeded")
}

// aborts are the exercises in which one side gives up at each step of SMP,
// also while a message of the other is under way.
func aborts() []exercise {
	steps := []struct {
		name                string
		byAsker, byAnswerer bool // whether the side that does not give up is in a run that this ends
	}{
		{"before message 1 arrives", true, false},
		{"after the question", true, true},
		{"before message 2 arrives", true, true},
		{"before message 3 arrives", false, true}, // with it the answerer is through
		{"before message 4 arrives", false, false},
	}
	var all []exercise
	for step, s := range steps {
		all = append(all,
			exercise{"SMP abort by the asker " + s.name, func(r *room, first, other party) {
				runUntil(r, first, other, step)
				aborting(r, first, other, s.byAsker)
				smpRun(r, first, other, "secret", "secret", "smp succeeded")
			}},
			exercise{"SMP abort by the answerer " + s.name, func(r *room, first, other party) {
				runUntil(r, first, other, step)
				aborting(r, other, first, s.byAnswerer)
				first.abort() // where the answerer had nothing to give up
				r.settle()
				r.forget()
				smpRun(r, first, other, "secret", "secret", "smp succeeded")
			}})
	}
	return all
}

// runUntil starts SMP and passes so many of its moves.
func runUntil(r *room, asker, answerer party, step int) {
	moves := []func(){
		func() { r.pass(asker) },
		func() { answerer.answer("secret") },
		func() { r.pass(answerer) },
		func() { r.pass(asker) },
	}
	asker.smp("secret")
	for _, move := range moves[:step] {
		move()
	}
	r.forget()
}

// aborting has one side give up; the other hears of it when it ends a run.
func aborting(r *room, by, peer party, ends bool) {
	r.t.Helper()
	by.abort()
	r.settle()
	if saw := peer.notes(); ends && !slices.Contains(saw, "smp aborted") {
		r.t.Errorf("the other side saw %q, want an abort among them", saw)
	}
	r.forget()
}

func extraKeys(r *room, first, other party, rotations int) {
	for range rotations {
		first.say("ping")
		r.settle()
		other.say("pong")
		r.settle()
	}
	r.forget()
	key := first.extraKey(0x11223344, "a file")
	r.settle()
	r.expect(other, "key 287454020 a file "+key)
	key = other.extraKey(1, "")
	r.settle()
	r.expect(first, "key 1  "+key)
}

func heartbeat(r *room, quiet, talker party) {
	talker.say("first")
	r.settle()
	quiet.say("answer")
	r.settle()
	r.forget()
	r.advance(59 * time.Second)
	talker.say("soon")
	r.settle()
	r.expect(quiet, "text: soon")
	r.advance(2 * time.Second)
	talker.say("later")
	r.settle()
	r.expectOneOrder(quiet, "heartbeat sent", "text: later")
	r.expect(talker, "heartbeat received")
}

func ending(r *room, by, peer party) {
	by.end()
	r.settle()
	r.expect(peer, "ended")
	if got := peer.session().state; got != "finished" {
		r.t.Errorf("the other side is %s, want finished", got)
	}
	if got := by.session().state; got != "plaintext" {
		r.t.Errorf("the side that ended is %s, want plaintext", got)
	}
	peer.end()
	r.settle()
	r.forget()
	again(r, by, peer)
}

func endingAtOnce(r *room, first, other party) {
	first.end()
	other.end()
	r.settle()
	r.forget()
	again(r, first, other)
}

// again opens a new private conversation and uses it.
func again(r *room, by, peer party) {
	r.t.Helper()
	by.start()
	r.settle()
	r.expect(by, "secured")
	r.expectPrivate(by, peer, by.session().version)
	r.forget()
	by.say("again")
	r.settle()
	r.expect(peer, "text: again")
}

// losing has a client killed: it keeps its files and nothing else.
func losing(r *room, loser, peer party) {
	loser.lose()
	peer.say("are you there?")
	r.settle()
	if saw := loser.notes(); !tells(loser, saw, "not in private") {
		r.t.Errorf("%T saw %q after it lost its state", loser, saw)
	}
	loser.start()
	r.settle()
	r.expect(loser, "secured")
	r.expect(peer, "refreshed")
	r.expectPrivate(loser, peer, loser.session().version)
	peer.say("there you are")
	r.settle()
	r.expect(loser, "text: there you are")
	loser.say("here I am")
	r.settle()
	r.expect(peer, "text: here I am")
}

// tells allows libotr to say nothing: before its first message of version 3 it
// drops what it cannot place.
func tells(p party, saw []string, want string) bool {
	_, libotr := p.(*theirs)
	return slices.Equal(saw, []string{want}) || libotr && len(saw) == 0
}

// restarting stops and restores each side that can be restored, with a
// message on the wire and in the middle of SMP.
func restarting(r *room, first, other party) {
	first.say("one")
	restart(first, other)
	r.settle()
	r.expect(other, "text: one")
	other.smp("secret")
	restart(first, other)
	r.settle()
	r.expect(first, "smp asked")
	restart(first, other)
	first.answer("secret")
	for range 4 {
		restart(first, other)
		r.pass(first)
		restart(first, other)
		r.pass(other)
	}
	r.expect(other, "smp advanced", "smp succeeded")
	r.expect(first, "smp succeeded")
	messagesBothWays(r, first, other)
}

// A restorer is a party that can save its whole state and go on from it.
type restorer interface{ restart() }

func restart(sides ...party) {
	for _, p := range sides {
		if p, ok := p.(restorer); ok {
			p.restart()
		}
	}
}

func refreshing(r *room, by, peer party) {
	before := by.session().ssid
	by.refresh()
	r.settle()
	r.expect(by, "refreshed")
	r.expect(peer, "refreshed")
	r.expectPrivate(by, peer, by.session().version)
	if by.session().ssid == before {
		r.t.Error("a refresh kept the session id")
	}
	messagesBothWays(r, by, peer)
}

// sendingAgain damages a message on its way. The receiver reports an error, the
// sender asks for new keys and sends the text again; libotr does that in
// version 2 only.
func sendingAgain(r *room, from, to party) {
	r.t.Helper()
	r.advance(2 * time.Minute) // an error is answered once in a minute, and some openings are errors
	r.forget()
	from.say("lost")
	pieces := from.take()
	middle := &pieces[len(pieces)/2]
	at := len(*middle) / 2
	if len(pieces) > 1 {
		at = len(*middle) - 2 // before the closing comma: in the text, not in the header
	}
	letter := byte('A')
	if (*middle)[at] == letter {
		letter = 'B'
	}
	*middle = (*middle)[:at] + string(letter) + (*middle)[at+1:]
	for _, piece := range pieces {
		to.receive(piece)
	}
	r.settle()
	saw := to.notes()
	if !slices.Contains(saw, "unreadable") && !slices.Contains(saw, "malformed") {
		r.t.Errorf("the receiver of a damaged message saw %q", saw)
	}
	_, ours := from.(*ours)
	if want := ours || from.session().version == 2; slices.Contains(saw, "text: [resent] lost") != want {
		r.t.Errorf("the receiver saw %q, want the text again: %v", saw, want)
	}
	r.forget()
	from.say("next")
	r.settle()
	r.expect(to, "text: next")
}
