package lti_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"otrbot/lti"
)

// The recorded id_tokens, each with one thing wrong.
func TestRecordedTokensChanged(t *testing.T) {
	all := recordings(t)
	for n, r := range all {
		t.Run(r.name, func(t *testing.T) {
			var login, other exchange
			for i, e := range r.lines {
				if e.path() == "/lti13/login" && e.Answered["Location"] != "" {
					login, other = e, login
				}
				if e.path() != "/lti13/launch" {
					continue
				}
				try := func(what string, body string, at time.Duration, login exchange, change func(*replay)) {
					t.Helper()
					p := newReplay(t, r)
					p.clock.now = time.Unix(e.Unix, 0).Add(at)
					p.seed(t, login)
					if change != nil {
						change(p)
					}
					changed := e
					changed.Body = body
					if l, err := p.launch(changed); err == nil {
						t.Errorf("line %d: accepted with %s: %+v", i+1, what, l)
					}
				}
				form, err := url.ParseQuery(e.Body)
				if err != nil {
					t.Fatal(err)
				}
				token := form.Get("id_token")
				for at := 0; at < len(token)-2; at += 97 { // the last characters hold unused bits
					b := []byte(token)
					if b[at] == '.' {
						continue
					}
					b[at] = map[bool]byte{true: 'B', false: 'A'}[b[at] == 'A']
					try("another byte", strings.Replace(e.Body, token, string(b), 1), 0, login, nil)
				}
				if other.URL != "" {
					mixed := login
					mixed.Answered = map[string]string{"Location": strings.Replace(login.Answered["Location"],
						queryOf(login.Answered["Location"]).Get("nonce"), queryOf(other.Answered["Location"]).Get("nonce"), 1)}
					try("the nonce of another login", e.Body, 0, mixed, nil)
				}
				life := time.Duration(claimsOf(t, token)["exp"].(float64)-float64(e.Unix)) * time.Second
				try("exp 60 s past", e.Body, life+60*time.Second, login, nil)
				try("iat 61 s ahead", e.Body, -61*time.Second, login, nil)
				try("the keys of another platform", e.Body, 0, login, func(p *replay) { p.otherKeys(all[(n+1)%len(all)]) })
				foreign := all[(n+1)%len(all)]
				try("the state of another platform", e.Body, 0, login, func(p *replay) {
					elsewhere := newReplay(t, foreign)
					for _, line := range foreign.lines {
						if line.path() == "/lti13/login" && line.Answered["Location"] != "" {
							elsewhere.seed(t, line)
						}
					}
					p.tool = elsewhere.tool
				})
			}
		})
	}
}

// otherKeys answers for the platform's keys with another's.
func (p *replay) otherKeys(other *recording) {
	lines := append([]exchange(nil), p.player.lines...)
	for i, e := range lines {
		if e.URL == p.reg.JWKSURL {
			for _, o := range other.lines {
				if o.URL == other.reg.JWKSURL {
					lines[i].Response = o.Response
				}
			}
		}
	}
	p.player.lines = lines
}

// Another consumer's secret, and another's key with it.
func TestRecordedSecretsDoNotFitOthers(t *testing.T) {
	all := recordings(t)
	for n, r := range all {
		other := all[(n+1)%len(all)]
		mixed := *r
		mixed.consumer = lti.Consumer{Key: r.consumer.Key, Secrets: other.consumer.Secrets}
		for _, e := range r.lines {
			if e.Method == http.MethodPost && e.path() == "/lti11/launch" {
				p := newReplay(t, &mixed)
				p.clock.now = time.Unix(e.Unix, 0)
				_, err := p.launch(e)
				refused(t, err, lti.BadSignature)
			}
		}
	}
}
