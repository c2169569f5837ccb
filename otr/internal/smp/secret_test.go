package smp

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// TestSecret is Protocol v3, "Secret information". The digests were made with
// sha256sum from the bytes that the specification lists.
func TestSecret(t *testing.T) {
	var alice, bob [20]byte
	for i := range alice {
		alice[i], bob[i] = byte(i), byte(0x80+i)
	}
	ssid := [8]byte{1, 2, 3, 4, 5, 6, 7, 8}
	for words, want := range map[string]string{
		"":           "e6d6d7a276480836cb1e1014ee96074de08b3fd842d52c992b911e69dd0b4c25",
		"secret é\n": "1cd3a9360c37624fec4ec4994b5d7e06192279ef131d5e882f0e5471a389b1a6",
	} {
		got := deriveSecret(&alice, &bob, &ssid, []byte(words))
		if hex.EncodeToString(got[:]) != want {
			t.Errorf("%q: %x, want %s", words, got, want)
		}
	}
}

// TestNoSecretPrints: whatever a log does with a machine, it shows the state.
func TestNoSecretPrints(t *testing.T) {
	for _, s := range states {
		m := *machineIn(t, s)
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "machine", m, "pointer", &m)
		shown := []string{log.String()}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d", "%q"} {
			shown = append(shown, fmt.Sprintf(verb, m), fmt.Sprintf(verb, &m))
		}
		for i, text := range shown {
			if !strings.Contains(text, "smp.Machine("+s.String()+")") || i > 0 && len(text) > 30 {
				t.Errorf("%v shows %q", s, text)
			}
		}
		nested := fmt.Sprintf("%+v", struct{ m Machine }{m})
		if len(nested) > 100 {
			t.Errorf("%v nested shows %q", s, nested)
		}
	}
}

// TestWipe: no secret outlives the run that it belongs to.
func TestWipe(t *testing.T) {
	for _, s := range states[1:] {
		m := machineIn(t, s)
		kept := m.run
		m.Abort()
		for i, b := range kept.append(nil) {
			// Lengths of MPIs aside, a wiped state is zeros.
			if b != 0 {
				t.Fatalf("%v: byte %d of the wiped state is %#x", s, i, b)
			}
		}
	}
}
