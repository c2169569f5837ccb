package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// copyright is Debian's file about licences: ours, then the modules with their licences, each text once.
func copyright(p *program, source string) ([]byte, error) {
	notice, err := os.ReadFile(filepath.Join(source, "NOTICE"))
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, `otrbot: tutor for private chatting with OTR, on XMPP
Copyright: the authors of otrbot
Licence: Apache-2.0. On Debian systems its text is in /usr/share/common-licenses/Apache-2.0.

%s

The program is linked with the modules below, each under its own licence.

`, strings.TrimSpace(string(notice)))
	for _, m := range p.modules {
		name := strings.Join(m.licences, ", ")
		if name == "" {
			name = "a licence of its own, see below"
		}
		fmt.Fprintf(&b, "  %s %s: %s\n", m.path, m.version, name)
	}
	for _, same := range grouped(p.modules) {
		fmt.Fprintf(&b, "\n%s\n%s\n\n%s\n", strings.Repeat("-", 78), strings.Join(same.of, "\n"), same.body)
	}
	return []byte(b.String()), nil
}

// A shared text is one licence with all whose licence it is.
type shared struct {
	body string
	of   []string // "module: file"
}

// apache stands for the text of that licence, which Debian systems have already.
const apache = "Apache License, Version 2.0. On Debian systems its text is in /usr/share/common-licenses/Apache-2.0."

// grouped puts equal texts together, in the order of the first of each.
func grouped(modules []module) []*shared {
	var list []*shared
	at := map[string]*shared{}
	for _, m := range modules {
		for _, t := range m.texts {
			if slices.Equal(recognise([]text{t}), []string{"Apache-2.0"}) {
				t.body = apache
			}
			if at[t.body] == nil {
				at[t.body] = &shared{body: t.body}
				list = append(list, at[t.body])
			}
			at[t.body].of = append(at[t.body].of, m.path+": "+t.name)
		}
	}
	return list
}
