package lti

import (
	_ "embed" // the script
	"net/http"
	"net/url"
	"strings"
)

// Storage is what a page needs in order to keep a login's state with the platform instead of in a cookie: "LTI Client
// Side postMessages" and "LTI OIDC Login with LTI Client Side postMessages". The page holds one form and loads
// StorageScript, as a file of the tool's own:
//
//	<form data-lti-storage="put" data-target="{{.Target}}" data-origin="{{.Origin}}"
//	      data-state="{{.State}}" data-nonce="{{.Nonce}}" data-continue="{{$.Redirect}}"></form>
//	<script src="storage.js"></script>
//
// When the platform did not keep the data in time the script goes on all the same: cookies may work.
type Storage struct {
	Target string // frame of the platform: "_parent" or a name
	Origin string // the only one that messages go to and are believed from
	State  string
	Nonce  string
}

//go:embed storage.js
var storageScript string

// StorageScript is the script for the pages of Storage and StorageNeeded; serve it as text/javascript. It needs no inline
// script and no other host: "Content-Security-Policy: script-src 'self'" is enough.
func StorageScript() string { return storageScript }

// newStorage makes nil where the platform offered no storage.
func newStorage(s State, authEndpoint *url.URL) *Storage {
	if s.Storage == "" {
		return nil
	}
	return &Storage{Target: s.Storage, Origin: authEndpoint.Scheme + "://" + authEndpoint.Host, State: s.Value, Nonce: s.Nonce}
}

// StorageNeeded is the error for a launch that came without cookie after a login with Storage. Nothing is used up:
// send the page whose form, filled in by StorageScript, posts the launch once more. Show what is in the element with
// data-lti-failed, hidden at first, for the case that the platform does not answer; NewWindow is for there.
//
//	<form data-lti-storage="get" method="post" action="{{.Action}}" data-target="{{.Target}}" data-origin="{{.Origin}}" data-state="{{.State}}">
//	  <input type="hidden" name="id_token" value="{{.IDToken}}"><input type="hidden" name="state" value="{{.State}}">
//	  <input type="hidden" name="lti_storage_state"><input type="hidden" name="lti_storage_nonce">
//	</form>
//	<div data-lti-failed hidden> ... </div>
//
// The second POST must come from the tool's own origin. With "Referrer-Policy: no-referrer" only browsers that send
// Sec-Fetch-Site say so; "same-origin" serves older ones as well.
type StorageNeeded struct {
	Storage          // without Nonce: that is for the platform to tell
	Action    string // where the form goes: Config.Launch
	IDToken   Secret // string(IDToken) belongs into the form
	NewWindow string // see Refusal.NewWindow
}

// Error is for the log.
func (s *StorageNeeded) Error() string {
	return "lti: the launch has to show what the platform's frame keeps"
}

// bound checks that the launch comes from the browser in which its login began: by the cookie or by what the
// platform's frame kept. Without this check, login CSRF: somebody else's launch, posted in the victim's browser.
func (t *Tool) bound(r *http.Request, f form, s State, authURL string) error {
	if b, ok := t.cookieOf(r, s.Value); ok && same(hashed(b), s.Browser) {
		return nil
	}
	elsewhere := &Refusal{Reason: OtherBrowser, Platform: s.Issuer, NewWindow: s.NewWindow, Detail: "no cookie of the browser that began the login"}
	if s.Storage == "" {
		return elsewhere
	}
	auth, err := t.address(authURL)
	if err != nil {
		return elsewhere
	}
	if !f.has("lti_storage_state") {
		needed := &StorageNeeded{Storage: *newStorage(s, auth), Action: t.c.Launch, IDToken: Secret(f.value("id_token")), NewWindow: s.NewWindow}
		needed.Nonce = ""
		return needed
	}
	// Whoever began the login knows what was stored. It proves something only when our own page sends it.
	if !t.fromOwnPage(r) {
		elsewhere.Detail = "what the platform keeps for us came from another page than ours"
		return elsewhere
	}
	if !same(f.value("lti_storage_state"), s.Value) || !same(f.value("lti_storage_nonce"), s.Nonce) {
		elsewhere.Detail = "the platform's frame keeps something else for this login"
		return elsewhere
	}
	return nil
}

// fromOwnPage believes the browser, which no page can make lie about this.
func (t *Tool) fromOwnPage(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin"
	}
	own := t.base.Scheme + "://" + withoutDefaultPort(t.base.Scheme, strings.ToLower(t.base.Host))
	return r.Header.Get("Origin") == own
}
