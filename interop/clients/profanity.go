package clients

import (
	"net"
	"regexp"
	"strings"
	"testing"
)

// profanity 0.13 is driven by its keyboard. It speaks OTR version 2 only.
type profanity struct{ *terminal }

// Its lines begin "hh:mm:ss", then ! for its own, - for texts in the clear, ~ for
// encrypted ones.
var profanityWords = words([countOfSigns]string{
	Encrypted:     ` ! OTR session started`,
	Ended:         ` ! OTR session ended\.`,
	SecretAsked:   ` wants to authenticate your identity, use '/otr secret`,
	QuestionAsked: ` wants to authenticate your identity with the following question`,
	Verified:      ` ! (Authentication successful\.|\S+ successfully authenticated you)`,
	NotVerified:   ` ! (Authentication failed, |\S+ failed to authenticate you)`,
	Aborted:       ` ! SMP session aborted`,
	SaidInClear:   `^\S+ - \S+@\S+: `,
	SaidEncrypted: `^\S+ ~ \S+@\S+: `,
})

// Profanity starts Profanity, logs in and makes an OTR key.
func Profanity(t testing.TB, login Login) Client {
	t.Helper()
	if login.Resource == "" {
		login.Resource = "profanity"
	}
	host, port, err := net.SplitHostPort(login.Addr)
	if err != nil {
		t.Fatal(err)
	}
	p := &profanity{openTerminal(t, "profanity", login)}
	p.words, p.lines = profanityWords, p.chat
	p.write("config/profanity/profrc", strings.Join([]string{
		"[ui]", "splash=false", "[otr]", "policy=" + login.policy(), "log=on", "[logging]", "chlog=true", "",
	}, "\n"))
	p.write("data/profanity/accounts", strings.Join([]string{
		"[learner]", "enabled=true", "jid=" + login.JID, "resource=" + login.Resource, "password=" + login.Password,
		"server=" + host, "port=" + port, "tls.policy=force", "otr.policy=" + login.policy(), "",
	}, "\n"))
	p.run(p.environment("SSL_CERT_FILE="+login.CAFile), "profanity", "-a", "learner")
	p.awaitLogin()
	p.command("/otr gen")
	p.WaitFor(regexp.MustCompile(`Private key generation complete|Your OTR fingerprint`))
	return p
}

// chat is between the bar with the title and the one with the status.
func (p *profanity) chat() []string {
	p.t.Helper()
	lines := p.capture()
	var chat []string
	for _, line := range lines[1:max(1, min(len(lines), screenHeight-2))] {
		if line = strings.TrimRight(line, " "); line != "" {
			chat = append(chat, line)
		}
	}
	return chat
}

func (p *profanity) command(words ...string) {
	p.t.Helper()
	p.acts()
	p.enter(strings.Join(words, " "))
}

func (p *profanity) Can(s Skill) bool { return s == AskQuestion }

func (p *profanity) awaitLogin() {
	p.t.Helper()
	p.WaitFor(regexp.MustCompile(`logged in successfully`))
}

func (p *profanity) Restart() {
	p.t.Helper()
	p.restart()
	p.awaitLogin()
	p.Talk(p.peer)
}

func (p *profanity) Talk(jid string) {
	p.t.Helper()
	p.peer = jid
	p.command("/msg", jid)
	p.await("its chat", func() bool { return strings.HasPrefix(strings.TrimSpace(p.capture()[0]), jid) })
	p.since = 0
}

func (p *profanity) Add(jid string) {
	p.t.Helper()
	p.command("/roster add", jid)
	p.command("/sub request", jid)
	p.Talk(jid)
}

func (p *profanity) Allow(jid string) {
	p.t.Helper()
	p.WaitFor(regexp.MustCompile(regexp.QuoteMeta(jid) + ` Authorization request`))
	p.command("/sub allow", jid)
}

func (p *profanity) Say(text string) { p.t.Helper(); p.command(text) }
func (p *profanity) StartOTR()       { p.t.Helper(); p.command("/otr start") }
func (p *profanity) EndOTR()         { p.t.Helper(); p.command("/otr end") }
func (p *profanity) VerifySecret(secret string) {
	p.t.Helper()
	p.command("/otr secret", quote(secret))
}

func (p *profanity) VerifyQuestion(question, answer string) {
	p.t.Helper()
	p.command("/otr question", quote(question), quote(answer))
}

// Answer uses the command that fits what was asked.
func (p *profanity) Answer(secret string) {
	p.t.Helper()
	asked := "secret"
	for _, line := range p.Transcript() {
		if p.words[QuestionAsked].MatchString(line) {
			asked = "answer"
		}
	}
	p.command("/otr", asked, quote(secret))
}

func (p *profanity) Refresh() { p.t.Helper(); p.t.Fatal("Profanity cannot refresh a session") }
func (p *profanity) Abort()   { p.t.Helper(); p.t.Fatal("Profanity cannot abort a verification") }

// quote keeps the words of an argument together.
func quote(s string) string { return `"` + s + `"` }
