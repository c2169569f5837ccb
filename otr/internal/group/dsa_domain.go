package group

import (
	"fmt"
	"math/big"
	"runtime"
	"sync"
	"weak"

	"filippo.io/bigmod"
)

// A domain is the arithmetic of private keys with the same parameters. It does
// not change and is not secret.
type domain struct {
	Parameters
	field       *field          // modulo P
	order       *bigmod.Modulus // Q
	orderMinus2 [qSize]byte
	comb        *comb // of G, 16 kB for 1024 bits: a power costs a quarter
}

// domains finds the domain of parameters that keys in use have: a program with
// thousands of keys from the same parameters, or read from a file, has one. It
// keeps none alive.
var domains = struct {
	sync.Mutex
	byName map[domainName]weak.Pointer[domain]
}{byName: make(map[domainName]weak.Pointer[domain])}

type domainName struct{ p, q, g string }

// domainOf returns the domain of a key's parameters.
func domainOf(public *PublicKey) (*domain, error) {
	name := domainName{string(public.P), string(public.Q), string(public.G)}
	domains.Lock()
	defer domains.Unlock()
	if d := domains.byName[name].Value(); d != nil {
		return d, nil
	}
	d, err := newDomain(public)
	if err != nil {
		return nil, err
	}
	w := weak.Make(d)
	domains.byName[name] = w
	runtime.AddCleanup(d, func(name domainName) {
		domains.Lock()
		defer domains.Unlock()
		if domains.byName[name] == w { // not one that was made since
			delete(domains.byName, name)
		}
	}, name)
	return d, nil
}

func newDomain(public *PublicKey) (*domain, error) {
	order, err := bigmod.NewModulus(public.Q)
	if err != nil {
		return nil, fmt.Errorf("group: order of the key: %w", err)
	}
	f := public.field
	g := make([]uint64, f.words)
	f.load(g, public.G)
	d := &domain{Parameters: public.Parameters, field: f, order: order, comb: makeComb(f, g, qBits, 6, 2)}
	new(big.Int).Sub(new(big.Int).SetBytes(public.Q), big.NewInt(2)).FillBytes(d.orderMinus2[:])
	return d, nil
}

// power returns g^e, big-endian in the size of p, in constant time.
func (d *domain) power(e []byte) []byte {
	var buffer [maxWords]uint64
	z := buffer[:d.field.words]
	d.comb.power(z, e)
	v := make([]byte, d.field.size)
	d.field.store(v, z)
	clear(z)
	return v
}
