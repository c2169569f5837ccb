package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"otrbot/internal/record"
	"otrbot/internal/settings"
	"otrbot/internal/store"
)

// storeFlags say which store a command opens: that of the settings, or another.
type storeFlags struct{ config, url, keyFile string }

func (f *storeFlags) on(c *cobra.Command) {
	c.PersistentFlags().StringVar(&f.config, "config", "", "settings file (default: the first of the usual places)")
	c.PersistentFlags().StringVar(&f.url, "store", "", "database, sqlite:///PATH (default: that of the settings)")
	c.PersistentFlags().StringVar(&f.keyFile, "key-file", "", "key of the database (default: that of the settings)")
}

// learnerStore is an open store, with what the settings say about learners.
type learnerStore struct {
	db       *store.DB
	settings *settings.Settings // nothing in it when flags stand for the settings
}

// with runs f on the store.
func (f *storeFlags) with(c *cobra.Command, run func(*learnerStore) error) error {
	if c.Context() == nil {
		c.SetContext(context.Background())
	}
	s := &learnerStore{settings: &settings.Settings{Store: settings.Store{URL: f.url, KeyFile: f.keyFile}}}
	if f.url == "" || f.keyFile == "" {
		var err error
		if s.settings, err = settings.Load(f.source()); err != nil {
			return err
		}
	}
	db, err := openStore(c.Context(), s.settings.Store)
	if err != nil {
		return &failure{err}
	}
	s.db = db
	err = run(s)
	if closed := db.Close(); closed != nil && err == nil {
		err = &failure{closed}
	}
	return err
}

func (f *storeFlags) source() settings.Source {
	src := settings.Source{Path: f.config, Environ: os.Environ(), Outside: true}
	if f.url != "" {
		src.Flags = append(src.Flags, settings.Override{Flag: "--store", Key: "store.url", Value: f.url})
	}
	if f.keyFile != "" {
		src.Flags = append(src.Flags, settings.Override{Flag: "--key-file", Key: "store.key_file", Value: f.keyFile})
	}
	return src
}

// openStore opens the store of the settings; key and database are made where there are none.
func openStore(ctx context.Context, s settings.Store) (*store.DB, error) {
	key, err := store.ReadKeyFor(s.KeyFile, s.URL)
	var db *store.DB
	if err == nil {
		db, err = store.Open(ctx, s.URL, key)
	}
	if err != nil {
		return nil, withRemedy(err)
	}
	return db, nil
}

// inSettings reports whether the settings list the learner.
func (s *learnerStore) inSettings(jid string) bool {
	return slices.ContainsFunc(s.settings.Learners, func(l settings.Learner) bool { return l.JID == jid })
}

// learners returns those of the settings and then those of the store. After an error of a damaged row it has the others.
func (s *learnerStore) learners(ctx context.Context) ([]record.Learner, error) {
	var all []record.Learner
	for _, l := range s.settings.Learners {
		all = append(all, record.Learner{JID: l.JID, Locale: l.Locale, Source: record.FromSettings})
	}
	chosen, err := s.db.Choices(ctx)
	for i, l := range all {
		all[i].Locale = cmp.Or(chosen[l.JID], l.Locale)
	}
	kept, damaged := s.db.Learners(ctx)
	err = errors.Join(err, damaged)
	for _, l := range kept {
		if !s.inSettings(l.JID) {
			all = append(all, l)
		}
	}
	if err != nil {
		err = &failure{err}
	}
	return all, err
}

func (s *learnerStore) find(ctx context.Context, jid string) (l record.Learner, known bool, err error) {
	all, err := s.learners(ctx)
	if i := slices.IndexFunc(all, func(l record.Learner) bool { return l.JID == jid }); i >= 0 {
		return all[i], true, err
	}
	return record.Learner{}, false, err
}
