package chat

import (
	"context"
	"errors"
	"io"
	"os"

	tea "charm.land/bubbletea/v2"
)

// Screen is full-screen mode: what was said, a line that tells at all times how far the conversation can be trusted,
// and a line to type in.
type Screen struct {
	program *tea.Program
	model   *windowModel
}

// NewScreen is a Screen on a terminal.
func NewScreen(in io.Reader, out io.Writer) *Screen {
	m := &windowModel{window: newWindow()}
	return &Screen{model: m, program: tea.NewProgram(m, tea.WithInput(in), tea.WithOutput(out), tea.WithEnvironment(os.Environ()))}
}

// Run shows the screen until the person leaves.
func (f *Screen) Run(ctx context.Context, d *Desk) error {
	stop := context.AfterFunc(ctx, f.program.Quit)
	defer stop()
	f.model.desk = d
	_, err := f.program.Run()
	if errors.Is(err, tea.ErrInterrupted) {
		return nil
	}
	return err
}

// Show shows lines.
func (f *Screen) Show(lines []Line, now Status) { f.program.Send(news{lines, now}) }

// news is what a session has to tell.
type news struct {
	lines []Line
	now   Status
}

// windowModel ties a window to a program: what is typed goes to the desk.
type windowModel struct {
	window window
	desk   *Desk
}

// Init does nothing.
func (m *windowModel) Init() tea.Cmd { return nil }

// Update is Bubble Tea's.
func (m *windowModel) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	next, typed, cmd := m.window.update(msg)
	m.window = next
	if typed != "" && !m.desk.Type(typed) {
		m.window.lines = append(m.window.lines, Line{Kind: Fault, Words: "too many lines at once: this one was not taken."})
	}
	return m, cmd
}

// View is Bubble Tea's.
func (m *windowModel) View() tea.View { return m.window.view() }
