package lti

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"net/http"
	"strconv"
)

// An Outcome is where one user's grade for one link goes by Basic Outcomes. Keep the newest: Moodle makes a new
// SourcedID at every launch.
type Outcome struct {
	ServiceURL string
	SourcedID  string // opaque, byte for byte; may hold quotes, JSON, anything
	Method     Method // what the launch was signed with: platforms that sign with one often refuse the other
}

func newOutcome(serviceURL, sourcedID string, m Method) *Outcome {
	if serviceURL == "" || sourcedID == "" {
		return nil
	}
	return &Outcome{serviceURL, sourcedID, m}
}

// ReplaceResult stores a grade from 0 to 1. Sending the same again changes nothing.
func (t *Tool) ReplaceResult(ctx context.Context, c Consumer, o Outcome, score float64) error {
	if math.IsNaN(score) || score < 0 || score > 1 {
		return fmt.Errorf("lti: a score of %v: Basic Outcomes knows 0 to 1", score)
	}
	_, err := t.outcome(ctx, c, o, "replaceResult", strconv.FormatFloat(score, 'f', -1, 64))
	return err
}

// ReadResult reads the grade back; graded is false when there is none. Open edX does not know it.
func (t *Tool) ReadResult(ctx context.Context, c Consumer, o Outcome) (score float64, graded bool, err error) {
	text, err := t.outcome(ctx, c, o, "readResult", "")
	if err != nil || text == "" {
		return 0, false, err
	}
	score, err = strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(score) || score < 0 || score > 1 {
		return 0, false, &ServiceError{Op: "readResult", Detail: "the score in the answer is not between 0 and 1"}
	}
	return score, true, nil
}

// DeleteResult takes the grade away. Open edX does not know it.
func (t *Tool) DeleteResult(ctx context.Context, c Consumer, o Outcome) error {
	_, err := t.outcome(ctx, c, o, "deleteResult", "")
	return err
}

// outcome makes one operation and gives the score in the answer's text.
func (t *Tool) outcome(ctx context.Context, c Consumer, o Outcome, op, score string) (string, error) {
	if o.ServiceURL == "" || o.SourcedID == "" {
		return "", fmt.Errorf("%w: this launch cannot be graded: no outcome service or no sourcedid", ErrUnusable)
	}
	address, err := t.serviceURL(o.ServiceURL, c.ServiceHosts)
	if err != nil {
		return "", err
	}
	id, err := t.dice()
	if err != nil {
		return "", err
	}
	nonce, err := t.shortDice()
	if err != nil {
		return "", err
	}
	body, err := poxRequest(op, id, o.SourcedID, score)
	if err != nil {
		return "", err
	}
	header, err := orElse(o.Method, HMACSHA1).authorization(c, http.MethodPost, o.ServiceURL, body, nonce, t.c.Now())
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address.String(), bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", header)
	req.Header.Set("Content-Type", "application/xml")
	answer, err := t.send(t.straight, req, op, maxServiceAnswer)
	if err != nil {
		return "", err
	}
	return answer.outcome(op, o.SourcedID)
}

// outcome judges an answer by its XML: Moodle and Open edX answer failures with status 200.
func (a answer) outcome(op, sourcedID string) (string, error) {
	e, err := parsePOX(a.body)
	switch {
	case err != nil && a.status/100 == 2:
		return "", &ServiceError{Op: op, Status: a.status, Detail: "the answer is not the XML of Basic Outcomes", err: err}
	case err != nil:
		return "", a.failed(op)
	case e.Major != "success":
		failure := a.failed(op)
		failure.Code = e.Major
		failure.Detail = e.describe(sourcedID)
		failure.temporary = a.status/100 != 2 && failure.temporary
		return "", failure
	}
	return e.Score, nil
}
