package xmppd

import (
	"encoding/base64"
	"strings"
	"testing"
)

// The examples of RFC 5802, 5, and RFC 7677, 3.
var scramExamples = map[string]struct{ mechanism, salt, first, nonce, challenge, final, signature string }{
	"RFC 5802": {
		mechanism: scramSHA1, salt: "QSXCR+Q6sek8bf92", first: "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL", nonce: "3rfcNHYJY1ZVvWVs7j",
		challenge: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
		final:     "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
		signature: "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
	},
	"RFC 7677": {
		mechanism: scramSHA256, salt: "W22ZaJ0SNY7soEsUEjb6gQ==", first: "n,,n=user,r=rOprNGfwEbeRWgbNEkqO", nonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
		challenge: "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
		final:     "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
		signature: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
	},
}

func TestScramExamples(t *testing.T) {
	for name, e := range scramExamples {
		t.Run(name, func(t *testing.T) {
			salt, err := base64.StdEncoding.DecodeString(e.salt)
			if err != nil {
				t.Fatal(err)
			}
			keys, err := newScramKeys(scramHashes[e.mechanism], "pencil", salt)
			if err != nil {
				t.Fatal(err)
			}
			x, authzid, err := clientFirst(scramHashes[e.mechanism], e.first)
			if err != nil || x.user != "user" || authzid != "" {
				t.Fatalf("%+v, %q, %v", x, authzid, err)
			}
			if got := x.serverFirst(e.nonce, keys); got != e.challenge {
				t.Errorf("challenge %s", got)
			}
			if got, ok, err := x.clientFinal(e.final); err != nil || !ok || got != e.signature {
				t.Errorf("%s, %v, %v", got, ok, err)
			}
			for _, wrong := range []string{
				strings.Replace(e.final, "c=biws", "c=eSws", 1), strings.Replace(e.final, ",r=", ",r=x", 1), strings.Replace(e.final, ",p=", ",p=AAAA", 1),
				strings.Replace(e.final, ",p=", ",x=1,p=", 1), "", e.final[:20],
			} {
				if got, ok, err := x.clientFinal(wrong); ok || got != "" || err == nil && !strings.Contains(wrong, "x=1") {
					t.Errorf("%s: %s, %v, %v", wrong, got, ok, err)
				}
			}
		})
	}
}

// A name is what the client wrote, whatever stands in it, and nothing else makes a login.
func FuzzScram(f *testing.F) {
	for _, e := range scramExamples {
		f.Add(e.first, e.final)
	}
	f.Add("y,a=b=2Cc,n=a=3Db,r=x,ext=1", "c=,r=,p=")
	f.Add("n,,n==2,r=", ",p=,p=")
	f.Fuzz(func(t *testing.T, first, final string) {
		x, authzid, err := clientFirst(scramHashes[scramSHA1], first)
		if err != nil {
			return
		}
		escape := strings.NewReplacer("=", "=3D", ",", "=2C").Replace
		if x.user == "" || !strings.HasPrefix(x.clientBare, "n="+escape(x.user)+",r="+x.nonce) || !strings.Contains(x.gs2Header, escape(authzid)) {
			t.Fatalf("%q: %+v, %q", first, x, authzid)
		}
		x.serverFirst("nonce", scramKeys{salt: []byte("salt"), stored: make([]byte, 20), server: make([]byte, 20)})
		if _, ok, _ := x.clientFinal(final); ok {
			t.Fatalf("%q, %q: let in", first, final)
		}
	})
}
