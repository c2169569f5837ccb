package xmpp

import (
	"bytes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"mellium.im/sasl"
)

// fakeSCRAM is a server's side of SCRAM-SHA-256 that can be told to break the rules.
type fakeSCRAM struct {
	p          *peer
	password   string
	iterations int
	first      func(nonce string) string // the whole first message instead of the right one
	last       func(v string) string     // the last message
	early      bool                      // success instead of the challenge
	apart      bool                      // the last message as a challenge
	failure    string
	gs2        string // what came
}

func newFakeSCRAM(p *peer) *fakeSCRAM {
	return &fakeSCRAM{p: p, password: "correct horse", iterations: 4096}
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// run is RFC 5802, 3, from the server's side.
func (f *fakeSCRAM) run() {
	p := f.p
	decode := func(s string) string { return string(must(base64.StdEncoding.DecodeString(s))) }
	reply := func(name, text string) {
		p.write("<" + name + " xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>" + base64.StdEncoding.EncodeToString([]byte(text)) + "</" + name + ">")
	}
	auth := decode(p.expect("auth").Text())
	f.gs2 = auth[:1]
	bare := auth[strings.Index(auth, ",,")+2:]
	if f.failure != "" {
		p.write("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><" + f.failure + "/></failure>")
		return
	}
	if f.early {
		reply("success", "v=AAAA")
		return
	}
	nonce := bare[strings.Index(bare, ",r=")+3:] + "server"
	first := fmt.Sprintf("r=%s,s=c2FsdA==,i=%d", nonce, f.iterations)
	if f.first != nil {
		first = f.first(nonce)
	}
	reply("challenge", first)
	e := p.read()
	if e == nil {
		return
	}
	final := decode(e.Text())
	without, proof, _ := strings.Cut(final, ",p=")
	message := bare + "," + first + "," + without
	salted := must(pbkdf2.Key(sha256.New, f.password, []byte("salt"), f.iterations, 32))
	client := mac(salted, "Client Key")
	stored := sha256.Sum256(client)
	want := mac(stored[:], message)
	for i := range want {
		want[i] ^= client[i]
	}
	if base64.StdEncoding.EncodeToString(want) != proof && f.last == nil {
		p.t.Error("the client's proof is wrong")
	}
	last := "v=" + base64.StdEncoding.EncodeToString(mac(mac(salted, "Server Key"), message))
	if f.last != nil {
		last = f.last(last)
	}
	if !f.apart {
		reply("success", last)
		return
	}
	reply("challenge", last)
	if p.read() != nil {
		p.write("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>")
	}
}

// fixNonce puts a nonce from a specification in the place of one that is drawn.
func fixNonce(n *sasl.Negotiator, nonce string) {
	field := reflect.ValueOf(n).Elem().FieldByName("nonce")
	*(*[]byte)(unsafe.Pointer(field.UnsafeAddr())) = []byte(nonce)
}

func TestSCRAMVectors(t *testing.T) {
	for _, v := range []struct {
		name                                string
		mechanism                           sasl.Mechanism
		nonce, first, challenge, final, end string
	}{
		{"RFC 5802, 5", sasl.ScramSha1, "fyko+d2lbbFgONRv9qkxdawL", "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
			"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
			"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=", "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="},
		{"RFC 7677, 3", sasl.ScramSha256, "rOprNGfwEbeRWgbNEkqO", "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
			"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
			"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
			"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="},
	} {
		t.Run(v.name, func(t *testing.T) {
			s := newSCRAM(choice{v.mechanism.Name, v.mechanism, []string{v.mechanism.Name}, "n"}, "user", "pencil", tls.ConnectionState{}, 4096)
			fixNonce(s.n, v.nonce)
			if got, err := s.first(); err != nil || string(got) != v.first {
				t.Fatalf("%s, %v", got, err)
			}
			got, err := s.challenge(base64.StdEncoding.EncodeToString([]byte(v.challenge)))
			if err != nil || string(got) != v.final {
				t.Fatalf("%s, %v", got, err)
			}
			if err := s.success(base64.StdEncoding.EncodeToString([]byte(v.end))); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestServerFirstMessage(t *testing.T) {
	for text, good := range map[string]bool{
		"r=NONCEx,s=c2FsdA==,i=4096":         true,
		"r=NONCEx,s=c2FsdA==,i=10000,x=more": true,
		"r=NONCEx,s=c2FsdA==,i=4095":         false,
		"r=NONCEx,s=c2FsdA==,i=10001":        false,
		"r=NONCEx,s=c2FsdA==,i=-5000":        false,
		"r=NONCEx,s=c2FsdA==,i=":             false, // no value
		"r=NONCEx,s=c2FsdA==,i=4096,":        false,
		"r=NONCEx,s=c2FsdA==,i=4096,i=1":     false,
		"r=NONCEx,s=,i=4096":                 false,
		"r=NONCE,s=c2FsdA==,i=4096":          false, // the server added nothing
		"r=OTHERx,s=c2FsdA==,i=4096":         false,
		"m=x,r=NONCEx,s=c2FsdA==,i=4096":     false,
		"s=c2FsdA==,r=NONCEx,i=4096":         false,
		"r=NONCEx,i=4096":                    false,
		"":                                   false,
	} {
		if err := checkFirst([]byte(text), []byte("NONCE"), 10_000); (err == nil) != good {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Whatever the server says first, the login comes to an end, and only what is signed is believed.
func FuzzServerFirstMessage(f *testing.F) {
	for _, s := range []string{"r=NONCEx,s=c2FsdA==,i=4096", "r=NONCEx,s=c2FsdA==,i=", "m=1", ",,,", "r=NONCEx,s=!,i=4096,x=y", "r=NONCEx,s====,i=4097"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 4096 {
			return
		}
		s := newSCRAM(choice{mechanism: sasl.ScramSha256}, "user", "pencil", tls.ConnectionState{}, 5000)
		fixNonce(s.n, "NONCE")
		if _, err := s.first(); err != nil {
			t.Fatal(err)
		}
		if _, err := s.challenge(base64.StdEncoding.EncodeToString(b)); err == nil {
			if s.success("") == nil || s.proved {
				t.Fatal("success without a signature")
			}
		}
	})
}

func TestChoiceOfMechanism(t *testing.T) {
	both := []string{"SCRAM-SHA-1", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "PLAIN"}
	plain := []string{"PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"}
	old := tls.ConnectionState{Version: tls.VersionTLS12, TLSUnique: []byte("unique")}
	bare := tls.ConnectionState{Version: tls.VersionTLS12}
	modern := tls.ConnectionState{Version: tls.VersionTLS13}
	exporter := []string{"tls-server-end-point", "tls-exporter"}
	for _, v := range []struct {
		name      string
		offered   []string
		bindings  []string
		state     tls.ConnectionState
		must      bool
		mechanism string // empty: refused
		flag      string
	}{
		{"1.2", both, nil, old, false, "SCRAM-SHA-256-PLUS", "p"},
		{"1.2, only the old hash", []string{"SCRAM-SHA-1-PLUS", "SCRAM-SHA-256"}, nil, old, false, "SCRAM-SHA-1-PLUS", "p"},
		{"1.2, another list of bindings", both, exporter, old, false, "SCRAM-SHA-256", "n"},
		{"1.2 without tls-unique", both, nil, bare, false, "SCRAM-SHA-256", "n"},
		{"1.2, nothing to bind, not offered", plain, nil, bare, false, "SCRAM-SHA-256", "n"},
		{"1.2, not offered", plain, nil, old, false, "SCRAM-SHA-256", "y"},
		{"1.3, a server that may not know how", both, nil, modern, false, "SCRAM-SHA-256", "n"},
		{"1.3, it says how", both, exporter, modern, false, "SCRAM-SHA-256-PLUS", "p"},
		{"1.3, it says something else", both, []string{"tls-unique"}, modern, false, "SCRAM-SHA-256", "n"},
		{"1.3, not offered", plain, nil, modern, false, "SCRAM-SHA-256", "y"},
		{"the old hash only", []string{"SCRAM-SHA-1", "PLAIN"}, nil, modern, false, "SCRAM-SHA-1", "y"},
		{"insisting", both, nil, old, true, "SCRAM-SHA-256-PLUS", "p"},
		{"insisting in vain", both, nil, modern, true, "", ""},
		{"PLAIN is not for us", []string{"PLAIN", "DIGEST-MD5"}, nil, old, false, "", ""},
		{"nothing", nil, nil, old, false, "", ""},
	} {
		t.Run(v.name, func(t *testing.T) {
			c, err := choose(v.offered, v.bindings, v.state, v.must)
			var setup *SetupError
			if v.mechanism == "" {
				if !errors.As(err, &setup) {
					t.Fatalf("chose %q, error %v", c.name, err)
				}
				return
			}
			if err != nil || c.name != v.mechanism || c.flag != v.flag {
				t.Fatalf("%s %s, %v", c.name, c.flag, err)
			}
			first, err := newSCRAM(c, "bot", "pencil", v.state, 4096).first()
			if err != nil || !bytes.HasPrefix(first, []byte(v.flag)) {
				t.Errorf("%s, %v", first, err)
			}
		})
	}
}
