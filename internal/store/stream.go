package store

import (
	"context"
	"errors"
	"time"

	"otrbot/internal/record"
)

// ErrNoStream is a stanza sent over a stream that StreamEnabled was not told of, or that has ended.
var ErrNoStream = errors.New("store: the account has no stream that counts")

// Stream returns what is needed to go on with the account's stream, and whether there is any. With a *Damaged error it
// holds all the same: a damaged stream is none, and damaged stanzas are replaced by harmless ones that count alike.
func (d *DB) Stream(ctx context.Context, account string) (s record.Stream, ok bool, err error) {
	who := d.seals.who(account)
	err = d.with(ctx, func(c *connection) error {
		err := d.readWith(c, streamRow, 4, func(r row, v [][]byte) {
			ok = true
			s = record.Stream{
				SMID: string(v[0]), JID: string(v[1]), Max: time.Duration(unpackNumber(v[2])), Since: unpackTime(v[3]),
				H: uint32(r.a), Acked: uint64(r.b),
			}
		}, "SELECT id, who, sealed, h, acked FROM stream WHERE who = ?", who)
		if err == nil && ok {
			s.Queue, err = d.queue(c, who)
		}
		return err
	})
	return s, ok, err
}

// queue returns what was given to the account's stream and is not confirmed, in order. It is whole also with a *Damaged
// error.
func (d *DB) queue(c *connection, account []byte) ([]record.Queued, error) {
	all, err := d.readQueue(c, account)
	if damaged := (*Damaged)(nil); errors.As(err, &damaged) {
		all, again := d.readQueue(c, account) // now with stanzas that replace the damaged ones
		return all, errors.Join(err, again)
	}
	return all, err
}

func (d *DB) readQueue(c *connection, account []byte) (all []record.Queued, err error) {
	err = d.readWith(c, outboxRow, 2, func(r row, v [][]byte) {
		q := record.Queued{Seq: uint64(r.a), Stanza: v[1]}
		if r.b != 0 {
			q.Out = r.id
		}
		all = append(all, q)
	}, `SELECT outbox.id, outbox.who, outbox.sealed, seq, queued FROM outbox JOIN stream ON stream.id = outbox.stream
		WHERE stream.who = ? ORDER BY seq`, account)
	return all, err
}

// StreamEnabled begins a stream for the account. What was left of an earlier one is forgotten.
func (d *DB) StreamEnabled(ctx context.Context, account string, s record.Stream) error {
	who := d.seals.who(account)
	sealed := d.seals.seal(streamRow, who, pack([]byte(s.SMID), []byte(s.JID), packNumber(int64(s.Max)), packTime(s.Since)))
	return d.change(ctx, func(c *connection) error {
		if err := c.exec("DELETE FROM stream WHERE who = ?", who); err != nil {
			return err
		}
		if err := c.exec("INSERT INTO stream (who, h, acked, sealed) VALUES (?, ?, ?, ?)", who, int64(s.H), int64(s.Acked), sealed); err != nil {
			return err
		}
		for _, q := range s.Queue {
			if err := d.send(c, who, q); err != nil {
				return err
			}
		}
		return nil
	})
}

// StreamReceived counts a stanza that has arrived, and keeps it in the inbox unless it is nil. It returns the id there;
// 0 for nil. An account whose stream counts nothing has an inbox all the same.
func (d *DB) StreamReceived(ctx context.Context, account string, h uint32, stanza []byte) (in int64, err error) {
	if stanza == nil {
		return 0, d.with(ctx, func(c *connection) error {
			return c.exec("UPDATE stream SET h = ? WHERE who = ?", int64(h), d.seals.who(account))
		})
	}
	from := d.seals.who(party(stanza, "from"))
	sealed := d.seals.seal(inboxRow, from, pack(stanza))
	err = d.with(ctx, func(c *connection) error {
		in, err = c.insert("INSERT INTO inbox (stream, h, who, sealed) VALUES ((SELECT id FROM stream WHERE who = ?), ?, ?, ?)",
			d.seals.who(account), int64(h), from, sealed)
		return err
	})
	return in, err
}

// StreamSent keeps that a stanza is on its way. With q.Out it is the stanza that Commit kept under this id; one that
// was erased since is counted without its content. Else q.Stanza is kept.
func (d *DB) StreamSent(ctx context.Context, account string, q record.Queued) error {
	who := d.seals.who(account)
	return d.with(ctx, func(c *connection) error { return d.send(c, who, q) })
}

func (d *DB) send(c *connection, account []byte, q record.Queued) error {
	if q.Out != 0 {
		marked, err := c.affected(`UPDATE outbox SET stream = stream.id, seq = ? FROM stream
			WHERE stream.who = ? AND outbox.id = ?`, int64(q.Seq), account, q.Out)
		if err != nil || marked > 0 {
			return err
		}
		return d.count(c, account, q.Seq, nil, []byte(blankStanza))
	}
	to := party(q.Stanza, "to")
	return d.count(c, account, q.Seq, []byte(to), q.Stanza)
}

// count adds a row of which only the stream knows.
func (d *DB) count(c *connection, account []byte, seq uint64, to, stanza []byte) error {
	who := d.seals.who(string(to))
	added, err := c.affected("INSERT INTO outbox (stream, seq, queued, who, sealed) SELECT id, ?, 0, ?, ? FROM stream WHERE who = ?",
		int64(seq), who, d.seals.seal(outboxRow, who, pack(to, stanza)), account)
	if err == nil && added == 0 {
		return ErrNoStream
	}
	return err
}

// StreamAcked keeps that the server has confirmed all stanzas up to seq, and forgets them.
func (d *DB) StreamAcked(ctx context.Context, account string, seq uint64) error {
	return d.with(ctx, func(c *connection) error {
		d.sweepWithin(afterSending)
		return c.exec("UPDATE stream SET acked = ? WHERE who = ?", int64(seq), d.seals.who(account))
	})
}

// StreamEnded forgets the account's stream and returns what was in doubt, in order: given to it and not confirmed.
// These stanzas are forgotten too, so that nothing is sent twice: what to do about them is for the caller. With a
// *Damaged error this holds all the same.
func (d *DB) StreamEnded(ctx context.Context, account string) (doubt []record.Queued, err error) {
	who := d.seals.who(account)
	err = d.with(ctx, func(c *connection) error {
		var lost error
		doubt, lost = d.queue(c, who)
		if damaged := (*Damaged)(nil); lost != nil && !errors.As(lost, &damaged) {
			return lost
		}
		d.sweepWithin(afterSending)
		return errors.Join(c.exec("DELETE FROM stream WHERE who = ?", who), lost) // its queue goes with it
	})
	return doubt, err
}
