//go:build soak

package libotr

import "testing"

// The long counts: `make soak`.

func TestSoakHandshakesWithFreshKeys(t *testing.T) { handshakes(t, 1000) }
func TestSoakSMPRuns(t *testing.T)                 { smpRuns(t, 2000) }

func TestSoakWalks(t *testing.T) { walks(t, 300, 300) }

// Every opening in every version and size with every exercise.
func TestSoakMatrix(t *testing.T) {
	for _, p := range []pairing{theyWithThemselves, weStart, theyStart} {
		t.Run(p.name, func(t *testing.T) { matrix(t, p, everything) })
	}
}

// everything holds all combinations.
func everything(int, int) bool { return true }
