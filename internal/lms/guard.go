package lms

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// guard lets only this machine in, and only under the system's own name: a page of somewhere else whose name has been
// made to point here (DNS rebinding) brings its own name along. Whoever says "localhost" for 127.0.0.1 is sent to Base,
// for which the tool knows the system.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protect(w.Header())
		from, err := netip.ParseAddrPort(r.RemoteAddr)
		switch host, port := hostPort(r.Host); {
		case err != nil || !from.Addr().Unmap().IsLoopback():
			s.fail(w, http.StatusForbidden, "This course is for its own machine", "Open it in a browser on the machine where it runs.")
		case strings.EqualFold(r.Host, s.base.Host):
			next.ServeHTTP(w, r)
		case loopback(host) && port == s.base.Port() && (r.Method == http.MethodGet || r.Method == http.MethodHead):
			// The path is only a path: "//elsewhere" would be a host.
			http.Redirect(w, r, s.c.Base+(&url.URL{Path: r.URL.Path, RawQuery: r.URL.RawQuery}).RequestURI(), http.StatusTemporaryRedirect)
		default:
			s.fail(w, http.StatusMisdirectedRequest, "This course has another address", "Open "+s.c.Base+"/ instead.")
		}
	})
}

func hostPort(hostport string) (host, port string) {
	host, port, err := net.SplitHostPort(hostport)
	if err != nil {
		return hostport, ""
	}
	return host, port
}

// ownPage reports whether a page of this system asks for a launch, or a person, or a program that is no browser. Other
// sites shall not open the tool as Ana.
func ownPage(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
		return true
	}
	return false
}

// protect sets the headers of every answer. Pages that need more of the browser widen the policy: see policy.
func protect(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", policy(nil, nil))
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
}

// policy allows what a page loads from this system, and besides frames and targets of forms.
func policy(frames, formTo []string) string {
	with := func(extra []string) string { return strings.Join(append([]string{"'self'"}, extra...), " ") }
	return "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'self'; " +
		"frame-src " + with(frames) + "; form-action " + with(formTo)
}

const (
	fetchTime = 5 * time.Second
	maxFetch  = 64 << 10
)

var errElsewhere = errors.New("lms: only addresses of this machine are fetched")

// loopbackClient reaches this machine only, whatever a name resolves to.
func loopbackClient() *http.Client {
	dialer := &net.Dialer{Timeout: fetchTime, ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil || !to.Addr().Unmap().IsLoopback() {
			return fmt.Errorf("%w: %s", errElsewhere, address)
		}
		return nil
	}}
	return &http.Client{
		Timeout:       fetchTime,
		Transport:     &http.Transport{DialContext: dialer.DialContext, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// fetch reads what the tool publishes.
func (s *Server) fetch(address string) ([]byte, error) {
	if _, err := originOf(address); err != nil {
		return nil, err
	}
	r, err := s.c.HTTP.Get(address)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("lms: %s answers %d", address, r.StatusCode)
	}
	return io.ReadAll(io.LimitReader(r.Body, maxFetch))
}
