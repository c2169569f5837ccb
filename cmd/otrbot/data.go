package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"otrbot/internal/course"
	"otrbot/internal/store"
)

func dataCommand() *cobra.Command {
	var from storeFlags
	c := &cobra.Command{
		Use:   "data",
		Short: "Show or erase everything that is kept of somebody",
		Long: `Show or erase everything that is kept of one address: the learner, parts in courses
with progress and grades, session, secret, and what waits. Also while the bot runs.
Parts of the same person that have no address any more belong to it.

What backups, logs and other people's servers may hold is in docs/privacy.md.

The database is the one that the settings name; --store and --key-file together
stand for the settings.

Exit codes: 0 all went well; 1 wrong arguments, or nothing is kept of the address,
or a grade is still on its way; 2 the database failed, or some of it is damaged;
3 a setting is wrong; 4 there are no settings.`,
		Example: `  (umask 077; otrbot data export ana@example.org > ana.json)
  otrbot data erase ana@example.org`,
	}
	from.on(c)
	c.AddCommand(dataExportCommand(&from), dataEraseCommand(&from))
	return group(c)
}

func dataEraseCommand(from *storeFlags) *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:   "erase JID [--yes]",
		Short: "Erase everything that is kept of an address",
		Long: `Erase at once everything that otrbot data export shows, and tell the bot, which ends
the session and takes the address out of its contacts.

A grade that has not arrived yet would be lost: it is named, and nothing is erased
without --yes. A grade that has arrived stays with the course's platform. Who opens
the activity again begins anew.`,
		Example: `  otrbot data erase ana@example.org
  otrbot data erase ana@example.org --yes`,
	}
	c.Flags().BoolVar(&yes, "yes", false, "erase also grades that have not arrived yet")
	return learnerAction(c, from, func(c *cobra.Command, s *learnerStore, jid string) error {
		all, err := s.db.EraseData(c.Context(), jid, yes)
		switch {
		case errors.Is(err, store.ErrOnItsWay):
			return gradesOnTheirWay(c, all)
		case err != nil:
			return &failure{err}
		case all.None():
			return s.nothingKept(jid, all)
		}
		if err := tell(c, "Erased of %s: %s.\nThe bot hears of it: now if it runs, else when it starts.\n", jid, strings.Join(inWords(all), ", ")); err != nil {
			return err
		}
		if s.inSettings(jid) {
			note(c, "%s is still listed in %s: take them out there, or they can begin again", jid, s.settings.File)
		}
		for _, other := range all.Elsewhere {
			note(c, "the same person takes part with %s too, of which nothing is erased", other)
		}
		for _, name := range s.db.Copies() {
			note(c, "%s is the database as it was once, and is not changed: delete it when you need it no more", name)
		}
		return nil
	})
}

// gradesOnTheirWay names the grades that an erasure would lose.
func gradesOnTheirWay(c *cobra.Command, all store.Data) error {
	for _, p := range all.OnTheirWay() {
		for _, g := range p.Grades {
			if g.State.Open() {
				c.PrintErrf("Still on its way: %.0f %% for %s, %s.\n", 100*g.Score, partName(p), onItsWay(g))
			}
		}
	}
	return errors.New("nothing is erased: such a grade would be lost. Wait until it has arrived (otrbot lti outbox shows why it has not), or erase it too with --yes")
}

func partName(p store.Part) string {
	var names []string
	for _, one := range []string{p.Title, p.Course, p.On} {
		if one != "" {
			names = append(names, fmt.Sprintf("%q", printable(one)))
		}
	}
	if len(names) == 0 {
		return fmt.Sprintf("enrolment %d", p.ID)
	}
	return strings.Join(names, " of ")
}

func onItsWay(g course.Grade) string {
	switch {
	case g.State == course.GradeDoubtful:
		return "sent without an answer, so it may have arrived"
	case g.Why != "":
		return whyWords(g.Why)
	}
	return "about to be sent"
}

// nothingKept is an address of which the database has nothing.
func (s *learnerStore) nothingKept(jid string, all store.Data) error {
	text := "nothing is kept of " + jid
	if all.Ending {
		text += " but a note that the bot will read: that it is erased"
	}
	if s.inSettings(jid) {
		text += fmt.Sprintf("; the line in %s is yours to take out", s.settings.File)
	}
	return errors.New(text)
}

// inWords says what there is.
func inWords(all store.Data) (words []string) {
	if all.Learner != nil {
		words = append(words, "the place on the list of learners")
	}
	if all.Chosen != "" {
		words = append(words, "the language that was chosen")
	}
	grades, visits := 0, int64(0)
	for _, p := range all.Parts {
		grades += len(p.Grades)
		visits += p.Visits
	}
	words = counted(words, int64(len(all.Parts)), "part in a course", "parts in courses")
	words = counted(words, int64(grades), "grade", "grades")
	words = counted(words, visits, "visit", "visits")
	if all.Session {
		words = append(words, "the session")
	}
	if all.Secret {
		words = append(words, "the secret")
	}
	words = counted(words, all.Notes, "note for the bot", "notes for the bot")
	words = counted(words, all.Inbox+all.Outbox, "stanza that waited", "stanzas that waited")
	return counted(words, all.Damaged, "damaged value", "damaged values")
}

func counted(words []string, n int64, one, many string) []string {
	switch n {
	case 0:
		return words
	case 1:
		many = one
	}
	return append(words, fmt.Sprintf("%d %s", n, many))
}
