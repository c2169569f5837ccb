package chat

import (
	"strings"
	"testing"
	"time"

	"otrbot/internal/xmpp/stanza"
	"otrbot/otr"
)

func TestTalk(t *testing.T) {
	_, a, b := pair(t, otr.Manual)
	a.types("hello")
	a.sees("you to " + bob + " (not private): hello")
	b.sees(alice + " (not private): hello")
	a.trusts(NotPrivate)

	a.types("/start")
	b.sees(alice + " asks for a private conversation.")
	a.sees("started. It is unverified")
	a.trusts(Unverified)
	a.types("in private", "//start is a command")
	b.sees(alice + " (private, unverified): in private")
	b.sees(alice + " (private, unverified): /start is a command")
	if strings.Contains(a.wire(), "in private") {
		t.Error("a private text is in clear on the wire")
	}

	a.types("/refresh")
	a.sees("has new keys. It is unverified")
	b.sees("has new keys")

	a.types("/end", "in clear again")
	a.sees("is over: what you write now is not private")
	b.sees("has ended the private conversation. Nothing is sent until")
	b.sees("(not private): in clear again")
	b.trusts(Finished)
	b.types("lost?")
	b.sees("Not done: the private conversation was ended by the other side, so nothing was sent.")
	b.types("/end", "in clear too")
	b.trusts(NotPrivate)
	a.sees(bob + " (not private): in clear too")
}

func TestVerifyBySecret(t *testing.T) {
	_, a, b := private(t)
	a.types("/verify Elf Äpfel")
	a.sees("Asked " + bob + " to verify.")
	b.sees("asks you to verify: to show that both of you know the same secret. /answer SECRET, or /abort")
	if !b.Status().Asked || !a.Status().Running {
		t.Error("the status does not tell that a verification is under way")
	}
	b.types("/answer  Elf Äpfel ")
	for _, p := range []*person{a, b} {
		p.sees("Verified: ")
		p.trusts(Verified)
	}
	a.types("now")
	b.sees("(private, verified): now")
	for _, p := range []*person{a, b} {
		p.misses("Äpfel")
	}
}

func TestVerifyWrongThenAbortThenRight(t *testing.T) {
	_, a, b := private(t)
	a.types("/verify one")
	b.types("/answer two")
	a.sees("WARNING: The secrets differ: " + bob + " is not verified.")
	b.sees("WARNING: The secrets differ")
	a.trusts(Unverified)

	b.types("/verify three")
	a.sees("asks you to verify")
	a.types("/abort")
	b.sees("was broken off")
	if a.Status().Asked || b.Status().Running {
		t.Error("the status tells of a verification that was broken off")
	}
	a.types("/abort")
	a.sees("Not done: no verification is under way")

	a.types("/verify four")
	b.types("/verify four") // as good as an answer
	a.sees("Verified:")
	b.sees("Verified:")
}

func TestVerifyByQuestion(t *testing.T) {
	_, a, b := private(t)
	a.types(`/ask "Where did we meet?" in Lisbon`)
	b.sees(`with the question: "Where did we meet?" /answer ANSWER`)
	b.types("/verify mine")
	b.sees("Not done: you are asked a question first")
	b.types("/answer")
	b.sees(`Type the answer to "Where did we meet?".`)
	if b.Status().Secret == "" {
		t.Error("the status does not say that a secret is typed")
	}
	b.types("in Lisbon")
	b.sees("Your answer was right: " + alice + " has verified you. You have not verified " + alice)
	b.trusts(Unverified)
	a.sees("Verified:")
	a.trusts(Verified)
	b.misses("Lisbon")
}

func TestVerifyByFingerprint(t *testing.T) {
	_, a, b := private(t)
	b.types("/fingerprint")
	b.sees("Your fingerprint: " + keyOf(t, bob).Fingerprint().String())
	a.types("/fingerprint")
	a.sees(keyOf(t, bob).Fingerprint().String() + " (not verified)")
	a.types("/trust")
	a.sees("Not done: say /trust yes once you have compared")
	a.types("/trust yes")
	a.sees("is trusted from now on")
	a.trusts(Verified)
	b.trusts(Unverified)
	a.types("/trust no")
	a.sees("is no longer trusted")
	a.trusts(Unverified)
}

func TestSecretLeftOut(t *testing.T) {
	_, a, b := private(t)
	a.types("/verify")
	a.sees("Type the secret. It is not shown or kept")
	a.types("")
	a.sees("Left out: nothing was sent.")
	if a.Status().Secret != "" {
		t.Error("a secret is still wanted")
	}
	a.types(`/ask "Who?"`, "/me") // a secret may look like a command
	b.types("/answer /me")
	a.sees("Verified:")
}

func TestOpportunisticPolicyStartsByItself(t *testing.T) {
	_, a, b := pair(t, otr.Opportunistic)
	a.types("hello")
	b.sees("(not private): hello")
	a.sees("Private conversation with " + bob + " started")
	b.sees("Private conversation with " + alice + " started")
}

func TestAlwaysKeepsTextsUntilPrivate(t *testing.T) {
	_, a, b := pair(t, otr.Always)
	a.types("hello")
	a.sees("Kept until the conversation with " + bob + " is private: hello")
	a.sees("you to " + bob + " (private, unverified): hello")
	b.sees("(private, unverified): hello")
	if strings.Contains(a.wire(), "hello") {
		t.Error("it went out in clear")
	}
}

func TestTextInClearWhilePrivate(t *testing.T) {
	r, a, b := private(t)
	r.queue = append(r.queue, stanza.New(stanza.NSClient, "message", "from", bob+"/here", "to", alice, "type", "chat").
		Add(stanza.New(stanza.NSClient, "body").AddText("psst")))
	r.deliver()
	a.sees(bob + " (not private): psst")
	a.sees("WARNING: That text came in clear, though the conversation is private.")
	a.trusts(Unverified)
	b.misses("psst")
}

func TestTrustIsKept(t *testing.T) {
	r, dir := newRoom(t), t.TempDir()
	a, b := r.enterFrom(dir, alice, bob, otr.Manual), r.enter(bob, alice, otr.Manual)
	a.types("/start", "/trust yes")
	a.Close(r.now)
	r.deliver()
	b.sees("has ended the private conversation")

	again := r.enterFrom(dir, alice, bob, otr.Manual)
	again.types("/start")
	again.sees("started. It is verified.")
	again.trusts(Verified)
}

func TestNewKeyOfSomebodyKnown(t *testing.T) {
	r, dir := newRoom(t), t.TempDir()
	a, b := r.enterFrom(dir, alice, bob, otr.Manual), r.enter(bob, alice, otr.Manual)
	a.types("/start", "/trust yes")
	a.misses("WARNING")
	a.Close(r.now)

	files, err := OpenFiles(t.TempDir(), otr.Account{Name: bob, Protocol: "xmpp"}, nil)
	if err == nil {
		err = files.SetKey(keyOf(t, carol))
	}
	if err != nil {
		t.Fatal(err)
	}
	r.seat(files, bob, alice, otr.Manual)
	again := r.enterFrom(dir, alice, bob, otr.Manual)
	again.types("/start")
	again.trusts(Unverified)
	warning := again.sees("WARNING: " + bob + " shows a key that you have not verified").Words
	for _, f := range []otr.Fingerprint{keyOf(t, bob).Fingerprint(), keyOf(t, carol).Fingerprint()} {
		if !strings.Contains(warning, f.String()) {
			t.Errorf("the warning does not show %s: %s", f, warning)
		}
	}
	_ = b
}

func TestNobodyAnswersTheStart(t *testing.T) {
	r := newRoom(t)
	a := r.enter(alice, carol, otr.Manual)
	a.types("/start")
	a.Tick(noon.Add(10 * time.Second))
	a.misses("Still no private conversation")
	a.Tick(noon.Add(30 * time.Second))
	a.sees("Still no private conversation with " + carol)
	a.types("/start", "/verify x", "/refresh", "/answer x", "/trust yes")
	a.sees("Asking")
	for range 4 {
		a.sees("Not done: ")
	}
}
