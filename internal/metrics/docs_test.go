package metrics_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// described are our metrics as /metrics describes them: rows of the table in docs/operating.md, by name.
func described(t *testing.T) map[string]string {
	t.Helper()
	_, text := ask(newService().watched(t), "/metrics")
	help, kind, label := map[string]string{}, map[string]string{}, map[string]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "# HELP "); ok {
			name, words, _ := strings.Cut(rest, " ")
			help[name] = words
		} else if rest, ok := strings.CutPrefix(line, "# TYPE "); ok {
			name, word, _ := strings.Cut(rest, " ")
			kind[name] = word
		} else if m := labelled.FindStringSubmatch(line); m != nil {
			label[m[1]] = "`" + m[2] + "` "
		}
	}
	rows := map[string]string{}
	for name := range help {
		if strings.HasPrefix(name, "otrbot_") {
			rows[name] = "| `" + name + "` | " + kind[name] + " | " + label[name] + "| " + help[name] + " |"
		}
	}
	return rows
}

var labelled = regexp.MustCompile(`^(\w+)\{(\w+)=`)

// The table of docs/operating.md is what the program says of itself, no more and no less.
func TestDocs(t *testing.T) {
	var want []string
	for _, name := range slices.Sorted(maps.Keys(described(t))) {
		want = append(want, described(t)[name])
	}
	var got []string
	for line := range strings.Lines(read(t, "docs/operating.md")) {
		if strings.HasPrefix(line, "| `otrbot_") {
			got = append(got, strings.TrimSpace(line))
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("docs/operating.md has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Alerts and dashboard ask for metrics that exist; the dashboard shows each.
func TestDeployed(t *testing.T) {
	known := described(t)
	for _, c := range []struct {
		file string
		all  bool
	}{{"deploy/prometheus-rules.yml", false}, {"deploy/grafana-dashboard.json", true}} {
		used := map[string]bool{"otrbot_build_info": true}
		for _, name := range regexp.MustCompile(`\botrbot_\w+`).FindAllString(read(t, c.file), -1) {
			used[strings.TrimSuffix(name, "_bucket")] = true
		}
		if len(used) < 5 {
			t.Errorf("%s asks for %v only", c.file, used)
		}
		for name := range used {
			if known[name] == "" {
				t.Errorf("%s asks for %s, which does not exist", c.file, name)
			}
		}
		for name := range known {
			if c.all && !used[name] {
				t.Errorf("%s does not show %s", c.file, name)
			}
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile("../../" + path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
