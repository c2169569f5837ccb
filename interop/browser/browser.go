package browser

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// patience is for anything that a page is to show. No test depends on its length.
const patience = 30 * time.Second

// Options say how a browser is set up. The zero value is Chromium as it comes,
// in English.
type Options struct {
	Cookies  Cookies
	Frames   []string // host names whose cookies FirstPartyOnly is about
	NoScript bool     // the pages' scripts do not run
	Language string   // of Accept-Language, such as "ar"; default "en-GB"
	Trust    []string // keys of certificates that are taken without an authority: see TLS.Trust
}

// Cookies says what the user lets the browser keep.
type Cookies int

// The choices.
const (
	// AllCookies lets everybody have cookies.
	AllCookies Cookies = iota
	// NoThirdParty is Chromium's "block third-party cookies": in a frame of another site only those with Partitioned
	// are kept.
	NoThirdParty
	// FirstPartyOnly keeps no cookie at all of Options.Frames while they are in somebody else's page, as some browsers
	// and extensions do; in a window of their own they have them.
	FirstPartyOnly
)

// A Browser is a Chromium of its own, with its own profile. It belongs to the
// goroutine of the test and ends with it.
type Browser struct {
	t       testing.TB
	ctx     context.Context // of the first tab, which stays empty
	options Options

	complaints complaints
}

// Start starts Chromium. It reaches loopback only.
func Start(t testing.TB, o Options) *Browser {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("no chromium: install Debian's package chromium")
	}
	if o.Language == "" {
		o.Language = "en-GB"
	}
	profile := t.TempDir()
	writePreferences(t, profile, o)
	ctx, end := chromedp.NewContext(context.Background(),
		chromedp.WithAllocatorOptions(flags(program, profile, o)...), chromedp.WithErrorf(t.Logf))
	b := &Browser{t: t, ctx: ctx, options: o}
	t.Cleanup(func() {
		for _, c := range b.complaints.take() {
			t.Errorf("a page complains: %s", c)
		}
		if err := chromedp.Cancel(ctx); err != nil { // closes politely: nobody writes into the profile any more
			t.Errorf("close the browser: %v", err)
		}
		end()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", program, err)
	}
	return b
}

func flags(program, profile string, o Options) []chromedp.ExecAllocatorOption {
	all := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(program), chromedp.UserDataDir(profile),
		chromedp.Flag("lang", o.Language), chromedp.Flag("accept-lang", o.Language),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("no-proxy-server", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1"),
		// Frames stay in the process of their page: one connection reaches all of them. Who may read what does not
		// change by this, nor do cookies.
		chromedp.Flag("disable-features", "Translate,IsolateOrigins,SitePerProcess"), chromedp.Flag("disable-site-isolation-trials", true),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.WindowSize(1280, 900),
	}
	if len(o.Trust) > 0 {
		all = append(all, chromedp.Flag("ignore-certificate-errors-spki-list", strings.Join(o.Trust, ",")))
	}
	if os.Geteuid() == 0 { // Chromium's sandbox wants somebody else
		all = append(all, chromedp.NoSandbox)
	}
	return all
}

// writePreferences makes the profile say what a user would click in the settings.
func writePreferences(t testing.TB, profile string, o Options) {
	t.Helper()
	type setting struct {
		Setting int `json:"setting"` // 1 allows, 2 blocks
	}
	const off, blockThirdParty = 0, 1
	mode, exceptions := off, map[string]setting{}
	switch o.Cookies {
	case NoThirdParty:
		mode = blockThirdParty
	case FirstPartyOnly:
		for _, host := range o.Frames {
			exceptions[host+","+host] = setting{1}
			exceptions[host+",*"] = setting{2}
		}
	}
	text, err := json.Marshal(map[string]any{
		"profile": map[string]any{
			"cookie_controls_mode":      mode,
			"block_third_party_cookies": mode == blockThirdParty,
			"content_settings":          map[string]any{"exceptions": map[string]any{"cookies": exceptions}},
		},
		"intl": map[string]any{"accept_languages": o.Language, "selected_languages": o.Language},
	})
	if err == nil {
		err = os.MkdirAll(filepath.Join(profile, "Default"), 0o700)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(profile, "Default", "Preferences"), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
