package metrics

import (
	"context"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// gauges, and a counter that others count, are asked for when somebody looks.
type gauges struct{ *Set }

func gauge(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(namespace+name, help, labels, nil)
}

// Describe implements prometheus.Collector.
func (g *gauges) Describe(to chan<- *prometheus.Desc) {
	to <- gauge("sessions", helpSessions, "state")
	to <- gauge("stream_up", helpStream)
	to <- gauge("event_streams", helpPages)
	to <- gauge("notes_waiting", helpNotes)
	to <- gauge("grades_waiting", helpGrades, "state")
	to <- gauge("grade_oldest_age_seconds", helpOldest)
	to <- gauge("database_readable", helpStore)
	to <- gauge("settings_loaded_timestamp_seconds", helpLoaded)
	to <- gauge("log_dropped_total", helpDropped)
}

// Collect implements prometheus.Collector.
func (g *gauges) Collect(to chan<- prometheus.Metric) {
	tell := func(name, help string, value float64, labels ...string) {
		var names []string
		if len(labels) > 0 {
			names = []string{"state"}
		}
		to <- prometheus.MustNewConstMetric(gauge(name, help, names...), prometheus.GaugeValue, value, labels...)
	}
	for state, n := range listed(g.c.Sessions(), *g.states.Load()) {
		tell("sessions", helpSessions, float64(n), state)
	}
	tell("stream_up", helpStream, truth(g.c.Stream()))
	tell("settings_loaded_timestamp_seconds", helpLoaded, float64(g.loaded.Load())/float64(time.Second))
	if g.c.Dropped != nil {
		to <- prometheus.MustNewConstMetric(gauge("log_dropped_total", helpDropped), prometheus.CounterValue, float64(g.c.Dropped()))
	}
	if g.c.Pages != nil {
		tell("event_streams", helpPages, float64(g.c.Pages()))
	}
	ctx, cancel := context.WithTimeout(context.Background(), answerTime)
	defer cancel()
	w, err := g.c.Waiting(ctx)
	tell("database_readable", helpStore, truth(err == nil))
	if err != nil {
		g.c.Log.Warn("the store does not say what waits", "err", err)
		return
	}
	tell("notes_waiting", helpNotes, float64(w.Notes))
	for state, n := range w.Grades {
		tell("grades_waiting", helpGrades, float64(n), state)
	}
	tell("grade_oldest_age_seconds", helpOldest, age(w.Oldest, g.c.Now()).Seconds())
}

// listed has every value of a list, and all others in one.
func listed(counts map[string]int, values []string) map[string]int {
	all := make(map[string]int, len(values))
	for _, value := range values {
		all[value] = 0
	}
	for value, n := range counts {
		if n == 0 {
			continue
		}
		if !slices.Contains(values, value) {
			value = other
		}
		all[value] += n
	}
	return all
}

func truth(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

func age(since, now time.Time) time.Duration {
	if since.IsZero() {
		return 0
	}
	return max(0, now.Sub(since))
}
