package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// What issue 3 wants to reach.
const (
	aimCPU    = 0.12 // seconds a lesson
	aimMemory = 32 << 10
	aimWait   = 300 * time.Millisecond
)

func heading(out io.Writer, p plan, empty weight, rss int64) {
	fmt.Fprintf(out, `%s, %d cores, %s, Prosody on the loopback interface without archive and limits
The bot is a process of its own with a SQLite file, typing delays off. Each learner is a connection of this process, and
has accepted the bot's invitation before. All share the cores: what the server, the learners and other programs of the
machine use is missing for the bot. The bot without sessions: heap %s, resident %s.
A lesson: hello, OTR on, two questions, a wrong secret, the right one, the code, goodbye: one key exchange, two verifications.
`, processor(), runtime.NumCPU(), runtime.Version(), kilobytes(empty.Heap+empty.Stacks), kilobytes(rss))
	if !p.hints {
		fmt.Fprintln(out, "The lesson is basic.yaml without hints to silent learners, so that open sessions are idle (-hints: with them).")
	}
	if !p.nagle {
		fmt.Fprintln(out, "Prosody has network_settings = { nagle = false } (-nagle: as shipped; then long OTR messages take 40 ms more each).")
	}
	fmt.Fprintln(out)
}

func report(out io.Writer, p plan, levels []level) {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(name string, value func(level) string) {
		fmt.Fprintf(t, "%s\t", name)
		for _, l := range levels {
			fmt.Fprintf(t, "%s\t", value(l))
		}
		fmt.Fprintln(t)
	}
	row("open sessions", func(l level) string { return strconv.Itoa(l.sessions) })
	row("opened in (these, the rest before)", func(l level) string { return l.opened.Round(time.Second).String() })
	row(fmt.Sprintf("memory a session: heap and stacks after a collection (aim %s)", kilobytes(aimMemory)), func(l level) string { return kilobytes(l.heap) })
	row("memory a session: resident set", func(l level) string { return kilobytes(l.resident) })
	row(fmt.Sprintf("at %g lessons a minute and core: lessons", p.rate), func(l level) string { return strconv.Itoa(l.steady.lessons) })
	row(fmt.Sprintf("bot's CPU a lesson, s (aim %g)", aimCPU), func(l level) string { return seconds(l.steady.perLesson(0)) })
	row(fmt.Sprintf("answer to a line, p50 / p99, ms (aim p99 %d)", aimWait.Milliseconds()), func(l level) string { return quantiles(l.steady.waits.line) })
	row("OTR on, p50 / p99, ms", func(l level) string { return quantiles(l.steady.waits.exchange) })
	row("verification, p50 / p99, ms", func(l level) string { return quantiles(l.steady.waits.check) })
	row(fmt.Sprintf("%d lessons at a time: lessons a second", p.together), func(l level) string { return fmt.Sprintf("%.1f", l.burst.perSecond()) })
	row("bot's CPU a lesson, s", func(l level) string { return seconds(l.burst.perLesson(0)) })
	row("server's CPU a lesson, s", func(l level) string { return seconds(l.burst.perLesson(1)) })
	row("learners' CPU a lesson, s", func(l level) string { return seconds(l.burst.perLesson(2)) })
	row("answer to a line, p50 / p99, ms", func(l level) string { return quantiles(l.burst.waits.line) })
	row("of the cores, busy for the bot, the server, the learners", func(l level) string { return l.burst.shares() })
	t.Flush()
}

// shares are what the bot, the server and the learners had of the machine's cores.
func (r round) shares() string {
	var parts [3]string
	for who, used := range r.cpu {
		parts[who] = fmt.Sprintf("%.0f", 100*used.Seconds()/r.taken.Seconds()/float64(runtime.NumCPU()))
	}
	return strings.Join(parts[:], " + ") + " %"
}

func restarted(out io.Writer, sessions int, taken time.Duration, w weight, rss int64) {
	fmt.Fprintf(out, "\nA new process takes over %d sessions: after %.1f s, with its start, a learner has an answer. Its heap %s, resident %s.\n",
		sessions, taken.Seconds(), kilobytes(w.Heap+w.Stacks), kilobytes(rss))
}

func kilobytes(n int64) string { return fmt.Sprintf("%.1f kB", float64(n)/1024) }

func seconds(s float64) string { return fmt.Sprintf("%.4f", s) }

// quantiles are the median and the 99th percentile.
func quantiles(all []time.Duration) string {
	if len(all) == 0 {
		return "-"
	}
	slices.Sort(all)
	at := func(q int) string { return fmt.Sprintf("%.0f", all[min(len(all)*q/100, len(all)-1)].Seconds()*1000) }
	return at(50) + " / " + at(99)
}

// areas are where CPU time goes. A sample belongs to the first area that one of its functions belongs to, from the innermost outwards.
var areas = []struct{ name, functions string }{
	{"OTR: arithmetic", "otrbot/otr/internal/group. filippo.io/bigmod."},
	{"OTR: the rest", "otrbot/otr"},
	{"SQLite", "modernc.org/ database/sql."},
	{"sealing and the rest of the store", "otrbot/internal/store."},
	{"TLS", "crypto/tls."},
	{"XML", "encoding/xml. otrbot/internal/xmpp/stanza. otrbot/internal/chatxml."},
	{"XMPP client and its sockets", "otrbot/internal/xmpp. net."},
	{"JSON", "encoding/json."},
	{"lesson", "otrbot/internal/tutor. otrbot/internal/lesson. otrbot/fsm. otrbot/internal/clients. otrbot/internal/secret."},
	{"bot", "otrbot/internal/bot."},
	{"log", "log/slog."},
	{"garbage collection", "runtime.gcBgMarkWorker runtime.bgsweep runtime.bgscavenge runtime.gcStart runtime.gcAssistAlloc"},
}

// where prints the parts of a CPU profile.
func where(ctx context.Context, out io.Writer, profile string) error {
	text, err := exec.CommandContext(ctx, "go", "tool", "pprof", "-traces", profile).Output()
	if err != nil {
		return fmt.Errorf("go tool pprof: %w", err)
	}
	parts, all := split(string(text))
	if all == 0 {
		return nil
	}
	fmt.Fprintf(out, "\nWhere the bot's CPU time goes, in the last row of many lessons at a time:\n")
	for _, name := range slices.SortedFunc(maps.Keys(parts), func(a, b string) int { return cmp.Compare(parts[b], parts[a]) }) {
		fmt.Fprintf(out, "%6.1f %%  %s\n", 100*parts[name].Seconds()/all.Seconds(), name)
	}
	return nil
}

// split adds up the stacks that pprof prints, each a time with the innermost function, then the others, behind a line of dashes.
func split(traces string) (parts map[string]time.Duration, all time.Duration) {
	parts = make(map[string]time.Duration)
	stacks := strings.Split(traces, "-----------+")
	for _, stack := range stacks[min(1, len(stacks)):] {
		var functions []string
		var taken time.Duration
		for line := range strings.Lines(stack) {
			fields := strings.Fields(line)
			if len(fields) > 1 && len(functions) == 0 {
				if d, err := time.ParseDuration(fields[0]); err == nil {
					taken, fields = d, fields[1:]
				}
			}
			if len(fields) > 0 && !strings.HasPrefix(fields[0], "---") {
				functions = append(functions, fields[0])
			}
		}
		parts[area(functions)] += taken
		all += taken
	}
	return parts, all
}

func area(functions []string) string {
	for _, f := range functions {
		for _, a := range areas {
			for prefix := range strings.FieldsSeq(a.functions) {
				if strings.HasPrefix(f, prefix) {
					return a.name
				}
			}
		}
	}
	return "scheduling and the rest of the runtime"
}

// processor is the name of the CPU, where the system tells it.
func processor() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err == nil {
		for line := range strings.Lines(string(info)) {
			if name, ok := strings.CutPrefix(line, "model name"); ok {
				return strings.TrimSpace(strings.TrimLeft(name, " \t:"))
			}
		}
	}
	return runtime.GOARCH
}
