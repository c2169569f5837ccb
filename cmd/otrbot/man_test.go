package main

import (
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"otrbot/internal/settings"
)

// What people read on a page of the manual is what the command says about itself. interop/packages lets mandoc judge
// the language.

func TestCommandPage(t *testing.T) {
	c := &cobra.Command{Use: "water [PLANT]... CAN", Short: "Water plants", RunE: func(*cobra.Command, []string) error { return nil },
		Long: "Water plants. Never at noon:\n    .leaf  a leaf\n\n--slowly is better; \\ and é are letters.", Example: "  garden water rose blue",
		Aliases: []string{"wet"}}
	c.Flags().StringP("from", "f", "tap", "where the `source` is")
	c.Flags().Bool("slowly", false, "take time")
	root := &cobra.Command{Use: "garden"}
	root.AddCommand(c)
	want := strings.TrimPrefix(`
.Dd May 4, 2026
.Dt GARDEN-WATER 1
.Os "otrbot `+thisVersion().Version+`"
.Sh NAME
.Nm garden-water
.Nd "Water plants"
.Sh SYNOPSIS
.Nm "garden water"
.Op Fl -from Ar source
.Op Fl -slowly
.Op Ar PLANT ...
.Ar "CAN"
.Sh DESCRIPTION
Water plants.
Never at noon:
.Bd -literal -offset indent
\&.leaf  a leaf
.Ed
.Pp
\-\-slowly is better; \e and \[u00E9] are letters.
.Pp
Other names: wet.
.Sh OPTIONS
.Bl -tag -width Ds
.It Fl f , Fl -from Ar source
Where the source is (default tap).
.It Fl -slowly
Take time.
.El
.Sh EXIT STATUS
The codes are those of
.Xr otrbot 1 .
.Sh EXAMPLES
.Bd -literal -offset indent
garden water rose blue
.Ed
.Sh SEE ALSO
.Xr garden 1
`, "\n")
	if got := commandPage(c, time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)); got != want {
		t.Errorf("the page is\n%s\nwant\n%s", got, want)
	}
}

func TestUsageWords(t *testing.T) {
	for usage, want := range map[string]string{
		"":                                      "",
		"JID [--yes]":                           ".Ar \"JID\"",
		"FROM [NAME PROTOCOL]":                  ".Ar FROM|.Op Ar NAME Ar PROTOCOL",
		"FILE...":                               ".Ar FILE ...",
		"[POT] LOCALE":                          ".Op Ar \"POT\"|.Ar LOCALE",
		"[PLANT]... WATER":                      ".Op Ar PLANT ...|.Ar WATER",
		"LEARNER... | --all":                    ".Op Ar LEARNER ...",
		"NAME [--client-id ID --deployment ID]": ".Ar NAME",
		"NAME --issuer URL --client-id ID":      ".Ar NAME",
		"aeskey [new_message] < transcript":     ".Ar aeskey|.Op Ar new_message|.No < Ar transcript",
	} {
		if got := strings.Join(usageWords(usage), "|"); got != want {
			t.Errorf("%s: %s, want %s", usage, got, want)
		}
	}
}

// Every command that a person can call has a page, and no other.
func TestManPagesOfAll(t *testing.T) {
	var names []string
	for _, p := range manPages(rootCommand(), time.Unix(0, 0).UTC()) {
		names = append(names, p.name)
	}
	for _, want := range []string{"otrbot.1", "otrbot-run.1", "otrbot-learner-add.1", "otrbot-lti-register-canvas.1", "otrbot-completion-bash.1"} {
		if !slices.Contains(names, want) {
			t.Errorf("no page %s among %q", want, names)
		}
	}
	if slices.Contains(names, "otrbot-man.1") || slices.Contains(names, "otrbot-help.1") {
		t.Errorf("pages of hidden commands: %q", names)
	}
}

func TestSettingsPage(t *testing.T) {
	page := settingsPage(time.Unix(0, 0).UTC())
	for _, d := range settings.Descriptions() {
		table, key := tableOf(d.Name)
		if !strings.Contains(page, "\n.Ss "+quoteMdoc(tableTitle(table))+"\n") || !strings.Contains(page, "\n.It Ic "+quoteMdoc(key)+"\n") {
			t.Errorf("the page does not name %s", d.Name)
		}
	}
	if want := "\n.It Ic typing_speed\nCharacters a second.\n.br\nDefault: 20\n.br\nVariable: OTRBOT_BOT_TYPING_SPEED\n.br\nFormerly: TYPE_SPEED\n"; !strings.Contains(page, want) {
		t.Errorf("the page does not say %q:\n%s", want, page)
	}
}

// The shell proposes what a flag can have.
func TestCompletions(t *testing.T) {
	for _, c := range []struct {
		args string
		want string
	}{
		{"__complete learner add --locale n", "nl"},
		{"__complete lesson play --locale pt", "pt_BR"},
		{"__complete run --config ", "toml"},
		{"__complete ru", "run\tLog in and teach"},
		{"__complete config s", "sample\tWrite a settings file with a comment on every key"},
	} {
		args := strings.Split(c.args, " ")
		var out strings.Builder
		if code := run(args, strings.NewReader(""), &out, io.Discard); code != exitOK {
			t.Errorf("%s: exit code %d", c.args, code)
		}
		if !slices.Contains(strings.Split(out.String(), "\n"), c.want) {
			t.Errorf("%s proposes %q, want %q among them", c.args, out.String(), c.want)
		}
	}
}
