package front_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"otrbot/interop/deploy/front"
)

const token = "Vm9ybGFnZS1vaG5lLUJlZGV1dHVuZy1pbS1UZXN0LTA"

// Whatever becomes of a request, the address of a page is in no log; nor are the words that came with it.
func TestLogsKeepNoToken(t *testing.T) {
	both(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("do") {
		case "vanish":
			panic(http.ErrAbortHandler)
		case "stop":
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, "half a page")
			panic(http.ErrAbortHandler)
		case "break":
			if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
				_, _ = io.WriteString(c, "this is not HTTP\r\n\r\n")
				_ = c.Close()
			}
		}
	}, func(t *testing.T, f *front.Front) {
		var asked sync.WaitGroup
		for _, path := range []string{"/a/" + token, "/a/" + token + "/secret", "/t/" + token + "/list.csv", "/lti/register/" + token, "/A/" + token, "//a/" + token, "/lti/login"} {
			for _, do := range []string{"", "vanish", "stop", "break"} {
				r, err := http.NewRequestWithContext(t.Context(), "GET", f.URL+path+"?do="+do+"&login_hint="+token, nil)
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Referer", f.URL+"/a/"+token)
				r.Header.Set("User-Agent", "browser of "+token)
				r.Header.Set("Cookie", "__Host-visit="+token)
				asked.Go(func() {
					answer, err := f.Client().Do(r)
					if err != nil {
						return // what becomes of it is not the question
					}
					_, _ = io.Copy(io.Discard, answer.Body) // half a page is an error
					_ = answer.Body.Close()
				})
			}
		}
		asked.Wait()
		ask(t, f, "POST", f.URL+"/a/"+token+"/secret", strings.NewReader(strings.Repeat(token, 100_000)))
		ask(t, f, "GET", f.Plain+"/a/"+token, nil)
		check(t, f)
	})
}

// Also while the bot is away: the request gets an answer that says so.
func TestLogsWhileTheBotIsAway(t *testing.T) {
	for _, kind := range front.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			f := front.Start(t, kind, "tool.localhost", "127.0.0.1:1")
			if answer := ask(t, f, "GET", f.URL+"/a/"+token, nil); answer.StatusCode != http.StatusBadGateway {
				t.Errorf("without the bot: %s", answer.Status)
			}
			check(t, f)
		})
	}
}

func check(t *testing.T, f *front.Front) {
	t.Helper()
	f.Stop()
	logs := f.Logs(t)
	for line := range strings.Lines(logs) {
		if strings.Contains(line, token) {
			t.Errorf("a token is in a log: %s", line)
		}
	}
	if !strings.Contains(logs, " GET /a/ ") && !strings.Contains(logs, "http.log.error") {
		t.Errorf("these can hardly be all logs: %q", logs)
	}
}
