package lti

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"time"
)

// A LineItem is a column of the gradebook: "LTI AGS", section 3.2.
type LineItem struct {
	ID             string     `json:"id,omitempty"` // its address; the platform gives it
	Label          string     `json:"label"`
	ScoreMaximum   float64    `json:"scoreMaximum"`
	ResourceID     string     `json:"resourceId,omitempty"` // ours
	Tag            string     `json:"tag,omitempty"`        // ours
	ResourceLinkID string     `json:"resourceLinkId,omitempty"`
	Start          *time.Time `json:"startDateTime,omitempty"`
	End            *time.Time `json:"endDateTime,omitempty"`
}

// LineItem reads one line item.
func (g *Grades) LineItem(ctx context.Context, id string) (LineItem, error) {
	u, err := g.tool.serviceURL(id, g.reg.serviceHosts())
	if err != nil {
		return LineItem{}, err
	}
	a, err := g.call(ctx, call{op: "line item", method: http.MethodGet, url: u, accept: typeLineItem}, ScopeLineItemReadonly, ScopeLineItem)
	if err != nil {
		return LineItem{}, err
	}
	return decode[LineItem](a, "line item")
}

// LineItems lists the course's line items that have all the marks that like has: ResourceLinkID, ResourceID, Tag.
// The list ends at the first error. Platforms that ignore the question are asked no more than they answer.
func (g *Grades) LineItems(ctx context.Context, like LineItem) iter.Seq2[LineItem, error] {
	u, err := g.container()
	if err != nil {
		return func(yield func(LineItem, error) bool) { yield(LineItem{}, err) }
	}
	addQuery(u, "resource_link_id", like.ResourceLinkID)
	addQuery(u, "resource_id", like.ResourceID)
	addQuery(u, "tag", like.Tag)
	all := pages(g.tool, u, g.reg.serviceHosts(), func(at *url.URL) (answer, []LineItem, error) {
		a, err := g.call(ctx, call{op: "line items", method: http.MethodGet, url: at, accept: typeLineItems}, ScopeLineItemReadonly, ScopeLineItem)
		if err != nil {
			return a, nil, err
		}
		list, err := decodeList[LineItem](a, "line items")
		return a, list, err
	})
	return func(yield func(LineItem, error) bool) {
		for item, err := range all {
			if (err != nil || item.like(like)) && !yield(item, err) {
				return
			}
		}
	}
}

func (i LineItem) like(o LineItem) bool {
	return (o.ResourceLinkID == "" || i.ResourceLinkID == o.ResourceLinkID) &&
		(o.ResourceID == "" || i.ResourceID == o.ResourceID) && (o.Tag == "" || i.Tag == o.Tag)
}

// CreateLineItem adds a line item to the course and gives it back with its ID.
func (g *Grades) CreateLineItem(ctx context.Context, item LineItem) (LineItem, error) {
	u, err := g.container()
	if err != nil {
		return LineItem{}, err
	}
	return g.write(ctx, "new line item", http.MethodPost, u, item)
}

// UpdateLineItem replaces the line item of item.ID.
func (g *Grades) UpdateLineItem(ctx context.Context, item LineItem) (LineItem, error) {
	u, err := g.tool.serviceURL(item.ID, g.reg.serviceHosts())
	if err != nil {
		return LineItem{}, err
	}
	return g.write(ctx, "changed line item", http.MethodPut, u, item)
}

func (g *Grades) write(ctx context.Context, op, method string, u *url.URL, item LineItem) (LineItem, error) {
	if item.Label == "" || !(item.ScoreMaximum > 0) {
		return LineItem{}, errors.New("lti: a line item needs a label and a maximum above 0")
	}
	body, err := json.Marshal(item)
	if err != nil {
		return LineItem{}, err
	}
	a, err := g.call(ctx, call{op: op, method: method, url: u, accept: typeLineItem, contentType: typeLineItem, body: body}, ScopeLineItem)
	if err != nil {
		return LineItem{}, err
	}
	return decode[LineItem](a, op)
}

// DeleteLineItem removes a line item with all its results.
func (g *Grades) DeleteLineItem(ctx context.Context, id string) error {
	u, err := g.tool.serviceURL(id, g.reg.serviceHosts())
	if err != nil {
		return err
	}
	_, err = g.call(ctx, call{op: "deleted line item", method: http.MethodDelete, url: u}, ScopeLineItem)
	return err
}

// FindOrCreateLineItem is the address to send scores to: the link's own line item; without, the one with the marks
// of item, which is made if there is none and the platform lets us.
func (g *Grades) FindOrCreateLineItem(ctx context.Context, item LineItem) (string, error) {
	if g.service.LineItem != "" {
		return g.service.LineItem, nil
	}
	for found, err := range g.LineItems(ctx, item) {
		if err != nil {
			return "", err
		}
		if found.ID != "" {
			return found.ID, nil
		}
	}
	made, err := g.CreateLineItem(ctx, item)
	return made.ID, err
}

func (g *Grades) container() (*url.URL, error) {
	if g.service.LineItems == "" {
		return nil, errNoService
	}
	return g.tool.serviceURL(g.service.LineItems, g.reg.serviceHosts())
}
