package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// How many launches and logins one network may make. A school behind one address may open 2,000 activities within a
// minute, each of which is two requests.
const (
	burst     = 6000
	perSecond = 100
	networks  = 10_000 // that are remembered
)

// A limiter is a token bucket for each network.
type limiter struct {
	now func() time.Time

	mu      sync.Mutex
	buckets map[netip.Prefix]bucket
}

type bucket struct {
	left float64
	at   time.Time
}

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, buckets: map[netip.Prefix]bucket{}}
}

// allow takes one request from the network's bucket and reports whether there was one.
func (l *limiter) allow(from netip.Prefix) bool {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := l.buckets[from]
	if !ok {
		l.makeRoom(now)
		b = bucket{left: burst, at: now}
	}
	b.left = min(burst, b.left+perSecond*max(0, now.Sub(b.at).Seconds()))
	b.at = now
	if b.left >= 1 {
		b.left--
		ok = true
	} else {
		ok = false
	}
	l.buckets[from] = b
	return ok
}

// makeRoom forgets the buckets that are full again; if there are too many even so, all of them.
func (l *limiter) makeRoom(now time.Time) {
	if len(l.buckets) < networks {
		return
	}
	for network, b := range l.buckets {
		if b.left+perSecond*now.Sub(b.at).Seconds() >= burst {
			delete(l.buckets, network)
		}
	}
	if len(l.buckets) >= networks {
		clear(l.buckets)
	}
}

// limited refuses a network that asks for more than a school does.
func (s *Server) limited(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !s.launches.allow(s.networkOf(r)) {
			w.Header().Set("Retry-After", "60")
			s.fail(w, r, tooMany, nil)
			return
		}
		next(w, r)
	}
}

// networkOf is where a request comes from: /24 or /64, what one customer of a provider has. A connection from this
// machine, or from one of Config.Proxies, is our reverse proxy's; the last entry of X-Forwarded-For is its own word for
// who was there.
func (s *Server) networkOf(r *http.Request) netip.Prefix {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	addr, _ := netip.ParseAddr(host)
	if addr = addr.Unmap(); s.proxy(addr) {
		all := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if told, err := netip.ParseAddr(strings.TrimSpace(all[len(all)-1])); err == nil {
			addr = told.Unmap()
		}
	}
	bits := 24
	if addr.Is6() {
		bits = 64
	}
	network, _ := addr.WithZone("").Prefix(bits) // an invalid address shares one bucket
	return network
}

// proxy reports whether an address is our reverse proxy's. One that is none is a socket's of this machine.
func (s *Server) proxy(addr netip.Addr) bool {
	return !addr.IsValid() || addr.IsLoopback() || slices.ContainsFunc(s.c.Proxies, func(p netip.Prefix) bool {
		return p.Contains(addr.WithZone(""))
	})
}
