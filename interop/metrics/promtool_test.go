package metrics

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"

	"otrbot/internal/metrics"
)

// promtool runs a command of it.
func promtool(t *testing.T, input string, arguments ...string) string {
	t.Helper()
	path, err := exec.LookPath("promtool")
	if err != nil {
		t.Fatal("promtool is missing: scripts/install-peers installs Debian's package prometheus")
	}
	c := exec.CommandContext(t.Context(), path, arguments...)
	c.Stdin = strings.NewReader(input)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(arguments, " "), err, out)
	}
	return string(out)
}

func TestRules(t *testing.T) {
	if out := promtool(t, "", "check", "rules", "../../deploy/prometheus-rules.yml"); !strings.Contains(out, "10 rules found") {
		t.Error(out)
	}
}

// The alarms go off when they should, and are silent on a day without trouble.
func TestAlerts(t *testing.T) { promtool(t, "", "test", "rules", "testdata/alerts.yml") }

func TestMetricsAreRead(t *testing.T) {
	set, err := metrics.New(metrics.Config{
		Version: "v1.2.3", States: []string{"greeted"}, KeyExchanges: []string{"enabled"}, Verifications: []string{"correct"}, Launches: []string{"ok"},
		Sessions: func() map[string]int { return map[string]int{"greeted": 3} }, Stream: func() bool { return true }, Pages: func() int { return 1 },
		Waiting: func(context.Context) (metrics.Waiting, error) {
			return metrics.Waiting{Grades: map[string]int{"waiting": 2}}, nil
		},
		Writable: func(context.Context) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	answer := httptest.NewRecorder()
	set.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if !strings.Contains(answer.Body.String(), "otrbot_sessions") {
		t.Fatal(answer.Body)
	}
	if out := promtool(t, answer.Body.String(), "check", "metrics"); strings.Contains(out, "otrbot_") {
		t.Error(out)
	}
}
