package chat

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
)

// rows are the newest ones, at most so many, of what was said with the current peer, what concerns everybody, and what
// must not be missed; as wide as the terminal.
func (w window) rows(most int) (rows []string) {
	for i := len(w.lines) - 1; i >= 0 && len(rows) < most; i-- {
		if l := w.lines[i]; w.shows(l) {
			wrapped := w.wrap(l)
			slices.Reverse(wrapped)
			rows = append(rows, wrapped...)
		}
	}
	rows = rows[:min(len(rows), most)]
	slices.Reverse(rows)
	return rows
}

func (w window) shows(l Line) bool {
	return l.Peer == "" || l.Peer == w.now.Peer || l.Kind == Ask || l.Kind == Warning
}

// wrap makes a line as wide as the terminal. Its further rows are indented, so that none can pass for a line of its own.
func (w window) wrap(l Line) []string {
	const indent = "      "
	width := max(10, w.width-len(indent))
	rows := strings.Split(lipgloss.Wrap(w.words(l), width, ""), "\n")
	for i := range rows {
		if i == 0 {
			rows[i] = l.At.Local().Format("15:04") + " " + style(l.Kind).Render(rows[i])
		} else {
			rows[i] = indent + style(l.Kind).Render(rows[i])
		}
	}
	return rows
}

// words are those of a line; kind and trust stand in them, so that no colour is needed.
func (w window) words(l Line) string {
	switch l.Kind {
	case Text:
		return w.name(l.Peer) + " (" + l.mark() + "): " + l.Words
	case Own:
		return "you (" + l.mark() + "): " + l.Words
	case Note:
		return "* " + l.Words
	case Ask:
		return "? " + l.Words
	}
	return l.String()
}

// name is short for whom the window is about.
func (w window) name(peer string) string {
	local, _, found := strings.Cut(peer, "@")
	if found && peer == w.now.Peer {
		return local
	}
	return peer
}

// style helps the eye; it says nothing that the words do not.
func style(k Kind) lipgloss.Style {
	switch s := lipgloss.NewStyle(); k {
	case Warning, Ask:
		return s.Bold(true)
	case Note:
		return s.Faint(true)
	default:
		return s
	}
}

// bar is the status, with trust first: it stays when the terminal is narrow.
func (w window) bar() string {
	var more []string
	if w.scrolled > 0 {
		more = append(more, "PgDn: newer texts")
	}
	for _, peer := range w.waiting() {
		more = append(more, fmt.Sprintf("%d new from %s: Ctrl-N", w.unread[peer], peer))
	}
	text := []rune(" " + w.now.with(more...))
	for len(text) > 0 && lipgloss.Width(string(text)) > w.width {
		text = text[:len(text)-1]
	}
	empty := strings.Repeat(" ", w.width-lipgloss.Width(string(text)))
	return lipgloss.NewStyle().Reverse(true).Render(string(text) + empty)
}

// view is the whole screen.
func (w window) view() tea.View {
	rows := w.rows(w.scrolled + w.page())
	rows = rows[:max(0, len(rows)-w.scrolled)]
	prompt := "> "
	if w.now.Secret != "" {
		prompt = w.now.Secret + " (not shown): "
	}
	input, column := w.input.show(max(1, w.width-lipgloss.Width(prompt)-1), w.hidden())
	empty := strings.Repeat("\n", w.page()-len(rows))
	said := strings.Join(rows, "\n") + "\n"
	if len(rows) == 0 {
		said = ""
	}
	v := tea.NewView(empty + said + w.bar() + "\n" + prompt + input)
	v.AltScreen = true
	v.WindowTitle = "otrbot chat"
	v.Cursor = tea.NewCursor(lipgloss.Width(prompt)+column, w.height-1)
	return v
}
