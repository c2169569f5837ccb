package lti

import (
	"context"
	"iter"
	"net/url"
)

// A Result is what the platform's gradebook says of one user: "LTI AGS", section 3.3.
type Result struct {
	UserID  string   `json:"userId"`
	Score   *float64 `json:"resultScore"` // nil: none
	Maximum float64  `json:"resultMaximum"`
	Comment string   `json:"comment"`
}

// Fraction is the score as a part of the maximum, 0 to 1 and above it where the platform gives extra points; false when
// there is none. A platform that does not name the maximum means 1: "Result service", resultMaximum.
func (r Result) Fraction() (float64, bool) {
	most := orElse(r.Maximum, 1)
	if r.Score == nil || !(most > 0) {
		return 0, false
	}
	return *r.Score / most, true
}

// Results lists the line item's results, page after page, in no particular order. The list ends at the first error.
func (g *Grades) Results(ctx context.Context, lineItem string) iter.Seq2[Result, error] {
	return g.results(ctx, lineItem, "")
}

// Result is one user's; false when there is none. Platforms that ignore the question for one user cost their whole list.
func (g *Grades) Result(ctx context.Context, lineItem, userID string) (Result, bool, error) {
	for r, err := range g.results(ctx, lineItem, userID) {
		if err != nil || r.UserID == userID {
			return r, err == nil, err
		}
	}
	return Result{}, false, nil
}

func (g *Grades) results(ctx context.Context, lineItem, userID string) iter.Seq2[Result, error] {
	u, err := g.below(lineItem, "results")
	if err != nil {
		return func(yield func(Result, error) bool) { yield(Result{}, err) }
	}
	if userID != "" {
		addQuery(u, "user_id", userID)
	}
	return pages(g.tool, u, g.reg.serviceHosts(), func(at *url.URL) (answer, []Result, error) {
		a, err := g.call(ctx, call{op: "results", method: "GET", url: at, accept: typeResults}, ScopeResultReadonly)
		if err != nil {
			return a, nil, err
		}
		list, err := decodeList[Result](a, "results")
		return a, list, err
	})
}
