package bot

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"otrbot/internal/record"
	"otrbot/internal/xmpp/stanza"
)

// invites plays the invitations of a whole class, each of whom is asked once: a server takes only so many in a minute,
// and says nothing of the others. It returns when each of the learners was invited, and how often the last one was tried.
func invites(t *testing.T, class, inAMinute int) (at []time.Duration, tries int) {
	t.Helper()
	now, sent := start, &invitations{sent: make(map[string]invitation)}
	var missing []guest
	for i := range class {
		missing = append(missing, guest{jid: fmt.Sprintf("learner-%d@example.org", i)})
	}
	var window time.Time
	taken := 0
	for len(missing) > 0 && now.Sub(start) < 12*time.Hour {
		invited, again := sent.due(slices.Clone(missing), now)
		for _, jid := range invited {
			if now.Sub(window) > time.Minute {
				window, taken = now, 0
			}
			if taken++; taken > inAMinute {
				continue
			}
			tries = sent.sent[jid].tries
			missing = slices.DeleteFunc(missing, func(g guest) bool { return g.jid == jid })
			at = append(at, now.Sub(start))
		}
		now = now.Add(max(again, time.Millisecond))
	}
	if len(missing) > 0 {
		t.Errorf("%d of %d learners are never invited", len(missing), class)
	}
	if sent.due(nil, now.Add(time.Hour)); len(sent.sent) > 0 {
		t.Errorf("%d invitations are remembered", len(sent.sent))
	}
	return at, tries
}

// Thirty are invited at once, and one more each second.
func TestInvitationsOfAClass(t *testing.T) {
	at, _ := invites(t, 60, 1000)
	for i, when := range at {
		if want := max(0, time.Duration(i-29)*time.Second); when != want {
			t.Errorf("learner %d is invited after %v, want %v", i+1, when, want)
		}
	}
}

// Where a server drops what comes faster than five in a minute, everybody is invited all the same.
func TestInvitationsToASlowServer(t *testing.T) {
	at, tries := invites(t, 60, 5)
	if last := at[len(at)-1]; last > 30*time.Minute || tries >= inviteTries {
		t.Errorf("the last of %d is invited after %v, at try %d", len(at), last, tries)
	}
}

// Who is never shown by the server is given up, and holds up nobody.
func TestLostInvitations(t *testing.T) {
	sent := &invitations{sent: make(map[string]invitation)}
	lost := []guest{{jid: "a@example.org"}, {jid: "b@example.org"}, {jid: "c@example.org"}}
	n := 0
	for now := start; now.Before(start.Add(time.Hour)); now = now.Add(time.Second) {
		invited, _ := sent.due(lost, now)
		n += len(invited)
	}
	if n != len(lost)*inviteTries {
		t.Errorf("%d invitations were sent", n)
	}
	if invited, _ := sent.due(append(lost, guest{jid: "d@example.org"}), start.Add(time.Hour)); !slices.Equal(invited, []string{"d@example.org"}) {
		t.Errorf("invited are %q", invited)
	}
	lost[1].anew = true
	if invited, _ := sent.due(lost, start.Add(2*time.Hour)); !slices.Equal(invited, []string{"b@example.org"}) {
		t.Errorf("who asks again: invited are %q", invited)
	}
}

// Who has waited longest is invited first, whether added by a command or on a page, and after a restart as well.
func TestOldestClaimFirst(t *testing.T) {
	c := newClass(t)
	var want []string
	for i := range 8 {
		c.now = c.now.Add(time.Minute)
		jid := fmt.Sprintf("%c@example.org", 'z'-i)
		want = append(want, jid)
		if i == 3 {
			c.must(c.store.PutLearner(t.Context(), record.Learner{JID: jid, Source: record.FromCommand, Added: c.now}))
			continue
		}
		c.must(c.store.ClaimAddress(t.Context(), c.launches(jid, "link"), jid, c.now))
	}
	order := func() (got []string) {
		for _, g := range c.bot.uninvited() {
			got = append(got, g.jid)
		}
		return got
	}
	c.notes()
	if got := order(); !slices.Equal(got, want) {
		t.Errorf("in the order %q, want %q", got, want)
	}
	c.again()
	if got := order(); !slices.Equal(got, want) {
		t.Errorf("after a restart in the order %q, want %q", got, want)
	}
	c.now = c.now.Add(time.Minute) // the first is invited, and asks again
	c.bot.do(want[0], asked{c.now})
	c.bot.learners.met(want[0])
	e := c.launches(want[0], "link")
	c.must(c.store.ClaimAddress(t.Context(), e, want[0], c.now))
	c.notes()
	if got := order(); !slices.Equal(got, append(want[1:], want[0])) {
		t.Errorf("asked again in the order %q", got)
	}
}

// The page knows when the invitation went out, until the address is claimed again.
func TestPageKnowsTheInvitation(t *testing.T) {
	c := newClass(t)
	c.claims()
	if p := c.progress(); !p.Invited.IsZero() {
		t.Errorf("before it: %+v", p)
	}
	since := c.progress().Since
	c.now = c.now.Add(time.Minute)
	at := c.now
	invite := func() {
		c.bot.workers = startWorkers(1, c.bot.do)
		c.bot.inviteMissing(&invitations{sent: make(map[string]invitation)})
		c.bot.workers.stop()
	}
	invite()
	if p := c.progress(); !p.Invited.Equal(at) || p.Step != record.StepInvited || !p.Since.Equal(since) {
		t.Errorf("after it: %+v", p)
	}
	c.now = c.now.Add(time.Minute)
	c.hears(stanza.New(stanza.NSClient, "presence", "type", "unsubscribed"))
	if p := c.progress(); !p.Invited.Equal(at) || p.Trouble != record.TroubleNoAnswer {
		t.Errorf("declined: %+v", p)
	}
	c.claims()
	if p := c.progress(); !p.Invited.IsZero() {
		t.Errorf("claimed again: %+v", p)
	}
	invite()
	c.accepts()
	if p := c.progress(); !p.Invited.Equal(c.now) || p.Step != record.StepChatting {
		t.Errorf("accepted: %+v", p)
	}
	c.now = c.now.Add(time.Minute)
	before := c.progress()
	if c.bot.do(ana, asked{c.now}); c.progress() != before {
		t.Errorf("in the lesson: %+v", c.progress())
	}
	c.encrypts()
	if p := c.progress(); !p.Invited.Equal(before.Invited) || p.Step != record.StepEncrypted {
		t.Errorf("encrypted: %+v", p)
	}
}

// A no is remembered when the address is taken back and entered again, and the memory is bounded.
func TestNoes(t *testing.T) {
	c := newClass(t)
	for range patience {
		c.claims()
		c.hears(stanza.New(stanza.NSClient, "presence", "type", "unsubscribed"))
	}
	c.must(c.store.ReleaseAddress(t.Context(), c.page))
	c.notes()
	c.claims()
	c.shows("claimed a third time", record.StepInvited, record.StepInvited, record.TroubleNoAnswer)
	if c.toInvite(ana) {
		t.Error("who has said no twice is invited")
	}
	n := &c.bot.learners.noes
	for i := range 2 * noesRemembered {
		n.count(fmt.Sprint(i))
	}
	n.forget(fmt.Sprint(2*noesRemembered - 1))
	if len(n.of) != noesRemembered-1 || len(n.order) != noesRemembered-1 {
		t.Errorf("%d noes are remembered, in a row of %d", len(n.of), len(n.order))
	}
}
