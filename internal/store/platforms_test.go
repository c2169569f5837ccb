package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/store"
	"otrbot/lti"
)

func isErr(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

func TestPlatformsComeBackAsTheyWere(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		c, s := put(t, d, campus()), put(t, d, school())
		all, err := d.Platforms(t.Context())
		must(t, err)
		same(t, "platforms", all, []course.Platform{c, s})

		p, err := d.Platform(t.Context(), c.ID)
		must(t, err)
		same(t, "by id", p, c)
		p, err = d.PlatformOfClient(t.Context(), "https://lms.example", "client")
		must(t, err)
		same(t, "by client", p, c)
		p, err = d.PlatformOfKey(t.Context(), "school-key")
		must(t, err)
		same(t, "by key", p, s)

		consumer, err := d.Consumer(t.Context(), "school-key")
		must(t, err)
		same(t, "consumer", consumer, *s.Consumer)
		for _, client := range []string{"", "client"} {
			registrations, err := d.Registrations(t.Context(), "https://lms.example", client)
			must(t, err)
			same(t, "registrations of client "+client, registrations, []lti.Registration{*c.Registration})
		}
	})
}

func TestWhatIsNotRegisteredIsNotFound(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		put(t, d, campus())
		put(t, d, school())
		_, err := d.Platform(t.Context(), 99)
		isErr(t, "id", err, course.ErrNone)
		_, err = d.PlatformOfKey(t.Context(), "client")
		isErr(t, "a client id as key", err, course.ErrNone)
		_, err = d.PlatformOfClient(t.Context(), "https://lms.example/", "client")
		isErr(t, "another issuer", err, course.ErrNone)
		_, err = d.Consumer(t.Context(), "School-Key")
		isErr(t, "key in another case", err, lti.ErrUnknown)
		for _, one := range [][2]string{{"https://lms.example", "other"}, {"https://other.example", ""}, {"", ""}, {"", "client"}} {
			all, err := d.Registrations(t.Context(), one[0], one[1])
			if len(all) > 0 || err != nil {
				t.Errorf("%q: %v, %v", one, all, err)
			}
		}
		isErr(t, "update", d.UpdatePlatform(t.Context(), 99, func(*course.Platform) error { return nil }), course.ErrNone)
		gone := campus()
		gone.ID, gone.Registration.ClientID = 99, "third"
		_, err = d.PutPlatform(t.Context(), gone)
		isErr(t, "replacing", err, course.ErrNone)
	})
}

func TestAPlatformIsRegisteredOnce(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		c, s := put(t, d, campus()), put(t, d, school())
		_, err := d.PutPlatform(t.Context(), campus())
		isErr(t, "the same client", err, course.ErrKnown)
		_, err = d.PutPlatform(t.Context(), school())
		isErr(t, "the same key", err, course.ErrKnown)

		other := campus() // another tenant of the same cloud
		other.Registration.ClientID = "client-2"
		other = put(t, d, other)
		all, err := d.Registrations(t.Context(), "https://lms.example", "")
		must(t, err)
		same(t, "registrations of the cloud", len(all), 2)

		isErr(t, "taking another's place", d.UpdatePlatform(t.Context(), other.ID, func(p *course.Platform) error {
			p.Registration.ClientID = "client"
			return nil
		}), course.ErrKnown)
		c.Name, s.Consumer.Key = "Campus of 2027", "new-key"
		for _, p := range []course.Platform{c, s} {
			id, err := d.PutPlatform(t.Context(), p)
			must(t, err)
			same(t, "id", id, p.ID)
		}
		all2, err := d.Platforms(t.Context())
		must(t, err)
		same(t, "platforms", all2, []course.Platform{c, s, other})
		_, err = d.PlatformOfKey(t.Context(), "school-key")
		isErr(t, "the old key", err, course.ErrNone)
		_, err = d.PutPlatform(t.Context(), course.Platform{Name: "neither"})
		if err == nil {
			t.Error("a platform that is nothing was kept")
		}
	})
}

func TestAFailedUpdateChangesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		p := put(t, d, campus())
		no := errors.New("no")
		isErr(t, "update", d.UpdatePlatform(t.Context(), p.ID, func(p *course.Platform) error { p.Name = "x"; return no }), no)
		got, err := d.Platform(t.Context(), p.ID)
		must(t, err)
		same(t, "platform", got, p)
	})
}

func TestOfManyUpdatesAtOnceNoneIsLost(t *testing.T) {
	dir := t.TempDir()
	handles := []*store.DB{openAt(t, dir, key(1)), openAt(t, dir, key(1))}
	p := put(t, handles[0], campus())
	const each = 20
	var all sync.WaitGroup
	for h, d := range handles {
		all.Go(func() {
			for i := range each {
				if err := d.UpdatePlatform(t.Context(), p.ID, func(p *course.Platform) error {
					p.Pending = append(p.Pending, fmt.Sprint(h, "-", i))
					return nil
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	got, err := handles[0].Platform(t.Context(), p.ID)
	must(t, err)
	same(t, "pending", len(got.Pending), 1+len(handles)*each)
}

func TestRemovingAPlatformErasesWhatCameFromIt(t *testing.T) {
	onEach(t, func(t *testing.T, d *store.DB) {
		c, s := put(t, d, campus()), put(t, d, school())
		must(t, d.PutLearner(t.Context(), ben))
		gone, stays := seated(t, d, c.ID, "ana", ann.JID), seated(t, d, s.ID, "cleo", "cleo@example.org")
		operators := seated(t, d, c.ID, "ben", ben.JID)
		must(t, d.PutSecret(t.Context(), ann.JID, []byte("rabbit")))
		must(t, d.PutVisit(t.Context(), course.Visit{Token: [32]byte{1}, Enrolment: gone.ID, Expires: noon.AddDate(1, 0, 0)}))
		earn(t, d, gone, 1, noon)
		earn(t, d, stays, 1, noon)

		removed, err := d.RemovePlatform(t.Context(), c.ID)
		must(t, err)
		same(t, "removed", removed, true)
		for _, e := range []course.Enrolment{gone, operators} {
			_, err = d.Enrolment(t.Context(), e.ID)
			isErr(t, "enrolment", err, course.ErrNone)
		}
		_, err = d.Visit(t.Context(), [32]byte{1}, noon)
		isErr(t, "visit", err, course.ErrNone)
		shared(t, d, ann, "")
		list, err := d.Learners(t.Context())
		must(t, err)
		same(t, "learners", list, []record.Learner{ben, {JID: "cleo@example.org", Locale: "nl", Source: record.FromCourse, Added: noon, Enrolment: stays.ID}})
		last := notes(t, d)
		same(t, "the last notes", last[len(last)-2:], []note{{ann.JID, record.NoteRemove, ""}, {ben.JID, record.NoteEnrolled, ""}})
		deliveries := claim(t, d, noon)
		if len(deliveries) != 1 || deliveries[0].Enrolment.ID != stays.ID {
			t.Errorf("grades: %+v", deliveries)
		}

		removed, err = d.RemovePlatform(t.Context(), c.ID)
		must(t, err)
		same(t, "removed twice", removed, false)
		isErr(t, "enrolling", func() error { _, err := d.Enrol(t.Context(), launch(c.ID, "ana"), noon); return err }(), course.ErrNone)
		if again := put(t, d, campus()); again.ID == c.ID {
			t.Error("an id was given twice")
		}
	})
}
