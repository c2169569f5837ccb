package class

import (
	"net/http"

	"otrbot/gettext"
	"otrbot/internal/web/page"
)

// fail answers with the page that explains what went wrong.
func (q request) fail(f page.Failure) {
	f.In = q.in
	if len(f.Links) == 0 && f.Status != http.StatusForbidden {
		f.Links = []page.Link{{Text: "Back to the class", URL: q.c.Site.At(q.room.Base)}}
	}
	q.c.Site.Fail(q.w, q.r, f)
}

func (q request) forbidden() {
	id := page.NewID(q.c.Rand)
	q.c.Log.Warn("a page of a class was refused", "reason", "not-staff", "id", id)
	q.fail(page.Failure{
		Status: http.StatusForbidden, ID: id,
		Title: "This page is for teachers",
		What:  "Your learning platform has not opened it for you as a teacher of this course.",
		Next:  "Open the activity from your course again. If you teach there, ask the administrator to make you a teacher of the course.",
	})
}

func (q request) missing() {
	q.fail(page.Failure{
		Status: http.StatusNotFound,
		Title:  "There is no such page",
		Next:   "Go back to the class.",
	})
}

// noLearner answers alike for a learner of another class and for one that never was: which of both is nobody's business.
func (q request) noLearner() {
	q.fail(page.Failure{
		Status: http.StatusNotFound,
		Title:  "This learner is not in the class",
		What:   "Perhaps the learner was forgotten meanwhile.",
		Next:   "Go back to the class and look at the list.",
	})
}

// broken is for what our own store or keys did not do.
func (q request) broken(doing string, err error) { q.Class.broken(q.w, q.r, q.in, doing, err) }

// refuse is for requests outside of a room.
func (c *Class) refuse(w http.ResponseWriter, r *http.Request, f page.Failure, detail string) {
	f.ID = page.NewID(c.c.Rand)
	c.c.Log.Warn("a request was refused", "reason", string(f.Title), "detail", detail, "id", f.ID)
	c.c.Site.Fail(w, r, f)
}

func (c *Class) broken(w http.ResponseWriter, r *http.Request, in *gettext.Catalogue, doing string, err error) {
	id := page.NewID(c.c.Rand)
	c.c.Log.Error("a page failed", "doing", doing, "err", err, "id", id)
	c.c.Site.Fail(w, r, page.Failure{
		Status: http.StatusInternalServerError, In: in, ID: id,
		Title: "That did not work",
		What:  "The fault is ours. Nothing was changed.",
		Next:  "Try again in a minute.",
	})
}
