package lti

import "fmt"

// Reason says why a request was refused, in one word that a page can turn into sentences.
type Reason string

// The reasons. Those whose text mentions the clock, the browser or the course are a user's to mend; the others
// are for the people who run the platform and the tool.
const (
	NotALaunch        Reason = "not-a-launch"       // nothing of a launch is here: somebody opened the address by hand
	Malformed         Reason = "malformed"          // a field is missing, repeated, too long or makes no sense; Refusal.Field names it
	UnknownPlatform   Reason = "unknown-platform"   // no registration for this issuer and client
	UnknownDeployment Reason = "unknown-deployment" // the registration is known, Refusal.Deployment is not
	BadSignature      Reason = "bad-signature"      // unknown key, wrong secret or something changed on the way
	WrongTime         Reason = "wrong-time"         // too old, or the clocks of platform and tool disagree
	Replayed          Reason = "replayed"           // this very launch was used before: Back or Reload
	StateGone         Reason = "state-gone"         // the login took too long, was used, or never happened
	OtherBrowser      Reason = "other-browser"      // no cookie of the browser that began the login: blocked cookies, or somebody else's launch
	LoginRequired     Reason = "login-required"     // the platform says its session has ended
	LaunchOver        Reason = "launch-over"        // the platform says that this launch cannot be used again
	PlatformRefused   Reason = "platform-refused"   // the platform answered with another error
	BadToken          Reason = "bad-token"          // the id_token does not verify or is not for this tool and login
	WrongVersion      Reason = "wrong-version"      // not LTI 1.0 to 1.1, not LTI 1.3
	WrongMessage      Reason = "wrong-message"      // a kind of message that this package does not know
	WrongTarget       Reason = "wrong-target"       // target_link_uri is none of Config.Targets
	Anonymous         Reason = "anonymous"          // the platform does not say who the user is
	KeysUnavailable   Reason = "keys-unavailable"   // the platform's public keys could not be fetched
)

// Relaunch reports whether opening the activity again from the course is worth the advice.
func (r Reason) Relaunch() bool {
	switch r {
	case WrongTime, Replayed, StateGone, OtherBrowser, LoginRequired, LaunchOver, KeysUnavailable:
		return true
	}
	return false
}

// A Refusal is what Login, Launch and Register answer to a request that they do not accept. Reason is for people;
// Error and Detail are for the log: they name fields and what was wrong with them, never secrets or tokens.
type Refusal struct {
	Reason     Reason
	Detail     string
	Field      string // the field at fault, if there is one
	Platform   string // consumer key or issuer, as the request claims
	ClientID   string // for UnknownDeployment, verified: with Platform it names the registration
	Deployment string // for UnknownDeployment, verified: may be shown to an administrator for approval

	// ReturnURL leads back to the platform. It is there only after the signature was found good.
	ReturnURL string
	// NewWindow is the login's own address with its parameters, for OtherBrowser: opened in a window of its own
	// the same login has first-party cookies.
	NewWindow string

	err error
}

// Error is for the log.
func (r *Refusal) Error() string {
	text := "lti: refused as " + string(r.Reason)
	if r.Field != "" {
		text += " (" + r.Field + ")"
	}
	if r.Detail != "" {
		text += ": " + r.Detail
	}
	if r.err != nil {
		text += ": " + r.err.Error()
	}
	return text
}

// Unwrap gives the cause, if there is one.
func (r *Refusal) Unwrap() error { return r.err }

func refuse(why Reason, format string, args ...any) *Refusal {
	return &Refusal{Reason: why, Detail: fmt.Sprintf(format, args...)}
}

func refuseField(field, format string, args ...any) *Refusal {
	return &Refusal{Reason: Malformed, Field: field, Detail: fmt.Sprintf(format, args...)}
}

// quote shortens what a stranger wrote for the log.
func quote(s string) string {
	const longest = 80
	if len(s) > longest {
		return fmt.Sprintf("%q and %d bytes more", s[:longest], len(s)-longest)
	}
	return fmt.Sprintf("%q", s)
}
