package group

import (
	"crypto/rand"
	"crypto/sha256"
	"testing"
)

func BenchmarkField(b *testing.B) {
	r := random(b)
	e := randomElement(b, r)
	var x, y number
	x.set(&e)
	y.set(&e)
	f := prime()
	b.Run("mul1536", func(b *testing.B) {
		for b.Loop() {
			f.mul(y[:], y[:], x[:])
		}
	})
	b.Run("sqr1536", func(b *testing.B) {
		for b.Loop() {
			f.sqr(y[:], y[:])
		}
	})
	k := key(b).field
	b.Run("mul1024", func(b *testing.B) {
		for b.Loop() {
			k.mul(y[:16], y[:16], x[:16])
		}
	})
	b.Run("sqr1024", func(b *testing.B) {
		for b.Loop() {
			k.sqr(y[:16], y[:16])
		}
	})
	table := generatorLong().table(0)
	b.Run("lookUp", func(b *testing.B) {
		for b.Loop() {
			lookUp(y[:], table, 63)
		}
	})
}

func BenchmarkDH(b *testing.B) {
	r := random(b)
	s, err := GenerateDH(r)
	if err != nil {
		b.Fatal(err)
	}
	peer := randomElement(b, r)
	b.Run("Public", func(b *testing.B) {
		s.Public()
		for b.Loop() {
			s.Public()
		}
	})
	b.Run("Shared", func(b *testing.B) {
		for b.Loop() {
			s.Shared(&peer)
		}
	})
	b.Run("SharedPair", func(b *testing.B) {
		for b.Loop() {
			SharedPair(&s, &s, &peer)
		}
	})
}

func BenchmarkScalar(b *testing.B) {
	r := random(b)
	s := randomScalar(b, r)
	e := randomElement(b, r)
	c := sha256.Sum256(nil)
	b.Run("Power2", func(b *testing.B) {
		Power2(&s)
		for b.Loop() {
			Power2(&s)
		}
	})
	b.Run("Power", func(b *testing.B) {
		for b.Loop() {
			e.Power(&s)
		}
	})
	b.Run("NewBase", func(b *testing.B) {
		for b.Loop() {
			NewBase(&e)
		}
	})
	base := NewBase(&e)
	b.Run("Base.Power", func(b *testing.B) {
		for b.Loop() {
			base.Power(&s)
		}
	})
	b.Run("PowerHash", func(b *testing.B) {
		for b.Loop() {
			e.PowerHash(&c)
		}
	})
	b.Run("Mul", func(b *testing.B) {
		for b.Loop() {
			Mul(&e, &e)
		}
	})
	b.Run("Div", func(b *testing.B) {
		for b.Loop() {
			Div(&e, &e)
		}
	})
	b.Run("SubMul", func(b *testing.B) {
		for b.Loop() {
			SubMul(&s, &s, &c)
		}
	})
}

func BenchmarkDSA(b *testing.B) {
	k := key(b)
	digest := sha256.Sum256(nil)
	sig, err := k.Sign(digest[:], rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("Sign", func(b *testing.B) {
		for b.Loop() {
			_, _ = k.Sign(digest[:], rand.Reader)
		}
	})
	b.Run("Verify", func(b *testing.B) {
		for b.Loop() {
			k.Verify(digest[:], &sig)
		}
	})
	b.Run("NewPublicKey", func(b *testing.B) {
		for b.Loop() {
			_, _ = NewPublicKey(k.P, k.Q, k.G, k.Y)
		}
	})
	b.Run("GenerateKey", func(b *testing.B) { // from shared parameters
		for b.Loop() {
			_, _ = GenerateKey(&k.Parameters, rand.Reader)
		}
	})
	b.Run("GenerateParametersAndKey", func(b *testing.B) {
		for b.Loop() {
			p, err := GenerateParameters(rand.Reader)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := GenerateKey(p, rand.Reader); err != nil {
				b.Fatal(err)
			}
		}
	})
}
