package web_test

import (
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"testing"

	"otrbot/internal/store"
	"otrbot/internal/web"
	"otrbot/lti"
	"otrbot/lti/ltitest"

	"otrbot/internal/course"
)

// onDisk is a world whose store is a file, as it is in earnest.
func onDisk(b *testing.B) *world {
	b.Helper()
	db, err := store.Open(b.Context(), "sqlite://"+filepath.Join(b.TempDir(), "otrbot.db"), store.Key{1})
	must(b, err)
	b.Cleanup(func() { must(b, db.Close()) })
	lms, err := platformOnce()
	must(b, err)
	w := &world{TB: b, db: db, lms: ltitest.WithKey(issuer, lms.Key), now: noon}
	w.lms.Now = w.clock
	_, err = db.PutPlatform(b.Context(), course.Platform{Name: "School", Consumer: &lti.Consumer{Key: consumer, Secrets: []lti.Secret{agreed}}})
	must(b, err)
	w.tool, err = lti.New(lti.Config{Base: base, Consumers: db, Nonces: db, Registrations: db, States: db, Keys: db, Now: w.clock})
	must(b, err)
	w.web, err = web.New(web.Config{Tool: w.tool, Store: db, Base: base, Bot: botJID, Now: w.clock})
	must(b, err)
	return w
}

// BenchmarkLaunch is one learner's way in: the launch, and the page that it leads to. A class begins with 2,000 a minute.
func BenchmarkLaunch(b *testing.B) {
	w := onDisk(b)
	browser := w.browser()
	for i := range b.N {
		if i%1000 == 0 {
			w.now = w.now.Add(60e9)
		}
		clear(browser.cookies)
		out := browser.from("/", w.lms.Launch11(base+"/", consumer, agreed, url.Values{"user_id": {strconv.Itoa(i)}}))
		if out = browser.do(browser.request(http.MethodGet, out.Header().Get("Location"), nil)); out.Code != http.StatusOK {
			b.Fatal(out.Code, out.Body)
		}
	}
}

// BenchmarkPage is one look at the page.
func BenchmarkPage(b *testing.B) {
	w := onDisk(b)
	browser := w.browser()
	self := browser.from("/", w.lms.Launch11(base+"/", consumer, agreed, nil)).Header().Get("Location")
	for range b.N {
		browser.do(browser.request(http.MethodGet, self, nil))
	}
}
