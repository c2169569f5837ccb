package lti

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// ErrPrivateAddress says that a connection was not made because its address is not public.
var ErrPrivateAddress = errors.New("lti: not a public address")

// NewHTTPClient makes a client that asks allow about every address before it connects. It asks when the name has been
// resolved, for each connection anew: a name that changes its address, and a redirect, gain nothing. It uses no
// proxy, which would connect in its place.
func NewHTTPClient(allow func(netip.AddrPort) error) *http.Client {
	dialer := &net.Dialer{
		Timeout: 10 * time.Second,
		Control: func(_, address string, _ syscall.RawConn) error {
			to, err := netip.ParseAddrPort(address)
			if err != nil {
				return fmt.Errorf("%w: %w", ErrPrivateAddress, err)
			}
			return allow(to)
		},
	}
	return &http.Client{
		Timeout: serviceTime,
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			ForceAttemptHTTP2:      true,
			TLSHandshakeTimeout:    10 * time.Second,
			ResponseHeaderTimeout:  serviceTime,
			IdleConnTimeout:        time.Minute,
			MaxIdleConnsPerHost:    4,
			MaxConnsPerHost:        16,
			MaxResponseHeaderBytes: 64 << 10,
		},
	}
}

// special are the ranges of the IANA special-purpose registries that package netip does not tell apart.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // carrier-grade NAT
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), // documentation, as the next two but one
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"),        // IPv4 in disguise, as the others below
	netip.MustParsePrefix("64:ff9b::/96"), // NAT64
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"), // Teredo and other protocol assignments
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"), // 6to4
	netip.MustParsePrefix("fec0::/10"),
}

// PublicOnly allows what is on the public Internet: no loopback, no private network, no cloud's metadata service.
// Ports are not its business: those of services have to be approved, see Registration.ServiceHosts.
func PublicOnly(to netip.AddrPort) error {
	a := to.Addr().Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.Zone() != "" {
		return fmt.Errorf("%w: %v", ErrPrivateAddress, a)
	}
	for _, p := range special {
		if p.Contains(a) {
			return fmt.Errorf("%w: %v", ErrPrivateAddress, a)
		}
	}
	return nil
}

// AnyAddress allows every address: for tests and demonstrations with platforms on the same machine.
func AnyAddress(netip.AddrPort) error { return nil }
