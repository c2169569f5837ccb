package chat

import (
	"fmt"
	"strings"
	"testing"

	"otrbot/interop/servers"
)

// Both become contacts first: then each knows when the other is there.
const (
	meetAna = `
/add
/wait here
hello ben
/expect {PEER} (not private): hello ana
/start
/expect Private conversation with {PEER} started. It is unverified
`
	meetBen = `
/expect {PEER} (not private): hello ben
hello ana
/expect {PEER} asks for a private conversation.
/wait otr_enabled
`
	// Ana's last words arrive, though she leaves at once.
	partAna = `
that was all
/expect {PEER} (private, verified): thank you
/end
/expect what you write now is not private
/expect {PEER} (not private): bye
open words
`
	partBen = `
/expect that was all
thank you
/wait otr_disabled
too late
/expect Not done: the private conversation was ended by the other side
/end
bye
/expect {PEER} (not private): open words
`
)

func TestScripts(t *testing.T) { servers.Each(t, servers.Options{}, testScripts) }

func testScripts(t *testing.T, server *servers.Server) {
	for _, tt := range []struct{ name, ana, ben string }{
		{
			"secret",
			"/verify Elf Äpfel\n/wait correct_secret_received\n",
			"/wait smp_started\n/answer Elf Äpfel\n/expect This conversation is private, verified.\n",
		}, {
			"secret-wrong-then-asked-for",
			"/verify one\n/wait incorrect_secret_received\n/wait smp_started\n/answer\n/wait secret_wanted\nthree\n/wait correct_secret_received\n",
			"/wait smp_started\n/verify two\n/expect The secrets differ\n/verify three\n/wait correct_secret_received\n",
		}, {
			"aborted",
			"/verify one\n/wait smp_aborted\nyour turn\n/wait smp_started\n/verify two\n/wait correct_secret_received\n",
			"/wait smp_started\n/abort\n/wait smp_aborted\n/expect your turn\n/verify two\n/wait correct_secret_received\n",
		}, {
			"question",
			"/ask \"Where did we meet?\" Lisbon\n/expect Verified: {PEER} knows the same secret\n/wait smp_question_used\n/answer red\n/wait correct_secret_received\n",
			"/expect Where did we meet?\n/answer Lisbon\n/expect has verified you. You have not verified\n/ask \"What colour?\" red\n/expect Verified:\n",
		}, {
			"fingerprint",
			"/fingerprint\n/expect /Your fingerprint: ([0-9A-F ]{44})/\n/set MINE\nmine is ${MINE}\n" +
				"/expect /yours is right, mine is ([0-9A-F ]{44})/\n/set THEIRS\n/fingerprint\n/expect in this conversation: ${THEIRS} (not verified)\n/trust yes\n/expect is private, verified\n",
			"/expect /mine is ([0-9A-F ]{44})/\n/set THEIRS\n/fingerprint\n/expect /Your fingerprint: ([0-9A-F ]{44})/\n/set MINE\n" +
				"/expect in this conversation: ${THEIRS} (not verified)\n/trust yes\nyours is right, mine is ${MINE}\n",
		}, {
			"refresh",
			"/refresh\n/wait otr_already_setup\n/verify x\n/wait correct_secret_received\n",
			"/wait otr_already_setup\n/wait smp_started\n/answer x\n/wait correct_secret_received\n",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ana, ben := newUser(t, server, "ana-"+tt.name), newUser(t, server, "ben-"+tt.name)
			other := make(chan result, 1)
			go func() { other <- ben.plays(ana, meetBen+tt.ben+partBen) }()
			mine, theirs := ana.plays(ben, meetAna+tt.ana+partAna), <-other
			if mine.code != 0 || theirs.code != 0 {
				t.Errorf("Ana: %v\nBen: %v", mine, theirs)
			}
			for _, secret := range []string{"Elf Äpfel", "three"} {
				if strings.Contains(mine.stdout+theirs.stdout, secret) {
					t.Errorf("the secret %q is shown", secret)
				}
			}
		})
	}
}

// Trust outlives the program, and so does the resource.
func TestTrustIsKept(t *testing.T) {
	server := servers.Prosody(t, servers.Options{})
	ana, ben := newUser(t, server, "ana"), newUser(t, server, "ben")
	for _, verified := range []bool{false, true} {
		how := "unverified"
		if verified {
			how = "verified"
		}
		script := fmt.Sprintf("/timeout 1m\n/wait here\n/start\n/expect It is %s.\n/trust yes\ndone\n/expect done\n", how)
		if !verified {
			script = strings.Replace(script, "It is unverified.", "It is unverified", 1)
		}
		other := make(chan result, 1)
		go func() {
			other <- ben.plays(ana, "/timeout 1m\n/add\n/wait here\n/wait otr_enabled\n/trust yes\n/expect done\ndone\n/wait otr_disabled")
		}()
		if mine, theirs := ana.plays(ben, script), <-other; mine.code != 0 || theirs.code != 0 {
			t.Errorf("Ana: %v\nBen: %v", mine, theirs)
		}
	}
}

func TestExitCodes(t *testing.T) {
	server := servers.Prosody(t, servers.Options{})
	ana, ben := newUser(t, server, "ana"), newUser(t, server, "ben")
	ana.write("wrong", "sesame\n")
	for _, tt := range []struct {
		name string
		run  func() result
		code int
		says string
	}{
		{"script with a fault", func() result { return ana.plays(ben, "/expect") }, 1, "script:1: /expect what?"},
		{"expected in vain", func() result { return ana.plays(ben, "hello\n/timeout 2s\n/expect nonsense") }, 1, "script:3: waited 2s in vain for: /expect nonsense"},
		{"wrong password", func() result { return ana.chats("", "--password-file", ana.path("wrong")) }, 3, "the server refuses the login"},
		{"no password", func() result { return ana.chats("") }, 1, "name a file with --password-file"},
		{"nothing to do", func() result { return ana.chats("", "--password-file", ana.path("password")) }, 0, "Connected as " + ana.jid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if r := tt.run(); r.code != tt.code || !strings.Contains(r.stdout+r.stderr, tt.says) {
				t.Errorf("%v\nwant %d, %q", r, tt.code, tt.says)
			}
		})
	}
}

// Lines from a pipe are sent before the program ends.
func TestPipe(t *testing.T) {
	server := servers.Prosody(t, servers.Options{Offline: true})
	ana, ben := newUser(t, server, "ana"), newUser(t, server, "ben")
	if r := ana.chats("one\n/state\ntwo", ben.jid, "--password-file", ana.path("password")); r.code != 0 || !strings.Contains(r.stdout, "not private: "+ben.jid) {
		t.Fatal(r)
	}
	if r := ben.plays(ana, "/expect (not private, sent earlier): one\n/expect two"); r.code != 0 {
		t.Error(r)
	}
}
