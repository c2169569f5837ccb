package store

import (
	"context"

	"otrbot/internal/record"
)

// A choice is the language that a learner of the settings has chosen, on the page or in the chat.
type choice struct {
	jid, locale string
	instead     string // of this, which the settings named
}

func (a choice) pack() []byte { return pack([]byte(a.jid), []byte(a.locale), []byte(a.instead)) }

func unpackChoice(v [][]byte) choice { return choice{string(v[0]), string(v[1]), string(v[2])} }

const selectChoice = "SELECT id, who, sealed, 0, 0 FROM choice "

// NameLearners says whom the settings name, and in which languages. From then on this program keeps the language that
// one of them chooses, beside what the settings say. What was chosen before goes when the settings have come to name
// another language, or not the learner any more. With a *Damaged error all others are as they should be.
func (d *DB) NameLearners(ctx context.Context, list []record.Learner) error {
	named := make(map[string]string, len(list))
	for _, one := range list {
		named[one.JID] = one.Locale
	}
	return d.with(ctx, func(c *connection) error {
		d.named = named
		var bad []row
		err := c.transaction(func(c *connection) (err error) {
			var all []choice
			bad, err = d.scan(c, choiceRow, 3, func(_ row, v [][]byte) { all = append(all, unpackChoice(v)) }, selectChoice)
			for _, one := range all {
				if err == nil {
					err = d.review(c, one)
				}
			}
			return err
		})
		if err != nil || len(bad) == 0 {
			return err
		}
		return d.setAside(c, choiceRow, bad)
	})
}

// review lets a choice stand beside what the settings say now, or drops it. Settings that do not name a language any more
// leave the choice to the learner.
func (d *DB) review(c *connection, one choice) error {
	locale, listed := d.named[one.jid]
	switch {
	case !listed || locale != "" && locale != one.instead:
		d.sweepWithin(afterErasing)
		return dropChoice(c, d.seals.who(one.jid))
	case locale != one.instead:
		one.instead = locale
		return d.putChoice(c, one)
	}
	return nil
}

// Choices are the languages that learners of the settings have chosen, by address. With a *Damaged error it returns the
// others.
func (d *DB) Choices(ctx context.Context) (map[string]string, error) {
	all := map[string]string{}
	err := readRows(ctx, d, choiceRow, 3, func(_ row, v [][]byte) {
		one := unpackChoice(v)
		all[one.jid] = one.locale
	}, selectChoice)
	return all, err
}

// keepChoice keeps what somebody has chosen whom the settings name.
func (d *DB) keepChoice(c *connection, jid, locale string) error {
	instead, named := d.named[jid]
	if !named || locale == "" {
		return nil
	}
	d.told = true // the bot reads its learners anew
	return d.putChoice(c, choice{jid, locale, instead})
}

func (d *DB) putChoice(c *connection, a choice) error {
	who := d.seals.who(a.jid)
	return c.exec("INSERT INTO choice (who, sealed) VALUES (?, ?) ON CONFLICT (who) DO UPDATE SET sealed = excluded.sealed",
		who, d.seals.seal(choiceRow, who, a.pack()))
}

func dropChoice(c *connection, who []byte) error {
	return c.exec("DELETE FROM choice WHERE who = ?", who)
}
