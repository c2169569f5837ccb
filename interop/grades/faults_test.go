package grades_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
)

// A fault is something that goes wrong with a request, before or after its effect.
type fault struct {
	name   string
	weight int // of 1000
	fits   func(p *platform, r *http.Request) bool
	before func(w http.ResponseWriter, r *http.Request) // in place of the effect; nil: there is an effect
	after  func(w http.ResponseWriter, r *http.Request, answer *httptest.ResponseRecorder)
}

// Statuses that end a try for good are not among these faults: whoever sends them means it.
var all = []fault{
	{name: "500 before", weight: 25, before: status(500)},
	{name: "500 after", weight: 25, after: lost(status(500))},
	{name: "503 before", weight: 10, before: status(503)},
	{name: "429 with Retry-After", weight: 1, before: busy},
	{name: "cut before", weight: 25, before: cut},
	{name: "cut after", weight: 25, after: lost(cut)},
	{name: "half an answer", weight: 20, after: half},
	{name: "no answer before", weight: 3, before: never},
	{name: "no answer after", weight: 3, after: lost(never)},
	{name: "a body that does not end", weight: 3, after: endless},
	{name: "a page before", weight: 10, before: page},
	{name: "a page after", weight: 10, after: lost(page)},
	{name: "a huge body", weight: 2, after: huge},
	{name: "a way elsewhere", weight: 5, before: elsewhere},
	{name: "another content type", weight: 50, after: otherType},
	{name: "two answers", weight: 10, after: twoAnswers},
	{name: "401 before", weight: 5, before: status(401)},
	// Only who can read the gradebook can tell what these mean.
	{name: "401 after", weight: 5, after: lost(status(401)), fits: func(p *platform, r *http.Request) bool { return p.readable || p.version == "1.1" }},
	{name: "409 before", weight: 5, before: status(409), fits: isScore},
	{name: "409 after", weight: 5, after: lost(status(409)), fits: isScore},
}

func isScore(p *platform, r *http.Request) bool {
	return p.readable && strings.HasSuffix(r.URL.Path, "/scores")
}

func status(code int) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(code) }
}

// lost gives something in place of the answer.
func lost(f func(http.ResponseWriter, *http.Request)) func(http.ResponseWriter, *http.Request, *httptest.ResponseRecorder) {
	return func(w http.ResponseWriter, r *http.Request, _ *httptest.ResponseRecorder) { f(w, r) }
}

func busy(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Retry-After", "1")
	w.WriteHeader(http.StatusTooManyRequests)
}

func cut(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func half(w http.ResponseWriter, _ *http.Request, answer *httptest.ResponseRecorder) {
	w.Header().Set("Content-Length", fmt.Sprint(answer.Body.Len()+10))
	w.WriteHeader(answer.Code)
	w.Write(answer.Body.Bytes()[:answer.Body.Len()/2])
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

// never waits until the tool has lost its patience.
func never(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func endless(w http.ResponseWriter, r *http.Request, answer *httptest.ResponseRecorder) {
	if answer.Code == http.StatusNoContent { // which has no body
		answer.Code = http.StatusOK
	}
	w.WriteHeader(answer.Code)
	w.Write([]byte(" "))
	w.(http.Flusher).Flush()
	never(w, r)
}

func page(w http.ResponseWriter, _ *http.Request) {
	io.WriteString(w, "<!DOCTYPE html><title>We are back soon</title>")
}

func huge(w http.ResponseWriter, _ *http.Request, answer *httptest.ResponseRecorder) {
	w.WriteHeader(answer.Code)
	w.Write(bytes.Repeat([]byte(" "), 2<<20))
	w.Write(answer.Body.Bytes())
}

func elsewhere(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/login", http.StatusFound)
}

func otherType(w http.ResponseWriter, _ *http.Request, answer *httptest.ResponseRecorder) {
	answer.Header().Set("Content-Type", "image/png; charset=")
	reply(w, answer)
}

// twoAnswers is a proxy that says everything twice.
func twoAnswers(w http.ResponseWriter, _ *http.Request, answer *httptest.ResponseRecorder) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	for range 2 {
		fmt.Fprintf(conn, "HTTP/1.1 %d .\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", answer.Code, answer.Body.Len(), answer.Body)
	}
}

func reply(w http.ResponseWriter, answer *httptest.ResponseRecorder) {
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	w.Write(answer.Body.Bytes())
}

// faults deals them out to all platforms, and kills the courier at its request of some number.
type faults struct {
	mu       sync.Mutex
	dice     *rand.Rand
	requests map[string]int // by what was asked
	dealt    map[string]int // by fault
	left     int            // requests until the courier is killed
	kill     func()         // nil: not armed
}

func newFaults() *faults {
	return &faults{dice: rand.New(rand.NewPCG(4, 4)), requests: map[string]int{}, dealt: map[string]int{}}
}

// arm kills at the n-th request from now on.
func (f *faults) arm(n int, kill func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left, f.kill = n, kill
}

// The moments at which the courier is killed.
const (
	notNow = iota
	beforeEffect
	afterEffect
	afterAnswer
)

// deal chooses a fault, or none, and whether the courier is killed meanwhile.
func (f *faults) deal(p *platform, r *http.Request) (one fault, moment int, kill func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.requests[p.version+" "+r.Method+" "+r.URL.Path]++
	if f.left--; f.left == 0 && f.kill != nil {
		moment, kill, f.kill = beforeEffect+f.dice.IntN(3), f.kill, nil
	}
	if moment == afterAnswer { // which is to arrive
		return fault{}, moment, kill
	}
	n := f.dice.IntN(1000)
	for _, one := range all {
		if n -= one.weight; n < 0 && (one.fits == nil || one.fits(p, r)) {
			f.dealt[one.name]++
			return one, moment, kill
		} else if n < 0 {
			break
		}
	}
	return fault{}, moment, kill
}

func (f *faults) serve(w http.ResponseWriter, r *http.Request, p *platform, effect http.Handler) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the courier was killed
	}
	one, moment, kill := f.deal(p, r)
	if moment == beforeEffect {
		kill()
	}
	answer := httptest.NewRecorder()
	if one.before == nil {
		r.Body = io.NopCloser(bytes.NewReader(body))
		effect.ServeHTTP(answer, r)
	}
	if moment == afterEffect {
		kill()
	}
	switch {
	case one.before != nil:
		one.before(w, r)
	case one.after != nil:
		one.after(w, r, answer)
	default:
		reply(w, answer)
	}
	if moment == afterAnswer {
		w.(http.Flusher).Flush()
		kill()
	}
}

func table(m map[string]int) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(m)) {
		fmt.Fprintf(&b, "%8d  %s\n", m[name], name)
	}
	return b.String()
}
