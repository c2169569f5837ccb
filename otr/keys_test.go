package otr

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
)

func TestGenerateKey(t *testing.T) {
	k, err := GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	l, err := GenerateKeyWithParameters(k.Parameters(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if k.Fingerprint() == l.Fingerprint() {
		t.Error("two keys with one fingerprint")
	}
	u := NewUserState()
	if err := errors.Join(u.SetKey(Account{"k", "xmpp"}, k), u.SetKey(Account{"l", "xmpp"}, l)); err != nil {
		t.Fatal(err)
	}
	v := NewUserState()
	if err := v.ReadKeys(strings.NewReader(written(t, u.WriteKeys))); err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]*PrivateKey{"k": k, "l": l} {
		if got, _ := v.Key(Account{name, "xmpp"}); got.Fingerprint() != key.Fingerprint() {
			t.Errorf("key %s came back with another fingerprint", name)
		}
	}
}

func TestGenerateKeyWithoutRandomness(t *testing.T) {
	broken := errors.New("no randomness")
	if _, err := GenerateKey(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("GenerateKey: %v", err)
	}
	if _, err := GenerateKeyWithParameters(sampleKey(t).Parameters(), iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("GenerateKeyWithParameters: %v", err)
	}
}

func TestPrivateKeyDoesNotTalk(t *testing.T) {
	k := sampleKey(t)
	encoded, err := json.Marshal(map[string]*PrivateKey{"key": k})
	if err != nil {
		t.Fatal(err)
	}
	shown := string(encoded) + k.String() + k.GoString()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		shown += fmt.Sprintf(verb, k) + fmt.Sprintf(verb, *k) + fmt.Sprintf(verb, []*PrivateKey{k})
	}
	if secret := hex.EncodeToString(k.key.X()); strings.Contains(strings.ToLower(shown), secret[:16]) {
		t.Error("the secret part of a key is shown")
	}
	if !strings.Contains(shown, k.Fingerprint().String()) {
		t.Error("a key is not named by its fingerprint")
	}
}
