package settings

import (
	"slices"
	"strings"
)

// environment takes the variables of the environment, those of the default
// account last: they need to know which it is.
func (l *loader) environment(environ []string) {
	dir := "" // relative to where the program runs
	known := map[string]key{}
	var names []string
	for _, k := range l.keys {
		if name := k.env(); name != "" {
			known[name] = k
			names = append(names, name)
		}
	}
	var later []func()
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		k, ok := known[name]
		switch {
		case ok && strings.HasPrefix(k.name, "xmpp.accounts.*"):
			later = append(later, func() { l.word(k, l.defaultScope(name), name, value, dir) })
		case ok:
			l.word(k, &scope{s: l.s}, name, value, dir)
		case strings.HasPrefix(name, "OTRBOT_"):
			if meant := nearest(name, names); meant != "" {
				l.s.Warnings = append(l.s.Warnings, name+" is not used; did you mean "+meant+"?")
			}
		}
	}
	for _, set := range later {
		set()
	}
}

// defaultScope is that of the account that variables are for.
func (l *loader) defaultScope(name string) *scope {
	if l.s.XMPP.DefaultAccount == "" && len(l.accounts) == 1 {
		return &scope{s: l.s, a: l.accounts[0]}
	}
	if l.s.XMPP.DefaultAccount == "" {
		l.fault(origin{source: name}, "", "belongs to the default account, which is not set: xmpp.default_account")
		return &scope{s: l.s, a: &Account{}}
	}
	return &scope{s: l.s, a: l.account(l.s.XMPP.DefaultAccount, origin{source: name})}
}

// flags takes what the command line says.
func (l *loader) flags(flags []Override) {
	for _, f := range flags {
		i := slices.IndexFunc(l.keys, func(k key) bool { return k.name == f.Key })
		if i < 0 || strings.Contains(f.Key, "*") || l.keys[i].kind.mute {
			l.fault(origin{source: f.Flag}, f.Key, "cannot be set on the command line")
			continue
		}
		l.word(l.keys[i], &scope{s: l.s}, f.Flag, f.Value, "")
	}
}

// word takes a value that came as plain text; lists are separated by commas.
func (l *loader) word(k key, sc *scope, source, value, dir string) {
	sc.dir = dir
	if sc.dir == "" {
		sc.dir = workingDir()
	}
	words := []string{value}
	if k.kind.shape == list {
		words = strings.FieldsFunc(value, func(c rune) bool { return c == ',' || c == ' ' })
	}
	l.set(k, sc, k.name, k.kind.shape, words, origin{source: source})
}

// gone are settings of the original that have no place here.
var gone = map[string]string{
	"enable_tls":               "TLS is always on: there is no such setting",
	"allow_ssl_fallback":       "connections without TLS, or with SSL, do not exist here: leave it out",
	"allow_plain_text":         "plain text does not exist here: leave it out",
	"ssl":                      "write direct_tls = true instead",
	"port":                     `write server = "host:port" instead`,
	"private_key":              "every lesson has a fresh OTR key: leave it out",
	"threaded_state_scheduler": "leave it out: nothing has to be threaded",
	"verify_certificate":       "certificates are always checked: leave it out, and name a private authority in tls.ca_file",
	"shared_secret":            "is called bot.default_secret here",
	"allow_v1":                 "version 1 of OTR is not safe: leave it out",
	"allow_v2":                 "versions 2 and 3 are always taken: leave it out",
	"require_encryption":       "lessons begin without encryption: leave it out",
	"error_start_ake":          "always on: leave it out",
	"use_lti":                  "no switch turns authentication off: leave it out, and try out with otrbot demo",
	"flask_config":             "there is no Flask here: leave it out",
	"pylti_config":             "leave it out: otrbot lti register adds platforms, with their keys and secrets",
	"wtf_csrf_enabled":         "forms are always protected: leave it out",
}

// unknown says what to do about a key that there is none of.
func (l *loader) unknown(path []string) string {
	last := strings.ToLower(path[len(path)-1])
	if problem, ok := gone[last]; ok {
		return problem
	}
	var near []string // keys of the same table, by their last word
	table := strings.Join(path[:len(path)-1], ".")
	if len(path) == 4 && path[0] == "xmpp" && path[1] == "accounts" {
		table = "xmpp.accounts.*"
	}
	if len(path) == 4 && path[0] == "log" && path[1] == "colours" {
		table = "log.colours.*"
	}
	if len(path) == 3 && path[0] == "learners" {
		table = "learners.*"
	}
	for _, k := range l.keys {
		if strings.EqualFold(k.original, last) {
			return "is called " + k.name + " here"
		}
		if rest, ok := strings.CutPrefix(k.name, table+"."); ok || table == "" {
			word, _, _ := strings.Cut(rest, ".")
			near = append(near, word)
		}
	}
	if meant := nearest(last, near); meant != "" && meant != last {
		return "there is no such key; did you mean " + meant + "?"
	}
	for _, k := range l.keys {
		if strings.HasSuffix(k.name, "."+last) || k.name == last {
			return "there is no such key here; did you mean " + k.name + "?"
		}
	}
	return "there is no such key"
}
