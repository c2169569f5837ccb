package main

import (
	"strings"
	"time"

	"otrbot/internal/settings"
)

const aboutSettings = `The settings are one TOML file. Every key has a default where there can be one; an unknown key is a fault.
What comes later wins: defaults, the file, variables of the environment, flags. Relative paths begin where the file lies.
A list in a variable is separated by commas.

A running bot reads the file again when systemctl reload, or the signal SIGHUP, asks it to. "At once" and the like below
say when a change then takes effect; "restart" means that it waits for one. A file with faults changes nothing.`

// settingsPage is the manual page of the settings file.
func settingsPage(day time.Time) string {
	p := newMdoc("otrbot.toml", "5", day)
	p.section("NAME")
	p.macro("Nm", "otrbot.toml")
	p.macro("Nd", "settings of otrbot")
	p.section("DESCRIPTION")
	p.prose(aboutSettings)
	table, first := "", true
	for _, d := range settings.Descriptions() {
		of, key := tableOf(d.Name)
		if first || of != table {
			if !first {
				p.line(".El")
			}
			p.macro("Ss", tableTitle(of))
			p.line(".Bl -tag -width Ds")
			table, first = of, false
		}
		p.setting(key, d)
	}
	p.line(".El")
	p.section("FILES")
	p.line(".Bl -tag -width Ds -compact")
	for _, place := range settings.Places() {
		p.macro("It Pa", place)
	}
	p.line(".El")
	p.section("EXAMPLES")
	p.words("A file with every key and what it means:")
	p.literal([]string{"otrbot config sample"})
	p.section("SEE ALSO")
	p.line(".Xr otrbot-config 1 ,")
	p.line(".Xr otrbot-run 1")
	return p.String()
}

func tableOf(name string) (table, key string) {
	i := strings.LastIndexByte(name, '.')
	return name[:max(i, 0)], name[i+1:]
}

func tableTitle(table string) string {
	switch {
	case table == "":
		return "Before all tables"
	case strings.HasPrefix(table, "log.colours."):
		return "[log.colours.NAME]"
	}
	return "[" + strings.ReplaceAll(table, "*", `"ADDRESS"`) + "]"
}

func (p *mdoc) setting(key string, d settings.Description) {
	p.macro("It Ic", key)
	p.words(d.Help)
	for _, fact := range []struct{ name, value string }{
		{"Default", d.Default}, {"Example", d.Example}, {"Variable", d.Variable}, {"Formerly", d.Original}, {"A change takes effect", string(d.Effect)},
	} {
		if fact.value != "" {
			p.line(".br")
			p.line(escapeLine(fact.name + ": " + fact.value))
		}
	}
}
