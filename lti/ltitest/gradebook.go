package ltitest

import (
	"fmt"
	"maps"
	"strconv"
	"time"
)

// A cell of the gradebook. Columns count from 1; users may be unknown.
type cell struct {
	column int
	user   string
}

// A column of the gradebook is a line item.
type column struct {
	Label, Link, ResourceID, Tag string
	Maximum                      float64
}

// A Mark is what the gradebook shows of one user and link.
type Mark struct {
	Version  string  // of LTI: "1.1" or "1.3"
	Scored   bool    // false: only the progress is known
	Given    float64 // in points of the column
	Maximum  float64
	Final    bool // the tool will not grade it any further
	Activity string
	Grading  string
	Comment  string
	At       time.Time // when it was earned, as the tool says
}

// Mark reads one cell; false: it is empty, or the link has no column.
func (p *Platform) Mark(link, user string) (Mark, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, there := p.scores[cell{p.columnOf(link), user}]
	if !there {
		return Mark{}, false
	}
	return p.mark(p.columnOf(link), s), true
}

func (p *Platform) mark(column int, s map[string]any) Mark {
	m := Mark{Version: "1.3", Maximum: p.cols()[column-1].Maximum}
	if v, ok := s["version"].(string); ok {
		m.Version = v
	}
	given, ok1 := s["scoreGiven"].(float64)
	most, ok2 := s["scoreMaximum"].(float64)
	if m.Scored = ok1 && ok2; m.Scored {
		m.Given = given / most * m.Maximum
	}
	m.Activity, _ = s["activityProgress"].(string)
	m.Grading, _ = s["gradingProgress"].(string)
	m.Comment, _ = s["comment"].(string)
	m.At, _ = s["at"].(time.Time)
	m.Final = m.Grading == "FullyGraded"
	return m
}

// cols are the columns: one for each link that is graded, then those that tools have made.
func (p *Platform) cols() []column {
	if p.Links == nil {
		return []column{{Label: "Talk to the bot", Link: "link-1", Maximum: 20}}
	}
	known := map[string]bool{}
	for _, c := range p.columns {
		known[c.Link] = true
	}
	for _, l := range p.Links {
		if l.Maximum > 0 && !known[l.ID] {
			p.columns = append(p.columns, column{Label: l.Title, Link: l.ID, ResourceID: l.ResourceID, Tag: l.Tag, Maximum: l.Maximum})
		}
	}
	return p.columns
}

// columnOf is the number of the link's column; 0: it has none.
func (p *Platform) columnOf(link string) int {
	for i, c := range p.cols() {
		if c.Link == link {
			return i + 1
		}
	}
	return 0
}

// Score is what was last accepted of a user in the first column: members of the score as it was sent; nil for none.
func (p *Platform) Score(user string) map[string]any {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.scores[cell{1, user}])
}

// Posted counts the scores that were accepted.
func (p *Platform) Posted() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.posted
}

// Grade is what LTI 1.1 stored for a sourcedid.
func (p *Platform) Grade(sourcedID string) (string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	grade, ok := p.grades[sourcedID]
	return grade, ok
}

// sourcedID names a cell for LTI 1.1. It is another one at each launch and full of quotes, as Moodle's is.
func (p *Platform) sourcedID(c cell) string {
	id := fmt.Sprintf(`{"data":{"instanceid":"%d","userid":%q,"launchid":%q},"x":"<&>"}`, c.column, c.user, random())
	p.sources[id] = c
	return id
}

// put11 stores a grade of LTI 1.1, from 0 to 1.
func (p *Platform) put11(sourcedID, text string, score float64) {
	p.grades[sourcedID] = text
	if c, known := p.sources[sourcedID]; known {
		p.scores[c] = map[string]any{
			"scoreGiven": score, "scoreMaximum": 1.0, "activityProgress": "Completed", "gradingProgress": "FullyGraded",
			"at": p.Now(), "version": "1.1",
		}
	}
}

// read11 is the grade of a sourcedid as text; "" without one.
func (p *Platform) read11(sourcedID string) string {
	c, known := p.sources[sourcedID]
	if !known {
		return p.grades[sourcedID]
	}
	if m := p.mark(c.column, p.scores[c]); m.Scored {
		return strconv.FormatFloat(m.Given/m.Maximum, 'f', -1, 64)
	}
	return ""
}

func (p *Platform) delete11(sourcedID string) {
	delete(p.grades, sourcedID)
	if c, known := p.sources[sourcedID]; known {
		delete(p.scores, c)
	}
}
