//go:build soak

package libotr

import "testing"

// The long counts: `make soak`.

func TestSoakHandshakesWithFreshKeys(t *testing.T) { handshakes(t, 10_000) }
func TestSoakSMPRuns(t *testing.T)                 { smpRuns(t, 20_000) }

func TestSoakWalks(t *testing.T) { walks(t, 300, 300) }
