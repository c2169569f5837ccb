package secret

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestTextDoesNotPrint(t *testing.T) {
	type holder struct {
		Secret  Text
		Pointer *Text
	}
	s := New("open sesame")
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("kept", "secret", s, "in", holder{s, &s})
	asJSON, err := json.Marshal(holder{s, &s})
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{
		fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q %x %d", s, s, s, s, s, s, s), fmt.Sprintf("%+v", holder{s, &s}),
		string(asJSON), log.String(), fmt.Sprint([]Text{s}, map[string]Text{"k": s}),
	} {
		if strings.Contains(shown, "sesame") || strings.Contains(shown, fmt.Sprintf("%x", "sesame")) || shown == "" {
			t.Errorf("shown as %s", shown)
		}
	}
	if s.Reveal() != "open sesame" {
		t.Error("a revealed secret is itself")
	}
}

func TestEqual(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{
		{"KXQP-MNRT", "KXQP-MNRT", true},
		{"caf\u00e9", "cafe\u0301", true}, // two ways of typing é
		{"café", "cafe", false},
		{"Blue", "blue", false},
		{"blue", "blue ", false},
		{"", "", true},
		{"", "x", false},
		{"\xff", "\xfe", false},
	}
	for _, tt := range tests {
		if got := Equal(New(tt.a), New(tt.b)); got != tt.want {
			t.Errorf("%q and %q: equal %v", tt.a, tt.b, got)
		}
	}
}
