package grades_test

import (
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"otrbot/lti"
)

// published are the tool's keys as platforms have fetched them: one that fetched them a moment ago does not fetch again.
type published struct {
	fetch func() ([]byte, error)
	mu    sync.Mutex
	set   jose.JSONWebKeySet
	since time.Time
	asked int
}

func (k *published) find(id string) (jose.JSONWebKey, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.set.Key(id)) == 0 && time.Since(k.since) > 300*time.Millisecond {
		b, err := k.fetch()
		var set jose.JSONWebKeySet
		if err == nil && json.Unmarshal(b, &set) == nil {
			k.set, k.since = set, time.Now()
			k.asked++
		}
	}
	found := k.set.Key(id)
	if len(found) != 1 {
		return jose.JSONWebKey{}, false
	}
	return found[0], true
}

// token is the token endpoint. Its clock may be a minute off.
func (p *platform) token(w http.ResponseWriter, r *http.Request) {
	fail := func(code string) {
		w.WriteHeader(http.StatusUnauthorized)
		json.NewEncoder(w).Encode(map[string]string{"error": code})
	}
	if r.ParseForm() != nil || r.PostForm.Get("grant_type") != "client_credentials" {
		p.never("asked for a token with %v", r.PostForm)
		fail("invalid_request")
		return
	}
	signed, err := jose.ParseSignedCompact(r.PostForm.Get("client_assertion"), []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		p.never("an assertion that is none")
		fail("invalid_client")
		return
	}
	key, known := p.keys.find(signed.Signatures[0].Protected.KeyID)
	if !known {
		fail("invalid_client") // the tool has changed its keys
		return
	}
	payload, err := signed.Verify(key)
	var c struct {
		Iss, Sub, Aud, Jti string
		Exp, Iat           int64
	}
	now := p.now().Unix()
	if err != nil || json.Unmarshal(payload, &c) != nil || c.Iss != "tool-"+p.name || c.Sub != c.Iss || c.Aud != p.server.URL+"/token" ||
		c.Jti == "" || p.used[c.Jti] || c.Exp < now-60 || c.Iat > now+60 {
		p.never("an assertion that does not hold: %+v, %v", c, err)
		fail("invalid_client")
		return
	}
	p.used[c.Jti] = true
	token := rand.Text()
	p.tokens[token] = r.PostForm.Get("scope")
	w.Header().Set("Content-Type", "text/html")
	json.NewEncoder(w).Encode(map[string]any{"access_token": token, "token_type": "bearer", "expires_in": 3600, "scope": p.tokens[token]})
}

func (p *platform) allowed(w http.ResponseWriter, r *http.Request, scope string) bool {
	granted, known := p.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	switch {
	case !known:
		w.WriteHeader(http.StatusUnauthorized)
	case granted != scope:
		p.never("%s with a token for %s", r.URL.Path, granted)
		w.WriteHeader(http.StatusForbidden)
	default:
		return true
	}
	return false
}

// item is the only column, once it is there.
func (p *platform) item() map[string]any {
	return map[string]any{"id": p.server.URL + "/items/1?type_id=4", "label": "Talk to the bot", "scoreMaximum": 100, "resourceLinkId": link}
}

func (p *platform) listColumns(w http.ResponseWriter, r *http.Request) {
	if !p.allowed(w, r, lti.ScopeLineItem) {
		return
	}
	list := []any{}
	if p.made > 0 {
		list = append(list, p.item())
	}
	json.NewEncoder(w).Encode(list)
}

func (p *platform) makeColumn(w http.ResponseWriter, r *http.Request) {
	var item lti.LineItem
	if !p.allowed(w, r, lti.ScopeLineItem) {
		return
	}
	if json.NewDecoder(r.Body).Decode(&item) != nil || item.ResourceLinkID != link || item.ScoreMaximum <= 0 || item.Label == "" {
		p.never("made the column %+v", item)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	p.made++
	w.WriteHeader(http.StatusCreated)
	json.NewEncoder(w).Encode(p.item())
}

// score takes a score as the table of facts has it.
func (p *platform) score(w http.ResponseWriter, r *http.Request) {
	if !p.allowed(w, r, lti.ScopeScore) {
		return
	}
	var s struct {
		Timestamp                         time.Time
		ScoreGiven, ScoreMaximum          float64
		ActivityProgress, GradingProgress string
		UserID                            string `json:"userId"`
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // cut by a killed tool
	}
	if err := json.Unmarshal(body, &s); err != nil || s.UserID == "" || s.ScoreGiven <= 0 || s.ScoreMaximum <= 0 || s.Timestamp.IsZero() {
		p.never("sent %s: %v", body, err)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	done := s.ActivityProgress == "Completed" && s.GradingProgress == "FullyGraded"
	if !done && (s.ActivityProgress != "InProgress" || s.GradingProgress != "Pending") {
		p.never("sent %s", body)
	}
	status := p.judge(effect{s.ScoreGiven / s.ScoreMaximum, s.Timestamp, done, false}, s.UserID)
	if status/100 != 2 {
		w.WriteHeader(status)
		io.WriteString(w, `{"error":"about the timestamp"}`)
		return
	}
	p.book[s.UserID] = append(p.book[s.UserID], effect{s.ScoreGiven / s.ScoreMaximum, s.Timestamp, done, false})
	w.WriteHeader(status)
}

// judge is the status for a score.
func (p *platform) judge(e effect, user string) int {
	last, there := p.last(user)
	switch {
	case p.future && e.at.After(p.now()):
		return http.StatusBadRequest
	case !there || !last.other && e.at.Truncate(time.Second).After(last.at.Truncate(time.Second)):
		return p.ok
	case last.other: // a teacher's grade has no time
		return p.ok
	case e.at.Equal(last.at) && p.again == 0:
		return p.ok
	case p.again == 0:
		return http.StatusBadRequest
	}
	return p.again
}

// results are out of 20, and of some who were not asked for.
func (p *platform) results(w http.ResponseWriter, r *http.Request) {
	if !p.allowed(w, r, lti.ScopeResultReadonly) {
		return
	}
	user := r.URL.Query().Get("user_id")
	list := []map[string]any{{"userId": "someone", "resultScore": 3, "resultMaximum": 20}}
	if last, there := p.last(user); there {
		list = append(list, map[string]any{"userId": user, "resultScore": last.score * 20, "resultMaximum": 20})
	} else if p.name == "moodle" {
		list = append(list, map[string]any{"userId": user, "resultScore": 0, "resultMaximum": 20})
	}
	if user == "" {
		p.never("asked for everybody's results")
	}
	slices.Reverse(list)
	json.NewEncoder(w).Encode(list)
}
