package ltitest

import (
	"cmp"
	"encoding/json"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"time"
)

const typeItem = "application/vnd.ims.lis.v2.lineitem+json"

// item describes a column: "LTI AGS", section 3.2.
func (p *Platform) item(n int) map[string]any {
	c := p.cols()[n-1]
	return map[string]any{
		"id": p.lineItem(n), "label": c.Label, "scoreMaximum": c.Maximum, "resourceLinkId": c.Link, "resourceId": c.ResourceID, "tag": c.Tag,
	}
}

func (p *Platform) listItems(w http.ResponseWriter, q url.Values) {
	list := []any{}
	for i, c := range p.cols() {
		if fits(q, "resource_link_id", c.Link) && fits(q, "resource_id", c.ResourceID) && fits(q, "tag", c.Tag) {
			list = append(list, p.item(i+1))
		}
	}
	answer(w, "application/vnd.ims.lis.v2.lineitemcontainer+json", list)
}

func fits(q url.Values, name, value string) bool { return !q.Has(name) || q.Get(name) == value }

// newItem makes a column. Without Links there is only one, which everybody gets.
func (p *Platform) newItem(w http.ResponseWriter, body []byte) {
	c, ok := readItem(body)
	if !ok {
		because(w, http.StatusBadRequest, "not a line item")
		return
	}
	n := 1
	if p.Links != nil {
		p.columns = append(p.cols(), c)
		n = len(p.columns)
	}
	w.Header().Set("Content-Type", typeItem)
	w.WriteHeader(http.StatusCreated)
	answer(w, typeItem, p.item(n))
}

// changeItem changes a column's name and marks. Its maximum stays: grades are of it.
func (p *Platform) changeItem(w http.ResponseWriter, body []byte, n int) {
	c, ok := readItem(body)
	if !ok {
		because(w, http.StatusBadRequest, "not a line item")
		return
	}
	if p.Links != nil {
		old := p.cols()[n-1]
		c.Link, c.Maximum = old.Link, old.Maximum
		p.columns[n-1] = c
	}
	answer(w, typeItem, p.item(n))
}

func readItem(body []byte) (column, bool) {
	var i struct {
		Label      string  `json:"label"`
		Maximum    float64 `json:"scoreMaximum"`
		Link       string  `json:"resourceLinkId"`
		ResourceID string  `json:"resourceId"`
		Tag        string  `json:"tag"`
	}
	err := json.Unmarshal(body, &i)
	return column{Label: i.Label, Link: i.Link, ResourceID: i.ResourceID, Tag: i.Tag, Maximum: i.Maximum}, err == nil && i.Label != "" && i.Maximum > 0
}

// score judges as Moodle does: its media type, a maximum, a learner, a newer second.
func (p *Platform) score(w http.ResponseWriter, r *http.Request, body []byte, n int) {
	var s map[string]any
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "application/vnd.ims.lis.v1.score+json" {
		because(w, http.StatusBadRequest, "another media type than a score's")
		return
	}
	if json.Unmarshal(body, &s) != nil {
		because(w, http.StatusBadRequest, "not JSON")
		return
	}
	text, _ := s["timestamp"].(string)
	at, err := time.Parse(time.RFC3339Nano, text)
	user, _ := s["userId"].(string)
	about(w, func(e *Event) { e.User = user })
	given, scored := s["scoreGiven"].(float64)
	most, _ := s["scoreMaximum"].(float64)
	switch {
	case err != nil || user == "":
		because(w, http.StatusBadRequest, "no timestamp or no user")
		return
	case s["scoreGiven"] != nil && (!scored || given < 0 || most <= 0):
		because(w, http.StatusBadRequest, "a score that is none, or none to compare it with")
		return
	}
	if status, why := p.gradable(user); why != "" {
		because(w, status, why)
		return
	}
	at0, there := p.scores[cell{n, user}]["at"].(time.Time)
	if there && !at.Truncate(time.Second).After(at0.Truncate(time.Second)) {
		because(w, http.StatusConflict, "not newer than what is there")
		return
	}
	s["at"] = at
	p.scores[cell{n, user}] = s
	p.posted++
}

// gradable says why a user gets no grade; "" for those who do. Only Users are judged.
func (p *Platform) gradable(user string) (status int, why string) {
	u, known := p.user(user)
	switch {
	case p.Users == nil:
		return 0, ""
	case !known:
		return http.StatusNotFound, "nobody in this course"
	case u.has(RoleTestUser):
		return http.StatusUnprocessableEntity, "the test student is not graded" // as Canvas
	case !u.learns():
		return http.StatusBadRequest, "not a learner" // as Moodle
	}
	return 0, ""
}

func (p *Platform) results(w http.ResponseWriter, q url.Values, n int) {
	list := []map[string]any{}
	cells := slices.SortedFunc(maps.Keys(p.scores), func(a, b cell) int { return cmp.Compare(a.user, b.user) })
	for _, c := range cells {
		if c.column != n || p.Links != nil && !fits(q, "user_id", c.user) {
			continue
		}
		m := p.mark(n, p.scores[c])
		row := map[string]any{"userId": c.user, "resultMaximum": m.Maximum, "scoreOf": p.lineItem(n)}
		if m.Scored {
			row["resultScore"] = m.Given
		}
		if m.Comment != "" {
			row["comment"] = m.Comment
		}
		list = append(list, row)
	}
	answer(w, "application/vnd.ims.lis.v2.resultcontainer+json", list)
}
