package lti_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"otrbot/lti"
)

// The tool's own requests: those of the recordings were accepted by the platforms, ours must have their shape.

func TestRecordedOutcomes(t *testing.T) {
	total := 0
	forEachRecording(t, func(t *testing.T, p *replay) {
		for i, e := range p.lines {
			if e.Dir != "tool-to-platform" || !strings.Contains(e.Body, "imsx_POXEnvelopeRequest") {
				continue
			}
			total++
			p.clock.now = time.Unix(e.Unix, 0)
			recorded := oauthHeader(t, e.Headers["Authorization"])
			if got := resigned(t, p.consumer, e, recorded); got != recorded["oauth_signature"] {
				t.Errorf("line %d: signed anew it is %q, want %q", i+1, got, recorded["oauth_signature"])
			}
			op, id, score := outcomeOf(t, e.Body)
			o := lti.Outcome{ServiceURL: e.URL, SourcedID: id, Method: lti.Method(recorded["oauth_signature_method"])}
			err := p.repeat(t, op, o, score)
			if fails := strings.Contains(e.Response, "<imsx_codeMajor>failure<"); fails != (err != nil) {
				t.Errorf("line %d: %s answered %v, the recorded failure: %v", i+1, op, err, fails)
			}
			var failure *lti.ServiceError
			if errors.As(err, &failure) && (failure.Temporary() || failure.Code != "failure" || strings.Contains(err.Error(), "sourcedId")) {
				t.Errorf("line %d: %v", i+1, err)
			}
			if score == "1.5" { // refused before it is sent
				continue
			}
			sent, body := p.player.last()
			header := oauthHeader(t, sent.Header.Get("Authorization"))
			for name := range recorded {
				if header[name] == "" {
					t.Errorf("line %d: no %s in the header", i+1, name)
				}
			}
			if got, want := withoutID(body), withoutID(e.Body); got != want || sent.Header.Get("Content-Type") != e.Headers["Content-Type"] {
				t.Errorf("line %d: sent\n%s\nwant\n%s", i+1, got, want)
			}
		}
	})
	if total != 15 {
		t.Errorf("%d outcome requests, want 15", total)
	}
}

func (p *replay) repeat(t *testing.T, op string, o lti.Outcome, score string) error {
	switch op {
	case "replaceResult":
		var value float64
		if err := json.Unmarshal([]byte(score), &value); err != nil {
			t.Fatal(err)
		}
		err := p.tool.ReplaceResult(t.Context(), p.consumer, o, value)
		if value > 1 { // never sent: uses up the recorded answer by hand
			if err == nil {
				t.Error("a score above 1 was sent")
			}
			for i, e := range p.lines {
				if e.URL == o.ServiceURL && strings.Contains(e.Body, ">"+score+"<") {
					p.player.used[i] = true
				}
			}
			return &lti.ServiceError{Op: op, Code: "failure"}
		}
		return err
	case "readResult":
		_, _, err := p.tool.ReadResult(t.Context(), p.consumer, o)
		return err
	}
	return p.tool.DeleteResult(t.Context(), p.consumer, o)
}

func oauthHeader(t *testing.T, header string) map[string]string {
	t.Helper()
	fields := map[string]string{}
	for part := range strings.SplitSeq(strings.TrimPrefix(header, "OAuth "), ",") {
		name, value, _ := strings.Cut(part, "=")
		plain, err := url.PathUnescape(strings.Trim(value, `"`))
		if err != nil {
			t.Fatal(err)
		}
		fields[name] = plain
	}
	return fields
}

// resigned is the signature that we would have made of the recorded request.
func resigned(t *testing.T, c lti.Consumer, e exchange, fields map[string]string) string {
	t.Helper()
	var params []lti.Param
	for name, value := range fields {
		params = append(params, lti.Param{Name: name, Value: value})
	}
	base, err := lti.BaseString(e.Method, e.URL, params)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(lti.SignForTest(lti.Method(fields["oauth_signature_method"]), c.Secrets[0], base))
}

var messageID = regexp.MustCompile(`<imsx_messageIdentifier>[^<]+<`)

func withoutID(body string) string {
	return messageID.ReplaceAllString(body, "<imsx_messageIdentifier><")
}

func outcomeOf(t *testing.T, body string) (op, id, score string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(body))
	var at string
	for {
		token, err := d.Token()
		if err == io.EOF {
			return op, id, score
		}
		if err != nil {
			t.Fatal(err)
		}
		switch v := token.(type) {
		case xml.StartElement:
			at = v.Name.Local
			if name, ok := strings.CutSuffix(at, "Request"); ok && strings.HasSuffix(name, "Result") {
				op = name
			}
		case xml.CharData:
			switch at {
			case "sourcedId":
				id += string(v)
			case "textString":
				score += string(v)
			}
		case xml.EndElement:
			at = ""
		}
	}
}

func TestRecordedGrades(t *testing.T) {
	forEachRecording(t, func(t *testing.T, p *replay) {
		l := map[string]int{"moodle-4.5.6": 10, "openedx-xblock-lti-consumer-11.4.0": 9, "lti-php-5.4.3": 11}[p.name]
		launch := p.line(t, l)
		g := p.tool.Grades(p.reg, *launch.Grades)
		for i, e := range p.lines[l:] {
			p.clock.now = time.Unix(e.Unix, 0)
			if !strings.HasSuffix(strings.SplitN(e.URL, "?", 2)[0], "/scores") {
				continue
			}
			p.allTokens() // each scope of ours is a request of its own; theirs was one
			score := scoreOf(t, e.Body)
			if err := g.PostScore(t.Context(), launch.Grades.LineItem, score); err != nil {
				t.Fatalf("line %d: %v", l+i+1, err)
			}
			sent, body := p.player.last()
			if !sameJSON(t, body, e.Body) || sent.Header.Get("Content-Type") != e.Headers["Content-Type"] {
				t.Errorf("sent %s, want %s", body, e.Body)
			}
			break
		}
		item, err := g.LineItem(t.Context(), launch.Grades.LineItem)
		if err != nil || item.ScoreMaximum == 0 {
			t.Errorf("line item %+v, %v", item, err)
		}
		if sent, _ := p.player.last(); sent.Header.Get("Accept") != "application/vnd.ims.lis.v2.lineitem+json" || sent.Header.Get("Authorization") == "" {
			t.Errorf("headers %v", sent.Header)
		}
		rows := 0
		for row, err := range g.Results(t.Context(), launch.Grades.LineItem) {
			if err != nil {
				t.Fatal(err)
			}
			if rows++; row.UserID == launch.User.ID && *row.Score/row.Maximum != 0.85 {
				t.Errorf("result %+v", row)
			}
		}
		for item, err := range g.LineItems(t.Context(), lti.LineItem{}) {
			if err != nil || item.Label == "" {
				t.Errorf("line item %+v, %v", item, err)
			}
		}
	})
}

// allTokens lets the recorded token requests be answered for as many scopes as we ask for.
func (p *replay) allTokens() {
	for i, e := range p.lines {
		if e.URL == p.reg.TokenURL && !p.player.used[i] {
			p.player.used[i] = true
			if strings.Contains(e.Response, "scope/score") {
				p.player.lines = append(p.player.lines, e, e, e, e)
			}
		}
	}
}

func scoreOf(t *testing.T, body string) lti.Score {
	t.Helper()
	var v struct {
		Timestamp                                  time.Time
		ScoreGiven, ScoreMaximum                   float64
		Comment, ActivityProgress, GradingProgress string
		UserID                                     string
	}
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatal(err)
	}
	return lti.Score{
		UserID: v.UserID, Given: &v.ScoreGiven, Maximum: v.ScoreMaximum, Comment: v.Comment, Timestamp: v.Timestamp,
		Activity: lti.ActivityProgress(v.ActivityProgress), Grading: lti.GradingProgress(v.GradingProgress),
	}
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if err := errors.Join(json.Unmarshal([]byte(a), &x), json.Unmarshal([]byte(b), &y)); err != nil {
		t.Fatal(err)
	}
	return reflect.DeepEqual(x, y)
}

func TestRecordedTokenRequests(t *testing.T) {
	forEachRecording(t, func(t *testing.T, p *replay) {
		launch := p.line(t, map[string]int{"moodle-4.5.6": 10, "openedx-xblock-lti-consumer-11.4.0": 9, "lti-php-5.4.3": 11}[p.name])
		p.allTokens()
		_, err := p.tool.Grades(p.reg, *launch.Grades).LineItem(t.Context(), launch.Grades.LineItem)
		if err != nil && !strings.Contains(err.Error(), "not grant") {
			t.Fatal(err)
		}
		var ours, theirs url.Values
		for i, r := range p.player.asked {
			if r.URL.String() == p.reg.TokenURL {
				ours, _ = url.ParseQuery(p.player.body[i])
			}
		}
		for _, e := range p.lines {
			if e.URL == p.reg.TokenURL {
				theirs, _ = url.ParseQuery(e.Body)
			}
		}
		for name := range theirs {
			switch name {
			case "client_assertion":
				if a, b := claimsOf(t, ours.Get(name)), claimsOf(t, theirs.Get(name)); len(a) != len(b) || a["aud"] != b["aud"] || a["iss"] != b["iss"] ||
					a["sub"] != b["sub"] || a["exp"].(float64)-a["iat"].(float64) != b["exp"].(float64)-b["iat"].(float64) {
					t.Errorf("assertion %v, want like %v", a, b)
				}
			case "scope":
				if !strings.Contains(theirs.Get(name), ours.Get(name)) && !strings.HasSuffix(ours.Get(name), ".readonly") {
					t.Errorf("scope %q, want one of %q", ours.Get(name), theirs.Get(name))
				}
			default:
				if ours.Get(name) != theirs.Get(name) {
					t.Errorf("%s is %q, want %q", name, ours.Get(name), theirs.Get(name))
				}
			}
		}
	})
}

func claimsOf(t *testing.T, token string) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("not a JWT: %q", token)
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	var v map[string]any
	if err := errors.Join(err, json.NewDecoder(bytes.NewReader(payload)).Decode(&v)); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestRecordedMembers(t *testing.T) {
	p := newReplay(t, recordings(t)[0])
	l := p.line(t, 10)
	p.player.used[10] = true // the token of line 11 is for grades
	var names []string
	for m, err := range p.tool.Members(t.Context(), p.reg, *l.Roster, "") {
		if err != nil {
			t.Fatal(err)
		}
		if m.Active() && m.Roles.Learner() {
			names = append(names, m.Name)
		}
	}
	if strings.Join(names, ", ") != "Ann Müller, Bob Müller" {
		t.Errorf("learners: %v", names)
	}
}

func TestRecordedScoreOfATeacherIsRefused(t *testing.T) {
	p := newReplay(t, recordings(t)[0])
	l := p.line(t, 20)
	p.allTokens()
	p.player.used[11] = true // that is the learner's score, accepted
	score := scoreOf(t, p.lines[21].Body)
	err := p.tool.Grades(p.reg, *l.Grades).PostScore(t.Context(), l.Grades.LineItem, score)
	var failure *lti.ServiceError
	if !errors.As(err, &failure) || failure.Status != 400 || failure.Temporary() || failure.Stale() {
		t.Errorf("got %v, want a 400 that stays", err)
	}
}

func TestRecordedRegistration(t *testing.T) {
	p := newReplay(t, recordings(t)[0])
	e := p.lines[30]
	r, err := http.NewRequest(e.Method, e.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	request, err := lti.ReadRegisterRequest(r)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.tool.Register(t.Context(), request, lti.Profile{
		Name: "Spike tool", Description: "Spike", DeepLinking: true, DeepLinkLabel: "Add a lesson", Custom: map[string]string{"lesson": "otr"},
		Scopes: []string{lti.ScopeScore, lti.ScopeLineItem, lti.ScopeResultReadonly, lti.ScopeRoster},
		Claims: []string{"name", "given_name", "family_name", "email"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got.ClientID != "uBHQnbYlRuJPBGu" || len(got.Deployments) != 1 || got.Deployments[0] != "8" || got.Issuer != p.reg.Issuer ||
		got.AuthURL != p.reg.AuthURL || got.TokenURL != p.reg.TokenURL || got.JWKSURL != p.reg.JWKSURL || got.Family != "moodle" {
		t.Errorf("registered %+v", got)
	}
	sent, body := p.player.last()
	if !sameJSON(t, body, p.lines[29].Body) {
		t.Errorf("sent\n%s, want\n%s", body, p.lines[29].Body)
	}
	kind, _, _ := mime.ParseMediaType(sent.Header.Get("Content-Type"))
	if kind != "application/json" || sent.Header.Get("Authorization") != p.lines[29].Headers["Authorization"] {
		t.Errorf("headers %v", sent.Header)
	}
}
