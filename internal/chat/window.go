package chat

import (
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// window is the state of full-screen mode: a value, which a message makes into the next.
type window struct {
	width, height int
	lines         []Line
	now           Status
	unread        map[string]int // texts from others than the one shown, by peer
	scrolled      int            // rows between the newest one and the last one shown
	input         entry
	history       []string // lines typed, without those with secrets
	back          int      // how far back in the history; 0: not there
	draft         string   // what was being typed before going back
}

// Bounds on what a window keeps.
const (
	maxLines   = 5000
	maxHistory = 200
)

func newWindow() window {
	return window{width: 80, height: 24, now: Status{Trust: NotPrivate}, unread: map[string]int{}}
}

// update is the whole behaviour. Typed is a line to hand on, if there is one.
func (w window) update(msg tea.Msg) (next window, typed string, cmd tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		w.width, w.height = max(1, msg.Width), max(3, msg.Height)
		return w.scroll(0), "", nil
	case news:
		return w.tell(msg), "", nil
	case tea.PasteMsg:
		w.input = w.input.insert(msg.Content) // a line break in it must not send anything by itself
		return w, "", nil
	case tea.KeyPressMsg:
		return w.key(msg)
	}
	return w, "", nil
}

// tell takes what the session has to tell. Who has scrolled back stays at the same rows.
func (w window) tell(n news) window {
	moved := n.now.Peer != w.now.Peer
	w.unread = maps.Clone(w.unread)
	w.now = n.now
	delete(w.unread, w.now.Peer)
	for _, l := range n.lines {
		if l.Kind == Text && l.Peer != w.now.Peer {
			w.unread[l.Peer]++
		}
	}
	w.lines = append(slices.Clip(w.lines), n.lines...)
	w.lines = w.lines[max(0, len(w.lines)-maxLines):]
	switch {
	case moved:
		w.scrolled = 0
	case w.scrolled > 0:
		w.scrolled += len(window{lines: n.lines, now: w.now, width: w.width}.rows(math.MaxInt))
		return w.scroll(0)
	}
	return w
}

// scroll goes so many rows up.
func (w window) scroll(rows int) window {
	w.scrolled = max(0, w.scrolled+rows)
	w.scrolled = max(0, len(w.rows(w.scrolled+w.page()))-w.page())
	return w
}

// page is how many rows of texts there is room for, beside the status and the line to type in.
func (w window) page() int { return max(1, w.height-2) }

// key takes a key.
func (w window) key(k tea.KeyPressMsg) (next window, typed string, cmd tea.Cmd) {
	switch k.String() {
	case "enter":
		next, typed = w.enter()
		return next, typed, nil
	case "ctrl+c":
		return w, "", tea.Quit
	case "pgup":
		return w.scroll(+w.page() - 1), "", nil
	case "pgdown":
		return w.scroll(1 - w.page()), "", nil
	case "up", "ctrl+p":
		return w.recall(+1), "", nil
	case "down":
		return w.recall(-1), "", nil
	case "tab":
		return w.complete(), "", nil
	case "ctrl+n":
		if waiting := w.waiting(); w.now.Secret == "" && len(waiting) > 0 {
			return w, "/to " + waiting[0], nil
		}
		return w, "", nil
	}
	if e, ok := w.input.press(k.String()); ok {
		w.input = e
	} else {
		w.input = w.input.insert(k.Text)
	}
	return w, "", nil
}

// enter hands on what is typed. A secret leaves no trace. An empty line answers only a question for a secret.
func (w window) enter() (next window, typed string) {
	line := w.input.String()
	w.input, w.back, w.draft, w.scrolled = entry{}, 0, "", 0
	switch {
	case w.now.Secret != "":
		w.now.Secret = "" // the session will say so too; until then nothing more counts as one
		return w, line + " "
	case SecretPart(line) < 0 && strings.TrimSpace(line) != "":
		w.history = append(slices.Clip(w.history), line)
		w.history = w.history[max(0, len(w.history)-maxHistory):]
	}
	return w, line
}

// hidden is the character of the input from which on it must not be shown; -1: all may be.
func (w window) hidden() int {
	if w.now.Secret != "" {
		return 0
	}
	line := w.input.String()
	if i := SecretPart(line); i >= 0 {
		return utf8.RuneCountInString(line[:i])
	}
	return -1
}

// recall goes n lines back in the history.
func (w window) recall(n int) window {
	to := min(max(w.back+n, 0), len(w.history))
	if to == w.back || w.hidden() >= 0 {
		return w
	}
	if w.back == 0 {
		w.draft = w.input.String()
	}
	if w.back = to; to == 0 {
		w.input = entryOf(w.draft)
	} else {
		w.input = entryOf(w.history[len(w.history)-to])
	}
	return w
}

// complete finishes the name of a command.
func (w window) complete() window {
	typed := w.input.String()
	if !strings.HasPrefix(typed, "/") || w.now.Secret != "" {
		return w
	}
	var found []string
	for _, name := range CommandNames() {
		if strings.HasPrefix(name, strings.ToLower(typed)) {
			found = append(found, name)
		}
	}
	if len(found) == 1 {
		w.input = entryOf(found[0] + " ")
	}
	return w
}

// waiting are those who have written something that was not read yet, in a fixed order.
func (w window) waiting() []string { return slices.Sorted(maps.Keys(w.unread)) }
