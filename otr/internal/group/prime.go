package group

import (
	"encoding/hex"
	"sync"
)

// primeHex is p = 2^1536 - 2^1472 - 1 + 2^64·([2^1406 pi] + 741804), the group
// of RFC 3526 that Protocol v3, "Encoded messages" names. As p = 7 mod 8, the
// generator 2 is a square: its order is the prime q = (p-1)/2.
const primeHex = "" +
	"ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74" +
	"020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437" +
	"4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed" +
	"ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf05" +
	"98da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb" +
	"9ed529077096966d670c354e4abc9804f1746c08ca237327ffffffffffffffff"

// number is a number of the group in memory: words in Montgomery form.
type number [Size / 8]uint64

// A primeGroup holds what follows from p.
type primeGroup struct {
	*field
	p, q [Size]byte // big-endian
}

// prime is the group, prepared when it is first needed.
var prime = sync.OnceValue(func() *primeGroup {
	g := new(primeGroup)
	if n, err := hex.Decode(g.p[:], []byte(primeHex)); n != Size || err != nil {
		panic("group: primeHex is a constant of 192 bytes")
	}
	carry := byte(0)
	for i, b := range g.p {
		g.q[i] = carry | b>>1
		carry = b << 7
	}
	g.field = newField(g.p[:])
	return g
})

// set sets z to e in Montgomery form.
func (z *number) set(e *Element) { prime().load(z[:], e.value[:]) }

// element takes z out of Montgomery form.
func (z *number) element() Element {
	var e Element
	prime().store(e.value[:], z[:])
	return e
}
