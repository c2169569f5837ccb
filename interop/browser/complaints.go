package browser

import (
	"fmt"
	"strings"
	"sync"

	"github.com/chromedp/chromedp"
)

// complaints are what tabs write on their consoles: a script that fails, a
// policy that is broken.
type complaints struct {
	mu  sync.Mutex
	all []string
}

// of follows the console of a tab until the tab is closed.
func (c *complaints) of(tab *Page) {
	messages := chromedp.Console(tab.ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if counts(m) {
				c.add(fmt.Sprintf("%s at %s:%d: %s", m.Type, m.URL, m.Line+1, m.Text))
			}
		}
	}()
}

// counts reports whether a message is a page's fault. One that answers with an error, or is not there at all, is for the
// test to judge; that autofocus does nothing in a frame of another site is known.
func counts(m chromedp.ConsoleMessage) bool {
	bad := m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleException || m.Source == "security"
	return bad && m.Source != "network" && !strings.HasPrefix(m.Text, "Blocked autofocusing")
}

func (c *complaints) add(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, text)
}

// take returns what has come and forgets it.
func (c *complaints) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.all
	c.all = nil
	return all
}

// Complaints waits for a complaint of a page on its console and returns all
// until now. What no test asks for is an error at its end.
func (b *Browser) Complaints() []string {
	b.t.Helper()
	var all []string
	await(b.t, "a complaint on the console", func() error {
		if all = b.complaints.take(); len(all) == 0 {
			return fmt.Errorf("there is none")
		}
		return nil
	})
	return all
}
