package web_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"otrbot/internal/web"
	"otrbot/lti/ltitest"
)

type told struct {
	mu  sync.Mutex
	all []string
}

func (w *told) Launched(outcome string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, outcome)
}

// Whatever becomes of a launch is told once, in a word of the list.
func TestLaunchesAreCounted(t *testing.T) {
	watcher := &told{}
	w := newWorld(t, func(c *web.Config) { c.Watch = watcher })
	b := w.browser()
	b.launch13(func(ltitest.Claims) {})
	b.launch11(nil)
	b.launch13(func(c ltitest.Claims) { c[ltitest.Deployment] = "new-one" })
	b.get("/lti/launch")
	must(t, w.db.Close())
	b.get("/lti/launch")
	b.from("/", b.lms.Launch11(base+"/", consumer, agreed, nil))
	if want := []string{"ok", "ok", "unknown-deployment", "not-a-launch", "not-a-launch", "failed"}; !slices.Equal(watcher.all, want) {
		t.Errorf("told %v, want %v", watcher.all, want)
	}
	for _, one := range watcher.all {
		if !slices.Contains(web.Outcomes(), one) {
			t.Errorf("%q is in no list", one)
		}
		if strings.Contains(one, "@") {
			t.Errorf("%q", one)
		}
	}
}
