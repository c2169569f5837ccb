package logging

import (
	"context"
	"encoding/binary"
	"log/slog"
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/slogtest"
	"time"
)

var journalForm = regexp.MustCompile(`^[A-Z][A-Z0-9_]{0,63}$`)

// parseJournal reads an entry of the native protocol strictly.
func parseJournal(t *testing.T, b string) map[string]string {
	t.Helper()
	fields := map[string]string{}
	for b != "" {
		line, rest, ok := strings.Cut(b, "\n")
		name, value, short := strings.Cut(line, "=")
		if !short && len(rest) >= 8 {
			n := binary.LittleEndian.Uint64([]byte(rest[:8]))
			if rest = rest[8:]; uint64(len(rest)) <= n || rest[n] != '\n' {
				t.Fatalf("length %d of %q", n, name)
			}
			value, rest = rest[:n], rest[n+1:]
		}
		if !ok || !journalForm.MatchString(name) {
			t.Fatalf("field %q in %q", name, b)
		}
		fields[name], b = value, rest
	}
	return fields
}

func TestJournalEntry(t *testing.T) {
	for _, x := range []struct {
		e    entry
		want map[string]string
	}{
		{entry{message: "online"}, map[string]string{"MESSAGE": "online", "PRIORITY": "6", "SYSLOG_IDENTIFIER": "otrbot"}},
		{entry{level: LevelCritical, area: "bot", message: "two\nlines", fields: []field{{"a.b-é", "x y"}, {strings.Repeat("n", 80), "1=\n2"}}}, map[string]string{
			"MESSAGE": "two\nlines a.b-é=\"x y\" " + strings.Repeat("n", 80) + `="1=\n2"`, "PRIORITY": "2", "SYSLOG_IDENTIFIER": "otrbot",
			"OTRBOT_AREA": "bot", "OTRBOT_A_B__": "x y", "OTRBOT_" + strings.Repeat("N", 57): "1=\n2"}},
	} {
		got := parseJournal(t, string(journalEntry(x.e)))
		if len(got) != len(x.want) {
			t.Errorf("%v", got)
		}
		for name, value := range x.want {
			if got[name] != value {
				t.Errorf("%s is %q, want %q", name, got[name], value)
			}
		}
	}
	full := entry{fields: make([]field, 2000)}
	for i := range full.fields {
		full.fields[i] = field{"f", strings.Repeat("x", 500)}
	}
	if b := journalEntry(full); len(b) > longestEntry || len(b) < longestEntry-1000 {
		t.Errorf("%d bytes", len(b))
	}
	parseJournal(t, string(journalEntry(full)))
}

// Fields of the journal have no groups; what it shows of a record is in its message.
func TestSlogJournal(t *testing.T) {
	var last entry
	var fields map[string]string
	slogtest.Run(t, func(t *testing.T) slog.Handler {
		return &handler{write: func(e entry) error {
			last, fields = e, parseJournal(t, string(journalEntry(e)))
			return nil
		}}
	}, func(*testing.T) map[string]any {
		message, attributes, _ := strings.Cut(fields["MESSAGE"], " ")
		seen := map[string]any{"level": fields["PRIORITY"], "msg": message}
		if !last.time.IsZero() { // the journal has a clock of its own
			seen["time"] = last.time
		}
		for word := range strings.FieldsSeq(attributes) {
			name, value, _ := strings.Cut(word, "=")
			if fields[journalName(name)] != value {
				t.Errorf("%s is %q, want %q", name, fields[journalName(name)], value)
			}
			nest(seen, name, value)
		}
		return seen
	})
}

// A socket like the journal's gets entries, and the journal may come later than we.
func TestJournalSocket(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	l, err := Open(Config{Journal: socket, Level: slog.LevelDebug})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	l.Area("bot").Debug("here", "jid", "ana@example.org")
	b := make([]byte, longestEntry)
	if err := listener.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	n, err := listener.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	got := parseJournal(t, string(b[:n]))
	if got["MESSAGE"] != "here jid=[hidden]" || got["OTRBOT_JID"] != Hidden || got["PRIORITY"] != "7" || got["OTRBOT_AREA"] != "bot" {
		t.Errorf("%q", got)
	}
	l.Close(context.Background())
}
