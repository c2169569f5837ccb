package lti_test

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The script of platform storage, in Node.js with a made-up window: what it asks, whom it believes, when it gives up.
func TestStorageScript(t *testing.T) {
	type scenario struct {
		What   string `json:"what"` // put, get, "" for a page without the form
		Target string `json:"target"`
		Frame  string `json:"frame"` // how the platform's frame behaves
	}
	type outcome struct {
		Posted    [][3]string
		Origins   []string
		Went      string
		Submitted []string
		Failed    bool
		Listening int
	}
	const next = "https://lms.example/auth?x=1"
	puts := [][3]string{{"lti.put_data", "state_s1", "s1"}, {"lti.put_data", "nonce_s1", "n1"}}
	gets := [][3]string{{"lti.get_data", "state_s1", ""}, {"lti.get_data", "nonce_s1", ""}}
	cases := []struct {
		scenario
		asked   [][3]string
		went    string
		submits bool
		givesUp bool
	}{
		{scenario{"put", "_parent", ""}, puts, next, false, false},
		{scenario{"put", "storage", ""}, puts, next, false, false},
		{scenario{"put", "missing", ""}, nil, next, false, false},
		{scenario{"put", "_parent", "silent"}, puts[:1], next, false, false},
		{scenario{"put", "_parent", "error"}, puts[:1], next, false, false},
		{scenario{"put", "_parent", "top"}, nil, next, false, false},
		{scenario{"get", "_parent", ""}, gets, "", true, false},
		{scenario{"get", "storage", ""}, gets, "", true, false},
		{scenario{"get", "missing", ""}, nil, "", false, true},
		{scenario{"get", "_parent", "silent"}, gets[:1], "", false, true},
		{scenario{"get", "_parent", "error"}, gets[:1], "", false, true},
		{scenario{"get", "_parent", "empty"}, gets[:1], "", false, true},
		{scenario{"get", "_parent", "wrong origin"}, gets[:1], "", false, true},
		{scenario{"get", "_parent", "wrong source"}, gets[:1], "", false, true},
		{scenario{"get", "_parent", "wrong id"}, gets[:1], "", false, true},
		{scenario{"get", "_parent", "wrong subject"}, gets[:1], "", false, true},
		{scenario{"get", "_parent", "no object"}, gets[:1], "", false, true},
		{scenario{"get", "_parent", "late"}, gets[:1], "", false, true},
		{scenario{"", "_parent", ""}, nil, "", false, false},
	}
	scenarios := make([]scenario, 0, len(cases))
	for _, c := range cases {
		scenarios = append(scenarios, c.scenario)
	}
	in, err := json.Marshal(scenarios)
	if err != nil {
		t.Fatal(err)
	}
	node := exec.Command("node", "storage.cjs")
	node.Stdin, node.Stderr = strings.NewReader(string(in)), t.Output()
	out, err := node.Output()
	if err != nil {
		t.Fatalf("%v (Debian: apt-get install nodejs)", err)
	}
	var got []outcome
	if err := json.Unmarshal(out, &got); err != nil || len(got) != len(cases) {
		t.Fatalf("%v: %s", err, out)
	}
	for i, c := range cases {
		g := got[i]
		if !slices.Equal(g.Posted, c.asked) || g.Went != c.went || g.Failed != c.givesUp || g.Listening != 0 ||
			c.submits != slices.Equal(g.Submitted, []string{"s1", "n1"}) || !c.submits && g.Submitted != nil {
			t.Errorf("%+v: %+v", c.scenario, g)
		}
		for _, origin := range g.Origins {
			if origin != "https://lms.example" {
				t.Errorf("%+v: a message to %s", c.scenario, origin)
			}
		}
	}
}
