// Package hello says things in every way that a Go program can.
package hello

import "otrbot/gettext"

const (
	joined  gettext.Msg = "Joined " + part
	part                = "from constants"
	ignored             = "a plain string"
)

// translators: in a table
var table = []struct {
	Title gettext.Msg
	What  string
}{
	{Title: "First row", What: "not this"},
	// translators: said
	//   in two lines
	{"Second row", "nor this"},
}

var byName = map[string]gettext.Msg{"a": "In a map"}

const door gettext.Ctxt = "door"

type speaker interface{ Say(gettext.Msg) string }

func say(c *gettext.Catalogue, s speaker, variable gettext.Msg, n int) []string {
	if variable == "" || variable == "Compared" {
		return nil
	}
	return []string{
		c.Text("A literal"),
		c.Text(`A raw
literal`),
		c.Text(("In parentheses")),
		c.Text(gettext.Msg("Converted")),
		c.Text(variable),
		s.Say("By an interface"), // translators: on its line
		c.In(door, "Open"),
		c.In("tin", "Open"),
		c.Count("{n} cat", "{n} cats", n),
		c.Text("{n} cat"),
		two("One", "Ones", "Two", "Twos"),
		c.Text("100 %d"),
		ignored,
		string(joined),
	}
}

func two(a gettext.Msg, as gettext.Plural, b gettext.Msg, bs gettext.Plural) string {
	return string(a) + string(as) + string(b) + string(bs)
}
