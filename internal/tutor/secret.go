package tutor

import (
	"strings"

	"otrbot/fsm"
	"otrbot/internal/secret"
)

// Secret is a shared secret or a code. It does not print; Reveal gives the words away.
type Secret = secret.Text

// NewSecret makes a secret of the words.
func NewSecret(words string) Secret { return secret.New(words) }

// unmistakable are the letters and digits that are not mixed up when copied by hand.
const unmistakable = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

// newCode makes a code. The format is part of the settings, which check it;
// a code that cannot be made is empty and never told.
func (t *Tutor) newCode() Secret {
	code, err := secret.Generate(secret.Recipe{Format: t.o.CodeFormat, Options: unmistakable}, t.o.Rand)
	if err != nil {
		return Secret{}
	}
	return code
}

// renewCode forgets the code that somebody may have seen.
func (u *turn) renewCode() {
	u.s.Code, u.s.CodeTold, u.s.Wrong = u.t.newCode(), false, 0
}

// keepSecret looks at the secret that arrived, and keeps it if it is hard to
// guess.
func (u *turn) keepSecret() {
	candidate := secret.New(u.sig.Text)
	if !u.strength(candidate).Safe() {
		u.raise(unsafeSecretReceived)
		return
	}
	u.s.Secret, u.s.Lent, u.s.Seen = candidate, false, false
	clear(u.s.Failures)
	u.raise(secretKept)
}

func (u *turn) strength(candidate Secret) secret.Strength {
	return secret.Check(candidate, u.s.Name, u.t.o.BotTitle, u.t.o.ProjectName)
}

func (u *turn) forgetSecret() {
	u.s.Secret, u.s.Lent, u.s.Seen = Secret{}, false, false
	clear(u.s.Failures)
}

// Kinds of failures, as they are counted.
const (
	wrongSecrets  = "wrong" // of all kinds, since the secret was set
	abortedChecks = "aborted"
)

// lookForSecret says which way the verification can go.
func (u *turn) lookForSecret() {
	switch {
	case u.s.Secret.IsZero():
		u.raise(secretMissing)
	case u.t.o.MayStartSMP && !u.s.SMP && u.s.Failures[wrongSecrets]+u.s.Failures[abortedChecks] == 0: // once: after a failure the learner decides
		u.raise(smpMayStart)
	default:
		u.raise(secretKnown)
	}
}

// burnSecret is for a secret that stood in the chat before both were verified:
// whoever reads along can now pass the check. A learner's own secret is worn
// out. The operator's default secret is the same for everybody and was never
// more than practice; it stays, and the tutor says so: docs/decisions/0011.
func (u *turn) burnSecret() {
	switch {
	case u.s.Secret.IsZero():
	case u.s.Lent:
		u.s.Seen = true
		u.raise(lentSecretSeen)
	default:
		u.forgetSecret()
		u.raise(secretBurnt)
	}
}

// readCode tells what a text says of the code; "" if it is no code.
func (u *turn) readCode(text string) fsm.Event {
	switch {
	case !u.s.CodeTold || !looksLike(text, u.s.Code.Reveal()):
		return ""
	case u.sameCode(text):
		return codeRight
	case u.s.Wrong+1 >= u.t.o.CodeTries:
		u.renewCode()
		return codeWornOut
	}
	u.s.Wrong++
	return codeWrong
}

func (u *turn) sameCode(text string) bool {
	return secret.Equal(secret.New(bare(text)), secret.New(bare(u.s.Code.Reveal())))
}

// looksLike reports whether a text has the length of a code, and no words of
// its own.
func looksLike(text, code string) bool {
	return len(text) <= 2*len(code) && len([]rune(bare(text))) == len([]rune(bare(code)))
}

// bare is a code as people type it: capitals or not, with or without what
// stands between its groups.
func bare(code string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -_.,;:\t\u00a0–—", r) {
			return -1
		}
		return r
	}, code))
}

// holdsSecret reports whether a text quotes the shared secret, in whatever
// case and spacing.
func (u *turn) holdsSecret(text string) bool {
	wanted := squeeze(u.s.Secret.Reveal())
	return wanted != "" && strings.Contains(squeeze(text), wanted)
}

func (u *turn) holdsCode(text string) bool {
	wanted := bare(u.s.Code.Reveal())
	return u.s.CodeTold && wanted != "" && strings.Contains(bare(text), wanted)
}

func squeeze(text string) string {
	return strings.ToLower(strings.Join(strings.Fields(text), ""))
}
