package lti_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"otrbot/lti"
)

func TestOutcomes(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	for _, method := range []lti.Method{lti.HMACSHA1, lti.HMACSHA256, ""} {
		o := lti.Outcome{ServiceURL: w.lms.OutcomeURL(), SourcedID: "{\"user\":\"1\"}<&>'\"\t\r\n é \U0001F600", Method: method}
		if err := w.tool.ReplaceResult(ctx, w.consumer, o, 0.125); err != nil {
			t.Fatalf("%s: %v", method, err)
		}
		if grade, there := w.lms.Grade(o.SourcedID); !there || grade != "0.125" {
			t.Errorf("%s: the platform has %q, %v", method, grade, there)
		}
		if score, graded, err := w.tool.ReadResult(ctx, w.consumer, o); score != 0.125 || !graded || err != nil {
			t.Errorf("%s: read %v %v %v", method, score, graded, err)
		}
		if err := w.tool.DeleteResult(ctx, w.consumer, o); err != nil {
			t.Errorf("%s: %v", method, err)
		}
		if _, graded, err := w.tool.ReadResult(ctx, w.consumer, o); graded || err != nil {
			t.Errorf("%s: after deletion %v %v", method, graded, err)
		}
	}
}

// A launch does not choose the port that we connect to, unless somebody has approved of it.
func TestPortsOfOutcomes(t *testing.T) {
	for _, c := range []struct {
		address string
		hosts   []string
		sent    bool
	}{
		{"https://lms.example/o", nil, true},
		{"https://lms.example:443/o", nil, true},
		{"https://lms.example:22/o", nil, false},
		{"https://lms.example:80/o", nil, false},
		{"https://lms.example:8443/o", []string{"lms.example"}, false},
		{"https://lms.example:8443/o", []string{".lms.example"}, false},
		{"https://sub.lms.example:8443/o", []string{".lms.example"}, false},
		{"https://lms.example:8443/o", []string{"lms.example:8443"}, true},
	} {
		w, net := counting(t)
		consumer := w.consumer
		consumer.ServiceHosts = c.hosts
		err := w.tool.DeleteResult(t.Context(), consumer, lti.Outcome{ServiceURL: c.address, SourcedID: "x"})
		if sent := len(net.asked) > 0; sent != c.sent || errors.Is(err, lti.ErrForeignHost) == c.sent {
			t.Errorf("%s with %q: sent %v, %v", c.address, c.hosts, sent, err)
		}
	}
}

func TestOutcomesThatAreNotSent(t *testing.T) {
	w, net := counting(t)
	good := lti.Outcome{ServiceURL: w.lms.OutcomeURL(), SourcedID: "x"}
	pinned := w.consumer
	pinned.ServiceHosts = []string{"lms.example"}
	for what, send := range map[string]func() error{
		"a score of 1.5":   func() error { return w.tool.ReplaceResult(t.Context(), w.consumer, good, 1.5) },
		"a negative score": func() error { return w.tool.ReplaceResult(t.Context(), w.consumer, good, -0.1) },
		"another host": func() error {
			return w.tool.DeleteResult(t.Context(), pinned, lti.Outcome{ServiceURL: "https://evil.example/", SourcedID: "x"})
		},
	} {
		if err := send(); err == nil || errors.Is(err, lti.ErrUnusable) || len(net.asked) > 0 {
			t.Errorf("%s: %v, asked %v", what, err, net.asked)
		}
	}
	for what, send := range map[string]func() error{
		"no sourcedid": func() error {
			return w.tool.DeleteResult(t.Context(), w.consumer, lti.Outcome{ServiceURL: good.ServiceURL})
		},
		"no service": func() error { return w.tool.DeleteResult(t.Context(), w.consumer, lti.Outcome{SourcedID: "x"}) },
		"not XML": func() error {
			return w.tool.DeleteResult(t.Context(), w.consumer, lti.Outcome{ServiceURL: good.ServiceURL, SourcedID: "a\x00b"})
		},
		"not UTF-8": func() error {
			return w.tool.DeleteResult(t.Context(), w.consumer, lti.Outcome{ServiceURL: good.ServiceURL, SourcedID: "\xff"})
		},
		"no TLS": func() error {
			return w.tool.DeleteResult(t.Context(), w.consumer, lti.Outcome{ServiceURL: "http://lms.example/", SourcedID: "x"})
		},
		"without any secret": func() error { return w.tool.DeleteResult(t.Context(), lti.Consumer{Key: "x"}, good) },
	} {
		if err := send(); !errors.Is(err, lti.ErrUnusable) || len(net.asked) > 0 {
			t.Errorf("%s: %v, asked %v", what, err, net.asked)
		}
	}
}

const poxHead = `<imsx_POXEnvelopeResponse xmlns="http://www.imsglobal.org/services/ltiv1p1/xsd/imsoms_v1p0"><imsx_POXHeader><imsx_POXResponseHeaderInfo><imsx_statusInfo><imsx_codeMajor>`

func pox(major, body string) string {
	return poxHead + major + `</imsx_codeMajor></imsx_statusInfo></imsx_POXResponseHeaderInfo></imsx_POXHeader><imsx_POXBody>` + body + `</imsx_POXBody></imsx_POXEnvelopeResponse>`
}

func score(text string) string {
	return `<readResultResponse><result><resultScore><textString>` + text + `</textString></resultScore></result></readResultResponse>`
}

func TestOutcomeAnswers(t *testing.T) {
	prefixed := strings.NewReplacer("<imsx", "<p:imsx", "</imsx", "</p:imsx", "xmlns=", "xmlns:p=").Replace(pox("success", ""))
	for _, c := range []struct {
		what, body string
		status     int
		good       bool
		temporary  bool
	}{
		{"success", pox("success", score("0.5")), 200, true, false},
		{"no score", pox("success", score("")), 200, true, false},
		{"blanks about it", pox(" success\n", ""), 200, true, false},
		{"a byte order mark", "\xef\xbb\xbf" + pox("success", ""), 200, true, false},
		{"a prefix", prefixed, 200, true, false},
		{"failure with 200", pox("failure", ""), 200, false, false},
		{"failure with 422", pox("failure", ""), 422, false, false},
		{"unsupported", pox("unsupported", ""), 200, false, false},
		{"no code", pox("", ""), 200, false, false},
		{"busy", "try later", 503, false, true},
		{"nothing", "", 200, false, false},
		{"HTML", "<!DOCTYPE html><html></html>", 200, false, false},
		{"a document type", `<!DOCTYPE x [<!ENTITY e "success">]>` + pox("&e;", ""), 200, false, false},
		{"an entity", pox("&success;", ""), 200, false, false},
		{"another namespace", strings.Replace(pox("success", ""), "imsoms_v1p0", "imsoms_v9p9", 1), 200, false, false},
		{"no namespace", strings.Replace(pox("success", ""), "xmlns=", "x=", 1), 200, false, false},
		{"two documents", pox("success", "") + pox("success", ""), 200, false, false},
		{"cut off", pox("success", "")[:200], 200, false, false},
		{"deep", pox("success", strings.Repeat("<a>", 100)+strings.Repeat("</a>", 100)), 200, false, false},
		{"10 MB", pox("success", strings.Repeat(" ", 10<<20)), 200, false, false},
		{"a score above 1", pox("success", score("1.5")), 200, false, false},
		{"a score with a comma", pox("success", score("0,5")), 200, false, false},
		{"a score that is none", pox("success", score("NaN")), 200, false, false},
	} {
		t.Run(c.what, func(t *testing.T) {
			w, net := counting(t)
			net.change = func(r *http.Response) { r.StatusCode, r.Body = c.status, io.NopCloser(strings.NewReader(c.body)) }
			_, _, err := w.tool.ReadResult(t.Context(), w.consumer, lti.Outcome{ServiceURL: w.lms.OutcomeURL(), SourcedID: "secret id"})
			if c.good != (err == nil) {
				t.Fatalf("%v", err)
			}
			if e, ok := errors.AsType[*lti.ServiceError](err); err != nil && (!ok || e.Temporary() != c.temporary) {
				t.Errorf("%v", err)
			}
		})
	}
}
