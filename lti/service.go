package lti

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	maxServiceAnswer = 1 << 20 // bytes of one answer; a page of members or results
	maxRedirects     = 3
	serviceTime      = 15 * time.Second
)

// ErrForeignHost says that a launch named a service on a host that is not the platform's: nothing was sent.
var ErrForeignHost = errors.New("lti: the service is on a host that is not approved for this platform")

// ErrUnusable says that what a launch or a registration named will not do for this: an address that is none or is
// without TLS, a service or a part of it that was not offered, a sourcedid that XML cannot carry, a platform without a
// secret. Nothing was sent, and trying again does not help.
var ErrUnusable = errors.New("lti: unusable")

// A ServiceError says that a platform's service did not do what it was asked. Its text is for the log; it holds no
// user's data.
type ServiceError struct {
	Op     string // "replaceResult", "score", "token" ...
	Status int    // of HTTP; 0: no answer
	Code   string // the platform's own: imsx_codeMajor, or error of OAuth 2.0
	Detail string

	// RetryAfter is how long the platform asks to wait; 0: it does not say.
	RetryAfter time.Duration

	temporary bool
	stale     bool
	err       error
}

// Error is for the log.
func (e *ServiceError) Error() string {
	text := "lti: " + e.Op
	if e.Status != 0 {
		text += fmt.Sprintf(": status %d", e.Status)
	}
	for _, more := range []string{e.Code, e.Detail} {
		if more != "" {
			text += ": " + more
		}
	}
	if e.err != nil {
		text += ": " + e.err.Error()
	}
	return text
}

// Unwrap gives the cause, if there is one.
func (e *ServiceError) Unwrap() error { return e.err }

// Temporary reports whether the same request may succeed later: no answer, 429 or 5xx.
func (e *ServiceError) Temporary() bool { return e.temporary }

// Stale reports whether the platform has a score with this timestamp or a newer one already. After an answer that
// got lost that may be this very score: read the result back.
func (e *ServiceError) Stale() bool { return e.stale }

// An answer of a service, read in full.
type answer struct {
	status int
	header http.Header
	body   []byte
	now    time.Time
}

// send makes one request. An error says that there is no answer to judge.
func (t *Tool) send(client *http.Client, req *http.Request, op string, limit int64) (answer, error) {
	response, err := client.Do(req)
	if err != nil {
		// The error of package net/http repeats the address, and with it what may be in its query.
		if failed, ok := errors.AsType[*url.Error](err); ok {
			err = failed.Err
		}
		return answer{}, &ServiceError{Op: op, Detail: "no answer from " + req.URL.Host, temporary: !errors.Is(err, ErrPrivateAddress), err: err}
	}
	defer response.Body.Close()
	body, err := readAll(response.Body, limit)
	if err != nil {
		return answer{}, &ServiceError{Op: op, Status: response.StatusCode, Detail: "reading the answer", temporary: !errors.Is(err, errTooLong), err: err}
	}
	return answer{response.StatusCode, response.Header, body, t.c.Now()}, nil
}

// failed makes an error of an answer that is not the wanted one.
func (a answer) failed(op string) *ServiceError {
	return &ServiceError{
		Op:         op,
		Status:     a.status,
		RetryAfter: a.retryAfter(),
		temporary:  a.status == http.StatusTooManyRequests || a.status >= 500,
	}
}

func (a answer) retryAfter() time.Duration {
	v := a.header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(v, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(v); err == nil && at.After(a.now) {
		return at.Sub(a.now)
	}
	return 0
}

// redirecting is the client with a time limit, following so many redirects, none of them away from https.
func redirecting(c *http.Client, most int, loopback bool) *http.Client {
	copied := *c
	if copied.Timeout == 0 {
		copied.Timeout = serviceTime
	}
	copied.Jar = nil
	copied.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		if len(via) > most {
			return http.ErrUseLastResponse
		}
		if req.URL.Scheme != "https" && !loopback {
			return errors.New("redirected to an address without TLS")
		}
		return nil
	}
	return &copied
}

// serviceURL checks an address that a launch, or another answer, named: see Registration.ServiceHosts. Without hosts any
// will do, at the usual port.
func (t *Tool) serviceURL(address string, hosts []string) (*url.URL, error) {
	u, err := t.address(address)
	if err != nil {
		return nil, err
	}
	fits := slices.ContainsFunc(hosts, func(h string) bool { return hostFits(h, u) })
	if !fits && (len(hosts) > 0 || !t.usualPort(u)) {
		return nil, fmt.Errorf("%w: %s", ErrForeignHost, quote(u.Host))
	}
	return u, nil
}

// usualPort reports whether an address is at the port where services on the Web are. Platforms of one machine have a
// port each.
func (t *Tool) usualPort(u *url.URL) bool {
	return t.c.Loopback || u.Port() == "" || u.Scheme == "https" && u.Port() == "443"
}

// address checks an address that we shall send something to.
func (t *Tool) address(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "" || strings.ContainsAny(s, "\\ \t\r\n"):
		return nil, fmt.Errorf("%w: not an address: %s", ErrUnusable, quote(s))
	case u.User != nil || u.Fragment != "":
		return nil, fmt.Errorf("%w: an address with a user or a fragment: %s", ErrUnusable, quote(u.Host))
	case u.Scheme != "https" && (u.Scheme != "http" || !t.c.Loopback):
		return nil, fmt.Errorf("%w: an address without TLS: %s", ErrUnusable, quote(u.Scheme+"://"+u.Host))
	}
	return u, nil
}

// hostFits compares with "host", which means its default port, "host:port" or ".domain".
func hostFits(pattern string, u *url.URL) bool {
	host := withoutDefaultPort(u.Scheme, strings.ToLower(u.Host))
	pattern = withoutDefaultPort(u.Scheme, strings.ToLower(pattern))
	if strings.HasPrefix(pattern, ".") {
		return strings.HasSuffix(host, pattern)
	}
	return host == pattern
}

// serviceHosts are those of the registration, or else those of its own addresses.
func (r Registration) serviceHosts() []string {
	if len(r.ServiceHosts) > 0 {
		return r.ServiceHosts
	}
	var hosts []string
	for _, s := range []string{r.Issuer, r.AuthURL, r.TokenURL, r.JWKSURL} {
		if u, err := url.Parse(s); err == nil && u.Host != "" {
			if host := withoutDefaultPort(u.Scheme, strings.ToLower(u.Host)); !slices.Contains(hosts, host) {
				hosts = append(hosts, host)
			}
		}
	}
	if len(hosts) == 0 {
		hosts = []string{""} // nobody's, but not any
	}
	return hosts
}
