package lti_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"otrbot/lti"
	"otrbot/lti/ltitest"
)

// Where a page may send people: what the platform named, if a link may lead there.
func TestReturnURLs(t *testing.T) {
	for address, kept := range map[string]bool{
		"https://lms.example/return?a=1&b=%20": true, "http://lms.example:8080/": true,
		"": false, "javascript:alert(1)": false, "//evil.example/": false, "/return": false, "https:evil.example": false, "https:///x": false,
		"https://user@lms.example/": false, `https://lms.example\@evil.example/`: false, "https://lms.example/a b": false, "https://lms.example/\nx": false,
		"data:text/html,x": false, "HTTPS://lms.example/": true, "ftp://lms.example/": false,
	} {
		l, err := newWorld(t).launch11(url.Values{"launch_presentation_return_url": {address}})
		if err != nil {
			t.Fatal(err)
		}
		if want := map[bool]string{true: address}[kept]; l.Presentation.ReturnURL != want {
			t.Errorf("%q is kept as %q", address, l.Presentation.ReturnURL)
		}
	}
	l := lti.Launch{Presentation: lti.Presentation{ReturnURL: "https://lms.example/r"}}
	if got := l.ReturnTo("a & <b>", "log"); got != "https://lms.example/r?lti_msg=a+%26+%3Cb%3E&lti_log=log" {
		t.Errorf("back to %s", got)
	}
	if got := (&lti.Launch{}).ReturnTo("x", ""); got != "" {
		t.Errorf("back to %s", got)
	}
}

// A compressed answer counts as long as it is when unpacked.
func TestCompressedAnswers(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	for range 64 {
		z.Write(make([]byte, 1<<20))
	}
	z.Close()
	w, net := counting(t)
	net.change = func(r *http.Response) {
		unpacking, err := gzip.NewReader(bytes.NewReader(packed.Bytes())) // as http.Transport does
		if err != nil {
			t.Error(err)
		}
		r.Body = io.NopCloser(unpacking)
	}
	_, err := w.launch13(ltitest.Learner)
	refused(t, err, lti.KeysUnavailable)
}

// slowly never comes to the end of an answer.
type slowly struct{ http.RoundTripper }

func (s slowly) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := s.RoundTripper.RoundTrip(r)
	if err == nil {
		response.Body = hanging{r}
	}
	return response, err
}

type hanging struct{ r *http.Request }

func (h hanging) Read([]byte) (int, error) {
	<-h.r.Context().Done()
	return 0, h.r.Context().Err()
}

func (h hanging) Close() error { return nil }

func TestSlowPlatform(t *testing.T) {
	ring(t) // outside, for all tests
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(c *lti.Config) { c.HTTP = &http.Client{Transport: slowly{c.HTTP.Transport}} })
		began := time.Now()
		_, err := w.launch13(ltitest.Learner)
		refused(t, err, lti.KeysUnavailable)
		err = w.tool.Grades(w.reg, lti.GradeService{Scopes: []string{lti.ScopeScore}}).PostScore(t.Context(), w.lms.LineItem(), w.score(1))
		if e, ok := errors.AsType[*lti.ServiceError](err); !ok || !e.Temporary() {
			t.Errorf("a grade: %v", err)
		}
		if waited := time.Since(began); waited != 30*time.Second {
			t.Errorf("waited %v for two answers", waited)
		}
	})
}
