package toolkit

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// recording is a run of one of libotr's programs; see testdata/toolkit.
type recording struct {
	Name, Tool    string
	Args          []string
	Stdin, Stdout string
	Code          int
}

func recordings(t *testing.T, tool string) []recording {
	t.Helper()
	var all, chosen []recording
	readJSON(t, "recordings.json", &all)
	for _, r := range all {
		if r.Tool == tool && r.Code == 0 {
			chosen = append(chosen, r)
		}
	}
	if len(chosen) == 0 {
		t.Fatalf("no recordings of %s", tool)
	}
	return chosen
}

func readJSON[T any](t *testing.T, name string, into *T) {
	t.Helper()
	b, err := os.ReadFile("../testdata/toolkit/" + name)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func only(t *testing.T, transcript string) *Data {
	t.Helper()
	texts := Scan(transcript)
	if len(texts) == 0 {
		t.Fatal("no message")
	}
	m, ok := Parse(texts[0]).(*Data)
	if !ok {
		t.Fatalf("no Data Message: %v", m)
	}
	return m
}

func equal(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestParseAsRecorded(t *testing.T) {
	for _, r := range recordings(t, "parse") {
		t.Run(r.Name, func(t *testing.T) {
			var out strings.Builder
			for _, text := range Scan(r.Stdin) {
				out.WriteString(Parse(text).String())
			}
			equal(t, out.String(), r.Stdout)
		})
	}
}

func TestSessionKeysAsRecorded(t *testing.T) {
	for _, r := range recordings(t, "sesskeys") {
		t.Run(r.Name, func(t *testing.T) {
			keys, err := SessionKeys(unhex(t, r.Args[0]), unhex(t, r.Args[1]))
			if err != nil {
				t.Fatal(err)
			}
			equal(t, keys.String(), r.Stdout)
		})
	}
}

func TestVersion3KeysAsRecorded(t *testing.T) {
	var pairs []struct {
		OurPrivate  string `json:"our_private"`
		TheirPublic string `json:"their_public"`
		SSID        string `json:"ssid"`
		ExtraKey    string `json:"extra_key"`
	}
	readJSON(t, "dh.json", &pairs)
	for _, p := range pairs {
		keys, err := SessionKeys(unhex(t, p.OurPrivate), unhex(t, p.TheirPublic))
		if err != nil {
			t.Fatal(err)
		}
		equal(t, keys.SSID.First.String()+keys.SSID.Second.String(), p.SSID)
		equal(t, keys.ExtraKey.String(), p.ExtraKey)
		equal(t, keys.V3(), "Secure session id: "+p.SSID[:8]+" "+p.SSID[8:]+"\nExtra symmetric key: "+p.ExtraKey+"\n\n")
	}
}

func TestMACKeyAsRecorded(t *testing.T) {
	for _, r := range recordings(t, "mackey") {
		aesKey := [16]byte(unhex(t, r.Args[0]))
		macKey := MACKey(aesKey)
		equal(t, "AES key: "+Hex(aesKey[:]).String()+"\nMAC key: "+Hex(macKey[:]).String()+"\n", r.Stdout)
	}
}

func TestReadAndForgeAsRecorded(t *testing.T) {
	for _, r := range recordings(t, "readforge") {
		t.Run(r.Name, func(t *testing.T) {
			m, aesKey := only(t, r.Stdin), [16]byte(unhex(t, r.Args[0]))
			out := ""
			plain, err := Read(m, aesKey)
			if err == nil {
				out = "Plaintext: ``" + ParsePlaintext(plain).Text + "''\n"
			} else if err != ErrMAC || plain != nil {
				t.Errorf("%q, %v", plain, err)
			}
			if len(r.Args) == 2 {
				forged := Forge(m, aesKey, r.Args[1])
				out += forged.Encode() + "\n"
				if plain, err := Read(forged, aesKey); err != nil || string(plain) != r.Args[1] {
					t.Errorf("the forgery reads %q, %v", plain, err)
				}
			}
			equal(t, out, r.Stdout)
		})
	}
}

func TestModifyAsRecorded(t *testing.T) {
	offsets := map[string]uint32{"1": 1, "4": 4}
	for _, r := range recordings(t, "modify") {
		t.Run(r.Name, func(t *testing.T) {
			m, macKey := only(t, r.Stdin), [20]byte(unhex(t, r.Args[0]))
			before := m.Encode()
			modified, err := Modify(m, macKey, r.Args[1], r.Args[2], offsets[r.Args[3]])
			if err != nil {
				t.Fatal(err)
			}
			equal(t, modified.Encode()+"\n", r.Stdout)
			equal(t, m.Encode(), before)
		})
	}
}

func TestRemacAsRecorded(t *testing.T) {
	for _, r := range recordings(t, "remac") {
		t.Run(r.Name, func(t *testing.T) {
			m := only(t, r.Stdout)
			recorded := m.MAC
			m.MAC = MAC{}
			remade := Remac(m, [20]byte(unhex(t, r.Args[0])))
			if remade.MAC != recorded {
				t.Errorf("MAC %x, recorded %x", remade.MAC, recorded)
			}
			equal(t, remade.Encode()+"\n", r.Stdout)
		})
	}
}
