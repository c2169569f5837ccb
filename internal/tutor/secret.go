package tutor

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
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
	switch {
	case u.sig.Weak:
		u.raise(unsafeSecretReceived)
		return
	case u.isBurnt(candidate), !u.strength(candidate).Safe():
		u.eraseSecret()
		u.raise(unsafeSecretReceived)
		return
	}
	u.s.Secret, u.s.Lent, u.s.Seen, u.s.Served = candidate, false, false, false
	clear(u.s.Failures)
	u.raise(secretKept)
}

func (u *turn) strength(candidate Secret) secret.Strength {
	return secret.Check(candidate, u.s.Name, u.t.o.BotTitle, string(u.t.o.ProjectName))
}

// burn remembers that the learner's own secret must not come back in this session, by its hash.
func (u *turn) burn() {
	hash := hashOf(u.s.Secret)
	if !u.s.Lent && !u.s.Secret.IsZero() && !slices.Contains(u.s.Burnt, hash) {
		u.s.Burnt = append(u.s.Burnt, hash)
	}
}

// isBurnt reports whether a secret was used up before, in whatever case and spacing.
func (u *turn) isBurnt(candidate Secret) bool { return slices.Contains(u.s.Burnt, hashOf(candidate)) }

func hashOf(s Secret) string {
	hash := sha256.Sum256([]byte(squeeze(s.Reveal())))
	return hex.EncodeToString(hash[:])
}

// forgetSecret puts the secret away. The next session has the operator's again,
// but not the learner's own.
func (u *turn) forgetSecret() {
	if !u.s.Lent && !u.s.Secret.IsZero() {
		u.eraseSecret()
	}
	u.s.Secret, u.s.Lent, u.s.Seen, u.s.Served = Secret{}, false, false, false
	clear(u.s.Failures)
}

// eraseSecret lets the learner's own secret be erased where it is kept for the
// next session.
func (u *turn) eraseSecret() {
	if !slices.Contains(u.effects, Effect(ForgetSecret{})) {
		u.emit(ForgetSecret{})
	}
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
		u.burn()
		u.forgetSecret()
		u.raise(secretBurnt)
	}
}

// readCode tells what a text says of the code; "" if it is no code.
func (u *turn) readCode(text string) fsm.Event {
	switch {
	case !u.s.CodeTold:
		return ""
	case u.quotesCode(text) && u.s.Page:
		return codeInChat
	case u.quotesCode(text):
		return codeRight
	case !u.looksLike(text):
		return ""
	case u.s.Wrong+1 >= u.t.o.CodeTries:
		u.renewCode()
		return codeWornOut
	}
	u.s.Wrong++
	return codeWrong
}

// quotesCode reports whether a text is the code, or a line that holds it: whoever
// copies the code may copy what stands around it. A short code must stand alone,
// or a long text would be many guesses.
func (u *turn) quotesCode(text string) bool {
	const line, long = 200, 8
	given, code := []rune(bare(text)), []rune(bare(u.s.Code.Reveal()))
	if len(code) == 0 || len(text) > line || len(code) < long && len(given) != len(code) {
		return false
	}
	found := false
	for i := 0; i+len(code) <= len(given); i++ {
		same := secret.Equal(secret.New(string(given[i:i+len(code)])), secret.New(string(code)))
		found = found || same
	}
	return found
}

// looksLike reports whether a text must be meant as a code: as long as the code,
// all of its signs, with a digit or a separator among them, and no words that
// we know. A request for help must never use up a code.
func (u *turn) looksLike(text string) bool {
	code := u.s.Code.Reveal()
	given, signs := bare(text), unmistakable+bare(code)
	return len(text) <= 2*len(code) && len([]rune(given)) == len([]rune(bare(code))) && strings.ContainsAny(text, "0123456789-_") &&
		!strings.ContainsFunc(given, func(r rune) bool { return !strings.ContainsRune(signs, r) }) &&
		!u.known(text)
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
