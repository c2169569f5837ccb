package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/iotest"
)

// outcome is what the program did.
type outcome struct {
	code           int
	stdout, stderr string
}

func execute(stdin string, args ...string) outcome {
	var stdout, stderr bytes.Buffer
	code := run(args, strings.NewReader(stdin), &stdout, &stderr)
	return outcome{code, stdout.String(), stderr.String()}
}

func toolkitRun(stdin string, args ...string) outcome {
	return execute(stdin, append([]string{"toolkit"}, args...)...)
}

// recording is a run of one of libotr's programs; see otr/testdata/toolkit.
type recording struct {
	Name, Tool               string
	Args                     []string
	Stdin, Stdout, Complaint string
	Code                     int
}

func recordings(t *testing.T) []recording {
	t.Helper()
	b, err := os.ReadFile("../../otr/testdata/toolkit/recordings.json")
	var all []recording
	if err == nil {
		err = json.Unmarshal(b, &all)
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestToolkitAsRecorded(t *testing.T) {
	for _, r := range recordings(t) {
		t.Run(r.Tool+" "+r.Name, func(t *testing.T) {
			got := toolkitRun(r.Stdin, append([]string{r.Tool}, r.Args...)...)
			complaint, _, _ := strings.Cut(got.stderr, "\n")
			if strings.HasPrefix(complaint, "Usage: ") || strings.HasPrefix(complaint, "Note: ") { // worded here
				complaint = ""
			}
			if got.code != r.Code || got.stdout != r.Stdout || complaint != r.Complaint {
				t.Errorf("got  %d %q %q\nwant %d %q %q", got.code, got.stdout, complaint, r.Code, r.Stdout, r.Complaint)
			}
		})
	}
}

// With --json the exit codes and complaints stay; each line is a JSON object.
func TestToolkitAsJSON(t *testing.T) {
	for _, r := range recordings(t) {
		t.Run(r.Tool+" "+r.Name, func(t *testing.T) {
			got := toolkitRun(r.Stdin, append([]string{r.Tool, "--json"}, r.Args...)...)
			if got.code != r.Code {
				t.Errorf("code %d, want %d", got.code, r.Code)
			}
			for line := range strings.Lines(got.stdout) {
				var object map[string]json.RawMessage
				if err := json.Unmarshal([]byte(line), &object); err != nil {
					t.Errorf("%v in %q", err, line)
				}
			}
			if r.Code == 0 && r.Stdout != "" && got.stdout == "" {
				t.Error("no output")
			}
		})
	}
}

func TestJSONShapes(t *testing.T) {
	const (
		aesKey = "000102030405060708090a0b0c0d0e0f"
		remac  = `?OTR:AAMDAAABAAAAAgAAAAAAAQAAAAIAAAABBQAAAAAAAAABAAAAAqq7ra+bH47UZKAOqubmhzmMn75NrPoAAAAA.`
		fields = `{"type":"data","version":3,"instances":{"sender":256,"receiver":512},"flags":0,"sender_keyid":1,"recipient_keyid":2,"dh_y":"05","counter":"0000000000000001","encrypted_message":"aabb","mac":"adaf9b1f8ed464a00eaae6e687398c9fbe4dacfa","revealed_mac_keys":[]}`
	)
	zeros := strings.Repeat("00", 20)
	forged := strings.TrimSpace(toolkitRun(remac, "readforge", aesKey, "<hi>").stdout)
	tests := []struct {
		name  string
		stdin string
		args  []string
		want  string
	}{
		{"parse", remac, []string{"parse", "--json"}, fields},
		{"mackey", "", []string{"mackey", "--json", aesKey}, `{"aes_key":"` + aesKey + `","mac_key":"` + macOf(aesKey) + `"}`},
		{"remac", "", []string{"remac", "--json", zeros, "256", "512", "0", "1", "2", "05", "0000000000000001", "aabb", ""}, `{"message":"` + remac + `","fields":` + fields + `}`},
		{"modify", remac, []string{"modify", "--json", zeros, "a", "a", "0"}, `{"message":"` + remac + `","fields":` + fields + `}`},
		{"readforge", forged, []string{"readforge", "--json", aesKey}, `{"mac_verifies":true,"text":"<hi>","tlvs":[],"plaintext":"3c68693e"}`},
		{"readforge with a wrong key", remac, []string{"readforge", "--json", aesKey}, `{"mac_verifies":false}`},
		{"forge", remac, []string{"readforge", "--json", aesKey, "<hi>"}, `{"mac_verifies":false,"forged":"` + forged + `"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := toolkitRun(tt.stdin, tt.args...)
			if got.code != exitOK || got.stdout != tt.want+"\n" {
				t.Errorf("%d\n%s\nwant\n%s", got.code, got.stdout, tt.want)
			}
		})
	}
}

func macOf(aesKey string) string {
	_, mac, _ := strings.Cut(toolkitRun("", "mackey", aesKey).stdout, "MAC key: ")
	return strings.TrimSpace(mac)
}

func TestSesskeysV3(t *testing.T) {
	b, err := os.ReadFile("../../otr/testdata/toolkit/dh.json") // libotr's own derivations
	var pairs []map[string]string
	if err == nil {
		err = json.Unmarshal(b, &pairs)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pairs {
		plain := toolkitRun("", "sesskeys", p["our_private"], p["their_public"])
		v3 := toolkitRun("", "sesskeys", "--v3", p["our_private"], p["their_public"])
		want := plain.stdout + "Secure session id: " + p["ssid"][:8] + " " + p["ssid"][8:] + "\nExtra symmetric key: " + p["extra_key"] + "\n\n"
		if v3.code != exitOK || v3.stdout != want {
			t.Errorf("%d %q, want %q", v3.code, v3.stdout, want)
		}
	}
}

func TestParseFragments(t *testing.T) {
	const fragments = "?OTR,1,2,?OTR:AA,\n?OTR,2,2,QD.,\n"
	if got := toolkitRun(fragments, "parse", "--fragments"); got != (outcome{0, "Unrecognized OTR message:\n\t?OTR:AAQD.\n\n", ""}) {
		t.Errorf("whole: %+v", got)
	}
	if got := toolkitRun(fragments[:18], "parse", "--fragments"); got != (outcome{0, "", "Note: fragmented messages that never became whole: 1.\n"}) {
		t.Errorf("unfinished: %+v", got)
	}
}

func TestNotes(t *testing.T) {
	aesKey, macKey := strings.Repeat("00", 16), strings.Repeat("00", 20)
	for _, tt := range []struct {
		stdin string
		args  []string
		code  int
		want  string
	}{
		{"", []string{"parse"}, exitOK, "Note: no OTR message found on stdin.\n"},
		{"hello", []string{"parse", "--fragments"}, exitOK, "Note: no OTR message found on stdin.\n"},
		{"?OTR:AAMD.", []string{"parse"}, exitOK, ""},
		{"?OTR,1,2,?OTR:AAMD,", []string{"parse"}, exitOK, "Note: the input holds fragments; parse --fragments puts them together.\n"},
		{"?OTR|100|200,1,2,?OTR:AAMD,", []string{"parse"}, exitOK, "Note: the input holds fragments; parse --fragments puts them together.\n"},
		{"?OTR,2,2,AAMD.,", []string{"readforge", aesKey}, exitRefused, "Note: the input holds fragments; this command needs a message in one piece.\nNo OTR Data Message found on stdin.\n"},
		{"", []string{"modify", macKey, "a", "b", "0"}, exitRefused, "No OTR Data Message found on stdin.\n"},
	} {
		if got := toolkitRun(tt.stdin, tt.args...); got.code != tt.code || got.stderr != tt.want {
			t.Errorf("%q, %q: %+v", tt.args, tt.stdin, got)
		}
	}
}

func TestInputTooLong(t *testing.T) {
	for _, args := range [][]string{
		{"parse"}, {"parse", "--fragments"}, {"readforge", strings.Repeat("00", 16)}, {"modify", strings.Repeat("00", 20), "a", "b", "0"},
	} {
		input := strings.Repeat(" ", maxInput)
		if got := toolkitRun(input, args...); got.code == exitFailed {
			t.Errorf("%q, at the limit: %+v", args, got)
		}
		if got := toolkitRun(input+" ", args...); got.code != exitFailed || got.stdout != "" || got.stderr != "standard input is longer than 16 MiB\n" {
			t.Errorf("%q, over the limit: %+v", args, got)
		}
	}
}

func TestBrokenStreams(t *testing.T) {
	broken := errors.New("broken")
	var stderr bytes.Buffer
	code := run([]string{"toolkit", "parse"}, iotest.ErrReader(broken), &bytes.Buffer{}, &stderr)
	if code != exitFailed || stderr.String() != "standard input: broken\n" {
		t.Errorf("input: %d %q", code, stderr.String())
	}
	stderr.Reset()
	code = run([]string{"toolkit", "mackey", strings.Repeat("00", 16)}, strings.NewReader(""), brokenWriter{broken}, &stderr)
	if code != exitFailed || stderr.String() != "standard output: broken\n" {
		t.Errorf("output: %d %q", code, stderr.String())
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

func TestHelpHasAnExample(t *testing.T) {
	for _, args := range [][]string{
		{"toolkit"}, {"toolkit", "parse"}, {"toolkit", "sesskeys"}, {"toolkit", "mackey"}, {"toolkit", "readforge"}, {"toolkit", "modify"}, {"toolkit", "remac"},
	} {
		got := execute("", append(args, "--help")...)
		if got.code != exitOK || !strings.Contains(got.stdout, "Examples:\n  otrbot "+strings.Join(args, " ")) {
			t.Errorf("%q: %+v", args, got)
		}
	}
}

func TestWrongCommands(t *testing.T) {
	tests := []struct {
		args []string
		want string // how stderr begins
	}{
		{[]string{"nonsense"}, "unknown command \"nonsense\" for \"otrbot\"\ntry otrbot --help"},
		{[]string{"toolkits"}, `unknown command "toolkits" for "otrbot"; did you mean toolkit?`},
		{[]string{"--nonsense"}, "unknown flag: --nonsense\ntry otrbot --help"},
		{[]string{"toolkit", "nonsense"}, "unknown command \"nonsense\" for \"otrbot toolkit\"\ntry otrbot toolkit --help"},
		{[]string{"toolkit", "prase"}, `unknown command "prase" for "otrbot toolkit"; did you mean parse?`},
		{[]string{"toolkit", "parse", "x"}, "Usage: otrbot toolkit parse < transcript\nShow the fields of encoded messages; reads the transcript from standard input."},
		{[]string{"toolkit", "parse", "--nonsense"}, "unknown flag: --nonsense"},
		{[]string{"toolkit", "mackey"}, "Usage: otrbot toolkit mackey aeskey"},
		{[]string{"toolkit", "sesskeys", strings.Repeat("00", 41), "07"}, "Usage: otrbot toolkit sesskeys our_privkey their_pubkey"},
	}
	for _, tt := range tests {
		got := execute("", tt.args...)
		if got.code != exitRefused || got.stdout != "" || !strings.HasPrefix(got.stderr, tt.want) {
			t.Errorf("%q: %+v", tt.args, got)
		}
	}
}
