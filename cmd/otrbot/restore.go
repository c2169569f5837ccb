package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"otrbot/internal/settings"
	"otrbot/internal/store"
)

func restoreCommand() *cobra.Command {
	var from storeFlags
	var keyFrom string
	c := &cobra.Command{
		Use:   "restore FILE",
		Short: "Put a backup in the place of the database",
		Long: `Put a backup in the place of the database, while no bot runs. The backup is checked
before anything is touched: whether it is whole, whether the key fits, whether this
otrbot knows its tables. The database that was there is set aside, not deleted.

The key is that of the settings. --key-from takes it from a copy, and puts it in its
place; another key that was there is set aside with its database.

What changed after the backup is lost: learners, secrets, steps in courses. Who was
erased since is there again: erase them once more. Grades that had not arrived when
the backup was made are compared with the gradebook before they are sent. Lessons
begin anew. Never let two bots run from one backup.

Exit codes: 0 all went well; 1 wrong arguments, or a file that is no backup, is
damaged, or needs another key or a newer otrbot; 2 the disk failed, or a bot runs;
3 a setting is wrong; 4 there are no settings. Except after 0 nothing has changed.`,
		Example: `  otrbot restore /var/backups/otrbot/today.db
  otrbot restore moved.db --key-from /media/safe/otrbot.key`,
	}
	from.on(c)
	c.Flags().StringVar(&keyFrom, "key-from", "", "take the key from this file, and put it in its place")
	return fileAction(c, func(c *cobra.Command, file string) error {
		s, err := from.store()
		if err != nil {
			return err
		}
		return restore(c, s, file, keyFrom)
	})
}

func restore(c *cobra.Command, s settings.Store, file, keyFrom string) error {
	key, err := backupKey(s, keyFrom)
	if err != nil {
		return err
	}
	done, err := store.Restore(c.Context(), store.Restoration{From: file, Key: key, To: s.URL, KeyFile: s.KeyFile, Now: time.Now()})
	switch {
	case errors.Is(err, store.ErrNoBackup), errors.Is(err, store.ErrCutShort), errors.Is(err, store.ErrBroken),
		errors.Is(err, store.ErrOtherKey), errors.Is(err, store.ErrNewer), errors.Is(err, store.ErrForeign):
		return err
	case err != nil:
		return unreadable(err)
	}
	if err := tell(c, "%s\n", restoredInWords(done)); err != nil {
		return err
	}
	for _, name := range done.Aside {
		if err := tell(c, "What was there before is now %s.\n", name); err != nil {
			return err
		}
	}
	note(c, "who was erased since the backup is there again: otrbot data erase erases them once more")
	return nil
}

// backupKey is the key that a backup is read with: a copy, or the one that is in its place.
func backupKey(s settings.Store, keyFrom string) (store.Key, error) {
	if keyFrom != "" {
		key, err := store.ExistingKey(keyFrom)
		if err != nil {
			return key, unreadable(err)
		}
		return key, nil
	}
	key, err := store.ExistingKey(s.KeyFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return key, fmt.Errorf("%w: give the copy of the key with --key-from", err)
	case err != nil:
		return key, unreadable(err)
	}
	return key, nil
}

func restoredInWords(done store.Restored) string {
	of := "a copy of unknown age"
	if !done.Made.IsZero() {
		of = "the backup of " + done.Made.Local().Format("2006-01-02 15:04:05 MST")
	}
	words := counted(nil, done.Learners, "learner on the list", "learners on the list")
	words = counted(words, done.Platforms, "platform", "platforms")
	words = counted(words, done.Parts, "part in a course", "parts in courses")
	words = counted(words, done.Grades, "grade that may not have arrived", "grades that may not have arrived")
	words = counted(words, done.Told, "lesson that begins anew", "lessons that begin anew")
	if len(words) == 0 {
		words = []string{"nothing in it"}
	}
	return fmt.Sprintf("Restored from %s: %s.", of, strings.Join(words, ", "))
}
