package group

import "sync"

// teeth is the number of exponent bits that one look-up in a comb takes.
const teeth = 6

// A comb holds powers of one base, so that a power needs few squarings. The
// exponent is laid out in `teeth` rows of tables·columns bits; a look-up takes
// one bit of each row. Table j serves columns j·columns and following: its
// entries are the products of base^(2^(i·tables·columns + j·columns)) over the
// teeth i that are set in the index.
type comb struct {
	field   *field
	tables  int
	columns int // of one table
	entries []uint64
}

// newComb makes a comb for exponents of the given number of bits.
func newComb(f *field, base []uint64, bits, tables int) *comb {
	c := &comb{
		field:   f,
		tables:  tables,
		columns: (bits + teeth*tables - 1) / (teeth * tables),
		entries: make([]uint64, f.words*tables<<teeth),
	}
	c.fill(base)
	return c
}

// table returns the entries of table j.
func (c *comb) table(j int) []uint64 {
	size := c.field.words << teeth
	return c.entries[j*size:][:size]
}

// fill computes the tables: the powers of two along one chain of squarings,
// then every other entry from the one without its highest bit.
func (c *comb) fill(base []uint64) {
	f, n := c.field, c.field.words
	var buffer [maxWords]uint64
	x := buffer[:n]
	copy(x, base)
	for i := range teeth {
		for j := range c.tables {
			copy(c.table(j)[n<<i:], x)
			for range c.columns {
				f.sqr(x, x)
			}
		}
	}
	for j := range c.tables {
		table := c.table(j)
		entry := func(i int) []uint64 { return table[i*n:][:n] }
		copy(entry(0), f.one)
		for i := 1; i < teeth; i++ {
			for low := 1; low < 1<<i; low++ {
				f.mul(entry(1<<i|low), entry(1<<i), entry(low))
			}
		}
	}
}

// power sets z = base^exponent in constant time; exponent is big-endian and not
// longer than the comb was made for.
func (c *comb) power(z []uint64, exponent []byte) {
	var accBuffer, factorBuffer [maxWords]uint64
	acc, factor := accBuffer[:c.field.words], factorBuffer[:c.field.words]
	copy(acc, c.field.one)
	row := c.tables * c.columns
	for column := c.columns - 1; column >= 0; column-- {
		if column < c.columns-1 {
			c.field.sqr(acc, acc)
		}
		for j := range c.tables {
			digit := uint(0)
			for i := teeth - 1; i >= 0; i-- {
				digit = digit<<1 | bit(exponent, i*row+j*c.columns+column)
			}
			lookUp(factor, c.table(j), digit)
			c.field.mul(acc, acc, factor)
		}
	}
	copy(z, acc)
	clear(acc)
	clear(factor)
}

// The combs of the generator 2, 49 kB each, made when they are first needed:
// one for Diffie-Hellman secrets, one for the exponents of SMP.
var (
	generatorShort = sync.OnceValue(func() *comb { return generatorComb(8 * dhSize) })
	generatorLong  = sync.OnceValue(func() *comb { return generatorComb(8 * Size) })
)

func generatorComb(bits int) *comb {
	var g number
	g.set(&Element{value: [Size]byte{Size - 1: 2}})
	return newComb(prime().field, g[:], bits, 4)
}
