package store_test

import (
	"testing"

	"otrbot/internal/record"
	"otrbot/internal/store"
)

// chosen checks what learners of the settings have chosen.
func chosen(t *testing.T, d *store.DB, when string, want map[string]string) {
	t.Helper()
	got, err := d.Choices(t.Context())
	must(t, err)
	same(t, when, got, want)
}

// speaks is the choice of a language in the chat.
func speaks(t *testing.T, d *store.DB, jid, locale string) {
	t.Helper()
	_, err := d.Commit(t.Context(), record.Change{JID: jid, Locale: locale})
	must(t, err)
}

func TestAChoiceStandsUntilTheSettingsSayOtherwise(t *testing.T) {
	dir := t.TempDir()
	d := openAt(t, dir, key(1))
	name := func(list ...record.Learner) { t.Helper(); must(t, d.NameLearners(t.Context(), list)) }
	dutch := func(jid string) record.Learner { return record.Learner{JID: jid, Locale: "nl"} }
	none := map[string]string{}

	speaks(t, d, ben.JID, "fr")
	chosen(t, d, "of nobody whom the settings name", none)
	name(dutch(ann.JID), ben)
	speaks(t, d, ann.JID, "fr")
	speaks(t, d, ben.JID, "de")
	both := map[string]string{ann.JID: "fr", ben.JID: "de"}
	chosen(t, d, "when chosen", both)
	must(t, d.Close())
	d = openAt(t, dir, key(1))
	name(dutch(ann.JID), ben)
	chosen(t, d, "in the next process", both)
	name(record.Learner{JID: ann.JID}, dutch(ben.JID))
	chosen(t, d, "when one language has gone and another has come", map[string]string{ann.JID: "fr"})
	name(dutch(ann.JID))
	chosen(t, d, "when it is back", none)
	speaks(t, d, ann.JID, "fr")
	name(ben)
	chosen(t, d, "without the learner", none)
}

func TestAChoiceGoesWithTheLearner(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		must(t, d.NameLearners(t.Context(), []record.Learner{ann, ben}))
		speaks(t, d, ann.JID, "fr")
		speaks(t, d, ben.JID, "fr")
		found, err := d.ResetLearner(t.Context(), ann.JID)
		must(t, err)
		chosen(t, d, "after a reset", map[string]string{ann.JID: "fr", ben.JID: "fr"})
		same(t, "found", found, true)
		found, err = d.RemoveLearner(t.Context(), ann.JID)
		must(t, err)
		same(t, "found", found, true)
		all, err := d.EraseData(t.Context(), ben.JID, false)
		must(t, err)
		same(t, "erased", all.Chosen, "fr")
		chosen(t, d, "in the end", map[string]string{})
	})
}

func TestADamagedChoiceIsSetAside(t *testing.T) {
	dir := t.TempDir()
	d := openAt(t, dir, key(1))
	must(t, d.NameLearners(t.Context(), []record.Learner{ann, ben}))
	speaks(t, d, ann.JID, "fr")
	speaks(t, d, ben.JID, "fr")
	raw(t, dir, "UPDATE choice SET sealed = x'00' WHERE id = (SELECT min(id) FROM choice)")
	isDamaged(t, d.NameLearners(t.Context(), []record.Learner{ann, ben}), "choose their language again")
	chosen(t, d, "left", map[string]string{ben.JID: "fr"})
}
