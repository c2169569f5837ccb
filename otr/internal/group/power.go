package group

import (
	"crypto/subtle"
	"math/big"
)

// window is the number of exponent bits that one product takes.
const window = 5

// power sets z = x^exponent in constant time; exponent is big-endian, and only
// its length shows. z may be x.
func (z *residue) power(x *residue, exponent []byte) {
	var table [1 << window]residue // x^0 ... x^31
	table[0].setOne()
	table[1] = *x
	for i := 2; i < len(table); i += 2 {
		table[i].square(&table[i/2])
		table[i+1].mul(&table[i], x)
	}

	var acc, factor residue
	top := (8*len(exponent) + window - 1) / window * window
	for i := top - window; i >= 0; i -= window {
		digit := uint(0)
		for j := window - 1; j >= 0; j-- {
			digit = digit<<1 | bit(exponent, i+j)
		}
		factor.lookUp(table[:], digit)
		if i == top-window {
			acc = factor
			continue
		}
		for range window {
			acc.square(&acc)
		}
		acc.mul(&acc, &factor)
	}
	*z = acc
	clear(acc[:])
	clear(factor[:])
}

// bit returns bit i of a big-endian number; bits beyond its end are zero.
// Only i shows in the time it takes.
func bit(number []byte, i int) uint {
	if i >= 8*len(number) {
		return 0
	}
	return uint(number[len(number)-1-i/8]>>(i%8)) & 1
}

// lookUp sets z = table[index], reading the whole table.
func (z *residue) lookUp(table []residue, index uint) {
	clear(z[:])
	for i := range table {
		mask := -uint64(subtle.ConstantTimeEq(int32(i), int32(index)))
		for j := range z {
			z[j] |= mask & table[i][j]
		}
	}
}

// Power2 returns 2^x, in constant time.
func Power2(x *Scalar) Element {
	var r residue
	generatorLong().power(&r, x.value[:])
	return r.element()
}

// Power returns b^x, in constant time.
func (b *Element) Power(x *Scalar) Element { return b.power(x.value[:]) }

// PowerHash returns b^c for a hash taken as a number, in constant time.
func (b *Element) PowerHash(c *[32]byte) Element { return b.power(c[:]) }

func (b *Element) power(exponent []byte) Element {
	var r residue
	r.setElement(b)
	r.power(&r, exponent)
	e := r.element()
	clear(r[:])
	return e
}

// Mul returns a·b, in constant time.
func Mul(a, b *Element) Element {
	var x, y residue
	x.setElement(a)
	y.setElement(b)
	x.mul(&x, &y)
	return x.element()
}

// Div returns a/b. It takes variable time: it is for elements that were sent or
// will be sent. The quotient by the zero value is the zero value.
func Div(a, b *Element) Element {
	var p [Size]byte
	primeBytes(&p)
	modulus := new(big.Int).SetBytes(p[:])
	inverse := new(big.Int).SetBytes(b.value[:])
	if inverse.ModInverse(inverse, modulus) == nil {
		return Element{}
	}
	var e Element
	inverse.FillBytes(e.value[:])
	return Mul(a, &e)
}
