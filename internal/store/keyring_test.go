package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"otrbot/internal/store"
	"otrbot/lti"
)

func ids(r lti.KeyRing) []string { return []string{r.Previous.ID(), r.Current.ID(), r.Next.ID()} }

func TestKeysAreMadeOnceAndRotated(t *testing.T) {
	handles := twoHandles(t)
	made := make(chan lti.KeyRing)
	for _, d := range handles {
		go func() {
			r, err := d.KeyRing(t.Context())
			if err != nil {
				t.Error(err)
			}
			made <- r
		}()
	}
	first := <-made
	same(t, "keys of the other", ids(<-made), ids(first))
	if first.Current.ID() == "" || first.Next.ID() == "" || first.Previous.ID() != "" {
		t.Errorf("first: %q", ids(first))
	}
	since, err := handles[0].KeysSince(t.Context())
	must(t, err)

	_, err = handles[1].RotateKeys(t.Context(), since.Add(24*time.Hour-1), 24*time.Hour)
	fresh := (*store.FreshKeys)(nil)
	if !errors.As(err, &fresh) || !fresh.Since.Equal(since) {
		t.Errorf("too early: %v", err)
	}
	later := since.Add(24 * time.Hour)
	second, err := handles[1].RotateKeys(t.Context(), later, 24*time.Hour)
	must(t, err)
	same(t, "what was next signs", ids(second)[:2], ids(first)[1:])
	again, err := handles[0].KeyRing(t.Context())
	must(t, err)
	same(t, "keys in the other process", ids(again), ids(second))
	pem, err := again.Current.PEM()
	must(t, err)
	if before, err := first.Next.PEM(); err != nil || before != pem {
		t.Errorf("the key has changed on the way: %v", err)
	}
	_, err = handles[0].RotateKeys(t.Context(), later, 24*time.Hour)
	if !errors.As(err, &fresh) {
		t.Errorf("twice: %v", err)
	}
	if text := fmt.Sprintf("%v %+v %#v", again, again, again); strings.Contains(text, "PRIVATE") {
		t.Error("a key is printed")
	}

	replaced, err := handles[0].ReplaceKeys(t.Context(), later)
	must(t, err)
	for _, id := range ids(replaced)[1:] {
		for _, old := range ids(second) {
			if id == old {
				t.Error("a replaced key is still there")
			}
		}
	}
}

func TestOfTwoRotationsAtOnceOneIsRefused(t *testing.T) {
	handles := twoHandles(t)
	_, err := handles[0].KeyRing(t.Context())
	must(t, err)
	since, err := handles[0].KeysSince(t.Context())
	must(t, err)
	done := make(chan error)
	for _, d := range handles {
		go func() {
			_, err := d.RotateKeys(t.Context(), since.Add(24*time.Hour), 24*time.Hour)
			done <- err
		}()
	}
	first, second := <-done, <-done
	fresh := (*store.FreshKeys)(nil)
	if errors.As(first, &fresh) == errors.As(second, &fresh) {
		t.Errorf("%v, %v", first, second)
	}
}

func TestDamagedKeysAreNotReplacedByThemselves(t *testing.T) {
	dir := t.TempDir()
	d := openAt(t, dir, key(1))
	_, err := d.KeyRing(t.Context())
	must(t, err)
	must(t, d.Close())
	raw(t, dir, "UPDATE kept SET sealed = substr(sealed, 1, 20) || x'00000000' || substr(sealed, 25) WHERE name = 'lti keys'")
	d = openAt(t, dir, key(1))
	if since, err := d.KeysSince(t.Context()); err == nil {
		t.Errorf("since %v", since)
	}
	for range 2 {
		if _, err := d.KeyRing(t.Context()); err == nil || !strings.Contains(err.Error(), "otrbot lti keys replace") {
			t.Errorf("damaged: %v", err)
		}
	}
	_, err = d.ReplaceKeys(t.Context(), noon)
	must(t, err)
	_, err = d.KeyRing(t.Context())
	must(t, err)
}
