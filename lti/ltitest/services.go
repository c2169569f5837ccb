package ltitest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	scopeScore    = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
	scopeResult   = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
	scopeLineItem = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
	scopeMembers  = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
	maxBody       = 1 << 20
)

// Client reaches the platform without a network.
func (p *Platform) Client() *http.Client { return &http.Client{Transport: roundTripper{p}} }

type roundTripper struct{ h http.Handler }

func (r roundTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	if req.Body == nil {
		req.Body = http.NoBody
	}
	defer req.Body.Close()
	w := &recorder{header: http.Header{}, status: http.StatusOK}
	r.h.ServeHTTP(w, req)
	return &http.Response{
		StatusCode: w.status, Status: http.StatusText(w.status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.header, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: req,
	}, nil
}

type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header         { return w.header }
func (w *recorder) WriteHeader(status int)      { w.status = status }
func (w *recorder) Write(b []byte) (int, error) { return w.body.Write(b) }

// ServeHTTP answers as the platform: keys, tokens, line items, scores, results, members, outcomes, registration.
func (p *Platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	switch r.Method + " " + r.URL.Path {
	case "GET /jwks":
		answer(w, "application/json", json.RawMessage(p.JWKS()))
	case "GET /.well-known/openid-configuration":
		p.config(w)
	case "POST /register":
		p.register(w, body)
	case "POST /token":
		p.token(w, r, body)
	case "POST /outcomes":
		p.outcome(w, r, body)
	case "POST /items/1/scores":
		if p.allowed(w, r, scopeScore) {
			p.score(w, r, body)
		}
	case "GET /items/1/results":
		if p.allowed(w, r, scopeResult) {
			p.results(w)
		}
	case "GET /items/1", "PUT /items/1":
		if p.allowed(w, r, scopeLineItem) {
			answer(w, "application/vnd.ims.lis.v2.lineitem+json", p.item())
		}
	case "GET /items":
		if p.allowed(w, r, scopeLineItem) {
			answer(w, "application/vnd.ims.lis.v2.lineitemcontainer+json", []any{p.item()})
		}
	case "POST /items":
		if p.allowed(w, r, scopeLineItem) {
			w.WriteHeader(http.StatusCreated)
			answer(w, "application/vnd.ims.lis.v2.lineitem+json", p.item())
		}
	case "GET /members":
		if p.allowed(w, r, scopeMembers) {
			p.members(w, r)
		}
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func answer(w http.ResponseWriter, kind string, v any) {
	w.Header().Set("Content-Type", kind)
	b, err := json.Marshal(v)
	if err != nil {
		b = nil
	}
	w.Write(b)
}

func (p *Platform) item() map[string]any {
	return map[string]any{"id": p.LineItem(), "label": "Talk to the bot", "scoreMaximum": 20, "resourceLinkId": "link-1", "tag": ""}
}

func (p *Platform) config(w http.ResponseWriter) {
	answer(w, "application/json", map[string]any{
		"issuer": p.Issuer, "authorization_endpoint": p.AuthURL(), "token_endpoint": p.TokenURL(), "jwks_uri": p.JWKSURL(),
		"registration_endpoint": p.Issuer + "/register",
		"https://purl.imsglobal.org/spec/lti-platform-configuration": map[string]any{"product_family_code": "ltitest", "version": "1"},
	})
}

func (p *Platform) register(w http.ResponseWriter, body []byte) {
	var client map[string]any
	if json.Unmarshal(body, &client) != nil || client["initiate_login_uri"] == nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	client["client_id"] = p.ClientID
	if tool, ok := client["https://purl.imsglobal.org/spec/lti-tool-configuration"].(map[string]any); ok {
		tool["deployment_id"] = p.Deployment
	}
	answer(w, "application/json", client)
}

// token is the token endpoint: it checks a client assertion in full.
func (p *Platform) token(w http.ResponseWriter, r *http.Request, body []byte) {
	r.Body = io.NopCloser(bytes.NewReader(body))
	fail := func(code string) {
		w.WriteHeader(http.StatusUnauthorized)
		answer(w, "application/json", map[string]any{"error": code})
	}
	if r.ParseForm() != nil || r.PostForm.Get("grant_type") != "client_credentials" ||
		r.PostForm.Get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
		fail("invalid_request")
		return
	}
	if !p.asserted(r.PostForm.Get("client_assertion")) {
		fail("invalid_client")
		return
	}
	token := random()
	p.tokens[token] = r.PostForm.Get("scope")
	answer(w, "text/html", map[string]any{"access_token": token, "token_type": "bearer", "expires_in": 3600, "scope": r.PostForm.Get("scope")})
}

func (p *Platform) asserted(assertion string) bool {
	token, err := jose.ParseSignedCompact(assertion, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return false
	}
	payload := token.UnsafePayloadWithoutVerification()
	if p.ToolJWKS != nil {
		b, err := p.ToolJWKS()
		var set jose.JSONWebKeySet
		if err != nil || json.Unmarshal(b, &set) != nil {
			return false
		}
		keys := set.Key(token.Signatures[0].Protected.KeyID)
		if len(keys) != 1 {
			return false
		}
		if payload, err = token.Verify(keys[0]); err != nil {
			return false
		}
	}
	var c struct {
		Iss, Sub, Aud, Jti string
		Exp, Iat           int64
	}
	now := p.Now().Unix()
	if json.Unmarshal(payload, &c) != nil || c.Iss != p.ClientID || c.Sub != p.ClientID || c.Aud != p.TokenURL() ||
		c.Jti == "" || p.assertion[c.Jti] || c.Exp <= now || c.Iat > now || c.Exp-c.Iat > 300 {
		return false
	}
	p.assertion[c.Jti] = true
	return true
}

func (p *Platform) allowed(w http.ResponseWriter, r *http.Request, scope string) bool {
	granted, known := p.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	switch {
	case !known:
		w.WriteHeader(http.StatusUnauthorized)
	case !slices.Contains(strings.Fields(granted), scope):
		w.WriteHeader(http.StatusForbidden)
	default:
		return true
	}
	return false
}

// score judges as Moodle does: its media type, a maximum, a newer second.
func (p *Platform) score(w http.ResponseWriter, r *http.Request, body []byte) {
	var s map[string]any
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	at, err := time.Parse(time.RFC3339, "")
	if json.Unmarshal(body, &s) == nil {
		text, _ := s["timestamp"].(string)
		at, err = time.Parse(time.RFC3339Nano, text)
	}
	user, _ := s["userId"].(string)
	if err != nil || kind != "application/vnd.ims.lis.v1.score+json" || user == "" || s["scoreGiven"] != nil && s["scoreMaximum"] == nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if last, ok := p.scores[user]["at"].(time.Time); ok && !at.Truncate(time.Second).After(last.Truncate(time.Second)) {
		w.WriteHeader(http.StatusConflict)
		return
	}
	s["at"] = at
	p.scores[user] = s
	p.posted++
}

func (p *Platform) results(w http.ResponseWriter) {
	list := []map[string]any{}
	for _, user := range slices.Sorted(maps.Keys(p.scores)) {
		s := p.scores[user]
		row := map[string]any{"userId": user, "resultMaximum": 20, "scoreOf": p.LineItem()}
		given, ok1 := s["scoreGiven"].(float64)
		most, ok2 := s["scoreMaximum"].(float64)
		if ok1 && ok2 {
			row["resultScore"] = given / most * 20
		}
		list = append(list, row)
	}
	answer(w, "application/vnd.ims.lis.v2.resultcontainer+json", list)
}

// members answers two pages of two.
func (p *Platform) members(w http.ResponseWriter, r *http.Request) {
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	if page == 0 {
		w.Header().Add("Link", `<`+p.MembersURL()+`?page=0>; rel="first", </members?page=1>; rel="next"`)
	}
	answer(w, "application/vnd.ims.lti-nrps.v2.membershipcontainer+json", map[string]any{"members": []map[string]any{
		{"user_id": "user-" + strconv.Itoa(2*page+1), "roles": []string{"Learner"}, "status": "Active", "name": "Zoë"},
		{"user_id": "user-" + strconv.Itoa(2*page+2), "roles": []string{membership + "Instructor"}},
	}})
}

// Score is what was last accepted of a user: members of the score as it was sent; nil for none.
func (p *Platform) Score(user string) map[string]any {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.scores[user])
}

// Posted counts the scores that were accepted.
func (p *Platform) Posted() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.posted
}

// Grade is what LTI 1.1 stored for a sourcedid.
func (p *Platform) Grade(sourcedID string) (string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	grade, ok := p.grades[sourcedID]
	return grade, ok
}

// ForgetTokens makes all access tokens invalid.
func (p *Platform) ForgetTokens() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.tokens)
}

type poxRecord struct {
	ID    string  `xml:"sourcedGUID>sourcedId"`
	Score *string `xml:"result>resultScore>textString"`
}

// outcome is Basic Outcomes.
func (p *Platform) outcome(w http.ResponseWriter, r *http.Request, body []byte) {
	var e struct {
		XMLName xml.Name `xml:"http://www.imsglobal.org/services/ltiv1p1/xsd/imsoms_v1p0 imsx_POXEnvelopeRequest"`
		Body    struct {
			Replace *poxRecord `xml:"replaceResultRequest>resultRecord"`
			Read    *poxRecord `xml:"readResultRequest>resultRecord"`
			Delete  *poxRecord `xml:"deleteResultRequest>resultRecord"`
		} `xml:"imsx_POXBody"`
	}
	say := func(major, description, result string) {
		w.Header().Set("Content-Type", "application/xml")
		io.WriteString(w, xml.Header+`<imsx_POXEnvelopeResponse xmlns="http://www.imsglobal.org/services/ltiv1p1/xsd/imsoms_v1p0">`+
			`<imsx_POXHeader><imsx_POXResponseHeaderInfo><imsx_version>V1.0</imsx_version><imsx_statusInfo><imsx_codeMajor>`+major+
			`</imsx_codeMajor><imsx_severity>status</imsx_severity><imsx_description>`+description+`</imsx_description></imsx_statusInfo>`+
			`</imsx_POXResponseHeaderInfo></imsx_POXHeader><imsx_POXBody>`+result+`</imsx_POXBody></imsx_POXEnvelopeResponse>`)
	}
	if err := p.verify11(r.Method, p.OutcomeURL(), r.Header.Get("Authorization"), body); err != nil {
		say("failure", err.Error(), "")
		return
	}
	if xml.Unmarshal(body, &e) != nil {
		say("failure", "XML", "")
		return
	}
	switch op := e.Body; {
	case op.Replace != nil && op.Replace.Score != nil:
		if score, err := strconv.ParseFloat(*op.Replace.Score, 64); err != nil || score < 0 || score > 1 {
			say("failure", "score", "")
			return
		}
		p.grades[op.Replace.ID] = *op.Replace.Score
		say("success", "replaced", "<replaceResultResponse/>")
	case op.Read != nil:
		say("success", "read", "<readResultResponse><result><resultScore><language>en</language><textString>"+
			p.grades[op.Read.ID]+"</textString></resultScore></result></readResultResponse>")
	case op.Delete != nil:
		delete(p.grades, op.Delete.ID)
		say("success", "deleted", "<deleteResultResponse/>")
	default:
		say("unsupported", "operation", "")
	}
}
