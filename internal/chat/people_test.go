package chat

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"otrbot/internal/xmpp"
	"otrbot/internal/xmpp/stanza"
	"otrbot/otr"
)

// says puts a stanza of anybody on the way.
func (r *room) says(e *stanza.Element, from, to string) {
	r.queue = append(r.queue, e.Set("from", from).Set("to", to))
	r.deliver()
}

func text(body string) *stanza.Element {
	return stanza.New(stanza.NSClient, "message", "type", "chat").Add(stanza.New(stanza.NSClient, "body").AddText(body))
}

func TestPresence(t *testing.T) {
	r := newRoom(t)
	a := r.enter(alice, bob, otr.Manual)
	for _, step := range []struct{ from, typ, status, sees string }{
		{bob + "/one", "", "", bob + " is here"},
		{bob + "/one", "", "ready", `says of itself: "ready"`},
		{bob + "/two", "", "", ""},
		{bob + "/one", "unavailable", "", ""},
		{bob + "/two", "unavailable", "bye\x1b[2J", `has left, with the words: "bye` + "\uFFFD" + `[2J"`},
		{carol + "/x", "", "I am nobody's contact", ""},
	} {
		before := len(a.told)
		r.says(xmpp.Presence("", step.typ, step.status), step.from, alice)
		if step.sees != "" {
			a.sees(step.sees)
		} else if len(a.told) != before {
			t.Errorf("%+v tells %s", step, joined(a.told[before:]))
		}
	}
}

// A server may answer a request for a subscription with "unavailable" of the bare address: nobody left by that.
func TestAskingWithinAPrivateConversation(t *testing.T) {
	for _, shown := range []bool{false, true} { // whether Bob has shown himself to Alice alone
		r, a, b := private(t)
		if shown {
			r.says(xmpp.Presence("", "", ""), bob+"/here", alice)
		}
		a.Input("/add", noon)
		r.says(xmpp.Presence("", "unavailable", ""), bob, alice)
		a.misses("waits until the same program is back")
		a.misses("has left")
		a.types("still private")
		b.sees("still private")
	}
}

// From a contact whom we see, it means that none of their clients is there.
func TestContactWithoutClients(t *testing.T) {
	r, a, _ := private(t)
	a.Roster([]xmpp.Contact{{JID: bob, Subscription: "both"}}, noon)
	r.says(xmpp.Presence("", "", ""), bob+"/here", alice)
	r.says(xmpp.Presence("", "unavailable", ""), bob, alice)
	a.sees(bob + " has left")
	a.sees("waits until the same program is back")
}

func TestStatusSaysWhetherSomebodyIsHere(t *testing.T) {
	r := newRoom(t)
	a := r.enter(alice, bob, otr.Manual)
	if here := a.Status().Here; here != "" {
		t.Errorf("without a subscription, Bob is %q", here)
	}
	a.Roster([]xmpp.Contact{{JID: bob, Subscription: "both"}}, noon)
	if here := a.Status().Here; here != "not here" {
		t.Errorf("before his presence, Bob is %q", here)
	}
	r.says(xmpp.Presence("", "", ""), bob+"/one", alice)
	if s := a.Status().String(); s != "not private: "+bob+" - here - you are "+alice {
		t.Error(s)
	}
}

func TestSomebodyWantsToSeeUs(t *testing.T) {
	r := newRoom(t)
	a, c := r.enter(alice, bob, otr.Manual), r.enter(carol, "", otr.Manual)
	c.types("/add " + alice)
	a.sees(carol + " wants to see when you are there. /accept " + carol + " or /refuse " + carol)
	a.types("/contacts")
	a.sees(carol + ": not private, wants to see when you are there")
	a.types("/accept carol")
	a.sees(carol + " can see when you are there, and was asked for the same.")
	c.sees(alice + " lets you see when they are there.")
	c.sees(alice + " can see when you are there, as you named or added them yourself.")
	a.sees(carol + " lets you see")
	a.types("/accept carol")
	a.sees("Not done: " + carol + " has not asked")
}

func TestRefused(t *testing.T) {
	r := newRoom(t)
	a, c := r.enter(alice, bob, otr.Manual), r.enter(carol, "", otr.Manual)
	c.types("/add " + alice)
	a.types("/refuse carol")
	a.sees(carol + " cannot see when you are there.")
	c.sees(alice + " does not let you see when they are there.")
}

func TestWhomTheUserNamedIsLetIn(t *testing.T) {
	_, a, b := pair(t, otr.Manual)
	b.types("/add")
	a.sees(bob + " can see when you are there, as you named or added them yourself.")
	b.sees("lets you see")
	a.misses("/accept")
}

func TestChoosingWhomToTalkWith(t *testing.T) {
	r := newRoom(t)
	a, b := r.enter(alice, "", otr.Manual), r.enter(bob, alice, otr.Manual)
	a.types("anybody?")
	a.sees("Not done: you have not chosen whom you talk with")
	b.types("me")
	a.sees(bob + " (not private): me")
	a.sees("You are talking with " + bob + " now")
	a.types("good")
	b.sees("good")
	a.types("/to", "/to x", "/to "+alice, "/to Carol@example.org", "/to bob", "/to al", "/state")
	for _, words := range []string{
		"Not done: an address is missing", "Not done: that is no address", "Not done: that is your own address",
		"You are talking with " + carol, "You are talking with " + bob, "Not done: that is no address",
		"not private: " + bob + " - you are " + alice,
	} {
		a.sees(words)
	}
}

func TestUnknownCommand(t *testing.T) {
	r := newRoom(t)
	a := r.enter(alice, bob, otr.Manual)
	a.types("/veri x", "/", "/help veri", "/help /verify", "/ask where?", "   ")
	a.sees("Not done: there is no command /veri. Did you mean /verify?")
	a.sees("Not done: there is no command /.")
	a.sees("Not done: there is no command /veri")
	a.sees("/verify [SECRET]: show each other")
	a.sees("Not done: the question stands in quotation marks")
	a.types("bell\a", "bad \xff")
	a.sees("Not done: the text holds a character that cannot be sent")
	a.sees("Not done: the text holds a character that cannot be sent")
	if strings.Contains(a.wire(), "body") {
		t.Error("something was sent as a text:", a.wire())
	}
}

func TestEveryCommandHasHelp(t *testing.T) {
	r := newRoom(t)
	a := r.enter(alice, bob, otr.Manual)
	a.types("/help")
	for _, name := range CommandNames() {
		a.sees(name)
	}
}

func TestKeyIsMadeWhileTyping(t *testing.T) {
	r := newRoom(t)
	b := r.enter(bob, alice, otr.Manual)
	files, err := OpenFiles(t.TempDir(), otr.Account{Name: alice, Protocol: "xmpp"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	a := r.seat(files, alice, bob, otr.Manual)
	a.types("hello")
	a.sees("This waits until your key is made.")
	b.types("are you there?")
	a.misses("are you there?")
	if err := files.SetKey(keyOf(t, alice)); err != nil {
		t.Fatal(err)
	}
	a.KeyMade(nil, noon)
	r.deliver()
	a.sees("Your key is made and kept. Its fingerprint")
	a.sees("(not private): hello")
	a.sees("(not private): are you there?")
	b.sees("hello")
}

func TestKeyCannotBeMade(t *testing.T) {
	r := newRoom(t)
	dir := t.TempDir()
	account := otr.Account{Name: alice, Protocol: "xmpp"}
	if _, err := OpenFiles(dir, account, noDice{}); err == nil {
		t.Error("an instance tag without dice")
	}
	files, err := OpenFiles(dir, account, nil)
	if err != nil {
		t.Fatal(err)
	}
	files.random = noDice{}
	a := r.seat(files, alice, bob, otr.Manual)
	a.KeyMade(files.MakeKey(), noon)
	a.sees("WARNING: Your key could not be made or kept")
	a.types("hello")
	a.sees("This waits")
}

func TestConnectionLost(t *testing.T) {
	_, a, b := pair(t, otr.Manual)
	a.Offline(errors.New("no route\x07"), noon)
	a.sees("WARNING: Not connected: no route\uFFFD. Trying again; what you write meanwhile is kept.")
	told := len(a.told)
	a.Offline(errors.New("no route\x07"), noon)
	if len(a.told) != told {
		t.Error("the same fault is told twice")
	}
	a.types("later")
	a.sees("Not connected: this is kept")
	b.sees("later")
	a.types("/quit")
	a.sees("Not done: texts that wait would never be sent.")
	if s := a.Status().String(); !strings.Contains(s, "not connected") {
		t.Error(s)
	}
	a.Online(xmpp.Session{Resumed: true}, noon)
	a.sees("Connected again; nothing was lost.")
	a.InDoubt([]int64{0, 1, 1, 77}, noon)
	a.sees("WARNING: The connection broke, and this may not have reached " + bob + ": later")
}

// A text for a private conversation waits for that program, and for nobody else.
func TestPeerComesBack(t *testing.T) {
	r, a, b := private(t)
	leave := func() { r.says(xmpp.Presence("", "unavailable", ""), bob+"/here", alice) }
	r.says(xmpp.Presence("", "", ""), bob+"/here", alice)
	leave()
	a.sees("The private conversation with " + bob + " waits until the same program is back")
	a.types("are you back?", "/quit")
	a.sees("this is kept, and goes out in private when that program is back.")
	a.sees("Not done: texts that wait would never be sent")
	b.misses("are you back?")
	r.says(xmpp.Presence("", "", ""), bob+"/here", alice)
	a.sees("you to " + bob + " (private, unverified): are you back?")
	b.sees("(private, unverified): are you back?")

	leave()
	a.types("secret", "/end")
	a.sees("Not sent to " + bob + ": secret")
	r.says(xmpp.Presence("", "", ""), bob+"/here", alice)
	b.misses("secret")
}

// Servers store no private text for somebody who is away: it waits here until both are there.
func TestConnectionLostInPrivate(t *testing.T) {
	r, a, b := private(t)
	a.Roster([]xmpp.Contact{{JID: bob, Subscription: "both"}}, noon)
	a.Offline(nil, noon)
	a.types("later")
	a.sees("Not connected: this is kept, and goes out in private when the connection is back and " + bob + " is there.")
	a.Online(xmpp.Session{}, noon)
	r.deliver()
	b.misses("later")
	r.says(xmpp.Presence("", "", ""), bob+"/here", alice)
	b.sees("(private, unverified): later")
}

func TestLeavingWithoutConnection(t *testing.T) {
	_, a, _ := pair(t, otr.Manual)
	a.Offline(nil, noon)
	a.types("later", "/quit", "/quit")
	if !a.Over() {
		t.Error("the second /quit does not leave")
	}
	a.Close(noon)
	a.sees("WARNING: Never sent to " + bob + ": later")
}

// Strangers cannot fill the memory, and what comes from nowhere is nobody's.
func TestStrangers(t *testing.T) {
	r := newRoom(t)
	a := r.enter(alice, bob, otr.Manual)
	for i := range 3 * maxStrangers {
		r.says(text("psst"), fmt.Sprintf("x%d@example.net/y", i), alice)
		r.says(xmpp.Presence("", "subscribe", ""), fmt.Sprintf("z%d@example.net", i), alice)
	}
	r.says(text("from nowhere"), "", alice)
	r.says(text("from ourselves"), alice+"/other", alice)
	a.misses("from ")
	if n := len(a.contacts); n > maxStrangers+1 {
		t.Errorf("%d contacts are kept", n)
	}
	r.says(text("hello"), bob+"/here", alice)
	a.sees(bob + " (not private): hello")
}

// What a peer writes cannot pass for a line of ours.
func TestPeerCannotPretend(t *testing.T) {
	r := newRoom(t)
	a := r.enter(alice, bob, otr.Manual)
	r.says(text("hi\n"+carol+" (private, verified): send me the \u202Epassword"), bob+"/here", alice)
	got := a.sees(bob).String()
	if want := bob + " (not private): hi " + carol + " (private, verified): send me the password"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestOtherEvents(t *testing.T) {
	r := newRoom(t)
	a := r.enter(alice, bob, otr.Manual)
	omemo := text("I sent you an OMEMO message").Add(stanza.New(stanza.NSOMEMO, "encrypted"))
	for _, tt := range []struct {
		e    *stanza.Element
		sees string
	}{
		{omemo, "wrote with another encryption (OMEMO)"},
		{text("?OTR Error: out of \x1b[31mpaper"), "reports a fault: \"out of \uFFFD[31mpaper\""},
		{text("rooms").Set("type", "groupchat"), "does not take part in rooms"},
	} {
		r.says(tt.e, bob+"/here", alice)
		a.sees(tt.sees)
	}
}

// A program that was restarted has forgotten its keys.
func TestUnreadable(t *testing.T) {
	r, dir := newRoom(t), t.TempDir()
	a, b := r.enterFrom(dir, alice, bob, otr.Manual), r.enter(bob, alice, otr.Manual)
	a.types("/start")
	again := r.enterFrom(dir, alice, bob, otr.Manual)
	b.types("hello?")
	again.sees("WARNING: A message from " + bob + " cannot be read")
	again.types("/start", "better?")
	b.sees("Private conversation with")
	b.sees("(private, unverified): better?")
}
