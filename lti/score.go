package lti

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// ActivityProgress is how far the user is: "LTI Assignment and Grade Services", section 3.4.6.
type ActivityProgress string

// GradingProgress is how far the grading is: section 3.4.7.
type GradingProgress string

// The words that platforms know. Open edX answers others with 500.
const (
	Initialized ActivityProgress = "Initialized"
	Started     ActivityProgress = "Started"
	InProgress  ActivityProgress = "InProgress"
	Submitted   ActivityProgress = "Submitted"
	Completed   ActivityProgress = "Completed"

	FullyGraded   GradingProgress = "FullyGraded"
	Pending       GradingProgress = "Pending"
	PendingManual GradingProgress = "PendingManual"
	GradingFailed GradingProgress = "Failed"
	NotReady      GradingProgress = "NotReady"
)

// A Score for one user and line item. Keep Timestamp for retries: platforms take a score only if it is newer than the
// one that they have, Moodle by the second. It is sent in UTC with milliseconds.
type Score struct {
	UserID    string
	Given     *float64 // nil: only the progress changes
	Maximum   float64  // above 0 whenever Given is there; platforms scale to their own
	Comment   string
	Activity  ActivityProgress
	Grading   GradingProgress
	Timestamp time.Time
}

func (s Score) check() error {
	switch {
	case s.UserID == "":
		return errors.New("lti: a score for nobody")
	case s.Given != nil && (math.IsNaN(*s.Given) || math.IsInf(*s.Given, 0) || *s.Given < 0):
		return fmt.Errorf("lti: a score of %v", *s.Given)
	case s.Given != nil && !(s.Maximum > 0 && s.Maximum <= math.MaxFloat64):
		return fmt.Errorf("lti: a score out of %v", s.Maximum)
	case s.Timestamp.IsZero():
		return errors.New("lti: a score without the time of what is graded")
	case !slices.Contains([]ActivityProgress{Initialized, Started, InProgress, Submitted, Completed}, s.Activity):
		return fmt.Errorf("lti: no such activity progress: %q", string(s.Activity))
	case !slices.Contains([]GradingProgress{FullyGraded, Pending, PendingManual, GradingFailed, NotReady}, s.Grading):
		return fmt.Errorf("lti: no such grading progress: %q", string(s.Grading))
	}
	return nil
}

func (s Score) encode() ([]byte, error) {
	wire := struct {
		Timestamp string           `json:"timestamp"`
		Given     *float64         `json:"scoreGiven,omitempty"`
		Maximum   float64          `json:"scoreMaximum,omitempty"`
		Comment   string           `json:"comment,omitempty"`
		Activity  ActivityProgress `json:"activityProgress"`
		Grading   GradingProgress  `json:"gradingProgress"`
		UserID    string           `json:"userId"`
	}{s.Timestamp.UTC().Format("2006-01-02T15:04:05.000Z"), s.Given, s.Maximum, s.Comment, s.Activity, s.Grading, s.UserID}
	if s.Given == nil {
		wire.Maximum = 0
	}
	return json.Marshal(wire)
}

// A GradeService is what a launch offers of Assignment and Grade Services. It is plain data, to be kept for later.
type GradeService struct {
	Scopes    []string
	LineItem  string // the link's own; "" without
	LineItems string // the course's; "" where they cannot be listed
}

// CanScore reports whether a score can be sent: to the link's line item, or to one that is made for it.
func (s GradeService) CanScore() bool {
	return slices.Contains(s.Scopes, ScopeScore) && (s.LineItem != "" || s.LineItems != "" && slices.Contains(s.Scopes, ScopeLineItem))
}

// Grades talks to one platform's Assignment and Grade Services. It is safe for concurrent use. Errors are
// *ServiceError, ErrForeignHost, or say what the arguments lack.
type Grades struct {
	tool    *Tool
	reg     Registration
	service GradeService
}

// Grades makes a client for what a launch offered.
func (t *Tool) Grades(reg Registration, s GradeService) *Grades { return &Grades{t, reg, s} }

const (
	typeScore     = "application/vnd.ims.lis.v1.score+json"
	typeLineItem  = "application/vnd.ims.lis.v2.lineitem+json"
	typeLineItems = "application/vnd.ims.lis.v2.lineitemcontainer+json"
	typeResults   = "application/vnd.ims.lis.v2.resultcontainer+json"
)

// PostScore sends a score to a line item. Sending the same again is harmless: see ServiceError.Stale.
func (g *Grades) PostScore(ctx context.Context, lineItem string, s Score) error {
	if err := s.check(); err != nil {
		return err
	}
	body, err := s.encode()
	if err != nil {
		return fmt.Errorf("lti: a score that is no JSON: %w", err)
	}
	u, err := g.below(lineItem, "scores")
	if err != nil {
		return err
	}
	a, err := g.call(ctx, call{op: "score", method: http.MethodPost, url: u, contentType: typeScore, body: body}, ScopeScore)
	if err == nil && bytes.HasPrefix(bytes.TrimSpace(a.body), []byte("<")) {
		// Answers to scores are empty or JSON. A page with status 200 is from whatever stands in front of a platform that
		// is being repaired, or from its login.
		return &ServiceError{Op: "score", Status: a.status, Detail: "the answer is a page, not one of this service", temporary: true}
	}
	return err
}

// below is an address under a line item's: the path grows, the query stays ("LTI AGS", section 3.4.1).
func (g *Grades) below(lineItem, what string) (*url.URL, error) {
	u, err := g.tool.serviceURL(lineItem, g.reg.serviceHosts())
	if err != nil {
		return nil, err
	}
	below := *u
	below.Path = strings.TrimSuffix(u.Path, "/") + "/" + what
	if u.RawPath != "" {
		below.RawPath = strings.TrimSuffix(u.RawPath, "/") + "/" + what
	}
	return &below, nil
}

// call asks with the first of the scopes that the launch offered.
func (g *Grades) call(ctx context.Context, c call, scopes ...string) (answer, error) {
	for _, scope := range scopes {
		if slices.Contains(g.service.Scopes, scope) {
			c.scope = scope
			return g.tool.authorized(ctx, g.reg, c)
		}
	}
	return answer{}, fmt.Errorf("%w: %s", errNoService, c.op)
}
