// Package recordings replays what libotr did, as testdata/libotr/recordings
// holds it, through the parts of the library. It has tests only.
package recordings

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"otrbot/otr/internal/group"
)

const directory = "../../testdata/libotr/recordings"

// read reads a file with a JSON object in each line.
func read[T any](t *testing.T, name string) []T {
	t.Helper()
	f, err := os.Open(filepath.Join(directory, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []T
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var one T
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all = append(all, one)
	}
	if err := lines.Err(); err != nil || len(all) == 0 {
		t.Fatalf("%s: %d lines, %v", name, len(all), err)
	}
	return all
}

// dsaKey is a private key as the recordings hold it.
type dsaKey struct {
	P []byte `json:"dsa_p"`
	Q []byte `json:"dsa_q"`
	G []byte `json:"dsa_g"`
	Y []byte `json:"dsa_y"`
	X []byte `json:"dsa_x"`
}

func (k *dsaKey) private(t *testing.T) *group.PrivateKey {
	t.Helper()
	key, err := group.NewPrivateKey(k.P, k.Q, k.G, k.Y, k.X)
	if err != nil {
		t.Fatalf("libotr's DSA key: %v", err)
	}
	return key
}

func element(t *testing.T, value []byte) group.Element {
	t.Helper()
	e, err := group.ParseElement(value)
	if err != nil {
		t.Fatalf("libotr's group element: %v", err)
	}
	return e
}

// secret puts back the leading zeros that a recorded number does not have.
func secret(t *testing.T, value []byte) group.DHSecret {
	t.Helper()
	s, err := group.ParseDHSecret(append(make([]byte, 40-len(value)), value...))
	if err != nil {
		t.Fatalf("libotr's D-H secret: %v", err)
	}
	return s
}

func same(t *testing.T, what string, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("%s is\n%x, libotr has\n%x", what, got, want)
	}
}
