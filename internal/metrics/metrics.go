// Package metrics lets an operator watch the bot: counters and gauges in the format of Prometheus, and whether the
// program is alive and ready. Other packages do not know it: they declare what they tell, and the program puts the two
// together.
//
// No label names anybody, and each takes its values from a list that is known at the start: a value that is in no list is
// counted as "other".
package metrics

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Config says what can be watched. Functions are safe for concurrent use; those of pages may be nil where there are none.
type Config struct {
	Version string

	// What labels can be.
	States        []string // of the lesson; see Set.Teach
	KeyExchanges  []string
	Verifications []string
	Launches      []string

	Sessions func() map[string]int                  // learners by state of the lesson
	Stream   func() bool                            // whether there is a stream to the server
	Pages    func() int                             // open pages that are kept up to date; may be nil
	Waiting  func(context.Context) (Waiting, error) // asked for each scrape
	Writable func(context.Context) error            // asked for each look at /readyz
	Dropped  func() uint64                          // messages of the log that did not arrive; may be nil

	Now func() time.Time // nil: time.Now
	Log *slog.Logger     // nil: silent
}

// Waiting is what has still to be done.
type Waiting struct {
	Notes  int            // of the pages, for the bot
	Grades map[string]int // by state
	Oldest time.Time      // when the oldest grade that is on its way was earned; zero: there is none
}

// A Set is everything that is counted. It is safe for concurrent use.
type Set struct {
	c        Config
	registry *prometheus.Registry

	exchanges, verifications, launches, reloads *counters

	states  atomic.Pointer[[]string]
	loaded  atomic.Int64 // when the settings in force were read, in nanoseconds since 1970
	answers prometheus.Histogram
	probe   chan struct{} // one look at the database at a time
}

// The names and what they mean; docs/operating.md has the same table.
const (
	namespace = "otrbot_"

	helpSessions      = "Learners in a lesson, by the lesson's state"
	helpExchanges     = "Key exchanges, by outcome"
	helpVerifications = "Verifications by shared secret, by outcome"
	helpAnswers       = "Time from a learner's message until what it led to was kept, without typing delays"
	helpStream        = "1 while there is a stream to the XMPP server"
	helpNotes         = "Notes that pages and commands have left for the bot"
	helpGrades        = "Grades that have not arrived, by state"
	helpOldest        = "Age of the oldest grade that is on its way; 0: there is none"
	helpLaunches      = "Launches from courses, by outcome"
	helpPages         = "Open pages that are kept up to date"
	helpStore         = "1 if the database could be read for this answer; if not, notes and grades are missing"
	helpBuild         = "1, with the version of the program"
	helpReloads       = "Times that the settings were read again, by outcome"
	helpLoaded        = "When the settings in force were read, in seconds since 1970"
	helpDropped       = "Messages of the log that did not reach standard error, a syslog server or the journal"
)

// New makes a Set in which everything is 0.
func New(c Config) (*Set, error) {
	if c.Sessions == nil || c.Stream == nil || c.Waiting == nil || c.Writable == nil {
		return nil, errors.New("metrics: needs the bot and the store")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &Set{c: c, registry: prometheus.NewRegistry(), probe: make(chan struct{}, 1)}
	s.Teach(c.States)
	s.loaded.Store(c.Now().UnixNano())
	s.reloads = newCounters("reloads_total", helpReloads, []string{reloaded, refused})
	s.exchanges = newCounters("key_exchanges_total", helpExchanges, c.KeyExchanges)
	s.verifications = newCounters("verifications_total", helpVerifications, c.Verifications)
	s.launches = newCounters("launches_total", helpLaunches, c.Launches)
	s.answers = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: namespace + "answer_seconds", Help: helpAnswers,
		Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
	})
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: namespace + "build_info", Help: helpBuild, ConstLabels: prometheus.Labels{"version": c.Version},
	})
	build.Set(1)
	for _, one := range []prometheus.Collector{
		s.exchanges, s.verifications, s.reloads, s.answers, build, &gauges{s},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	} {
		if err := s.registry.Register(one); err != nil {
			return nil, err
		}
	}
	if c.Pages == nil {
		return s, nil
	}
	return s, s.registry.Register(s.launches)
}

// KeyExchanged implements bot.Watcher.
func (s *Set) KeyExchanged(outcome string) { s.exchanges.count(outcome) }

// Verified implements bot.Watcher.
func (s *Set) Verified(outcome string) { s.verifications.count(outcome) }

// Answered implements bot.Watcher.
func (s *Set) Answered(took time.Duration) { s.answers.Observe(took.Seconds()) }

// Launched implements web.Watcher.
func (s *Set) Launched(outcome string) { s.launches.count(outcome) }

// Teach says which states another lesson has. Learners in others, of the lesson before, are counted as "other".
func (s *Set) Teach(states []string) { s.states.Store(&states) }

// What becomes of settings that are read again.
const (
	reloaded = "ok"
	refused  = "refused" // all stayed as it was
)

// Reloaded counts that the settings were read again, and whether they are in force.
func (s *Set) Reloaded(ok bool) {
	if !ok {
		s.reloads.count(refused)
		return
	}
	s.loaded.Store(s.c.Now().UnixNano())
	s.reloads.count(reloaded)
}

// scrape is GET /metrics.
func (s *Set) scrape() http.Handler {
	return promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(s.c.Log.Handler(), slog.LevelWarn), MaxRequestsInFlight: 4, Timeout: answerTime,
	})
}

// other stands for a value that is in no list.
const other = "other"

// counters are one for each outcome, from the first scrape on: a rate needs a 0 before the 1.
type counters struct {
	*prometheus.CounterVec
	known []string
}

func newCounters(name, help string, outcomes []string) *counters {
	all := &counters{prometheus.NewCounterVec(prometheus.CounterOpts{Name: namespace + name, Help: help}, []string{"outcome"}), outcomes}
	for _, outcome := range outcomes {
		all.WithLabelValues(outcome)
	}
	return all
}

func (all *counters) count(outcome string) {
	if !slices.Contains(all.known, outcome) {
		outcome = other
	}
	all.WithLabelValues(outcome).Inc()
}
