package group

import "sync"

// teeth is the number of exponent bits that one look-up in a comb takes.
const teeth = 6

// A comb holds powers of one base, so that a power needs few squarings: the
// exponent is laid out in `teeth` rows of len(tables)·columns bits; a look-up
// takes one bit of each row, and each table stands for `columns` columns.
// Table j holds the products of base^(2^(i·len(tables)·columns + j·columns))
// over the teeth i that the index names.
type comb struct {
	columns int
	tables  [][1 << teeth]residue
}

// newComb makes a comb for exponents of the given number of bits.
func newComb(base *residue, bits, tables int) *comb {
	c := &comb{
		columns: (bits + teeth*tables - 1) / (teeth * tables),
		tables:  make([][1 << teeth]residue, tables),
	}
	c.fill(base)
	return c
}

// fill computes the tables: the powers of two along one chain of squarings,
// then every entry from the one without its highest bit.
func (c *comb) fill(base *residue) {
	x := *base
	for i := range teeth {
		for j := range c.tables {
			c.tables[j][1<<i] = x
			for range c.columns {
				x.square(&x)
			}
		}
	}
	for j := range c.tables {
		table := &c.tables[j]
		table[0].setOne()
		for i := 1; i < teeth; i++ {
			for low := 1; low < 1<<i; low++ {
				table[1<<i|low].mul(&table[1<<i], &table[low])
			}
		}
	}
}

// power sets z = base^exponent in constant time; exponent is big-endian and not
// longer than the comb was made for.
func (c *comb) power(z *residue, exponent []byte) {
	var acc, factor residue
	row := len(c.tables) * c.columns
	for column := c.columns - 1; column >= 0; column-- {
		if column < c.columns-1 {
			acc.square(&acc)
		} else {
			acc.setOne()
		}
		for j := range c.tables {
			digit := uint(0)
			for i := teeth - 1; i >= 0; i-- {
				digit = digit<<1 | bit(exponent, i*row+j*c.columns+column)
			}
			factor.lookUp(c.tables[j][:], digit)
			acc.mul(&acc, &factor)
		}
	}
	*z = acc
	clear(acc[:])
	clear(factor[:])
}

// The combs of the generator 2, 49 kB each, made when they are first needed:
// one for Diffie-Hellman secrets, one for the exponents of SMP.
var (
	generatorShort = sync.OnceValue(func() *comb { return newComb(generator(), 8*dhSize, 4) })
	generatorLong  = sync.OnceValue(func() *comb { return newComb(generator(), 8*Size, 4) })
)

func generator() *residue {
	var g residue
	g.setElement(&Element{value: [Size]byte{Size - 1: 2}})
	return &g
}
