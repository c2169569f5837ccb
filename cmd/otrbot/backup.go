package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"otrbot/internal/settings"
	"otrbot/internal/store"
)

func backupCommand() *cobra.Command {
	var from storeFlags
	var keyTo string
	c := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the database, also while the bot runs",
		Long: `Copy the database into a new file that only you can read, also while the bot runs.
The copy is checked, and on the disk when the command ends. Nothing is overwritten.

It is sealed with the database's key, which is not in it: without the key it is
worthless. --key-to copies the key too; once is enough, it does not change. Keep it
where the backups are not: whoever has both can read them.

Learners, secrets, courses, grades and our keys for LTI are in the copy. Sessions
are not: who was in a lesson begins it anew after otrbot restore. Who is erased
later is still in it: throw old backups away.

The database is the one that the settings name; --store and --key-file together
stand for the settings.

Exit codes: 0 all went well; 1 wrong arguments, or a file is in the way; 2 the
database or the disk failed; 3 a setting is wrong; 4 there are no settings.`,
		Example: `  otrbot backup /var/backups/otrbot/today.db
  otrbot backup first.db --key-to /media/safe/otrbot.key`,
	}
	from.on(c)
	c.Flags().StringVar(&keyTo, "key-to", "", "copy the key too, into this new file")
	return fileAction(c, func(c *cobra.Command, file string) error {
		s, err := from.store()
		if err != nil {
			return err
		}
		return backup(c, s, file, keyTo)
	})
}

// fileAction makes a command about one file, which an interrupt ends.
func fileAction(c *cobra.Command, run func(c *cobra.Command, file string) error) *cobra.Command {
	c.DisableFlagsInUseLine = true
	c.SetFlagErrorFunc(withHelp)
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) != 1 || args[0] == "" {
			return withHelp(c, fmt.Errorf("one file is needed, such as %s otrbot-backup.db", c.CommandPath()))
		}
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		c.SetContext(ctx)
		return run(c, args[0])
	}
	return c
}

// store is where the database and its key are.
func (f *storeFlags) store() (settings.Store, error) {
	if f.url != "" && f.keyFile != "" {
		return settings.Store{URL: f.url, KeyFile: f.keyFile}, nil
	}
	s, err := settings.Load(f.source())
	if err != nil {
		return settings.Store{}, err
	}
	return s.Store, nil
}

func backup(c *cobra.Command, s settings.Store, file, keyTo string) error {
	exists, err := store.Exists(s.URL)
	if err != nil {
		return unreadable(err)
	}
	if !exists {
		return fmt.Errorf("there is no database %s yet, so there is nothing to back up", s.URL)
	}
	key, err := store.ExistingKey(s.KeyFile)
	if err != nil {
		return unreadable(err)
	}
	if keyTo != "" {
		if err := free(keyTo); err != nil {
			return err
		}
	}
	db, err := store.Open(c.Context(), s.URL, key)
	if err != nil {
		return unreadable(err)
	}
	err = db.Backup(c.Context(), file, time.Now())
	if err = errors.Join(err, db.Close()); errors.Is(err, fs.ErrExist) {
		return err
	}
	if err != nil {
		return unreadable(err)
	}
	if err := tell(c, "The database is copied to %s.\n", file); err != nil {
		return err
	}
	return copyKey(c, s, key, file, keyTo)
}

// free returns nil if a key can be written to a new file of that name: before anything else is.
func free(keyTo string) error {
	if _, err := os.Lstat(keyTo); err == nil {
		return fmt.Errorf("%s is there already, and is not overwritten: give --key-to another name", keyTo)
	}
	folder := filepath.Dir(keyTo)
	probe, err := os.CreateTemp(folder, ".otrbot-*")
	if err == nil {
		return errors.Join(probe.Close(), os.Remove(probe.Name()))
	}
	return &failure{fmt.Errorf("--key-to %s: nothing is copied, since this user cannot write in the folder %s: make it first, or give another one (%w)",
		keyTo, folder, err)}
}

// copyKey copies the key if that is wished, or says where it is.
func copyKey(c *cobra.Command, s settings.Store, key store.Key, file, keyTo string) error {
	if keyTo == "" {
		return tell(c, "Its key is not in it: keep a copy of %s elsewhere (--key-to makes one).\n", s.KeyFile)
	}
	if err := store.CopyKey(keyTo, key); err != nil {
		return unreadable(err)
	}
	if filepath.Dir(keyTo) == filepath.Dir(file) {
		note(c, "whoever has the backup and the key can read both: carry one of them elsewhere")
	}
	return tell(c, "The key is copied to %s.\n", keyTo)
}

// unreadable is a failure of database, key or disk.
func unreadable(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		err = errors.Join(err, errors.New("run this as the user that the bot runs as"))
	}
	return &failure{err}
}
