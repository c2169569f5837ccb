// Package browser drives Debian's Chromium as a learner or a teacher would, and
// looks at what they see: by role and name, as assistive technology is told; by
// the words on the page; and by screenshots, which are kept in build/screenshots
// for people to look at.
//
// Everything happens on loopback. Sites are called NAME.localhost: Chromium
// finds them without DNS, and takes two of them for two sites, which is what the
// rules about cookies go by. Serve gives each a certificate of its own, whose key
// a test tells the browser to trust; no check is switched off for others.
//
// What Chromium 156 does with cookies of a site in a frame of another site
// (TestCookiesInFrames; all of them __Host-, Secure, SameSite=None):
//
//	setting                       plain   Partitioned   in a window of its own
//	AllCookies                    yes     yes           both
//	NoThirdParty                  no      yes           both
//	FirstPartyOnly, by exception  no      no            both
//
// So NoThirdParty alone does not show what happens to a learner whose browser
// keeps nothing in frames; FirstPartyOnly does. It is an exception in the
// profile's content settings for the framed site below any other.
//
// What else was found out the hard way: a page from right to left is moved
// sideways by captureBeyondViewport, so pictures are taken in a window as high as
// the page; with scripts off Chromium still evaluates ours, but runs no timers,
// which axe needs, so they are on while axe looks; a frame takes a new width a
// moment after its tab; autofocus does nothing in a frame of another site.
//
// The tests bring everything together in this process: a bot on Prosody, its
// pages, the courier and the learning management system of the demo on another
// site; learners sit in front of mcabber and Profanity (interop/clients).
//
// The protocol is spoken by chromedp, which nothing outside this package sees.
// Frames of other sites stay in the process of the tab (site isolation is off),
// so that one connection reaches them; this changes nobody's rights.
//
// It needs Debian's chromium, fonts-dejavu-core and fonts-droid-fallback (Arabic;
// Chinese, Japanese and Korean) and npm's axe-core: scripts/install-peers. A
// test on a machine without them fails and names what is missing.
package browser
