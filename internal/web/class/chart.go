package class

import (
	"strconv"

	"otrbot/gettext"
	"otrbot/internal/record"
)

// A chart is how many learners stand where: bars, and the same numbers as a table.
type chart struct {
	Bars                  []bar
	Height                int // of the drawing, in pixels; its width is that of the page
	RightToLeft           bool
	Learners, Done, Stuck int
	TextX                 string
}

// A bar is one step. Lengths are shares of the drawing's width, so that the text beside them keeps its size.
type bar struct {
	Label             string
	Count, Stuck      int
	TextY, BarY       int
	X, Width          string // of those who go on
	StuckX, StuckWide string // of those who are stuck; StuckWide is "" for none
}

const (
	barRow    = 44 // pixels from one bar to the next
	barText   = 16 // from a row's top to its text's base line
	barTop    = 22 // from a row's top to its bar
	barHeight = 14
)

// BarHeight is the thickness of a bar in pixels.
func (chart) BarHeight() int { return barHeight }

// newChart counts those who are graded or could be: no practice. Listed tells whether the platform lists its course.
func newChart(in *gettext.Catalogue, all []person, listed bool) chart {
	c := chart{RightToLeft: in.Dir() == "rtl", TextX: "0"}
	if c.RightToLeft {
		c.TextX = "100%"
	}
	steps := record.Steps()
	bars := make([]bar, len(steps)+1) // the first: has not opened it
	bars[0].Label = say(in, "Has not opened it")
	for i, s := range steps {
		bars[i+1].Label = in.Text(stepWords(s))
	}
	for _, p := range all {
		if p.Practice {
			continue
		}
		b := &bars[0]
		if p.Status != absent {
			b = &bars[p.Step.Number()+1]
		}
		b.Count++
		c.Learners++
		if p.Status == stuck {
			b.Stuck++
			c.Stuck++
		}
	}
	c.Done = bars[len(steps)].Count
	if !listed {
		bars = bars[1:]
	}
	for i := range bars {
		bars[i].place(i, max(c.Learners, 1), c.RightToLeft)
	}
	c.Bars, c.Height = bars, len(bars)*barRow
	return c
}

// place draws the bar of row i, on a scale where the whole class fills the width. Those who are stuck are at its end.
func (b *bar) place(i, class int, rightToLeft bool) {
	b.TextY, b.BarY = i*barRow+barText, i*barRow+barTop
	whole, going := share(b.Count, class), share(b.Count-b.Stuck, class)
	b.X, b.Width = "0", percent(going)
	b.StuckX = percent(going)
	if rightToLeft {
		b.X, b.StuckX = percent(100-going), percent(100-whole)
	}
	if b.Stuck > 0 {
		b.StuckWide = percent(whole - going)
	}
}

func share(n, of int) float64 { return 100 * float64(n) / float64(of) }

func percent(p float64) string { return strconv.FormatFloat(p, 'f', 2, 64) + "%" }
