package clients

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"otrbot/interop/libotr"
	"otrbot/interop/servers"
)

// A column is a kind of learner.
type column struct {
	name    string
	version int // of OTR that it comes to
	login   func(testing.TB, Login) Client
}

var columns = []column{
	{"mcabber", 3, Mcabber},
	{"Profanity", 2, Profanity},
	{"libotr", 3, func(t testing.TB, l Login) Client { return LibOTR(t, helper, l, libotr.PolicyManual) }},
	{"libotr", 2, func(t testing.TB, l Login) Client { return LibOTR(t, helper, l, OnlyVersion2) }},
}

// A row is a situation.
type row struct {
	name  string
	needs []Skill
	own   bool       // a bot of its own, which can be killed
	alone bool       // a server of its own, too
	tags  bool       // the client offers OTR in its texts, and takes the peer's offers
	bot   botOptions // for a bot of its own
	play  func(*cell)
}

// A cell is a row played by a column.
type cell struct {
	t      *testing.T
	book   book
	server *servers.Server
	bot    *bot
	login  Login // the learner's
	client Client
	column column
	link   *servers.Link // between the learner and the server
	wire   *servers.Link // between a bot of its own and the server
}

func TestMatrix(t *testing.T) {
	results := &results{}
	book := openBook(t)
	for _, kind := range []servers.Kind{servers.KindProsody, servers.KindEjabberd} {
		t.Run(string(kind), func(t *testing.T) {
			shared := start(t, kind)
			logins := registerLearners(shared)
			calm := startBot(t, shared, "bot", botOptions{learners: slices.Sorted(maps.Keys(logins))})
			for r, row := range rows {
				for c, column := range columns {
					where := fmt.Sprint(kind, "/", column.name, "/", column.version)
					results.add(row.name, where)
					t.Run(fmt.Sprint(row.name, "/", column.name, "/", column.version), func(t *testing.T) {
						t.Parallel()
						play(t, results.of(row.name, where), &cell{
							t: t, book: book, server: shared, bot: calm, column: column, login: logins[learner(r, c)+"@"+shared.Domain],
						}, r, c)
					})
				}
			}
		})
	}
	results.print()
}

// play brings learner and bot together.
func play(t *testing.T, done func(string), c *cell, r, col int) {
	row := rows[r]
	begun := time.Now()
	defer func() {
		switch {
		case t.Failed():
			done("FAILED")
		case c.client == nil:
			done("cannot")
		default:
			done(fmt.Sprintf("%.1f s", time.Since(begun).Seconds()))
		}
	}()
	if !able(c.column, row.needs) {
		return
	}
	name := learner(r, col)
	if row.alone {
		c.server = start(t, c.server.Kind)
		c.login = account(c.server, name)
	}
	c.link = servers.Proxy(t, c.server.Addr())
	c.login.Addr, c.login.Opportunistic = c.link.Addr(), row.tags
	if row.own || row.alone {
		o := row.bot
		c.wire = servers.Proxy(t, c.server.Addr())
		o.addr, o.learners = c.wire.Addr(), []string{c.login.JID}
		c.bot = startBot(t, c.server, fmt.Sprintf("bot-%d-%d", r+1, col+1), o)
	}
	c.client = c.column.login(t, c.login)
	row.play(c)
	if h, ok := c.client.(*Helper); ok {
		checkHints(t, h, c.server.Kind)
	}
}

func start(t *testing.T, k servers.Kind) *servers.Server {
	t.Helper()
	if k == servers.KindProsody {
		return servers.Prosody(t, servers.Options{})
	}
	return servers.Ejabberd(t, servers.Options{})
}

func learner(row, column int) string { return fmt.Sprintf("learner-%d-%d", row+1, column+1) }

// registerLearners makes the accounts of all that the calm bot may meet, by
// address: it invites them as soon as it is online.
func registerLearners(s *servers.Server) map[string]Login {
	all := map[string]Login{}
	for r := range rows {
		for c := range columns {
			login := account(s, learner(r, c))
			all[login.JID] = login
		}
	}
	return all
}

// able knows the skills by program, without starting it.
func able(c column, needs []Skill) bool {
	for _, s := range needs {
		switch {
		case c.name == "mcabber" && !(&mcabber{}).Can(s), c.name == "Profanity" && !(&profanity{}).Can(s):
			return false
		}
	}
	return true
}

// results are printed as a matrix.
type results struct {
	mu            sync.Mutex
	rows, columns []string
	cells         map[[2]string]string
}

func (r *results) add(row, column string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cells == nil {
		r.cells = map[[2]string]string{}
	}
	r.rows, r.columns = appendNew(r.rows, row), appendNew(r.columns, column)
}

func appendNew(names []string, name string) []string {
	if slices.Contains(names, name) {
		return names
	}
	return append(names, name)
}

func (r *results) of(row, column string) func(string) {
	return func(result string) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.cells[[2]string{row, column}] = result
	}
}

func (r *results) print() {
	var b strings.Builder
	fmt.Fprintf(&b, "%-28s", "")
	for _, c := range r.columns {
		fmt.Fprintf(&b, " %-20s", c)
	}
	for _, row := range r.rows {
		fmt.Fprintf(&b, "\n%-28s", row)
		for _, c := range r.columns {
			fmt.Fprintf(&b, " %-20s", r.cells[[2]string{row, c}])
		}
	}
	fmt.Fprintln(os.Stderr, b.String())
}
