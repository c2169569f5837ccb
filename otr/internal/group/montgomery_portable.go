//go:build !amd64 || purego

package group

// mul sets z = x·y/R mod m, in constant time. z may be x or y.
func (f *field) mul(z, x, y []uint64) { f.mulPortable(z, x, y) }

// sqr sets z = x²/R mod m, in constant time. z may be x.
func (f *field) sqr(z, x []uint64) { f.mulPortable(z, x, x) }

// lookUp copies entry index of a table of numbers as long as z, reading the
// whole table.
func lookUp(z, table []uint64, index uint) { lookUpPortable(z, table, index) }
