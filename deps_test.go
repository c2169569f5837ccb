package otrbot_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Packages of this module are written as the go command does, "./otr": what the module is called does not matter here.

// A layer says what a package, and every package below its path that has no layer of its own, may import.
type layer struct {
	path     string
	module   []string // packages of this module
	never    []string // packages of the standard library, with everything below them
	others   []string // foreign modules
	tree     bool     // others means the packages below them too
	forTests bool     // holds help for tests: may import what only tests may
}

var (
	// What would tie the protocol to a machine: it takes its messages, clock and dice from the caller.
	surroundings = []string{"context", "log", "net", "os", "os/exec", "os/signal", "os/user", "syscall", "testing"}

	arithmetic = []string{"filippo.io/bigmod"}
	commands   = []string{"github.com/spf13/cobra", "github.com/spf13/pflag"}
	yaml       = []string{"github.com/goccy/go-yaml", "github.com/goccy/go-yaml/ast", "github.com/goccy/go-yaml/parser", "github.com/goccy/go-yaml/token"}

	// What a lesson and its domain must not know: they are told what happened and when, and answer with values.
	world = []string{"context", "net", "os", "os/exec", "os/signal", "syscall", "database/sql", "testing"}
)

// layers is the drawing of docs/ARCHITECTURE.md: imports run downwards only.
var layers = []layer{
	{path: "."},
	{path: "./cmd", module: []string{
		"./internal/course", "./internal/grades", "./internal/web", "./gettext", "./gettext/extract", "./locales", "./lti",
		"./internal/bot", "./internal/chat", "./internal/clients", "./internal/demo", "./internal/lesson", "./internal/logging",
		"./internal/metrics", "./internal/record", "./internal/regular", "./internal/secret", "./internal/settings", "./internal/store", "./internal/tutor", "./internal/xmpp",
		"./lessons", "./fsm", "./otr", "./otr/otrfile", "./otr/toolkit"}, others: append([]string{"mellium.im/xmpp/jid"}, commands...)},
	{path: "./internal/demo", module: []string{
		"./internal/course", "./internal/grades", "./internal/lms", "./internal/web", "./gettext", "./locales", "./lti",
		"./internal/bot", "./internal/lesson", "./internal/record", "./internal/secret", "./internal/store", "./internal/tutor",
		"./internal/xmpp", "./internal/xmppd", "./lessons", "./otr"}},
	{path: "./internal/chat", module: []string{
		"./internal/chatxml", "./internal/xmpp", "./internal/xmpp/stanza", "./otrxmpp", "./otr", "./otr/otrfile"}, others: []string{
		"charm.land/bubbletea/v2", "charm.land/lipgloss/v2", "mellium.im/xmpp/jid"}},
	{path: "./internal/bot", module: []string{
		"./internal/chatxml", "./internal/clients", "./internal/record", "./internal/secret", "./internal/tutor", "./internal/xmpp", "./internal/xmpp/stanza",
		"./fsm", "./otrxmpp", "./otr"}, never: []string{"database/sql", "net/http", "crypto/sha256", "crypto/aes"}},
	{path: "./internal/web", module: []string{
		"./internal/clients", "./internal/course", "./internal/record", "./internal/secret", "./internal/web/page", "./internal/web/class",
		"./gettext", "./lti"}, others: []string{"mellium.im/xmpp/jid"}, never: []string{"database/sql"}},
	{path: "./internal/web/class", module: []string{
		"./internal/course", "./internal/record", "./internal/web/page", "./gettext", "./lti"}, never: []string{"database/sql"}},
	{path: "./internal/web/page", module: []string{"./gettext"}, others: []string{"rsc.io/qr", "golang.org/x/text/language"}, never: []string{"database/sql", "os"}},
	{path: "./internal/grades", module: []string{"./internal/course", "./lti"}, never: []string{"database/sql"}},
	{path: "./internal/lms", module: []string{"./lti/ltitest"}}, // the demo's learning management system
	{path: "./internal/course", module: []string{"./internal/record", "./lti"}, never: world},
	{path: "./internal/store", module: []string{"./internal/course", "./internal/record", "./internal/regular", "./lti"}, others: []string{"modernc.org/sqlite"}},
	{path: "./internal/record", never: world},
	{path: "./internal/regular"}, // files, and nothing else that has a name
	{path: "./internal/settings", module: []string{"./internal/logging", "./internal/regular"}, others: []string{
		"github.com/pelletier/go-toml/v2", "github.com/pelletier/go-toml/v2/unstable", "mellium.im/xmpp/jid"}},
	{path: "./internal/logging"},
	{path: "./internal/metrics", others: []string{ // knows nobody, and nobody but the program knows it
		"github.com/prometheus/client_golang/prometheus", "github.com/prometheus/client_golang/prometheus/collectors",
		"github.com/prometheus/client_golang/prometheus/promhttp"}},

	{path: "./internal/tutor", module: []string{
		"./internal/clients", "./internal/lesson", "./internal/record", "./internal/secret", "./fsm", "./gettext"}, never: world},
	{path: "./internal/lesson", module: []string{"./fsm", "./gettext"}, others: yaml, never: world},
	{path: "./lessons"}, // the lessons, embedded
	{path: "./internal/clients", others: yaml, never: world},
	{path: "./internal/secret", others: []string{
		"github.com/trustelem/zxcvbn", "github.com/trustelem/zxcvbn/match", "github.com/trustelem/zxcvbn/matching",
		"golang.org/x/text/unicode/norm", "golang.org/x/text/secure/precis"}, never: world},
	{path: "./fsm", never: world},
	{path: "./locales", module: []string{"./gettext"}}, // the catalogues, embedded
	{path: "./gettext/extract", module: []string{"./gettext", "./lessons", "./internal/lesson"}},
	{path: "./gettext", others: []string{"golang.org/x/text/language"}, never: []string{"net", "os", "database/sql", "testing"}},
	{path: "./lti", others: []string{"github.com/go-jose/go-jose/v4", "github.com/go-jose/go-jose/v4/jwt"}, never: []string{"os", "database/sql", "testing"}},

	{path: "./internal/chatxml", module: []string{"./internal/xmpp/stanza", "./otrxmpp"}, never: world},
	{path: "./otrxmpp", module: []string{"./otr"}, never: surroundings},
	{path: "./internal/xmpp", module: []string{"./internal/xmpp/stanza"}, others: []string{"mellium.im/sasl", "mellium.im/xmpp/jid"}},
	{path: "./internal/xmppd", module: []string{"./internal/xmpp/stanza"}, others: []string{"mellium.im/sasl"}},
	{path: "./internal/xmpp/stanza", never: []string{"net", "os", "context", "testing"}},
	{path: "./examples", module: []string{"./otr", "./otr/otrfile"}},
	{path: "./interop/browser", forTests: true, module: []string{"./internal", "./gettext", "./lti", "./locales", "./lessons", "./otr", "./interop"},
		others: []string{"github.com/chromedp/chromedp", "github.com/chromedp/cdproto"}, tree: true},
	{path: "./interop", forTests: true, module: []string{
		"./otr", "./otr/otrfile", "./otr/toolkit", "./otrxmpp", "./internal", "./fsm", "./gettext", "./lessons", "./locales", "./lti", "./lti/ltitest", "./interop"}},
	{path: "./internal/testkit", forTests: true, module: []string{"./otr"}},
	{path: "./internal/testkit/learner", forTests: true, module: []string{
		"./internal/chatxml", "./internal/xmpp", "./internal/xmpp/stanza", "./otrxmpp", "./otr"}},

	{path: "./otr/otrfile", module: []string{"./otr"}, never: []string{"net", "context", "log"}},
	{path: "./otr/toolkit", module: []string{"./otr/internal/wire", "./otr/internal/group"}, never: surroundings},
	{path: "./otr", module: []string{
		"./otr/internal/ake", "./otr/internal/session", "./otr/internal/smp",
		"./otr/internal/wire", "./otr/internal/group"}, never: surroundings},

	{path: "./otr/internal/ake", module: []string{"./otr/internal/wire", "./otr/internal/group"}, never: surroundings},
	{path: "./otr/internal/session", module: []string{"./otr/internal/wire", "./otr/internal/group"}, never: surroundings},
	{path: "./otr/internal/smp", module: []string{"./otr/internal/wire", "./otr/internal/group"}, never: surroundings},
	{path: "./otr/internal/recordings", forTests: true}, // tests only: libotr's recordings through all parts
	{path: "./otr/internal/wire", others: []string{"github.com/emmansun/base64"}, never: surroundings},
	{path: "./otr/internal/group", never: surroundings, others: arithmetic},
}

// nowhere lists packages that nothing but a test may import.
var nowhere = []string{
	"crypto/dsa",                // neither constant-time nor fed from the reader it is given
	"math/rand", "math/rand/v2", // randomness is crypto/rand or the caller's
	"plugin", "C",
}

func TestImports(t *testing.T) {
	for _, p := range listPackages(t) {
		t.Run(p.ImportPath, func(t *testing.T) {
			l, ok := layerOf(p.ImportPath)
			if !ok {
				t.Fatalf("no layer: say in the table of this test what it may import")
			}
			for _, path := range p.Imports {
				if why := l.refuses(p, path); why != "" {
					t.Errorf("imports %s: %s", path, why)
				}
			}
		})
	}
}

// refuses tells why a package of the layer must not import path; "" when it may.
func (l layer) refuses(p goPackage, path string) string {
	switch first, _, _ := strings.Cut(path, "/"); {
	case slices.Contains(nowhere, path) && !l.forTests:
		return "only tests may"
	case first == ".":
		if !slices.ContainsFunc(l.module, func(m string) bool { return path == m || inInterop(p, m, path) }) {
			return "not a layer below"
		}
	case strings.Contains(first, "."):
		if !slices.ContainsFunc(l.others, func(o string) bool { return path == o || l.tree && under(path, o) }) {
			return "not a dependency of this layer"
		}
	case path != "log/slog" && slices.ContainsFunc(l.never, func(n string) bool { return under(path, n) }):
		return "ties the protocol to its surroundings" // log/slog is for LogValue: a secret that will not talk
	}
	return ""
}

// inInterop lets the programs of interop share their own packages and drive any internal one.
func inInterop(p goPackage, m, path string) bool {
	return (m == "./interop" || m == "./internal") && under(p.ImportPath, "./interop") && under(path, m)
}

// layerOf finds the layer with the longest matching path. The root is a layer of its own, not everyone's.
func layerOf(importPath string) (layer, bool) {
	var found layer
	for _, l := range layers {
		if importPath == l.path || l.path != "." && under(importPath, l.path) && len(l.path) > len(found.path) {
			found = l
		}
	}
	// Everything inside otr/internal is listed by name, so that a new package is a decision.
	if found.path == "./otr" && importPath != found.path {
		return layer{}, false
	}
	return found, found.path != ""
}

func under(path, parent string) bool { return path == parent || strings.HasPrefix(path, parent+"/") }

// goPackage is what "go list -json" tells of a package and this test asks.
type goPackage struct {
	ImportPath string
	Module     struct{ Path string }
	Dir        string
	GoFiles    []string
	CgoFiles   []string
	Imports    []string
}

// local writes "./" for the module's own path.
func (p *goPackage) local(path string) string {
	if under(path, p.Module.Path) {
		return "." + strings.TrimPrefix(path, p.Module.Path)
	}
	return path
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Module,Dir,GoFiles,CgoFiles,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return list
		case err != nil:
			t.Fatalf("go list: %v", err)
		}
		p.ImportPath = p.local(p.ImportPath)
		for i, path := range p.Imports {
			p.Imports[i] = p.local(path)
		}
		list = append(list, p)
	}
}
