package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"otrbot/internal/settings"
)

// synopsis says how a command is called.
func (p *mdoc) synopsis(c *cobra.Command) {
	p.macro("Nm", c.CommandPath())
	eachFlag(c, func(f *pflag.Flag, value string) {
		p.line(".Op " + flagName("-"+f.Name, value))
	})
	if c.HasAvailableSubCommands() {
		p.line(".Ar command")
		return
	}
	_, rest, _ := strings.Cut(c.Use, " ")
	for _, a := range usageWords(rest) {
		p.line(a)
	}
}

// usageWords writes what stands behind the name in a usage line: NAME, [NAME], [NAME OTHER], NAME..., and what comes from
// standard input, < NAME. Flags there are left out, with their values: the synopsis has them already.
func usageWords(usage string) []string {
	usage = regexp.MustCompile(`(\S+) \| --\S+`).ReplaceAllString(usage, "[$1]")
	usage = regexp.MustCompile(`\[?(--[a-z-]+( [A-Z]+\b)? ?)+\]?`).ReplaceAllString(usage, "")
	var lines []string
	for _, word := range regexp.MustCompile(`\[[^]]*\](\.\.\.)?|< \S+|\S+`).FindAllString(usage, -1) {
		line := "."
		switch word[0] {
		case '[':
			line = ".Op "
		case '<':
			line = ".No < "
		}
		bare := strings.NewReplacer("[", "", "]", "", "...", "", "<", "").Replace(word)
		for name := range strings.FieldsSeq(bare) {
			line += "Ar " + quoteMdoc(name) + " "
		}
		if strings.Contains(word, "...") {
			line += "..."
		}
		lines = append(lines, strings.TrimSpace(line))
	}
	return lines
}

// eachFlag visits the flags of a command, its own and those from above, by name, with the name of their value.
func eachFlag(c *cobra.Command, visit func(f *pflag.Flag, value string)) {
	c.InitDefaultHelpFlag()
	all := pflag.NewFlagSet("", pflag.ContinueOnError)
	all.AddFlagSet(c.NonInheritedFlags())
	all.AddFlagSet(c.InheritedFlags())
	all.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		value, _ := pflag.UnquoteUsage(f)
		visit(f, value)
	})
}

// flagName is a flag with its value, as arguments of a macro.
func flagName(name, value string) string {
	s := "Fl " + name
	if value != "" {
		s += " Ar " + quoteMdoc(value)
	}
	return s
}

func (p *mdoc) options(c *cobra.Command) {
	first := true
	eachFlag(c, func(f *pflag.Flag, value string) {
		if first {
			p.section("OPTIONS")
			p.line(".Bl -tag -width Ds")
			first = false
		}
		item := flagName("-"+f.Name, value)
		if f.Shorthand != "" {
			item = flagName(f.Shorthand, "") + " , " + item
		}
		p.line(".It " + item)
		_, usage := pflag.UnquoteUsage(f)
		if d := f.DefValue; d != "" && d != "false" && d != "0" && d != "[]" && !strings.Contains(usage, "(default") {
			usage += " (default " + d + ")"
		}
		p.words(strings.ToUpper(usage[:1]) + usage[1:] + ".")
	})
	if !first {
		p.line(".El")
	}
}

func (p *mdoc) commands(c *cobra.Command) {
	if !c.HasAvailableSubCommands() {
		return
	}
	p.section("COMMANDS")
	p.line(".Bl -tag -width Ds")
	for _, below := range c.Commands() {
		if documented(below) {
			p.line(".It Xr " + manName(below) + " 1")
			p.words(strings.TrimSuffix(below.Short, ".") + ".")
		}
	}
	p.line(".El")
}

// files are those that the program looks for by itself.
func (p *mdoc) files() {
	p.section("FILES")
	p.line(".Bl -tag -width Ds")
	for _, place := range settings.Places() {
		p.macro("It Pa", place)
		p.words("Settings. The first of these files that is there counts.")
	}
	p.line(".It Pa /var/lib/otrbot")
	p.words("The database, and the key that seals it.")
	p.line(".El")
}

// seeAlso names the pages above and below, and that of the settings, by section and name.
func (p *mdoc) seeAlso(c *cobra.Command) {
	var pages []string
	for above := c.Parent(); above != nil; above = above.Parent() {
		pages = append(pages, manName(above)+" 1")
	}
	for _, below := range c.Commands() {
		if documented(below) {
			pages = append(pages, manName(below)+" 1")
		}
	}
	slices.Sort(pages)
	if c.Flags().Lookup("config") != nil || !c.HasParent() {
		pages = append(pages, "otrbot.toml 5")
	}
	p.section("SEE ALSO")
	p.line(".Xr " + strings.Join(pages, " ,\n.Xr "))
}
