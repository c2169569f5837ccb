package xmpp

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
)

// A target is one server to try.
type target struct {
	address string // host:port
	direct  bool   // TLS from the first byte
}

// targets are the servers to try, in order: RFC 6120, 3.2, and XEP-0368.
func (c *Client) targets(ctx context.Context) ([]target, error) {
	if c.conf.Server != "" {
		return []target{{c.conf.Server, c.conf.DirectTLS}}, nil
	}
	domain := asciiDomain(c.me.Domainpart())
	var found []service
	absent := 0
	for _, s := range []struct {
		name   string
		direct bool
	}{{"xmpps-client", true}, {"xmpp-client", false}} {
		_, records, err := c.conf.LookupSRV(ctx, s.name, "tcp", domain)
		var dns *net.DNSError
		if err != nil && len(records) == 0 && (!errors.As(err, &dns) || !dns.IsNotFound) {
			return nil, err
		}
		if len(records) == 1 && records[0].Target == "." {
			absent++ // RFC 2782: the service is decidedly not available
			continue
		}
		for _, r := range records {
			found = append(found, service{r, s.direct})
		}
	}
	switch {
	case len(found) > 0:
		return order(found, c.conf.Rand)
	case absent > 0:
		return nil, &SetupError{Problem: "the domain says that it has no XMPP server"}
	}
	return []target{{net.JoinHostPort(domain, "5222"), false}}, nil
}

// A service is an SRV record of one of the two kinds.
type service struct {
	*net.SRV
	direct bool
}

// order merges records of both kinds: lowest priority first; among equals a draw by weight. RFC 2782, "Weight".
func order(all []service, dice io.Reader) ([]target, error) {
	slices.SortStableFunc(all, func(a, b service) int {
		if a.Priority != b.Priority {
			return int(a.Priority) - int(b.Priority)
		}
		return min(int(a.Weight), 1) - min(int(b.Weight), 1) // those of weight 0 first: they can be drawn then
	})
	var list []target
	for len(all) > 0 {
		equals, sum := 0, 0
		for equals < len(all) && all[equals].Priority == all[0].Priority {
			sum += int(all[equals].Weight)
			equals++
		}
		draw, err := below(dice, uint64(sum)+1)
		if err != nil {
			return nil, err
		}
		i, running := 0, uint64(all[0].Weight)
		for running < draw {
			i++
			running += uint64(all[i].Weight)
		}
		host := strings.TrimSuffix(all[i].Target, ".")
		list = append(list, target{net.JoinHostPort(host, strconv.Itoa(int(all[i].Port))), all[i].direct})
		all = slices.Delete(all, i, i+1)
	}
	return list, nil
}

// below draws from 0..n-1; the bias of 64 bits does not matter for weights and jitter.
func below(dice io.Reader, n uint64) (uint64, error) {
	var b [8]byte
	if _, err := io.ReadFull(dice, b[:]); err != nil {
		return 0, err
	}
	return binary.BigEndian.Uint64(b[:]) % n, nil
}
