package class

import (
	"bytes"
	"context"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/web/page"
)

// A view is what the request asks to see: everybody when it asks for nothing that there is.
type view struct {
	Filter filter
	Order  order
}

func viewOf(q url.Values) view {
	v := view{}
	for _, f := range filters() {
		if string(f) == q.Get("show") {
			v.Filter = f
		}
	}
	if order(q.Get("sort")) == byName {
		v.Order = byName
	}
	return v
}

// query is the view as it stands in an address, with its question mark; "" for the usual one.
func (v view) query() string {
	if more := v.values().Encode(); more != "" {
		return "?" + more
	}
	return ""
}

// values are the view as it stands in an address.
func (v view) values() url.Values {
	values := url.Values{}
	if v.Filter != showAll {
		values.Set("show", string(v.Filter))
	}
	if v.Order != byUrgency {
		values.Set("sort", string(v.Order))
	}
	return values
}

// A present is who belongs to the class just now.
type present struct {
	class  []course.Member
	all    []person
	listed bool  // the platform has listed the course
	noList error // why it has not, for a note on the page
	partly bool  // somebody may be missing: the store could not read what it knows of them
}

// everybody gathers the class of this room.
func (q request) everybody() (present, error) {
	key := q.room.Enrolment.Key
	class, partly, err := q.launched(q.r.Context())
	if err != nil {
		return present{}, err
	}
	members, noList := q.roster.members(q.r.Context(), q.room)
	return present{class, people(q.in, key.Platform, class, members, q.now), len(members) > 0, noList, partly}, nil
}

// launched are those who opened the link, and whether some of them may be missing: what cannot be read of one is no
// reason to show none.
func (q request) launched(ctx context.Context) (class []course.Member, partly bool, err error) {
	key := q.room.Enrolment.Key
	class, err = q.c.Store.Class(ctx, key.Platform, key.Deployment, key.Link)
	if errors.Is(err, record.ErrDamaged) {
		q.c.Log.Error("a part of a class could not be read", "err", err)
		return class, true, nil
	}
	return class, false, err
}

// classPage is the data of the page.
type classPage struct {
	Base       string
	View       view
	Said       string // what a button has done; "" nothing
	Filters    []filterLink
	Rows       []row
	Chart      chart
	Partly     bool   // somebody may be missing
	ListNote   string // why it does not list it just now; "" no reason
	NotGraded  bool
	Unsure     bool // whether it is graded
	GradingWhy words
	First      bool // nobody has opened it: a good moment for the test
	Link       struct{ Urgency, Name, CSV, Reload string }
}

type filterLink struct {
	Name  string
	Count int
	URL   string
	Now   bool
}

// A row is one person of the table.
type row struct {
	ID                int64
	Link              string // to the learner's page; "" for one who has not opened it
	Name, State, Step string
	Kind              string // of State, for its look
	What, Do, Stuck   string // what stops the learner, what the teacher can do, how long it has been
	Active            string
	ActiveAt          string
	Grade, GradeDo    string
	Resendable        bool
	Practice, Address bool
	Base              string // of these pages
	View              view   // of the list that the row stands in
}

func (q request) row(p person, v view) row {
	r := row{
		ID: p.ID, Name: p.Name, State: stateText(q.in, p), Step: stepText(q.in, p), Kind: kindOf(p),
		Resendable: p.resendable(), Practice: p.Practice, Address: p.Address, View: v, Base: q.c.Site.At(q.room.Base),
	}
	if p.ID != 0 {
		r.Link = q.address("/learner", p.ID, v)
	}
	r.What, r.Do = troubleText(q.in, p)
	if p.Status == stuck {
		r.Stuck = duration(q.in, q.now.Sub(p.Since))
	}
	r.Active, r.ActiveAt = ago(q.in, p.Active, q.now), machineTime(p.Active)
	r.Grade, r.GradeDo = gradeText(q.in, p, q.now)
	return r
}

// address leads to a page about one learner, and knows the list to go back to.
func (q request) address(page string, id int64, v view) string {
	values := v.values()
	values.Set("id", strconv.FormatInt(id, 10))
	return q.c.Site.At(q.room.Base) + page + "?" + values.Encode()
}

func kindOf(p person) string {
	switch {
	case p.Practice:
		return "practice"
	case p.Status == stuck:
		return "stuck"
	case p.Status == working:
		return "working"
	case p.Status == done:
		return "done"
	}
	return "waiting"
}

// machineTime is for the datetime attribute; "" for none.
func machineTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func (q request) class() {
	here, err := q.everybody()
	if err != nil {
		q.broken("listing the class", err)
		return
	}
	v := viewOf(q.r.URL.Query())
	base := q.c.Site.At(q.room.Base)
	d := classPage{
		Base: base, View: v, Said: saidText(q.in, q.r.URL.Query().Get("said")),
		Chart: newChart(q.in, here.all, here.listed), ListNote: q.listNote(here.noList), Partly: here.partly,
	}
	verdict, why := gradedHere(q.room, here.class)
	d.NotGraded, d.Unsure, d.GradingWhy = verdict == nowhere || verdict == without, verdict == unsure, why
	d.First = !slices.ContainsFunc(here.class, func(m course.Member) bool { return !m.Role.Practice() })
	for _, f := range filters() {
		link := view{Filter: f, Order: v.Order}
		d.Filters = append(d.Filters, filterLink{filterText(q.in, f), count(here.all, f), base + link.query(), f == v.Filter})
	}
	d.Link.Urgency, d.Link.Name = base+view{Filter: v.Filter}.query(), base+view{v.Filter, byName}.query()
	d.Link.CSV, d.Link.Reload = base+"/class.csv"+v.query(), base+v.query()
	for _, p := range q.inView(here.all, v) {
		d.Rows = append(d.Rows, q.row(p, v))
	}
	q.show("class", "Class", d)
}

func (q request) inView(all []person, v view) []person {
	picked := pick(all, v.Filter)
	sortPeople(picked, v.Order)
	return picked
}

// listNote tells softly that the platform's list is missing or not whole.
func (q request) listNote(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, errRosterTooLong):
		return say(q.in, "The course is very large: not everybody who has not opened the page is listed.")
	case errors.Is(err, errRosterSlow):
		return say(q.in, "Your learning platform is still gathering the names of the course. Refresh the page in a moment to see them.")
	}
	return say(q.in, "Your learning platform does not give the list of the course just now. Those who have not opened the page may be missing here.")
}

// csv is the class for a spreadsheet.
func (q request) csv() {
	here, err := q.everybody()
	if err != nil {
		q.broken("listing the class", err)
		return
	}
	var b bytes.Buffer
	if err := writeCSV(&b, q.in, q.inView(here.all, viewOf(q.r.URL.Query())), q.now); err != nil {
		q.broken("writing the table", err)
		return
	}
	h := q.w.Header()
	page.Protect(h)
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present") // RFC 4180, section 3
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "class-" + q.now.UTC().Format("2006-01-02") + ".csv"}))
	if q.r.Method != http.MethodHead {
		_, _ = q.w.Write(b.Bytes()) // the reader has gone: nobody to tell
	}
}
