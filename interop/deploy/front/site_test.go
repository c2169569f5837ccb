package front_test

import (
	"bytes"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"otrbot/interop/deploy/front"
)

// both runs a part of a test behind each web server, in front of a handler.
func both(t *testing.T, backend http.HandlerFunc, part func(*testing.T, *front.Front)) {
	t.Helper()
	for _, kind := range front.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			server := httptest.NewServer(backend)
			t.Cleanup(server.Close)
			part(t, front.Start(t, kind, "tool.localhost", server.Listener.Addr().String()))
		})
	}
}

func ask(t *testing.T, f *front.Front, method, url string, body io.Reader, header ...string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := f.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() })
	return answer
}

// What the bot sends arrives as it is, over HTTP/2, with one header more.
func TestAnswers(t *testing.T) {
	both(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, strings.Repeat("a page ", 1000))
	}, func(t *testing.T, f *front.Front) {
		answer := ask(t, f, "GET", f.URL+"/a/token", nil, "Accept-Encoding", "gzip")
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'", "Referrer-Policy": "no-referrer",
			"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
			"Strict-Transport-Security": "max-age=31536000",
		} {
			if got := answer.Header.Values(name); len(got) != 1 || got[0] != want {
				t.Errorf("%s: %q, not once %q", name, got, want)
			}
		}
		if got := answer.Header.Get("Content-Encoding"); got != "" {
			t.Errorf("the page was compressed: %s", got)
		}
		if answer.ProtoMajor != 2 || answer.StatusCode != 200 {
			t.Errorf("%s, %s", answer.Proto, answer.Status)
		}
	})
}

// Without TLS there is only the way to TLS, to the same page.
func TestPlain(t *testing.T) {
	both(t, func(w http.ResponseWriter, r *http.Request) { t.Errorf("%s reached the bot", r.URL) }, func(t *testing.T, f *front.Front) {
		answer := ask(t, f, "GET", f.Plain+"/lti/config.xml?x=1", nil)
		to, err := answer.Location()
		if err != nil || answer.StatusCode != http.StatusPermanentRedirect || to.Scheme != "https" ||
			to.Hostname() != "tool.localhost" || to.RequestURI() != "/lti/config.xml?x=1" { // Caddy takes the port for 443 from outside
			t.Errorf("%s to %v, %v", answer.Status, to, err)
		}
	})
}

func TestVersionsOfTLS(t *testing.T) {
	both(t, func(http.ResponseWriter, *http.Request) {}, func(t *testing.T, f *front.Front) {
		for version, want := range map[uint16]bool{tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
			c, err := tls.Dial("tcp", strings.Replace(strings.TrimPrefix(f.URL, "https://"), "tool.localhost", "127.0.0.1", 1),
				&tls.Config{RootCAs: f.Roots, ServerName: "tool.localhost", MinVersion: version, MaxVersion: version})
			if (err == nil) != want {
				t.Errorf("%s: %v", tls.VersionName(version), err)
			}
			if err == nil {
				_ = c.Close()
			}
		}
	})
}

// The last word of X-Forwarded-For is the web server's, which is what the bot believes.
func TestWhereFrom(t *testing.T) {
	both(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, strings.Join(r.Header.Values("X-Forwarded-For"), ","))
	}, func(t *testing.T, f *front.Front) {
		answer := ask(t, f, "GET", f.URL, nil, "X-Forwarded-For", "198.51.100.1")
		told, err := io.ReadAll(answer.Body)
		if words := strings.Split(string(told), ","); err != nil || strings.TrimSpace(words[len(words)-1]) != "127.0.0.1" {
			t.Errorf("the bot is told %q, %v", told, err)
		}
	})
}

// As much as a launch may have gets through. To more the bot says no, in words, and far more does not reach it.
func TestBodies(t *testing.T) {
	both(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/far/beyond" { // somebody who reads on
			if n, err := io.Copy(io.Discard, r.Body); err == nil || n > 2<<20 {
				t.Errorf("%d bytes reached the bot, %v", n, err)
			}
			return
		}
		if _, err := io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, 1<<20)); err != nil {
			http.Error(w, "too much, says the bot", http.StatusRequestEntityTooLarge)
		}
	}, func(t *testing.T, f *front.Front) {
		for _, c := range []struct {
			size  int
			words string
		}{{1 << 20, ""}, {1<<20 + 1, "too much, says the bot\n"}} {
			answer := ask(t, f, "POST", f.URL+"/lti/launch", bytes.NewReader(make([]byte, c.size)))
			if words, err := io.ReadAll(answer.Body); err != nil || string(words) != c.words {
				t.Errorf("%d bytes: %s, %q, %v", c.size, answer.Status, words, err)
			}
		}
		if answer := ask(t, f, "POST", f.URL+"/far/beyond", bytes.NewReader(make([]byte, 8<<20))); answer.StatusCode < 400 {
			t.Errorf("8 MiB: %s", answer.Status)
		}
	})
}
