package ltitest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const maxBody = 1 << 20

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

// A service answers one kind of request; scopes are those of which the access token must have one.
type service struct {
	what   string // for the history
	scopes []string
	answer func(p *Platform, w http.ResponseWriter, r *http.Request, body []byte, column int)
}

// services are the paths of the platform; {n} is a column of the gradebook.
var services = map[string]service{
	"GET /jwks": {"platform's keys", nil, func(p *Platform, w http.ResponseWriter, _ *http.Request, _ []byte, _ int) {
		answer(w, "application/json", json.RawMessage(p.JWKS()))
	}},
	"GET /.well-known/openid-configuration": {"configuration", nil, func(p *Platform, w http.ResponseWriter, _ *http.Request, _ []byte, _ int) {
		p.config(w)
	}},
	"POST /register": {"registration", nil, func(p *Platform, w http.ResponseWriter, r *http.Request, body []byte, _ int) {
		p.register(w, r, body)
	}},
	"POST /outcomes": {"outcome", nil, func(p *Platform, w http.ResponseWriter, r *http.Request, body []byte, _ int) {
		p.outcome(w, r, body)
	}},
	"GET /members": {"members", []string{scopeMembers}, func(p *Platform, w http.ResponseWriter, r *http.Request, _ []byte, _ int) {
		p.members(w, r)
	}},
	"GET /items": {"line items", []string{scopeLineItem, scopeLineItemRead}, func(p *Platform, w http.ResponseWriter, r *http.Request, _ []byte, _ int) {
		p.listItems(w, r.URL.Query())
	}},
	"POST /items": {"new line item", []string{scopeLineItem}, func(p *Platform, w http.ResponseWriter, _ *http.Request, body []byte, _ int) {
		p.newItem(w, body)
	}},
	"GET /items/{n}": {"line item", []string{scopeLineItem, scopeLineItemRead}, func(p *Platform, w http.ResponseWriter, _ *http.Request, _ []byte, n int) {
		answer(w, typeItem, p.item(n))
	}},
	"PUT /items/{n}": {"changed line item", []string{scopeLineItem}, func(p *Platform, w http.ResponseWriter, _ *http.Request, body []byte, n int) {
		p.changeItem(w, body, n)
	}},
	"POST /items/{n}/scores": {"score", []string{scopeScore}, func(p *Platform, w http.ResponseWriter, r *http.Request, body []byte, n int) {
		p.score(w, r, body, n)
	}},
	"GET /items/{n}/results": {"results", []string{scopeResult}, func(p *Platform, w http.ResponseWriter, r *http.Request, _ []byte, n int) {
		p.results(w, r.URL.Query(), n)
	}},
}

// ServeHTTP answers as the platform: keys, tokens, line items, scores, results, members, outcomes, registration.
func (p *Platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := &noting{ResponseWriter: w, event: Event{Status: http.StatusOK, OK: true}}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if r.Method+" "+r.URL.Path == "POST /token" {
		n.event.What = "access token"
		p.token(n, body)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.served(n)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s, column, found := p.route(r.Method, r.URL)
	if !found {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	n.event.What = s.what
	if column > 0 {
		n.event.Link = p.cols()[column-1].Link
	}
	if s.scopes == nil || p.allowed(n, r, s.scopes...) {
		s.answer(p, n, r, body, column)
	}
	p.served(n)
}

func (p *Platform) served(n *noting) {
	n.event.OK = n.event.OK && n.event.Status/100 == 2
	p.note(n.event)
}

// Serves reports whether a request is for the platform's services.
func (p *Platform) Serves(method string, u *url.URL) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, _, found := p.route(method, u)
	return found || method+" "+u.Path == "POST /token"
}

// route finds the service, and the column if its path has one.
func (p *Platform) route(method string, u *url.URL) (s service, column int, found bool) {
	parts := strings.Split(u.Path, "/")
	if len(parts) > 2 && parts[1] == "items" {
		n, err := strconv.Atoi(parts[2])
		if err != nil || n < 1 || n > len(p.cols()) {
			return s, 0, false
		}
		column, parts[2] = n, "{n}"
	}
	s, found = services[method+" "+strings.Join(parts, "/")]
	return s, column, found
}

func answer(w http.ResponseWriter, kind string, v any) {
	w.Header().Set("Content-Type", kind)
	b, err := json.Marshal(v)
	if err != nil {
		b = nil
	}
	w.Write(b)
}

// members answers in pages of two.
func (p *Platform) members(w http.ResponseWriter, r *http.Request) {
	page, err := strconv.Atoi(r.URL.Query().Get("page"))
	pages := slices.Collect(slices.Chunk(p.users(), 2))
	if err != nil || page < 0 {
		page = 0
	}
	page = min(page, len(pages)-1)
	if page+1 < len(pages) {
		next := url.Values{"page": {strconv.Itoa(page + 1)}}
		if link := r.URL.Query().Get("rlid"); link != "" {
			next.Set("rlid", link)
		}
		w.Header().Add("Link", `<`+p.MembersURL()+`?page=0>; rel="first", </members?`+next.Encode()+`>; rel="next"`)
	}
	list := []map[string]any{}
	for _, u := range pages[page] {
		m := map[string]any{"user_id": u.ID, "roles": u.Roles}
		if u.Name != "" {
			m["name"], m["status"] = u.Name, "Active"
		}
		list = append(list, m)
	}
	about(w, func(e *Event) { e.Detail = "page " + strconv.Itoa(page+1) })
	answer(w, "application/vnd.ims.lti-nrps.v2.membershipcontainer+json", map[string]any{
		"id": p.MembersURL(), "context": map[string]any{"id": "course-1"}, "members": list,
	})
}
