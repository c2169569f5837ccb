package chat

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestScriptFaultsAreAllTold(t *testing.T) {
	_, err := ReadScript("talk.chat", strings.NewReader(strings.Join([]string{
		"# a remark", "", "hello ${NAME}", "/set X", "/expect", "/expect /(/", "/wait what is this", "/timeout soon", "/expect fine", "/set 1x", "/set OK", "${OK}",
	}, "\n")))
	if err == nil {
		t.Fatal("no fault")
	}
	var lines []string
	for _, l := range strings.Split(err.Error(), "\n") {
		place, _, _ := strings.Cut(l, ": ")
		lines = append(lines, strings.TrimPrefix(place, "talk.chat:"))
	}
	if got := strings.Join(lines, " "); got != "3 4 5 6 7 8 10" {
		t.Errorf("faults in lines %s:\n%v", got, err)
	}
}

// played is what came of a script.
type played struct {
	typed []string // what came to the desk
	out   strings.Builder
	err   error
}

// play runs a script that sees lines, each lot when it waits for something.
func play(t *testing.T, text string, shows ...[]Line) *played {
	t.Helper()
	s, err := ReadScript("talk.chat", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	p := new(played)
	synctest.Test(t, func(t *testing.T) {
		script, desk := NewPlay(s, &p.out), &Desk{typed: make(chan string, 100), ready: make(chan struct{})}
		ended := make(chan error)
		go func() { ended <- script.Run(context.Background(), desk) }()
		close(desk.ready)
		for _, lines := range shows {
			synctest.Wait()
			script.Show(lines, Status{})
		}
		p.err = <-ended
		close(desk.typed)
		for line := range desk.typed {
			p.typed = append(p.typed, line)
		}
	})
	return p
}

func TestScript(t *testing.T) {
	p := play(t, `# the beginning
hello
/wait greeted
/expect code is
/expect /([A-Z]{4})-(\d+)/
/set CODE
it is ${CODE}
/expect you said ${CODE}
/verify sesame
`,
		[]Line{{Event: "noise", Words: "..."}, {Event: "greeted", Words: "hi"}},
		[]Line{{Kind: Own, Words: "code is not this: WXYZ-1"}, {Words: "the code is below"}, {Words: "ABCD-12"}},
		[]Line{{Words: "you said ABCD"}},
	)
	if p.err != nil {
		t.Fatal(p.err)
	}
	if got := strings.Join(p.typed, "|"); got != "hello|it is ABCD|/verify sesame" {
		t.Error(got)
	}
	if strings.Contains(p.out.String(), "sesame") {
		t.Errorf("the secret is shown:\n%s", &p.out)
	}
}

func TestScriptDoesNotShowSecretsThatAreAskedFor(t *testing.T) {
	p := play(t, "/verify\nsesame\n/ask \"Who?\"\nme, sesame\nhello")
	if p.err != nil || strings.Contains(p.out.String(), "sesame") {
		t.Errorf("%v\n%s", p.err, &p.out)
	}
	if want := "> /verify\n> (not shown)\n> /ask \"Who?\"\n> (not shown)\n> hello\n"; p.out.String() != want {
		t.Errorf("%q", p.out.String())
	}
}

func TestScriptThatWaitsInVain(t *testing.T) {
	p := play(t, "/wait greeted\n/timeout 7s\n/expect goodbye",
		[]Line{{Event: "greeted", Words: "hi"}, {Event: "message_received", Kind: Text, Peer: bob, Trust: NotPrivate, Words: "hello"}})
	var e *NotSeen
	if !errors.As(p.err, &e) {
		t.Fatal(p.err)
	}
	if e.Line != 3 || e.Waited != 7*time.Second {
		t.Errorf("%+v", e)
	}
	want := "talk.chat:3: waited 7s in vain for: /expect goodbye\nafter: hi\nseen meanwhile:\n  [message_received] " + bob + " (not private): hello"
	if e.Error() != want {
		t.Errorf("%s\nwant\n%s", e, want)
	}
}

func TestScriptWithoutConnection(t *testing.T) {
	s, err := ReadScript("talk.chat", strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		err := NewPlay(s, new(strings.Builder)).Run(t.Context(), &Desk{ready: make(chan struct{})})
		if err == nil || !strings.Contains(err.Error(), "no connection within") {
			t.Error(err)
		}
	})
}

func FuzzReadScript(f *testing.F) {
	for _, seed := range []string{"hello", "/expect /x(y)/\n/set A\n${A}", "/timeout 1s", "/expect //", "/expect /", "/expect \x8c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ReadScript("x", strings.NewReader(text[:min(len(text), 4096)]))
		if err != nil {
			return
		}
		for _, one := range s.steps {
			if one.verb == verbExpect || one.verb == verbWait {
				if _, err := one.look(map[string]string{"A": "a("}); err != nil {
					t.Errorf("%q: %v", one.rest, err)
				}
			}
		}
	})
}
