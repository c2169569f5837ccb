package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts of testdata/script drive the program as people and their scripts do: arguments, files, signals and exit
// codes. Beyond testscript's own commands there are those of scriptCommands.

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"otrbot": main})
}

func TestScripts(t *testing.T) {
	lessons, err := filepath.Abs("../../lessons")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", Cmds: scriptCommands, RequireExplicitExec: true, RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("LESSONS", lessons)
			b, err := newTextBrowser()
			e.Values[browserKey{}] = b
			return err
		},
	})
}

var scriptCommands = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"exits":   exits,
	"await":   await,
	"scene":   scene,
	"spoil":   spoil,
	"manages": manages,

	"browse": browse, "fill": fill, "sees": sees, "learn": learn,
}

// exits CODE PROGRAM ARGUMENT...: the program ends with this exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code program argument...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got, ended := 0, (*exec.ExitError)(nil)
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &ended) {
		got = ended.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// await FILE REGEXP: something that runs in the background will have written this.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: await file regexp")
	}
	what, err := regexp.Compile(args[1])
	ts.Check(err)
	const limit = 30 * time.Second // of a program that hangs; no script depends on it
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(limit); ; <-tick.C {
		text, err := os.ReadFile(ts.MkAbs(args[0]))
		if err == nil && what.Match(text) {
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("%s in %v does not say %s:\n%s", args[0], limit, args[1], text)
		}
	}
}

// scene FILE: the variables ADDRESS, BOT, SECRET, CA (a file), ANA, ANA_PASSWORD, BEN, BEN_PASSWORD, COURSE, COURSE_HOST and
// PAGES are those that "otrbot demo --json" has written into the file.
func scene(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: scene file")
	}
	await(ts, false, []string{args[0], `}\n`})
	var d described
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &d))
	for name, value := range map[string]string{
		"ADDRESS": d.Listen, "BOT": d.Bot, "SECRET": d.Secret, "CA": d.Certificate,
		"ANA": d.Accounts[0].JID, "ANA_PASSWORD": d.Accounts[0].Password,
		"BEN": d.Accounts[1].JID, "BEN_PASSWORD": d.Accounts[1].Password,
		"COURSE": d.Course, "PAGES": d.Pages,
		"COURSE_HOST": strings.Trim(strings.TrimPrefix(d.Course, "http://"), "/"),
	} {
		ts.Setenv(name, value)
	}
}
