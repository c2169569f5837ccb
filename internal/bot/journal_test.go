package bot

import (
	"testing"
	"time"
)

// A message that the server kept while our stream was cut counts as one that came at once; servers tell whole seconds.
func TestTimely(t *testing.T) {
	began := time.Date(2026, time.March, 14, 9, 26, 53, 700_000_000, time.UTC)
	tests := []struct {
		name string
		sent time.Time
		want bool
	}{
		{"long before the stream", began.Add(-time.Hour), false},
		{"a second before", began.Add(-time.Second), false},
		{"in the same second, as the server tells it", began.Truncate(time.Second), true},
		{"just before that second", began.Truncate(time.Second).Add(-time.Millisecond), false},
		{"when it began", began, true},
		{"later", began.Add(time.Minute), true},
		{"in another zone of time", began.Add(time.Minute).In(time.FixedZone("", 7200)), true},
		{"without delay", time.Time{}, false},
	}
	var j journal
	if j.timely(began) {
		t.Error("a message is timely before there was any stream")
	}
	j.since.Store(&began)
	for _, test := range tests {
		if got := j.timely(test.sent); got != test.want {
			t.Errorf("%s: %t, want %t", test.name, got, test.want)
		}
	}
}
