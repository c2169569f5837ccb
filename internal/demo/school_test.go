package demo

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"otrbot/lti"
)

func get(t *testing.T, address string) (status int, body string) {
	t.Helper()
	a, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return a.StatusCode, string(b)
}

// The course and the pages are there when the demo is, know each other, and go with it, even while a page follows.
func TestCourse(t *testing.T) {
	d := show(t)
	if d.Course == nil {
		t.Fatal("there is no course")
	}
	for address, words := range map[string]string{
		d.Course.URL:                           "Private chat",
		d.Course.URL + "launch/link-1?lti=1.3": d.Course.Pages + "/lti/login",
		d.Course.URL + "launch/link-1?lti=1.1": d.Course.Pages + "/lti/launch",
		d.Course.URL + "admin?as=admin":        "Register the tool",
		d.Course.Pages + "/lti/jwks.json":      `"keys"`,
		d.Course.URL + "gradebook?as=ben":      "Your grades",
	} {
		if status, body := get(t, address); status != http.StatusOK || !strings.Contains(body, words) {
			t.Errorf("%s: %d %s", address, status, body)
		}
	}
	stream, err := http.Get(d.Course.URL + "events")
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	if line, err := bufio.NewReader(stream.Body).ReadString('\n'); err != nil || !strings.HasPrefix(line, "data: ") {
		t.Fatal(line, err)
	}
	d.end(t)
	for _, address := range []string{d.Course.URL, d.Course.Pages} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		l, err := net.Listen("tcp", u.Host)
		if err != nil {
			t.Fatalf("%s is still in use: %v", address, err)
		}
		l.Close()
	}
}

// Without addresses for browsers there is only the chat, as before.
func TestNoCourse(t *testing.T) {
	s, err := openSchool(Config{Web: "127.0.0.1:0"})
	if s != nil || err != nil || s.at() != nil || len(s.parts()) != 0 {
		t.Error(s, err)
	}
	s.close()
}

// An address that is in use is told, or another port taken.
func TestWebTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	at := l.Addr().String()
	for _, c := range []Config{{Web: at, LMS: "127.0.0.1:0"}, {Web: "127.0.0.1:0", LMS: at}} {
		_, err := openSchool(c)
		if taken, ok := errors.AsType[*TakenError](err); !ok || taken.Address != at {
			t.Errorf("%+v: %v", c, err)
		}
		c.SpareWeb = true
		s, err := openSchool(c)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(s.at().URL+s.at().Pages, at) {
			t.Errorf("%+v", s.at())
		}
		s.close()
	}
	for _, address := range []string{"0.0.0.0:0", "192.0.2.1:0", "5000"} {
		if _, err := openSchool(Config{Web: address, LMS: "127.0.0.1:0", SpareWeb: true}); !errors.Is(err, ErrAddress) {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// The demo's tool talks to nobody but this machine.
func TestLoopbackOnly(t *testing.T) {
	for address, good := range map[string]bool{
		"127.0.0.1:80": true, "[::1]:80": true, "[::ffff:127.0.0.1]:1": true, "192.0.2.1:80": false, "10.0.0.1:80": false, "169.254.169.254:80": false,
		"[2001:db8::1]:80": false, "0.0.0.0:80": false,
	} {
		if err := loopbackOnly(netip.MustParseAddrPort(address)); (err == nil) != good {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := lti.NewHTTPClient(loopbackOnly).Get("http://192.0.2.1/"); !errors.Is(err, errElsewhere) {
		t.Error(err)
	}
}
