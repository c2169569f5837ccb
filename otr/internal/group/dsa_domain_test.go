package group

import (
	"crypto/rand"
	"runtime"
	"testing"
)

// Thousands of keys from the same parameters, made or read, hold the arithmetic once; parameters that no key has any
// more hold none.
func TestKeysShareTheirDomain(t *testing.T) {
	known := func() int {
		domains.Lock()
		defer domains.Unlock()
		return len(domains.byName)
	}
	parameters := func() *Parameters {
		p, err := GenerateParameters(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	key := func(p *Parameters) *PrivateKey {
		k, err := GenerateKey(p, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	before := known()
	p := parameters()
	first, second := key(p), key(&Parameters{P: clone(p.P), Q: clone(p.Q), G: clone(p.G)})
	read, err := NewPrivateKey(clone(first.P), clone(first.Q), clone(first.G), clone(first.Y), first.X())
	if err != nil {
		t.Fatal(err)
	}
	if first.domain != second.domain || first.domain != read.domain {
		t.Error("keys with the same parameters have domains of their own")
	}
	if other := key(parameters()); other.domain == first.domain {
		t.Error("keys with other parameters have the same domain")
	}
	digest := []byte("a digest of 20 bytes")
	sig, err := second.Sign(digest, rand.Reader)
	if err != nil || !second.Verify(digest, &sig) || first.Verify(digest, &sig) {
		t.Errorf("the second key's signature is not its own: %v", err)
	}
	runtime.KeepAlive(first)
	runtime.KeepAlive(read)

	for range 100 { // cleanups run in a goroutine of their own
		runtime.GC()
		runtime.Gosched()
		if known() <= before {
			return
		}
	}
	t.Errorf("%d domains remain, %d were there before", known(), before)
}
