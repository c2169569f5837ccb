package main

import (
	"bytes"
	"fmt"

	"github.com/spf13/cobra"

	"otrbot/otr"
)

func keyImportCommand(path *string) *cobra.Command {
	var replace bool
	c := &cobra.Command{
		Use:   "import FROM [NAME PROTOCOL]",
		Short: "Take keys out of another program's file",
		Long: `Take the keys out of another program's file, all of them or that of one account.
Either all can be taken, or nothing changes: a different key of the same account
stands in the way unless --replace is given.`,
		Example: `  otrbot key import ~/.purple/otr.private_key`,
	}
	c.Flags().BoolVar(&replace, "replace", false, "replace different keys of the same accounts")
	return keyAction(c, 1, 3, "a file is needed, and perhaps an account and its protocol", func(c *cobra.Command, args []string) error {
		only, err := onlyAccount(c, args[1:])
		if err != nil {
			return err
		}
		return moveKeys(c, args[0], *path, only, replace)
	})
}

func keyExportCommand(path *string) *cobra.Command {
	var replace bool
	c := &cobra.Command{
		Use:   "export TO [NAME PROTOCOL]",
		Short: "Put keys into a file for another program",
		Long: `Put keys, all of them or that of one account, into a file for another program. A
file that is there keeps its other keys. - is standard output: the secret keys are
shown, for a pipe.`,
		Example: `  otrbot key export otr.private_key ana@example.org xmpp`,
	}
	c.Flags().BoolVar(&replace, "replace", false, "replace different keys of the same accounts")
	return keyAction(c, 1, 3, "a file is needed, and perhaps an account and its protocol", func(c *cobra.Command, args []string) error {
		only, err := onlyAccount(c, args[1:])
		if err != nil {
			return err
		}
		if args[0] == "-" {
			return printKeys(c, *path, only)
		}
		return moveKeys(c, *path, args[0], only, replace)
	})
}

// onlyAccount reads the arguments that choose one account; nil means all.
func onlyAccount(c *cobra.Command, args []string) (*otr.Account, error) {
	switch len(args) {
	case 0:
		return nil, nil
	case 2:
		return &otr.Account{Name: args[0], Protocol: args[1]}, nil
	}
	return nil, withHelp(c, fmt.Errorf("%s: its protocol is missing, such as xmpp", args[0]))
}

// chosen are the keys of a file that are to be copied: at least one.
func (k *keyFile) chosen(only *otr.Account) (map[otr.Account]*otr.PrivateKey, error) {
	all := map[otr.Account]*otr.PrivateKey{}
	for _, account := range k.Accounts() {
		if key, found := k.Key(account); found && (only == nil || *only == account) {
			all[account] = key
		}
	}
	switch {
	case len(all) > 0:
		return all, nil
	case only != nil:
		return nil, fmt.Errorf("%s: there is no key of %s; otrbot key list --file %[1]s shows what is there", k.path, spelled(*only))
	}
	return nil, fmt.Errorf("%s: there are no keys", k.path)
}

func moveKeys(c *cobra.Command, from, to string, only *otr.Account, replace bool) error {
	source, err := openKeys(from)
	if err != nil {
		return err
	}
	chosen, err := source.chosen(only)
	if err != nil {
		return err
	}
	target, err := openKeys(to)
	if err != nil {
		return err
	}
	for account, key := range chosen {
		old, found := target.Key(account)
		if found && old.Fingerprint() != key.Fingerprint() && !replace {
			return fmt.Errorf("%s: %s has another key there, %s: nothing was changed; --replace puts %s in its place",
				target.path, spelled(account), old.Fingerprint(), key.Fingerprint())
		}
		if err := target.SetKey(account, key); err != nil {
			return err
		}
	}
	if err := target.save(); err != nil {
		return err
	}
	for _, account := range target.Accounts() {
		if key := chosen[account]; key != nil {
			if err := tell(c, "%s has the key %s, in %s.\n", spelled(account), key.Fingerprint(), target.path); err != nil {
				return err
			}
		}
	}
	return nil
}

func printKeys(c *cobra.Command, from string, only *otr.Account) error {
	source, err := openKeys(from)
	if err != nil {
		return err
	}
	chosen, err := source.chosen(only)
	if err != nil {
		return err
	}
	some := otr.NewUserState()
	for account, key := range chosen {
		if err := some.SetKey(account, key); err != nil {
			return err
		}
	}
	var text bytes.Buffer
	if err := some.WriteKeys(&text); err != nil {
		return &failure{err}
	}
	out := newOutput(c)
	out.text(text.String())
	return out.flush()
}
