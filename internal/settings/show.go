package settings

import (
	"crypto/sha256"
	"strings"
)

// A Value is one setting as it is in force.
type Value struct {
	Key    string `json:"key"`
	Value  string `json:"value"`  // "[secret]" for secrets
	Source string `json:"source"` // "default", "otrbot.toml:12", a variable, a flag or "credential NAME"
	Effect Effect `json:"reload"` // when a change takes effect in a bot that reads its settings again

	content [sha256.Size]byte // of a secret and of the files of an account: never shown, but compared
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
	v := Value{Key: name, Value: k.kind.get(sc), Source: from.String(), Effect: k.effect()}
	if set {
		v.content = content(k, sc)
	}
	if secretKey(name) {
		if set {
			v.Value = hidden
		} else {
			v.Value = ""
		}
	}
	l.s.values = append(l.s.values, v)
}

func secretKey(name string) bool {
	return strings.HasSuffix(name, ".password") || name == "bot.default_secret"
}

// content is what a key stands for where that is more than the value that is shown.
func content(k key, sc *scope) [sha256.Size]byte {
	switch {
	case k.name == "bot.default_secret":
		return sha256.Sum256([]byte(sc.s.Bot.DefaultSecret.s))
	case k.name == "bot.lesson":
		return sha256.Sum256(sc.s.Bot.LessonText)
	case k.name == "xmpp.accounts.*.password":
		return sha256.Sum256([]byte(sc.a.Password.s))
	case k.name == "xmpp.accounts.*.avatar":
		return sha256.Sum256(sc.a.Picture)
	}
	return [sha256.Size]byte{}
}
