package bot

import (
	"slices"
	"strings"
	"testing"

	"otrbot/internal/record"
	"otrbot/internal/xmpp/stanza"
)

const bea = "bea@example.org"

// A learner who is removed and added again at once stays on the list, whichever of the two notes is handled last.
func TestRemovedAndAddedAgain(t *testing.T) {
	r := newRoom(t, 0)
	ctx := t.Context()
	r.must(r.store.PutLearner(ctx, record.Learner{JID: bea, Source: record.FromCommand}))
	_, err := r.store.RemoveLearner(ctx, bea)
	r.must(err)
	r.must(r.store.PutLearner(ctx, record.Learner{JID: bea, Source: record.FromCommand}))
	notes, err := r.store.Notes(ctx)
	r.must(err)
	slices.Reverse(notes)
	r.must(r.bot.readLearners(ctx))
	for _, n := range notes {
		r.bot.do(n.JID, noted{n})
	}
	if _, listed := r.bot.learners.of(bea); !listed {
		t.Error("the learner is not on the list")
	}
	if gone := r.bot.learners.dismissed(); len(gone) > 0 {
		t.Errorf("%d are to leave the roster", len(gone))
	}
}

// A note about a learner of the settings takes nobody off the list: the settings decide.
func TestLearnerOfTheSettingsStays(t *testing.T) {
	r := newRoom(t, 0)
	r.bot.do(ana, noted{record.Note{JID: ana, Kind: record.NoteRemove}})
	if _, listed := r.bot.learners.of(ana); !listed {
		t.Error("the learner is not on the list any more")
	}
}

// Somebody who declines the invitation is not asked again, until they ask themselves.
func TestDeclinedInvitation(t *testing.T) {
	r := newRoom(t, 0)
	wants := func(when string, want bool) {
		t.Helper()
		if got := r.toInvite(ana); got != want {
			t.Errorf("%s: to be invited is %t, want %t", when, got, want)
		}
	}
	wants("at first", true)
	r.hears(stanza.New(stanza.NSClient, "presence", "type", "unsubscribed"))
	wants("after no", false)
	r.hears(stanza.New(stanza.NSClient, "presence", "type", "subscribe"))
	wants("after asking", true)
}

// What could not be delivered is told again when the learner's client is there.
func TestMissedStepIsToldAgain(t *testing.T) {
	r := newRoom(t, 0)
	r.does(r.learner.Send("hello", r.now))
	r.hears(stanza.New(stanza.NSClient, "presence"))
	r.deliver()

	r.does(r.learner.Send("help", r.now))
	r.bot.lives.of(ana).missed = true // as after a bounce: TestBounceIsMissed
	before := len(r.read)
	r.hears(stanza.New(stanza.NSClient, "presence"))
	r.deliver()
	if len(r.read) == before {
		t.Error("nothing is told again")
	}
	again := len(r.read)
	r.hears(stanza.New(stanza.NSClient, "presence"))
	r.deliver()
	if len(r.read) != again {
		t.Error("it is told twice")
	}
}

// A message that comes back from the server counts as missed.
func TestBounceIsMissed(t *testing.T) {
	r := newRoom(t, 0)
	result, err := r.learner.Send("hello", r.now)
	r.must(err)
	r.give(result) // the bot answers; what it sent comes back
	i := slices.IndexFunc(r.sent, func(e *stanza.Element) bool { return e.Local == "message" && e.Attr("id") != "" })
	if i < 0 {
		t.Fatal("the bot has sent no message with an id")
	}
	bounce := stanza.New(stanza.NSClient, "message", "type", "error", "id", r.sent[i].Attr("id"))
	bounce.Add(stanza.New(stanza.NSClient, "error", "type", "cancel").Add(stanza.New(stanza.NSStanzas, "service-unavailable")))
	r.hears(bounce)
	if !r.bot.lives.of(ana).missed {
		t.Error("the bounce is not noticed")
	}
	if strings.Contains(r.log.String(), ana) {
		t.Error("the log names the learner")
	}
}
