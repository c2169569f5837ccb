package lti_test

import (
	"bufio"
	"encoding/json"
	"io"
	"os/exec"
	"testing"
)

// A foreign program that answers one line for each.
type foreign struct {
	t   testing.TB
	in  io.Writer
	out *bufio.Reader
}

type question struct {
	Op            string `json:"op"`
	Key           string `json:"key,omitempty"`
	Secret        string `json:"secret,omitempty"`
	Method        string `json:"method,omitempty"`
	URL           string `json:"url,omitempty"`
	Body          string `json:"body,omitempty"`
	Type          string `json:"type,omitempty"`
	Authorization string `json:"authorization,omitempty"`
	Params        any    `json:"params,omitempty"`
}

type reply struct {
	Body  string `json:"body"`
	Base  string `json:"base"`
	Valid bool   `json:"valid"`
	Error string `json:"error"`
}

// start runs the program until the test ends; need names the packages that it lives in.
func start(t testing.TB, need, name string, args ...string) *foreign {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%v (Debian: apt-get install %s)", err, need)
	}
	c := exec.Command(path, args...)
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stderr = t.Output()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := c.Wait(); err != nil {
			t.Errorf("%s: %v (Debian: apt-get install %s)", name, err, need)
		}
	})
	return &foreign{t, in, bufio.NewReader(out)}
}

// during is the same program, whose failures are those of another test, as one run of a fuzz target is.
func (f *foreign) during(t testing.TB) *foreign { return &foreign{t, f.in, f.out} }

// ask wants an answer.
func (f *foreign) ask(q question) reply {
	f.t.Helper()
	r := f.try(q)
	if r.Error != "" {
		f.t.Fatalf("%+v: %s", q, r.Error)
	}
	return r
}

// try takes a refusal as well.
func (f *foreign) try(q question) reply {
	f.t.Helper()
	line, err := json.Marshal(q)
	if err != nil {
		f.t.Fatal(err)
	}
	if _, err := f.in.Write(append(line, '\n')); err != nil {
		f.t.Fatal(err)
	}
	answer, err := f.out.ReadBytes('\n')
	if err != nil {
		f.t.Fatalf("no answer: %v", err)
	}
	var r reply
	if err := json.Unmarshal(answer, &r); err != nil {
		f.t.Fatalf("%s to %s: %v", answer, line, err)
	}
	return r
}

func python(t testing.TB) *foreign {
	return start(t, "python3-oauthlib", "/usr/bin/python3", "signer.py")
}
func ruby(t testing.TB) *foreign { return start(t, "ruby ruby-oauth", "ruby", "signer.rb") }
