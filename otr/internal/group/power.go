package group

import "math/big"

// window is the number of exponent bits that one product takes.
const window = 5

// power sets z = x^exponent in constant time; exponent is big-endian, and only
// its length shows. z may be x.
func (f *field) power(z, x []uint64, exponent []byte) {
	var powers [maxWords << window]uint64 // x^0 ... x^31
	n := f.words
	table := powers[:n<<window]
	copy(table, f.one)
	copy(table[n:], x)
	for i := 2; i < 1<<window; i += 2 {
		f.sqr(table[i*n:][:n], table[i/2*n:][:n])
		f.mul(table[(i+1)*n:][:n], table[i*n:][:n], x)
	}

	var accBuffer, factorBuffer [maxWords]uint64
	acc, factor := accBuffer[:n], factorBuffer[:n]
	top := (8*len(exponent) + window - 1) / window * window
	copy(acc, f.one)
	for i := top - window; i >= 0; i -= window {
		digit := uint(0)
		for j := window - 1; j >= 0; j-- {
			digit = digit<<1 | bit(exponent, i+j)
		}
		if i < top-window {
			for range window {
				f.sqr(acc, acc)
			}
		}
		lookUp(factor, table, digit)
		f.mul(acc, acc, factor)
	}
	copy(z, acc)
	clear(acc)
	clear(factor)
}

// bit returns bit i of a big-endian number; bits beyond its end are zero.
// Only i shows in the time it takes.
func bit(number []byte, i int) uint {
	if i >= 8*len(number) {
		return 0
	}
	return uint(number[len(number)-1-i/8]>>(i%8)) & 1
}

// Power2 returns 2^x, in constant time.
func Power2(x *Scalar) Element {
	var r number
	generatorLong().power(r[:], x.value[:])
	return r.element()
}

// Power returns e^x, in constant time.
func (e *Element) Power(x *Scalar) Element { return e.power(x.value[:]) }

// PowerHash returns e^c for a hash taken as a number, in constant time.
func (e *Element) PowerHash(c *[32]byte) Element { return e.power(c[:]) }

func (e *Element) power(exponent []byte) Element {
	var r number
	r.set(e)
	prime().power(r[:], r[:], exponent)
	result := r.element()
	clear(r[:])
	return result
}

// Mul returns a·b, in constant time.
func Mul(a, b *Element) Element {
	var x, y number
	x.set(a)
	y.set(b)
	prime().mul(x[:], x[:], y[:])
	return x.element()
}

// Div returns a/b. It takes variable time: it is for elements that were sent or
// will be sent. The quotient by the zero value is the zero value.
func Div(a, b *Element) Element {
	modulus := new(big.Int).SetBytes(prime().p[:])
	inverse := new(big.Int).SetBytes(b.value[:])
	if inverse.ModInverse(inverse, modulus) == nil {
		return Element{}
	}
	var e Element
	inverse.FillBytes(e.value[:])
	return Mul(a, &e)
}
