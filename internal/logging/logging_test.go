package logging

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

func TestFormats(t *testing.T) {
	var text, object bytes.Buffer
	New(&text, Options{}).Info("session begins", "session", "1a2b3c4d")
	New(&object, Options{Format: JSON}).Info("session begins", "session", "1a2b3c4d")
	if got := text.String(); !strings.Contains(got, `level=INFO msg="session begins" session=1a2b3c4d`) || strings.Count(got, "\n") != 1 {
		t.Error(got)
	}
	var fields map[string]string
	if err := json.Unmarshal(object.Bytes(), &fields); err != nil || fields["session"] != "1a2b3c4d" || fields["level"] != "INFO" {
		t.Error(object.String(), err)
	}
}

func TestLevel(t *testing.T) {
	var b bytes.Buffer
	log := New(&b, Options{Level: slog.LevelWarn})
	log.Info("quiet")
	log.Warn("loud")
	if got := b.String(); strings.Contains(got, "quiet") || !strings.Contains(got, "loud") {
		t.Error(got)
	}
	b.Reset()
	if New(&b, Options{}).Debug("quiet"); b.Len() > 0 {
		t.Error("debug is written by default")
	}
}

// What must not be in a log is not there, in whichever way it came.
func TestHidden(t *testing.T) {
	for _, format := range []Format{Text, JSON, Line} {
		var b bytes.Buffer
		log := New(&b, Options{Format: format})
		log.Info("1", "password", "sesame", "Secret", "sesame", "body", "sesame", "jid", "sesame")
		log.Info("2", "peer_jid", "sesame", "shared-secret", "sesame", "n", 5)
		log.Info("3", slog.Group("stanza", "body", "sesame", "id", "a1"))
		log.Info("4", slog.Group("secret", "value", "sesame"))
		log.With("jid", "sesame").WithGroup("password").Info("5", "x", "sesame")
		log.Info("6", "body", []string{"sesame"}, "jid", struct{ S string }{"sesame"})
		got := b.String()
		if strings.Contains(got, "sesame") || strings.Count(got, Hidden) != 12 || !strings.Contains(got, "a1") || strings.Count(got, "\n") != 6 {
			t.Errorf("%s: %d hidden:\n%s", format, strings.Count(got, Hidden), got)
		}
	}
}

// Pictures and whatever else is long leave their first and last 60 characters.
func TestLongValuesAreCut(t *testing.T) {
	long := strings.Repeat("é", 5_000)
	vcard := "<vCard><PHOTO><TYPE>image/png</TYPE><BINVAL>" + strings.Repeat("iVBO", 40) + "</BINVAL></PHOTO></vCard>"
	for name, x := range map[string]struct {
		value any
		whole string
	}{
		"text":    {long, long},
		"error":   {errors.New(long), long},
		"bytes":   {[]byte(long), long},
		"struct":  {struct{ S string }{long}, "{S:" + long + "}"},
		"avatar":  {vcard, vcard},
		"pubsub":  {errors.New("<data xmlns='urn:xmpp:avatar:data'>" + long), "<data xmlns='urn:xmpp:avatar:data'>" + long},
		"message": {nil, long},
	} {
		want := ends(x.whole)
		for _, format := range []Format{Text, JSON, Line} {
			var b bytes.Buffer
			if name == "message" {
				New(&b, Options{Format: format}).Info(long)
			} else {
				New(&b, Options{Format: format}).Info("m", "data", x.value)
			}
			got := strings.NewReplacer("\\u003c", "<", "\\u003e", ">").Replace(b.String())
			if !strings.Contains(got, want) || len(got) > 400 {
				t.Errorf("%s, %s: %d bytes: %.400s, want %s", name, format, len(got), got, want)
			}
		}
	}
	for _, short := range []string{strings.Repeat("x", longest), "<BINVAL>" + strings.Repeat("y", 112)} {
		if got := cut(short); got != short {
			t.Errorf("%d bytes became %d", len(short), len(got))
		}
	}
}

// ends are the first and last 60 characters.
func ends(s string) string {
	r := []rune(s)
	return string(r[:60]) + "…" + string(r[len(r)-60:])
}
