package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"otrbot/otr"
	"otrbot/otr/otrfile"
)

func keyCommand() *cobra.Command {
	var path string
	c := &cobra.Command{
		Use:   "key",
		Short: "Make, show and move OTR keys of accounts",
		Long: `Make, show and move the OTR keys of accounts, such as those of otrbot chat. The
files are those of libotr: Pidgin's ~/.purple/otr.private_key, for example. Close
the program that uses a file before changing it.

The bot needs none of this: it makes a fresh key for every lesson.

Exit codes: 0 all went well; 1 wrong arguments, a file that is not understood, or
a key that stands in the way; 2 a file could not be read or written.`,
		Example: `  otrbot key generate ana@example.org xmpp
  otrbot key list --file ~/.purple/otr.private_key`,
	}
	c.PersistentFlags().StringVar(&path, "file", "", "key file (default: otrbot/otr.private_key among the user's settings)")
	c.AddCommand(keyGenerateCommand(&path), keyListCommand(&path), keyImportCommand(&path), keyExportCommand(&path))
	return group(c)
}

// A keyFile is private keys and where they are kept.
type keyFile struct {
	*otr.UserState
	path string
	file *otrfile.File
}

// openKeys reads the keys at path; "" is the user's own file. One that does not exist holds nothing.
func openKeys(path string) (*keyFile, error) {
	if path == "" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return nil, errors.New("this user has no directory for settings: name a file with --file")
		}
		path = filepath.Join(dir, "otrbot", otrfile.KeysName)
	}
	k := &keyFile{UserState: otr.NewUserState(), path: path}
	k.file = otrfile.Keys(k.UserState, path)
	if err := k.file.Load(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, keyFileError(err)
	}
	return k, nil
}

func (k *keyFile) save() error {
	if err := os.MkdirAll(filepath.Dir(k.path), 0o700); err != nil {
		return &failure{err}
	}
	if err := k.file.Save(); err != nil {
		return keyFileError(err)
	}
	return nil
}

// keyFileError: a file that is not understood is the caller's, the rest the machine's.
func keyFileError(err error) error {
	if wrong := (*otr.FileError)(nil); errors.As(err, &wrong) {
		return err
	}
	return &failure{err}
}

func keyGenerateCommand(path *string) *cobra.Command {
	var replace bool
	c := &cobra.Command{
		Use:   "generate NAME PROTOCOL",
		Short: "Make a key for an account",
		Long: `Make a key for an account, which takes a few seconds. PROTOCOL is the word of the
program that will use the key: xmpp for otrbot chat, prpl-jabber for Pidgin.

A key that is there stays, unless --replace is given: everybody who trusts it
would have to verify the new one.`,
		Example: `  otrbot key generate ana@example.org xmpp`,
	}
	c.Flags().BoolVar(&replace, "replace", false, "replace the key that the account has")
	return keyAction(c, 2, 2, "an account and a protocol are needed, such as ana@example.org xmpp", func(c *cobra.Command, args []string) error {
		keys, err := openKeys(*path)
		if err != nil {
			return err
		}
		account := otr.Account{Name: args[0], Protocol: args[1]}
		if account.Name == "" || account.Protocol == "" {
			return withHelp(c, errors.New("neither the account nor the protocol can be empty"))
		}
		if old, found := keys.Key(account); found && !replace {
			return fmt.Errorf("%s has a key already, %s: --replace makes a new one, which everybody has to verify again", spelled(account), old.Fingerprint())
		}
		key, err := otr.GenerateKey(nil)
		if err != nil {
			return &failure{err}
		}
		if err := keys.SetKey(account, key); err != nil {
			return err
		}
		if err := keys.save(); err != nil {
			return err
		}
		return tell(c, "%s has the key %s, in %s.\n", spelled(account), key.Fingerprint(), keys.path)
	})
}

// keyAction makes a command that takes between least and most arguments.
func keyAction(c *cobra.Command, least, most int, needs string, run func(c *cobra.Command, args []string) error) *cobra.Command {
	c.DisableFlagsInUseLine = true
	c.SetFlagErrorFunc(withHelp)
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) < least || len(args) > most {
			return withHelp(c, errors.New(needs))
		}
		return run(c, args)
	}
	return c
}

func spelled(a otr.Account) string { return a.Name + " (" + a.Protocol + ")" }

// keyLine is a key in JSON.
type keyLine struct {
	Account     string `json:"account"`
	Protocol    string `json:"protocol"`
	Fingerprint string `json:"fingerprint"`
}

func keyListCommand(path *string) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "list",
		Short:   "Show accounts and the fingerprints of their keys",
		Example: `  otrbot key list --json`,
	}
	c.Flags().BoolVar(&asJSON, "json", false, "write JSON, one key a line")
	return keyAction(c, 0, 0, "key list takes no arguments: name another file with --file", func(c *cobra.Command, _ []string) error {
		keys, err := openKeys(*path)
		if err != nil {
			return err
		}
		out := newOutput(c)
		table := tabwriter.NewWriter(out.w, 0, 0, 2, ' ', 0)
		count := 0
		for _, account := range keys.Accounts() {
			key, found := keys.Key(account)
			if !found {
				continue
			}
			count++
			line := keyLine{account.Name, account.Protocol, key.Fingerprint().String()}
			if asJSON {
				out.json(line)
			} else {
				fmt.Fprintf(table, "%s\t%s\t%s\n", line.Account, line.Protocol, line.Fingerprint)
			}
		}
		table.Flush()
		if count == 0 {
			note(c, "there are no keys in %s", keys.path)
		}
		return out.flush()
	})
}
