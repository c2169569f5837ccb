package settings

import (
	"strconv"
	"strings"
)

// Sample is a settings file with a comment on every key. Its placeholders are
// refused by Load until they are replaced.
func Sample() string {
	var b strings.Builder
	b.WriteString(`# Settings of otrbot. A line that begins with # has no effect; the value behind it is the default or an
# example. Every key can also be set by an environment variable: OTRBOT_BOT_TITLE for title in [bot].
# Relative paths begin where this file lies. "otrbot config check" tells what is still missing.

`)
	section := ""
	for _, k := range keys() {
		table, name := split(k.name)
		if table != section {
			section = table
			b.WriteString("\n" + header(table) + "\n")
		}
		for line := range strings.SplitSeq(k.help, "\n") {
			b.WriteString("# " + line + "\n")
		}
		if k.original != "" {
			b.WriteString("# (formerly " + k.original + ")\n")
		}
		b.WriteString(k.line(name) + "\n")
	}
	return b.String()
}

func split(full string) (table, name string) {
	i := strings.LastIndex(full, ".")
	return full[:max(i, 0)], full[i+1:]
}

// header is the line of a table; the addresses are examples.
func header(table string) string {
	switch table {
	case "xmpp.accounts.*":
		return `[xmpp.accounts."` + placeholder + `"]`
	case "log.areas":
		return "# Levels of parts of the program.\n[log.areas]"
	case "log.colours.*":
		return "# Colours by name, for the pattern: lvl and msg are there already. \"bold white on blue\"; none is the terminal's own.\n" +
			"# [log.colours.lvl]"
	case "learners.*":
		return "# Who may talk to the bot; \"otrbot learner add\" adds more while it runs.\n# [learners.\"ana@example.org\"]"
	}
	return "[" + table + "]"
}

func (k key) line(name string) string {
	value := k.example
	if value == "" {
		value = k.standard
		if k.kind.shape == text {
			value = strconv.Quote(value)
		}
	}
	if k.active {
		return name + " = " + value
	}
	return "# " + name + " = " + value
}
