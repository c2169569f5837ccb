package group

import "sync"

// A comb holds powers of one base, so that a power needs few squarings. The
// exponent is laid out in `teeth` rows of tables·columns bits; a look-up takes
// one bit of each row. Table j serves columns j·columns and following: its
// entries are the products of base^(2^(i·tables·columns + j·columns)) over the
// teeth i that are set in the index.
type comb struct {
	field   *field
	teeth   int
	tables  int
	columns int // of one table
	entries []uint64
}

// newComb lays out a comb for exponents of the given number of bits. It has no
// entries yet: they need field.words·tables·2^teeth words.
func newComb(f *field, bits, teeth, tables int) comb {
	return comb{field: f, teeth: teeth, tables: tables, columns: (bits + teeth*tables - 1) / (teeth * tables)}
}

// makeComb makes a comb of a base.
func makeComb(f *field, base []uint64, bits, teeth, tables int) *comb {
	c := newComb(f, bits, teeth, tables)
	c.entries = make([]uint64, f.words*tables<<teeth)
	c.fill(base)
	return &c
}

// table returns the entries of table j.
func (c *comb) table(j int) []uint64 {
	size := c.field.words << c.teeth
	return c.entries[j*size:][:size]
}

// fill computes the tables: the powers of two along one chain of squarings,
// then every other entry from the one without its highest bit.
func (c *comb) fill(base []uint64) {
	f, n := c.field, c.field.words
	var buffer [maxWords]uint64
	x := buffer[:n]
	copy(x, base)
	for i := range c.teeth {
		for j := range c.tables {
			if i+j > 0 {
				for range c.columns {
					f.sqr(x, x)
				}
			}
			copy(c.table(j)[n<<i:], x)
		}
	}
	for j := range c.tables {
		table := c.table(j)
		entry := func(i int) []uint64 { return table[i*n:][:n] }
		copy(entry(0), f.one)
		for i := 1; i < c.teeth; i++ {
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
			for i := c.teeth - 1; i >= 0; i-- {
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
	return makeComb(prime().field, g[:], bits, 6, 4)
}

// Base is an element prepared for several powers with exponents of SMP: two
// cost two thirds of what Element.Power takes, three cost half. It holds 12 kB,
// as secret as the element itself, and does not print.
type Base struct {
	redacted
	comb *comb
}

// NewBase prepares e.
func NewBase(e *Element) *Base {
	var x number
	x.set(e)
	return &Base{comb: makeComb(prime().field, x[:], 8*Size, 6, 1)}
}

// Power returns the element's power with exponent x, in constant time.
func (b *Base) Power(x *Scalar) Element {
	var r number
	b.comb.power(r[:], x.value[:])
	return r.element()
}

// Wipe overwrites b with zeros; its powers are zero then.
func (b *Base) Wipe() { clear(b.comb.entries) }
