package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Source says where settings come from.
type Source struct {
	Path    string     // of the file; empty: the first of Places that exists
	Environ []string   // "NAME=value", as os.Environ gives it
	Flags   []Override // what the command line says

	// Outside is a caller that is not the service and does not log in: a password that is a credential, which systemd
	// gives to the service alone, is not missed but warned of.
	Outside bool

	// Lesson looks into the lesson that bot.lesson names and says what is wrong there; nil: nobody looks.
	Lesson func(path string, text []byte) []Fault
}

// An Override is a flag that stands for a setting. Secrets have none: every
// user of a machine can read the command lines of its programs.
type Override struct {
	Flag  string // "--jid", for faults
	Key   string // "xmpp.default_account"
	Value string
}

// Places are where the file is looked for, one after the other.
func Places() []string { return []string{"otrbot.toml", "/etc/otrbot/otrbot.toml"} }

// maxFile is the size of the largest settings file, in bytes.
const maxFile = 1 << 20

// Load reads and checks the settings. The error is a *NotFound, Faults with
// everything that is wrong.
func Load(src Source) (*Settings, error) {
	l := newLoader()
	file, doc, err := find(src)
	if err != nil {
		return nil, err
	}
	l.s.File = file
	if file != "" {
		entries, faults := readDocument(file, doc)
		if len(faults) > 0 {
			return nil, faults
		}
		l.file(file, entries)
	}
	l.environment(src.Environ)
	l.flags(src.Flags)
	l.finish(file, src)
	if len(l.faults) > 0 {
		return nil, l.faults.sorted(file)
	}
	l.values()
	return l.s, nil
}

// find reads the settings file. Settings may come from the environment alone.
func find(src Source) (file string, doc []byte, err error) {
	places := Places()
	if src.Path != "" {
		places = []string{src.Path}
	}
	for _, place := range places {
		if src.Path == "" && outOfSight(place) {
			continue
		}
		doc, err := readFile(place, maxFile)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil && src.Path == "" && foreign(place) {
			return "", nil, Faults{{Source: place, Problem: "the file belongs to another user: if it is meant, name it with --config"}}
		}
		if err != nil {
			return "", nil, Faults{{Source: place, Problem: reason(err)}}
		}
		return place, doc, nil
	}
	if src.Path == "" && slices.ContainsFunc(src.Environ, func(v string) bool { return strings.HasPrefix(v, "OTRBOT_XMPP_DEFAULT_ACCOUNT=") }) {
		return "", nil, nil
	}
	return "", nil, &NotFound{Tried: places}
}

// outOfSight reports whether a place is in a directory that this user may not look into, as where sudo was called.
func outOfSight(place string) bool {
	_, err := os.Stat(place)
	return errors.Is(err, fs.ErrPermission)
}

// An origin says where a value was set.
type origin struct {
	source       string // "default", path of the file, name of a variable or flag
	line, column int
}

func (o origin) String() string {
	if o.line > 0 {
		return fmt.Sprintf("%s:%d", o.source, o.line)
	}
	return o.source
}

type loader struct {
	s        *Settings
	keys     []key
	faults   Faults
	accounts []*Account
	learners []*Learner
	schemes  []*scheme
	from     map[string]origin // by full name of the key, or of an account or learner
}

func newLoader() *loader {
	l := &loader{s: &Settings{}, keys: keys(), from: map[string]origin{}}
	for _, k := range l.keys {
		if !strings.Contains(k.name, "*") {
			l.standard(k, &scope{s: l.s})
		}
	}
	return l
}

func (l *loader) standard(k key, sc *scope) {
	if k.standard != "" {
		if err := k.kind.set(sc, []string{k.standard}); err != nil {
			l.fault(origin{source: "default"}, k.name, err.Error()) // a test proves that this does not happen
		}
	}
}

func (l *loader) fault(at origin, name, problem string) {
	l.faults = append(l.faults, Fault{Source: at.source, Line: at.line, Column: at.column, Key: name, Problem: problem})
}

// file takes what the file says.
func (l *loader) file(file string, entries []entry) {
	dir, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		dir = filepath.Dir(file)
	}
	strangers := map[string]bool{} // tables that are reported already
	for _, e := range entries {
		at := origin{file, e.line, e.column}
		if inside(e.path, strangers) {
			continue
		}
		k, sc, ok := l.match(e.path, at)
		switch {
		case ok && e.table || ok && k.name == "":
			if k.name != "" {
				l.fault(at, e.name(), "is a table here; write "+k.kind.wants)
			} else if !e.table {
				l.fault(at, e.name(), "is a value here, but holds other keys: write it as a table in brackets")
			}
		case ok:
			sc.dir = dir
			l.set(k, sc, e.name(), e.shape, e.words, at)
		default:
			strangers[e.name()] = e.shape == other
			l.fault(at, e.name(), l.unknown(e.path))
		}
	}
}

func inside(path []string, tables map[string]bool) bool {
	for i := range path {
		if tables[strings.Join(path[:i], ".")] || i == len(path)-1 && tables[strings.Join(path, ".")] {
			return true
		}
	}
	return false
}

// match finds the key of a path; a table of keys gives one without a name.
// Accounts, learners and schemes of colours come into being here.
func (l *loader) match(path []string, at origin) (k key, sc *scope, ok bool) {
	sc = &scope{s: l.s, a: &Account{}, l: &Learner{}, c: &scheme{}}
	pattern := slices.Clone(path)
	switch {
	case len(path) > 2 && path[0] == "xmpp" && path[1] == "accounts":
		pattern[2] = "*"
		sc.a = l.account(path[2], at)
	case len(path) > 1 && path[0] == "learners":
		pattern[1] = "*"
		sc.l = l.learner(path[1], at)
	case len(path) > 2 && path[0] == "log" && path[1] == "colours":
		pattern[2] = "*"
		sc.c = l.scheme(path[2], at)
	}
	name := strings.Join(pattern, ".")
	for _, k := range l.keys {
		if k.name == name {
			return k, sc, true
		}
		ok = ok || strings.HasPrefix(k.name, name+".")
	}
	return key{}, sc, ok
}

// account returns the account of an address as the file writes it. A faulty
// address is told once and gives an account that goes nowhere.
func (l *loader) account(text string, at origin) *Account {
	jid, err := ParseJID(text)
	if err != nil {
		l.once(at, "xmpp.accounts", text, err.Error())
		return &Account{}
	}
	for _, a := range l.accounts {
		if a.JID == jid {
			return a
		}
	}
	a := &Account{JID: jid}
	l.accounts = append(l.accounts, a)
	l.from["xmpp.accounts."+jid] = at
	for _, k := range l.keys {
		if strings.HasPrefix(k.name, "xmpp.accounts.*") {
			l.standard(k, &scope{s: l.s, a: a})
		}
	}
	return a
}

func (l *loader) learner(text string, at origin) *Learner {
	jid, err := ParseJID(text)
	if err != nil {
		l.once(at, "learners", text, err.Error())
		return &Learner{}
	}
	for _, one := range l.learners {
		if one.JID == jid {
			return one
		}
	}
	one := &Learner{JID: jid}
	l.learners = append(l.learners, one)
	l.from["learners."+jid] = at
	return one
}

// once reports the address of a table that has several keys.
func (l *loader) once(at origin, table, text, problem string) {
	name := table + "." + text
	if _, told := l.from[name]; !told {
		l.from[name] = at
		l.fault(at, table, problem)
	}
}

// set takes one value.
func (l *loader) set(k key, sc *scope, name string, found shape, words []string, at origin) {
	l.from[l.full(k, sc)] = at
	if found != k.kind.shape || found != list && len(words) != 1 {
		l.fault(at, name, "must be "+k.kind.wants)
		return
	}
	if err := k.kind.set(sc, words); err != nil {
		problem := err.Error()
		if k.kind.mute {
			problem = "cannot be used: write " + k.kind.wants
		}
		l.fault(at, name, problem)
	}
}

// full is the name of a key with the address in the place of its star.
func (l *loader) full(k key, sc *scope) string {
	switch {
	case strings.HasPrefix(k.name, "xmpp.accounts.*"):
		return strings.Replace(k.name, "*", sc.a.JID, 1)
	case strings.HasPrefix(k.name, "learners.*"):
		return strings.Replace(k.name, "*", sc.l.JID, 1)
	case strings.HasPrefix(k.name, "log.colours.*"):
		return strings.Replace(k.name, "*", sc.c.name, 1)
	}
	return k.name
}
