package clients

import (
	"fmt"
	"regexp"
	"testing"

	"otrbot/interop/libotr"
	"otrbot/interop/servers"
)

// The clients talk to each other: what they cannot do here, the bot need not do
// with them, and a driver that fails here fails without the bot's help.
func TestClientsAmongThemselves(t *testing.T) {
	servers.Each(t, servers.Options{}, func(t *testing.T, s *servers.Server) {
		t.Run("mcabber to Profanity", func(t *testing.T) {
			t.Parallel()
			conversation(t, Mcabber(t, account(s, "anna")), Profanity(t, account(s, "boris")))
		})
		t.Run("libotr to mcabber", func(t *testing.T) {
			t.Parallel()
			conversation(t, LibOTR(t, helper, account(s, "carla"), libotr.PolicyManual), Mcabber(t, account(s, "dimitri")))
		})
		t.Run("Profanity to libotr", func(t *testing.T) {
			t.Parallel()
			conversation(t, Profanity(t, account(s, "elena")), LibOTR(t, helper, account(s, "filip"), libotr.PolicyManual))
		})
	})
}

func account(s *servers.Server, name string) Login {
	return Login{JID: name + "@" + s.Domain, Password: s.AddUser(name), Addr: s.Addr(), CAFile: s.CAFile()}
}

func befriend(t *testing.T, a, b Client) {
	t.Helper()
	a.Add(b.JID())
	b.Add(a.JID())
	b.Allow(a.JID())
	a.Allow(b.JID())
}

// conversation is everything that the drivers can do, with a as the one who
// starts.
func conversation(t *testing.T, a, b Client) {
	befriend(t, a, b)
	say := func(from, to Client, text string, how Sign) {
		t.Helper()
		from.Say(text)
		to.WaitFor(regexp.MustCompile(regexp.QuoteMeta(text)))
		to.Expect(how)
	}
	both := func(s Sign) {
		t.Helper()
		a.Expect(s)
		b.Expect(s)
	}
	say(a, b, "hello, are you there?", SaidInClear)
	say(b, a, "yes; I am;", SaidInClear)
	a.StartOTR()
	both(Encrypted)
	say(a, b, "nobody else reads this", SaidEncrypted)
	say(b, a, "Grüße, «nobody» ☂", SaidEncrypted)

	for i, try := range []struct {
		theirs string
		result Sign
	}{{"wrong", NotVerified}, {"right secret", Verified}} {
		t.Log("verification", i+1)
		b.Say(fmt.Sprint("try ", i+1)) // forget what came before
		a.VerifySecret("right secret")
		b.Expect(SecretAsked)
		b.Answer(try.theirs)
		both(try.result)
	}
	if b.Can(AskQuestion) {
		b.VerifyQuestion("Which colour is it?", "dark blue")
		a.Expect(QuestionAsked)
		a.Answer("dark blue")
		both(Verified)
	}
	if a.Can(AbortSMP) {
		b.Say("and now in vain")
		a.VerifySecret("one")
		b.Expect(SecretAsked)
		a.Abort()
		b.Expect(Aborted)
	}
	b.Say("and now again")
	a.EndOTR()
	both(Ended)
	if b.Can(StayFinished) {
		b.EndOTR()
	}
	say(b, a, "in the open", SaidInClear)
	b.StartOTR()
	both(Encrypted)
	b.EndOTR()
	both(Ended)
}
