package browser

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

const (
	settles = 2 * time.Second
	height  = 900  // of a window
	highest = 4000 // of a picture
	axeFile = "build/axe/node_modules/axe-core/axe.min.js"
	shots   = "build/screenshots"
)

// A look is a way to see a page.
type look struct {
	width  int64
	scheme string // that the user prefers
}

// Widths are those of a small telephone, which is also a desk's screen at 400 %
// (WCAG 2.2, "Reflow"), of a tablet, and of a desk.
var (
	allLooks = []look{{320, "light"}, {320, "dark"}, {768, "light"}, {1280, "light"}, {1280, "dark"}}
	twoLooks = []look{{320, "light"}, {1280, "dark"}} // where only words differ from a page that was seen well
)

// Audit looks at the page as it is now and calls every fault that it has an error of the test.
func (p *Page) Audit(state string) { p.t.Helper(); p.report(p.faults(state, allLooks)) }

// Glance is Audit by two looks only: for one more state of a page that an Audit has seen.
func (p *Page) Glance(state string) { p.t.Helper(); p.report(p.faults(state, twoLooks)) }

// Narrow looks only whether the page fits on a small telephone, and keeps a picture of it there.
func (p *Page) Narrow(state string) {
	p.t.Helper()
	p.width(allLooks[0].width)
	if err := p.fits(); err != nil {
		p.t.Errorf("%s at %d pixels: %v", state, allLooks[0].width, err)
	}
	p.Screenshot(state, allLooks[0].width)
}

func (p *Page) report(faults []string) {
	p.t.Helper()
	for _, fault := range faults {
		p.t.Error(fault)
	}
}

// Faults looks at the page as it is now, at every width, in light and dark: what
// axe finds, and what needs scrolling sideways. A screenshot of the whole tab
// each time is kept in build/screenshots, under the test's name and the state's.
func (p *Page) Faults(state string) []string { p.t.Helper(); return p.faults(state, allLooks) }

func (p *Page) faults(state string, looks []look) []string {
	p.t.Helper()
	var faults []string
	for _, l := range looks {
		p.width(l.width)
		p.scheme(l.scheme)
		if err := p.fits(); err != nil {
			faults = append(faults, fmt.Sprintf("%s at %d pixels: %v", state, l.width, err))
		}
		for _, v := range p.Violations() {
			faults = append(faults, fmt.Sprintf("%s at %d pixels, %s: %s", state, l.width, l.scheme, v))
		}
		p.picture(fmt.Sprintf("%s-%d-%s", state, l.width, l.scheme), l.width)
	}
	p.scheme("")
	p.width(0)
	return faults
}

// Violations is what axe-core finds wrong with the page: the rule, its
// explanation, and the elements. Rules are those of WCAG 2.2 A and AA, and axe's
// best practices.
func (p *Page) Violations() []string {
	p.t.Helper()
	source, err := axe()
	if err != nil {
		p.t.Fatal(err)
	}
	// axe waits by timers, which are scripts for Chromium; the page's own were skipped when it was loaded.
	p.scripts(true)
	defer p.scripts(!p.noScript)
	var found []string
	p.Await("axe", func() error {
		there := false
		if err := p.evaluate("typeof axe == 'object'", &there); err != nil {
			return err
		}
		if !there {
			if err := p.evaluate(source+"\n; undefined", nil); err != nil {
				return err
			}
		}
		return p.evaluate(runAxe, &found)
	})
	return found
}

const runAxe = `axe.run(document, {iframes: false, resultTypes: ["violations"]}).then(r => r.violations.map(v =>
	v.id + ": " + v.help + ": " + v.nodes.map(n => n.target.join(" ") + " (" + n.failureSummary.replace(/\s+/g, " ") + ")").join("; ")))`

var axe = sync.OnceValues(func() (string, error) {
	source, err := os.ReadFile(axeFile)
	if errors.Is(err, os.ErrNotExist) {
		err = fmt.Errorf("no axe-core: run scripts/install-peers (%w)", err)
	}
	return string(source), err
})

// fits reports what needs scrolling sideways, and what sticks out of the box it is in. A frame takes a new width a moment
// later than its tab: what is wrong must stay so.
func (p *Page) fits() error {
	return triesFor(settles, func() error {
		var wide []string
		err := p.evaluate(fitting, &wide)
		if err == nil && len(wide) > 0 {
			err = errors.New(strings.Join(wide, ", "))
		}
		return err
	})
}

const fitting = `(() => {
	const name = e => e.localName + (e.id && "#" + e.id) + (e.className && "." + e.className);
	const root = document.scrollingElement, faults = [];
	if (root.scrollWidth > root.clientWidth) faults.push("the page is " + root.scrollWidth + " wide in " + root.clientWidth);
	for (const e of document.querySelectorAll("main *")) {
		const box = e.getBoundingClientRect(), around = e.parentElement.getBoundingClientRect(), parent = getComputedStyle(e.parentElement);
		const placed = e.closest("svg") || ["absolute", "fixed"].includes(getComputedStyle(e).position);
		if (placed || !box.width || !around.width || parent.overflowX != "visible" || parent.display.startsWith("inline")) continue;
		if (box.right > around.right + 1 || box.left < around.left - 1) faults.push(name(e) + " sticks out of " + name(e.parentElement));
	}
	return faults.slice(0, 8);
})()`

// Screenshot keeps a picture of the whole tab in a window of this width.
func (p *Page) Screenshot(name string, width int64) {
	p.t.Helper()
	p.width(width)
	p.picture(fmt.Sprintf("%s-%d", name, width), width)
	p.width(0)
}

// picture keeps what a window shows that is as high as the page. (Chromium's captureBeyondViewport, which would not need
// such a window, moves pages from right to left sideways.)
func (p *Page) picture(name string, width int64) {
	p.t.Helper()
	metrics, err := call(p.ctx, page.GetLayoutMetrics, cdp.Empty{})
	if err == nil {
		err = p.do(chromedp.EmulateViewport(width, min(max(int64(metrics.CSSContentSize.Height), height), highest)))
	}
	if err != nil {
		p.t.Fatal(err)
	}
	taken, err := call(p.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{})
	if err != nil {
		p.t.Fatal(err)
	}
	file := filepath.Join(shots, fileName(p.t.Name()), fileName(name)+".png")
	err = os.MkdirAll(filepath.Dir(file), 0o755)
	if err == nil {
		err = os.WriteFile(file, taken.Data, 0o644)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Logf("screenshot %s", file)
}

var odd = regexp.MustCompile(`[^\pL\pN_-]+`)

func fileName(s string) string { return odd.ReplaceAllString(s, "-") }

// width makes the window so wide; 0: as it was.
func (p *Page) width(pixels int64) {
	p.t.Helper()
	action := chromedp.EmulateViewport(pixels, height)
	if pixels == 0 {
		action = chromedp.EmulateReset()
	}
	if err := p.do(action); err != nil {
		p.t.Fatal(err)
	}
}

// scheme makes the user prefer light or dark pages; "": neither. Nothing moves meanwhile: a picture is of a state.
func (p *Page) scheme(s string) {
	p.t.Helper()
	must(call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: s}, {Name: "prefers-reduced-motion", Value: "reduce"}}}))(p.t)
}
