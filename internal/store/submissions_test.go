package store_test

import (
	"encoding/json"
	"testing"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/store"
)

func TestASecretIsOfferedOnThePage(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		p := put(t, d, campus())
		ida := enrol(t, d, launch(p.ID, "ida"), noon)
		isErr(t, "without an address", d.OfferSecret(t.Context(), ida.ID, []byte("rabbit"), true, noon), course.ErrNone)
		isErr(t, "for nobody", d.OfferSecret(t.Context(), 99, []byte("rabbit"), true, noon), course.ErrNone)

		e := seated(t, d, p.ID, "ana", ann.JID)
		heard(t, d)
		has := func(want bool) {
			t.Helper()
			got, err := d.HasSecret(t.Context(), e.ID)
			must(t, err)
			same(t, "has a secret", got, want)
		}
		has(false)
		must(t, d.OfferSecret(t.Context(), e.ID, []byte("1234"), false, noon))
		must(t, d.OfferSecret(t.Context(), e.ID, []byte("12345"), false, noon))
		has(false)
		shared(t, d, ann, "")
		same(t, "notes of weak ones", notes(t, d), []note{{ann.JID, record.NoteWeakSecret, "12345"}})
		must(t, d.OfferSecret(t.Context(), e.ID, []byte("hollow melons"), true, noon))
		has(true)
		shared(t, d, ann, "hollow melons")
		same(t, "notes of a strong one", heard(t, d), []note{{ann.JID, record.NoteSecret, ""}})
		must(t, d.OfferSecret(t.Context(), e.ID, []byte("1234"), false, noon))
		shared(t, d, ann, "hollow melons")

		// A weak one that the bot has not heard of does not spare the one that is used up.
		_, err := d.Commit(t.Context(), record.Change{JID: ann.JID, ForgetSecret: true})
		must(t, err)
		has(false)
		_, err = d.ResetLearner(t.Context(), ann.JID)
		must(t, err)
		same(t, "notes after a reset", heard(t, d), []note{{ann.JID, record.NoteReset, ""}})
	})
}

func TestACodeReachesTheBotAsItWasTyped(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		p := put(t, d, campus())
		_, err := d.Submit(t.Context(), enrol(t, d, launch(p.ID, "ida"), noon).ID, record.NoteCode, "x", noon)
		isErr(t, "without an address", err, course.ErrNone)
		e := seated(t, d, p.ID, "ana", ann.JID)
		heard(t, d)
		for _, text := range []string{"4711 ", "“é” <b>\"\\ \u2028"} {
			id, err := d.Submit(t.Context(), e.ID, record.NoteCode, text, noon)
			must(t, err)
			list, err := d.Notes(t.Context())
			must(t, err)
			last := list[len(list)-1]
			var s record.Submission
			must(t, json.Unmarshal(last.Data, &s))
			same(t, "note", []any{last.ID, last.JID, last.Kind, s}, []any{id, ann.JID, record.NoteCode, record.Submission{Enrolment: e.ID, Text: text}})
		}
	})
}

func TestTriesAreLimited(t *testing.T) {
	const limit = 30
	tests := map[string]func(t *testing.T, d *store.DB, e course.Enrolment, now time.Time) error{
		"codes": func(t *testing.T, d *store.DB, e course.Enrolment, now time.Time) error {
			_, err := d.Submit(t.Context(), e.ID, record.NoteCode, "4711", now)
			return err
		},
		"fingerprints": func(t *testing.T, d *store.DB, e course.Enrolment, now time.Time) error {
			_, err := d.Submit(t.Context(), e.ID, record.NoteFingerprint, "4711", now)
			return err
		},
		"weak secrets": func(t *testing.T, d *store.DB, e course.Enrolment, now time.Time) error {
			return d.OfferSecret(t.Context(), e.ID, []byte("x"), false, now)
		},
		"strong secrets": func(t *testing.T, d *store.DB, e course.Enrolment, now time.Time) error {
			return d.OfferSecret(t.Context(), e.ID, []byte("x"), true, now)
		},
		"addresses that are taken": func(t *testing.T, d *store.DB, e course.Enrolment, now time.Time) error {
			err := d.ClaimAddress(t.Context(), e.ID, ben.JID, now)
			if err == nil {
				t.Error("was not taken")
			}
			if err != course.ErrTaken {
				return err
			}
			return nil
		},
	}
	for name, try := range tests {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, d *store.DB) {
				p := put(t, d, campus())
				begun := noon.Add(-2 * time.Hour)
				e, other := enrol(t, d, launch(p.ID, "ana"), begun), seated(t, d, p.ID, "ben", ben.JID)
				must(t, d.ClaimAddress(t.Context(), e.ID, ann.JID, begun))
				enrol(t, d, launch(p.ID, "ben"), noon.Add(time.Minute)) // is busy
				for i := range limit {
					must(t, try(t, d, e, noon.Add(time.Duration(i)*time.Second)))
				}
				before := len(notes(t, d))
				for range 3 { // those that are refused do not count
					isErr(t, "one more", try(t, d, e, noon.Add(time.Hour-time.Second)), course.ErrTooMany)
				}
				same(t, "notes of those refused", len(notes(t, d)), before)
				must(t, try(t, d, e, noon.Add(time.Hour)))
				isErr(t, "and one more", try(t, d, e, noon.Add(time.Hour)), course.ErrTooMany)
				must(t, d.OfferSecret(t.Context(), other.ID, []byte("x"), true, noon)) // somebody else's are not counted
			})
		})
	}
}

func TestTheLimitIsOneForAllProcesses(t *testing.T) {
	dir := t.TempDir()
	handles := []*store.DB{openAt(t, dir, key(1)), openAt(t, dir, key(1))}
	e := seated(t, handles[0], put(t, handles[0], campus()).ID, "ana", ann.JID)
	done := make(chan int)
	for _, d := range handles {
		go func() {
			n := 0
			for range 40 {
				if _, err := d.Submit(t.Context(), e.ID, record.NoteCode, "4711", noon); err == nil {
					n++
				}
			}
			done <- n
		}()
	}
	same(t, "tries", <-done+<-done, 30)
}
