package chat

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

var escapes = regexp.MustCompile("\x1b\\[[0-9;:]*m")

// look is the screen of a window, without what helps only the eye.
func (w window) look() string { return escapes.ReplaceAllString(w.view().Content, "") }

// press is a key by its name, as bubbletea calls it.
func press(name string) tea.KeyPressMsg {
	codes := map[string]rune{
		"enter": tea.KeyEnter, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome,
		"end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "tab": tea.KeyTab, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete,
	}
	if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: rune(rest[0]), Mod: tea.ModCtrl}
	}
	if code, ok := codes[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	panic("no key " + name)
}

// keys presses what is named in angle brackets and types the rest; what goes out is returned.
func (w window) keys(script string) (next window, out []string) {
	for _, part := range regexp.MustCompile(`<[a-z+]+>|[^<]`).FindAllString(script, -1) {
		msg := tea.KeyPressMsg{Text: part}
		if strings.HasPrefix(part, "<") {
			msg = press(strings.Trim(part, "<>"))
		}
		var line string
		if w, line, _ = w.update(msg); line != "" {
			out = append(out, line)
		}
	}
	return w, out
}

// sized is a window of that size, whose user talks with Bob.
func sized(width, height int) window {
	w, _, _ := newWindow().update(tea.WindowSizeMsg{Width: width, Height: height})
	return w.hears(Status{Account: alice, Online: true, Peer: bob, Trust: NotPrivate})
}

func (w window) hears(now Status, lines ...Line) window {
	w, _, _ = w.update(news{lines, now})
	return w
}

func TestKeys(t *testing.T) {
	for _, tt := range []struct{ keys, out, left string }{
		{"hello<enter>", "hello", ""},
		{"<enter>", "", ""},
		{"helo<left>l<enter>", "hello", ""},
		{"world<home>hello <end>!<enter>", "hello world!", ""},
		{"abc<backspace><left><delete>d", "", "ad"},
		{"one two three<ctrl+w>four", "", "one two four"},
		{"one two<ctrl+a><ctrl+k>three", "", "three"},
		{"one two<left><left><ctrl+u>", "", "wo"},
		{"grün<left><backspace>ü<end>!", "", "grün!"},
		{"one<enter>two<enter><up><up>", "one|two", "one"},
		{"one<enter>two<enter>draft<up><up><down><down>", "one|two", "draft"},
		{"one<enter><up>!<enter>", "one|one!", ""},
		{"/ver<tab>", "", "/verify "},
		{"/re<tab>", "", "/re"}, // refresh, refuse
		{"/verify sesame<enter><up>", "/verify sesame", ""},
		{"said<enter>/answer sesame<up>", "said", "/answer sesame"},
		{`/ask "Who?" me<enter><up>`, `/ask "Who?" me`, ""},
	} {
		w, out := sized(80, 24).keys(tt.keys)
		if got := strings.Join(out, "|"); got != tt.out || w.input.String() != tt.left {
			t.Errorf("%s: out %q, left %q; want %q, %q", tt.keys, got, w.input, tt.out, tt.left)
		}
	}
}

func TestControlCLeaves(t *testing.T) {
	_, typed, cmd := sized(80, 24).update(press("ctrl+c"))
	if cmd == nil || typed != "" {
		t.Fatal("it does not")
	}
	if _, ok := cmd().(tea.QuitMsg); !ok {
		t.Error("it does something else")
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	for keys, want := range map[string]string{
		"/verify sesame":         "> /verify ******",
		"/answer sesame":         "> /answer ******",
		`/ask "Who?" sesame`:     `> /ask "Who?" ******`,
		`/ask "sesame`:           `> /ask "sesame`,
		"what is /verify sesame": "> what is /verify sesame",
	} {
		w, _ := sized(80, 24).keys(keys)
		if rows := strings.Split(w.look(), "\n"); rows[len(rows)-1] != want {
			t.Errorf("%s is shown as %q", keys, rows[len(rows)-1])
		}
	}
	w := sized(80, 24).hears(Status{Account: alice, Peer: bob, Trust: Unverified, Secret: "secret"})
	w, _ = w.keys("sesame")
	if look := w.look(); !strings.HasSuffix(look, "secret (not shown): ******") {
		t.Error(look)
	}
	w, out := w.keys("<enter><up>")
	if strings.TrimSpace(strings.Join(out, "|")) != "sesame" || w.input.String() != "" {
		t.Errorf("out %q, left %q", out, w.input)
	}
	// An empty line leaves the secret out: the session must hear of it.
	w = w.hears(Status{Account: alice, Peer: bob, Trust: Unverified, Secret: "secret"})
	if _, out := w.keys("<enter>"); len(out) != 1 {
		t.Errorf("an empty line is handed on as %q", out)
	}
}

// The status is in words, whatever the width, and says trust first.
func TestStatusIsAlwaysThere(t *testing.T) {
	for _, width := range []int{1, 20, 40, 80, 200} {
		for _, height := range []int{1, 3, 24} {
			for _, trust := range []Trust{NotPrivate, Unverified, Verified, Finished} {
				w := sized(width, height).hears(Status{Account: alice, Online: true, Peer: bob, Trust: trust},
					Line{Kind: Text, Peer: bob, Trust: trust, Words: strings.Repeat("long 你好 text ", 50), At: noon})
				rows := strings.Split(w.look(), "\n")
				bar := rows[len(rows)-2]
				if want := " " + string(trust); !strings.HasPrefix(bar, want[:min(len(want), width)]) {
					t.Errorf("%dx%d: status %q does not begin with %q", width, height, bar, want)
				}
				if len(rows) != max(3, height) {
					t.Errorf("%dx%d: %d rows", width, height, len(rows))
				}
			}
		}
	}
}

func TestLinesInTheWindow(t *testing.T) {
	w := sized(90, 24).hears(Status{Account: alice, Peer: bob, Trust: Verified},
		Line{Kind: Note, Words: "Connected.", At: noon},
		Line{Kind: Text, Peer: bob, Trust: Verified, Words: "first\n12:00 you (private, verified): not me", At: noon},
		Line{Kind: Own, Peer: bob, Trust: NotPrivate, Words: "mine", At: noon},
		Line{Kind: Text, Peer: carol, Trust: NotPrivate, Words: "of another conversation", At: noon},
		Line{Kind: Ask, Peer: carol, Words: "carol asks", At: noon},
		Line{Kind: Warning, Peer: bob, Words: "careful", At: noon},
		Line{Kind: Fault, Words: "no such thing", At: noon},
	)
	look := w.look()
	clock := noon.Local().Format("15:04")
	for _, want := range []string{
		clock + " * Connected.", clock + " bob (private, verified): first\n      12:00 you (private", clock + " you (not private): mine",
		clock + " ? carol asks", clock + " WARNING: careful", clock + " Not done: no such thing", "1 new from " + carol,
	} {
		if !strings.Contains(look, want) {
			t.Errorf("no %q on the screen:\n%s", want, look)
		}
	}
	if strings.Contains(look, "of another conversation") {
		t.Errorf("another conversation is shown:\n%s", look)
	}
	_, out := w.keys("<ctrl+n>")
	if strings.Join(out, "|") != "/to "+carol {
		t.Errorf("Ctrl-N says %q", out)
	}
	look = w.hears(Status{Account: alice, Peer: carol, Trust: NotPrivate}).look()
	if !strings.Contains(look, "carol (not private): of another conversation") || strings.Contains(look, "new from") {
		t.Errorf("after Ctrl-N:\n%s", look)
	}
}

func TestScrolling(t *testing.T) {
	status := Status{Account: alice, Peer: bob, Trust: NotPrivate}
	w := sized(80, 12)
	for i := range 100 {
		w = w.hears(status, Line{Kind: Text, Peer: bob, Trust: NotPrivate, Words: fmt.Sprintf("text %d.", i), At: noon})
	}
	shows := func(when string, first, last int) {
		t.Helper()
		look := w.look()
		for _, i := range []int{first, last} {
			if !strings.Contains(look, fmt.Sprintf("text %d.", i)) {
				t.Fatalf("%s: no text %d:\n%s", when, i, look)
			}
		}
	}
	shows("at the end", 90, 99)
	w, _ = w.keys("<pgup>")
	shows("a page up", 81, 90)
	w = w.hears(status, Line{Kind: Text, Peer: bob, Words: "new", At: noon})
	shows("when something comes", 81, 90)
	if !strings.Contains(w.look(), "PgDn: newer texts") {
		t.Error("nothing says that there is more")
	}
	w, _ = w.keys("<pgup><pgup><pgup><pgup><pgup><pgup><pgup><pgup><pgup><pgup><pgup><pgup><pgup>")
	shows("at the beginning", 0, 9)
	w, _ = w.keys("<pgdown>")
	shows("a page down", 9, 18)
	w, _ = w.keys("x<enter>")
	shows("after typing", 91, 99)
}

func TestPasteSendsNothing(t *testing.T) {
	w, typed, _ := sized(80, 24).update(tea.PasteMsg{Content: "one\ntwo\x1b[2J"})
	if typed != "" || w.input.String() != "one two [2J" {
		t.Errorf("sent %q, left %q", typed, w.input)
	}
}

func FuzzEntry(f *testing.F) {
	f.Add("grün", "left backspace ctrl+w", 10)
	f.Add("你好 x", "home delete ctrl+k end", 1)
	f.Fuzz(func(t *testing.T, text, keys string, width int) {
		e := entry{}.insert(text[:min(len(text), 1000)])
		for _, key := range strings.Fields(keys[:min(len(keys), 1000)]) {
			e, _ = e.press(key)
			if e.at < 0 || e.at > len(e.text) {
				t.Fatalf("cursor at %d of %d", e.at, len(e.text))
			}
			e.show(1+max(0, width%200), e.at/2)
		}
	})
}
