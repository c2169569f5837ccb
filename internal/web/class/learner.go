package class

import (
	"slices"

	"otrbot/internal/record"
)

// learnerPage is the data of the page about one learner, and of the question before one is forgotten.
type learnerPage struct {
	row
	Back   string // to the list
	Forget string
	Said   string
	Steps  []passedStep
	Mine   bool // the teacher's own
}

// A passedStep is one step, and whether the learner has taken it.
type passedStep struct {
	Name      string
	Done, Now bool
}

// person finds the learner that the address names, as the list shows them.
func (q request) person() (person, bool) {
	e, ok := q.chosen(q.r.URL.Query().Get("id"))
	if !ok {
		return person{}, false
	}
	here, err := q.everybody()
	if err != nil {
		q.broken("listing the class", err)
		return person{}, false
	}
	i := slices.IndexFunc(here.all, func(p person) bool { return p.ID == e.ID })
	if i < 0 {
		q.noLearner()
		return person{}, false
	}
	return here.all[i], true
}

func (q request) learnerPage(p person) learnerPage {
	v := viewOf(q.r.URL.Query())
	d := learnerPage{
		row: q.row(p, v), Back: q.c.Site.At(q.room.Base) + v.query(), Forget: q.address("/forget", p.ID, v),
		Said: saidText(q.in, q.r.URL.Query().Get("said")), Mine: p.ID == q.room.Enrolment.ID,
	}
	for i, s := range record.Steps() {
		reached := p.Step.Number()
		d.Steps = append(d.Steps, passedStep{q.in.Text(stepWords(s)), i <= reached, i == reached})
	}
	return d
}

func (q request) learner() {
	if p, ok := q.person(); ok {
		q.show("learner", "Learner", q.learnerPage(p))
	}
}

// askForget asks before anything is erased.
func (q request) askForget() {
	if p, ok := q.person(); ok {
		q.show("forget", "Forget this learner?", q.learnerPage(p))
	}
}
