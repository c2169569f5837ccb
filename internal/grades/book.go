package grades

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"otrbot/internal/course"
	"otrbot/lti"
)

// A book is the place of one enrolment in a platform's gradebook, by either version of LTI.
type book interface {
	// read gives the grade that is there, 0 to 1; false: none.
	read(ctx context.Context) (score float64, graded bool, err error)
	send(ctx context.Context, g course.Grade) error
	// refused is told that the place may not be there any more.
	refused()
}

var (
	errUnread     = fmt.Errorf("%w: the launch did not offer to read grades", lti.ErrUnusable)
	errNoPlatform = errors.New("the platform was removed, or is registered for another version of LTI now")
)

// outcome is a place in the gradebook of LTI 1.1.
type outcome struct {
	tool     *lti.Tool
	consumer lti.Consumer
	place    lti.Outcome
}

func (o outcome) read(ctx context.Context) (float64, bool, error) {
	return o.tool.ReadResult(ctx, o.consumer, o.place)
}

func (o outcome) send(ctx context.Context, g course.Grade) error {
	return o.tool.ReplaceResult(ctx, o.consumer, o.place, g.Score)
}

func (outcome) refused() {}

// cell is a place in the gradebook of LTI 1.3.
type cell struct {
	client   *lti.Grades
	column   string // address of the line item
	user     string
	readable bool
	forget   func()
}

func (c cell) read(ctx context.Context) (float64, bool, error) {
	if !c.readable {
		return 0, false, errUnread
	}
	r, _, err := c.client.Result(ctx, c.column, c.user)
	score, graded := r.Fraction()
	return score, graded && err == nil, err
}

// maximum is what scores are out of. Platforms scale to their own; in percent, parts of a lesson are whole numbers even
// where a platform knows only those.
const maximum = 100

func (c cell) send(ctx context.Context, g course.Grade) error {
	given := math.Round(g.Score*maximum*1e4) / 1e4
	s := lti.Score{
		UserID: c.user, Given: &given, Maximum: maximum, Timestamp: g.At,
		Activity: lti.InProgress, Grading: lti.Pending,
	}
	if g.Done {
		s.Activity, s.Grading = lti.Completed, lti.FullyGraded
	}
	return c.client.PostScore(ctx, c.column, s)
}

func (c cell) refused() { c.forget() }

// open finds the enrolment's place in the gradebook.
func (c *Courier) open(ctx context.Context, d course.Delivery) (book, error) {
	p, e := d.Platform, d.Enrolment
	switch {
	case e.Outcome != nil && p.Consumer != nil:
		return outcome{c.tool, *p.Consumer, *e.Outcome}, nil
	case e.Grades == nil || p.Registration == nil:
		return nil, errNoPlatform
	}
	place := cell{
		client: c.tool.Grades(*p.Registration, *e.Grades), column: e.Grades.LineItem, user: e.User,
		readable: slices.Contains(e.Grades.Scopes, lti.ScopeResultReadonly), forget: func() {},
	}
	if place.column != "" {
		return place, nil
	}
	name := columnName{e.Platform, e.Grades.LineItems, e.Link}
	item := lti.LineItem{Label: columnLabel(e), ScoreMaximum: maximum, ResourceLinkID: e.Link}
	address, err := c.columns.find(ctx, name, func() (string, error) { return place.client.FindOrCreateLineItem(ctx, item) })
	place.column, place.forget = address, func() { c.columns.forget(name) }
	return place, err
}

// columnLabel is the head of a column that we make.
func columnLabel(e course.Enrolment) string {
	if e.Title != "" {
		return e.Title
	}
	return "OTR"
}
