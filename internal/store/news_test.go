package store_test

import (
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/store"
)

func TestPagesHearWhatIsWritten(t *testing.T) {
	dir := t.TempDir()
	web, bot := openAt(t, dir, key(1)), openAt(t, dir, key(1))
	ids, version, err := web.EnrolmentsChanged(t.Context(), 0)
	must(t, err)
	if len(ids) > 0 || version == 0 {
		t.Fatalf("at first: %v, %d", ids, version)
	}
	p := put(t, web, campus())
	e := enrol(t, web, launch(p.ID, "ana"), noon)
	other := enrol(t, web, launch(p.ID, "ida"), noon)
	hears := func(what string, want ...int64) {
		t.Helper()
		ids, now, err := web.EnrolmentsChanged(t.Context(), version)
		must(t, err)
		same(t, what, ids, want)
		if now < version || len(want) > 0 && now == version {
			t.Errorf("%s: version %d after %d", what, now, version)
		}
		version = now
	}
	hears("launches", e.ID, other.ID)
	hears("nothing")
	must(t, web.ClaimAddress(t.Context(), e.ID, ann.JID, noon))
	hears("an address", e.ID)
	heard(t, bot)
	progress := func(step record.Step) {
		_, err := bot.Commit(t.Context(), record.Change{JID: ann.JID, Session: []byte("s"), Progress: &record.Progress{Step: step}})
		must(t, err)
	}
	progress(record.StepChatting)
	progress(record.StepEncrypted)
	hears("the bot, twice", e.ID)
	must(t, web.SetLocale(t.Context(), other.ID, "fr"))
	progress(record.StepVerified)
	hears("both", other.ID, e.ID)
	earn(t, bot, known(t, web, e.ID), 1, noon)
	hears("a grade", e.ID)
	g := claim(t, bot, noon)[0].Grade
	hears("a claim")
	g.State = course.GradeRefused
	must(t, bot.SettleGrade(t.Context(), g, noon))
	hears("what became of it", e.ID)
	_, err = web.ResendGrade(t.Context(), e.ID, noon)
	must(t, err)
	hears("sent again", e.ID)
	must(t, web.PutVisit(t.Context(), course.Visit{Token: [32]byte{1}, Enrolment: e.ID, Expires: noon.AddDate(1, 0, 0)}))
	_, err = web.Visit(t.Context(), [32]byte{1}, noon.Add(time.Hour))
	must(t, err)
	hears("a page that is looked at") // else it would tell itself
	_, err = bot.ForgetEnrolment(t.Context(), other.ID)
	must(t, err)
	hears("somebody was erased", other.ID)
	must(t, bot.SweepCourse(t.Context(), noon, 0))
	hears("nothing more")
	_, fresh, err := web.EnrolmentsChanged(t.Context(), 0)
	must(t, err)
	same(t, "the present version", fresh, version)
}

func TestProgressIsMergedIntoTheEnrolmentThatHasTheAddress(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		e := seated(t, d, put(t, d, campus()).ID, "ana", ann.JID)
		heard(t, d)
		tell := func(jid string, p record.Progress) {
			_, err := d.Commit(t.Context(), record.Change{JID: jid, Session: []byte("s"), Progress: &p})
			must(t, err)
		}
		whole := record.Progress{Step: record.StepVerified, Best: record.StepCode, Trouble: record.TroubleWrongCode, Client: "gajim", Since: noon,
			Active: noon.Add(1), Ended: true, Fingerprint: "ABCD", Answer: record.Answer{Note: 7, Verdict: record.VerdictWrong, Left: -2}}
		tell(ann.JID, whole)
		tell(ben.JID, record.Progress{Step: record.StepDone}) // belongs to nobody
		want := whole
		want.Best = record.StepVerified // the store's own, from Step
		same(t, "progress", known(t, d, e.ID).Progress, want)
		tell(ann.JID, record.Progress{Step: record.StepChatting})
		same(t, "best", known(t, d, e.ID).Progress, record.Progress{Step: record.StepChatting, Best: record.StepVerified, Client: "gajim", Answer: whole.Answer})
	})
}
