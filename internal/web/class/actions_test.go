package class_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"otrbot/gettext"
	"otrbot/internal/course"
	"otrbot/internal/record"
)

func number(e course.Enrolment) string { return strconv.FormatInt(e.ID, 10) }

func TestSendTheGradeAgain(t *testing.T) {
	w := newWorld(t)
	ann := w.enrol("u1", "Ann", at(record.StepDone, "", noon))
	ben := w.enrol("u2", "Ben", at(record.StepDone, "", noon))
	w.store.grades[ann.ID] = course.Grade{State: course.GradeRefused, Why: course.WhyNotAllowed}
	w.store.grades[ben.ID] = course.Grade{State: course.GradeConfirmed}
	if r := w.get(""); strings.Count(r.text, "Send the grade again") != 1 {
		t.Errorf("not one button: %s", r.text)
	} else {
		r.says(t, "Send the grade again for Ann")
	}

	r := w.post("/resend", url.Values{"id": {number(ann)}, "show": {"late"}})
	if to := r.Header.Get("Location"); r.StatusCode != http.StatusSeeOther || to != "/otr/t/TOKEN?said=resent&show=late" {
		t.Errorf("%d to %s", r.StatusCode, to)
	}
	w.get("?said=resent&show=late").says(t, "on its way again")
	r = w.post("/resend", url.Values{"id": {number(ann)}, "from": {"learner"}})
	if to := r.Header.Get("Location"); to != "/otr/t/TOKEN/learner?id="+number(ann)+"&said=resent" {
		t.Errorf("to %s", to)
	}
	r = w.post("/resend", url.Values{"id": {number(ben)}})
	if to := r.Header.Get("Location"); to != "/otr/t/TOKEN?said=not-resent" {
		t.Errorf("to %s", to)
	}
	w.get("?said=not-resent").says(t, "no grade that could be sent again")
	w.get("?said=<b>anything").saysNot(t, "anything")
	if got := strings.Join(w.store.done, ", "); got != "resend 2, resend 2, resend 3" {
		t.Error(got)
	}
}

func TestLearnersPage(t *testing.T) {
	w := newWorld(t)
	ann := w.enrol("u1", "Ann", at(record.StepEncrypted, record.TroubleDiffers, noon))
	r := w.get("/learner?show=stuck&id=" + number(ann))
	r.says(t, "Ann", "Stuck", "did not enter the same secret", "same capitals and spaces",
		"Chats encrypted reached", "Verified the bot not yet", "None yet", "Free the address", "Forget this learner")
	if !strings.Contains(r.raw, `href="/otr/t/TOKEN?show=stuck"`) {
		t.Error("the way back forgets what was looked at")
	}

	w.post("/free", url.Values{"id": {number(ann)}, "from": {"learner"}})
	w.get("/learner?said=freed&id="+number(ann)).says(t, "The address is free")

	r = w.get("/forget?id=" + number(ann))
	r.says(t, "Forget Ann ?", "cannot be undone", "stays there")
	if len(w.store.done) != 1 {
		t.Errorf("asking has done something: %v", w.store.done)
	}
	r = w.post("/forget", url.Values{"id": {number(ann)}, "from": {"learner"}})
	if to := r.Header.Get("Location"); to != "/otr/t/TOKEN?said=forgotten" {
		t.Errorf("to %s", to)
	}
	if got := strings.Join(w.store.done, ", "); got != "release 2, forget 2" {
		t.Error(got)
	}
}

func TestNoButtonByGet(t *testing.T) {
	w := newWorld(t)
	ann := w.enrol("u1", "Ann", at(record.StepDone, "", noon))
	for _, act := range []string{"/resend", "/free", "/practice", "/language"} {
		if r := w.get(act + "?id=" + number(ann)); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", act, r.StatusCode)
		}
	}
	if len(w.store.done) != 0 {
		t.Error(w.store.done)
	}
}

func TestTeachersOwnTry(t *testing.T) {
	w := newWorld(t)
	r := w.post("/practice", nil)
	if r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/otr/a/TOKEN" {
		t.Errorf("%d to %s", r.StatusCode, r.Header.Get("Location"))
	}
	// The teacher sees it, and cannot erase what this very visit hangs on.
	own := w.store.enrolments[w.room.Enrolment.ID]
	at(record.StepChatting, "", noon)(&own)
	w.store.enrolments[own.ID] = own
	w.get("/learner?id="+number(own)).saysNot(t, "Forget this learner")
	if r := w.post("/forget", url.Values{"id": {number(own)}}); r.StatusCode != http.StatusNotFound || len(w.store.done) != 0 {
		t.Errorf("%d %v", r.StatusCode, w.store.done)
	}
}

func TestChooseALanguage(t *testing.T) {
	po := "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n\nmsgid \"Your class\"\nmsgstr \"الصف\"\n"
	file, err := gettext.ReadPO(strings.NewReader(po))
	if err != nil {
		t.Fatal(err)
	}
	arabic, err := gettext.NewCatalogue("ar", file)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, arabic)
	r := w.get("")
	r.says(t, "Your class", "Change language")
	r = w.post("/language", url.Values{"locale": {"ar"}})
	if r.Header.Get("Location") != "/otr/t/TOKEN" || strings.Join(w.store.done, "") != "locale 1 ar" {
		t.Errorf("%s %v", r.Header.Get("Location"), w.store.done)
	}
	w.post("/language", url.Values{"locale": {"xx"}})
	if len(w.store.done) != 1 {
		t.Error("a language that there is not was kept")
	}
	w.room.Enrolment.Locale = "ar"
	r = w.get("")
	r.says(t, "الصف")
	if !strings.Contains(r.raw, `lang="ar" dir="rtl"`) || !strings.Contains(r.raw, `<text x="100%"`) {
		t.Error("the page, or its chart, reads from left to right")
	}
}
