package group

import (
	"crypto/sha256"
	"testing"
)

func TestArithmeticDoesNotAllocate(t *testing.T) {
	r := random(t)
	s, err := GenerateDH(r)
	if err != nil {
		t.Fatal(err)
	}
	x, e := randomScalar(t, r), randomElement(t, r)
	base := NewBase(&e)
	c := sha256.Sum256(nil)
	mpi := make([]byte, 0, 4+Size)
	value := e.Bytes()
	operations := map[string]func(){
		"Public":       func() { s.Public() },
		"Shared":       func() { s.Shared(&e) },
		"SharedPair":   func() { SharedPair(&s, &s, &e) },
		"Base.Power":   func() { base.Power(&x) },
		"Power":        func() { e.Power(&x) },
		"Power2":       func() { Power2(&x) },
		"PowerHash":    func() { e.PowerHash(&c) },
		"Mul":          func() { Mul(&e, &e) },
		"SubMul":       func() { SubMul(&x, &x, &c) },
		"Equal":        func() { Equal(&e, &e) },
		"ParseElement": func() { _, _ = ParseElement(value) },
		"AppendMPI":    func() { e.AppendMPI(mpi) },
	}
	for name, operation := range operations {
		t.Run(name, func(t *testing.T) {
			operation() // tables are made once
			if n := testing.AllocsPerRun(3, operation); n != 0 {
				t.Errorf("%v allocations, want none", n)
			}
		})
	}
}
