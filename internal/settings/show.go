package settings

import "strings"

// A Value is one setting as it is in force.
type Value struct {
	Key    string `json:"key"`
	Value  string `json:"value"`  // "[secret]" for secrets
	Source string `json:"source"` // "default", "otrbot.toml:12", a variable or a flag
}

// Values returns every setting with where it was set, without secrets.
func (s *Settings) Values() []Value { return append([]Value(nil), s.values...) }

func (l *loader) values() {
	for _, k := range l.keys {
		switch {
		case strings.HasPrefix(k.name, "xmpp.accounts.*"):
			for _, a := range l.accounts {
				l.value(k, &scope{s: l.s, a: a})
			}
		case strings.HasPrefix(k.name, "learners.*"):
			for _, one := range l.learners {
				l.value(k, &scope{s: l.s, l: one})
			}
		case strings.HasPrefix(k.name, "log.colours.*"):
			for _, c := range l.schemes {
				l.value(k, &scope{s: l.s, c: c})
			}
		default:
			l.value(k, &scope{s: l.s})
		}
	}
}

func (l *loader) value(k key, sc *scope) {
	name := l.full(k, sc)
	from, set := l.from[name]
	if !set {
		from = origin{source: "default"}
	}
	v := Value{Key: name, Value: k.kind.get(sc), Source: from.String()}
	if strings.HasSuffix(name, ".password") || name == "bot.default_secret" {
		if set {
			v.Value = hidden
		} else {
			v.Value = ""
		}
	}
	l.s.values = append(l.s.values, v)
}
