package metrics_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"otrbot/internal/metrics"
)

var noon = time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)

// service is what is watched.
type service struct {
	sessions map[string]int
	stream   bool
	waiting  metrics.Waiting
	reads    error
	dropped  uint64
	writes   func(context.Context) error
}

func newService() *service {
	return &service{stream: true, waiting: metrics.Waiting{Grades: map[string]int{"waiting": 0, "refused": 0}},
		writes: func(context.Context) error { return nil }}
}

func (s *service) watched(t testing.TB) *metrics.Set {
	t.Helper()
	return s.watchedAt(t, func() time.Time { return noon })
}

func (s *service) watchedAt(t testing.TB, now func() time.Time) *metrics.Set {
	t.Helper()
	m, err := metrics.New(metrics.Config{
		Version: "v1.2.3", States: []string{"greeted", "verified"},
		KeyExchanges: []string{"enabled", "rejected"}, Verifications: []string{"correct", "incorrect"}, Launches: []string{"ok", "bad-signature"},
		Sessions: func() map[string]int { return s.sessions }, Stream: func() bool { return s.stream }, Pages: func() int { return 7 },
		Dropped:  func() uint64 { return s.dropped },
		Waiting:  func(context.Context) (metrics.Waiting, error) { return s.waiting, s.reads },
		Writable: func(ctx context.Context) error { return s.writes(ctx) },
		Now:      now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func ask(m *metrics.Set, path string) (int, string) {
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

// ours are the lines about the bot, without those that explain.
func ours(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "otrbot_") && !strings.Contains(line, "answer_seconds_bucket") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

// Before anything has happened every series is there, at 0: a rate needs that.
func TestBeforeAnythingHappens(t *testing.T) {
	status, text := ask(newService().watched(t), "/metrics")
	want := `otrbot_answer_seconds_sum 0
otrbot_answer_seconds_count 0
otrbot_build_info{version="v1.2.3"} 1
otrbot_database_readable 1
otrbot_event_streams 7
otrbot_grade_oldest_age_seconds 0
otrbot_grades_waiting{state="refused"} 0
otrbot_grades_waiting{state="waiting"} 0
otrbot_key_exchanges_total{outcome="enabled"} 0
otrbot_key_exchanges_total{outcome="rejected"} 0
otrbot_launches_total{outcome="bad-signature"} 0
otrbot_launches_total{outcome="ok"} 0
otrbot_log_dropped_total 0
otrbot_notes_waiting 0
otrbot_reloads_total{outcome="ok"} 0
otrbot_reloads_total{outcome="refused"} 0
otrbot_sessions{state="greeted"} 0
otrbot_sessions{state="verified"} 0
otrbot_settings_loaded_timestamp_seconds 1.7953488e+09
otrbot_stream_up 1
otrbot_verifications_total{outcome="correct"} 0
otrbot_verifications_total{outcome="incorrect"} 0
`
	if got := ours(text); status != http.StatusOK || got != want {
		t.Errorf("%d:\n%s", status, got)
	}
}

func TestWhatHappensIsCounted(t *testing.T) {
	s := newService()
	s.sessions = map[string]int{"greeted": 2, "gone": 0}
	s.stream = false
	s.waiting = metrics.Waiting{Notes: 3, Grades: map[string]int{"waiting": 4}, Oldest: noon.Add(-90 * time.Second)}
	s.dropped = 12
	m := s.watched(t)
	m.KeyExchanged("enabled")
	m.Reloaded(false)
	m.Verified("correct")
	m.Verified("correct")
	m.Launched("bad-signature")
	m.Answered(30 * time.Millisecond)
	m.Answered(time.Minute)
	_, text := ask(m, "/metrics")
	for _, line := range []string{
		`otrbot_sessions{state="greeted"} 2`, `otrbot_sessions{state="verified"} 0`, `otrbot_stream_up 0`, `otrbot_notes_waiting 3`,
		`otrbot_grades_waiting{state="waiting"} 4`, `otrbot_grade_oldest_age_seconds 90`, `otrbot_key_exchanges_total{outcome="enabled"} 1`,
		`otrbot_verifications_total{outcome="correct"} 2`, `otrbot_launches_total{outcome="bad-signature"} 1`,
		`otrbot_reloads_total{outcome="refused"} 1`, `otrbot_reloads_total{outcome="ok"} 0`, `otrbot_log_dropped_total 12`,
		`otrbot_answer_seconds_bucket{le="0.025"} 0`, `otrbot_answer_seconds_bucket{le="0.05"} 1`, `otrbot_answer_seconds_count 2`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("%s is missing in:\n%s", line, ours(text))
		}
	}
}

// Whatever comes in from outside adds one series at the most: neither an address nor ten thousand words become labels.
func TestSeriesAreBounded(t *testing.T) {
	s := newService()
	s.sessions = map[string]int{}
	m := s.watched(t)
	_, before := ask(m, "/metrics")
	for i := range 1000 {
		word := fmt.Sprintf("ana%d@example.org", i)
		m.KeyExchanged(word)
		m.Verified(word)
		m.Launched(word)
		s.sessions[word] = 1
	}
	_, after := ask(m, "/metrics")
	if n := strings.Count(ours(after), "\n") - strings.Count(ours(before), "\n"); n != 4 {
		t.Errorf("%d series more, want 4", n)
	}
	if strings.Contains(after, "example.org") || !strings.Contains(after, `otrbot_sessions{state="other"} 1000`) {
		t.Error(ours(after))
	}
}

// Settings that are read again count from then on, those that are refused do not; and another lesson has other states.
func TestReloads(t *testing.T) {
	s, now := newService(), noon
	s.sessions = map[string]int{"greeted": 2, "hailed": 1}
	m := s.watchedAt(t, func() time.Time { return now })
	wants := func(lines ...string) {
		t.Helper()
		_, text := ask(m, "/metrics")
		for _, line := range lines {
			if !strings.Contains(text, line+"\n") {
				t.Errorf("%s is missing in:\n%s", line, ours(text))
			}
		}
	}
	now = noon.Add(100 * time.Second)
	m.Reloaded(false)
	wants("otrbot_settings_loaded_timestamp_seconds 1.7953488e+09", `otrbot_reloads_total{outcome="refused"} 1`, `otrbot_sessions{state="greeted"} 2`)
	m.Reloaded(true)
	m.Teach([]string{"hailed", "verified"})
	wants("otrbot_settings_loaded_timestamp_seconds 1.7953489e+09", `otrbot_reloads_total{outcome="ok"} 1`,
		`otrbot_sessions{state="hailed"} 1`, `otrbot_sessions{state="verified"} 0`, `otrbot_sessions{state="other"} 2`)
}

// A database that fails costs what it knows, and nothing else.
func TestDatabaseCannotBeRead(t *testing.T) {
	s := newService()
	s.reads = errors.New("disk I/O error")
	status, text := ask(s.watched(t), "/metrics")
	if status != http.StatusOK || !strings.Contains(text, "otrbot_database_readable 0\n") || !strings.Contains(text, "otrbot_stream_up 1\n") ||
		strings.Contains(text, "otrbot_notes_waiting") {
		t.Errorf("%d:\n%s", status, ours(text))
	}
}

// What Prometheus advises on names, units and help texts is heeded.
func TestLint(t *testing.T) {
	_, text := ask(newService().watched(t), "/metrics")
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "otrbot_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
}
