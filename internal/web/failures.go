package web

import (
	"net/http"

	"otrbot/internal/web/page"
)

// What can go wrong with a page beside a launch.
var (
	noSuchPage = page.Failure{
		Status: http.StatusNotFound,
		Title:  "There is no such page",
		Next:   "Open the activity from your course: it leads to the right place.",
	}
	foreignForm = page.Failure{
		Status: http.StatusForbidden,
		Title:  "This form did not come from our own page",
		What:   "Another site sent it, or your browser did not say where it came from. Nothing was changed.",
		Next:   "Open the activity from your course again, and fill in the form there.",
	}
	visitOver = page.Failure{
		Status: http.StatusGone,
		Title:  "This page has expired",
		What:   "It is only for whoever opened the activity, in that browser, and for a limited time. What you have done so far is kept.",
		Next:   "Open the activity from your course again: it goes on where you were.",
	}
	staffOnly = page.Failure{
		Status: http.StatusForbidden,
		Title:  "This page is for teachers",
		What:   "It shows the whole class, and the course says that you take part as a learner.",
		Next:   "Open the activity from your course again to go on with your own lesson.",
	}
	storeFailed = page.Failure{
		Status: http.StatusInternalServerError,
		Title:  "Something went wrong on our side",
		What:   "It is nothing that you did, and what was saved before is still there.",
		Next:   "Wait a minute, then open the activity from your course again. If that does not help, tell your teacher.",
	}
	tooMany = page.Failure{
		Status: http.StatusTooManyRequests,
		Title:  "Too many at once",
		What:   "Very many people are opening the activity from your network at this moment.",
		Next:   "Wait a minute, then open the activity from your course again.",
	}
	badForm = page.Failure{
		Status: http.StatusBadRequest,
		Title:  "This form could not be read",
		What:   "It was longer than we accept, or was cut off on the way. Nothing was changed.",
		Next:   "Open the activity from your course again, and fill in the form once more.",
	}
)
