package grades

import (
	"cmp"
	"encoding/binary"
	"io"
	"time"
)

// Pace is how long things take. A field that is 0 has its default.
type Pace struct {
	First time.Duration // before the second try, about; it doubles with each: 5 s
	Most  time.Duration // between two tries: 1 h
	Rest  time.Duration // at most for which a platform that does not answer is left alone, unless it asks for more: 1 min
	Gap   time.Duration // between two different grades of one enrolment: 1 s
	Look  time.Duration // at most between two looks into the store: 1 s
	Lease time.Duration // how long a grade is ours; longer than any try takes: 5 min
	Grace time.Duration // for what is under way when we have to stop: 10 s
}

func (p Pace) orDefaults() Pace {
	return Pace{
		First: cmp.Or(p.First, 5*time.Second),
		Most:  cmp.Or(p.Most, time.Hour),
		Rest:  cmp.Or(p.Rest, time.Minute),
		Gap:   cmp.Or(p.Gap, time.Second),
		Look:  cmp.Or(p.Look, time.Second),
		Lease: cmp.Or(p.Lease, 5*time.Minute),
		Grace: cmp.Or(p.Grace, 10*time.Second),
	}
}

// doubled is First, n times doubled, up to most.
func (p Pace) doubled(n int, most time.Duration) time.Duration {
	d := p.First
	for ; n > 0 && d < most; n-- {
		d *= 2
	}
	return min(d, most)
}

// pause is how long to wait after so many tries: between First and Most, and a different time for each grade, so that
// those who failed together do not come back together.
func (p Pace) pause(tries int, dice io.Reader) time.Duration {
	d := p.doubled(tries, p.Most)
	var b [4]byte
	if _, err := io.ReadFull(dice, b[:]); err != nil {
		return d // nothing hangs on it
	}
	return d/2 + time.Duration(float64(d/2)*float64(binary.BigEndian.Uint32(b[:]))/(1<<32))
}
