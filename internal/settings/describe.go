package settings

// A Description says of one setting what there is to know, for manuals.
type Description struct {
	Name     string // "bot.title"; a star stands for an address or a name of the operator's
	Variable string // of the environment; empty: none
	Original string // its name in the original bot; empty: it had none
	Default  string // as plain text; may be empty
	Help     string // sentences, perhaps on several lines
	Example  string // as TOML; empty: the default is one
	Effect   Effect // when a change takes effect
}

// Descriptions are those of all settings, in the order of Sample.
func Descriptions() []Description {
	var all []Description
	for _, k := range keys() {
		all = append(all, Description{k.name, k.env(), k.original, k.standard, k.help, k.example, k.effect()})
	}
	return all
}
