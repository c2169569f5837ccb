package store

import (
	"bytes"
	"context"
	"encoding/xml"
	"strings"

	"otrbot/internal/record"
)

// Inbox returns what has arrived and is not handled, in the order of arrival. With a *Damaged error it returns the others.
func (d *DB) Inbox(ctx context.Context) ([]record.In, error) {
	var all []record.In
	err := readRows(ctx, d, inboxRow, 1, func(r row, v [][]byte) {
		all = append(all, record.In{ID: r.id, Stanza: v[0]})
	}, "SELECT id, who, sealed, 0, 0 FROM inbox ORDER BY id")
	return all, err
}

// Outbox returns what was never given to a stream, in the order in which it is to be sent. With a *Damaged error it
// returns the others.
func (d *DB) Outbox(ctx context.Context) ([]record.Out, error) {
	var all []record.Out
	err := readRows(ctx, d, outboxRow, 2, func(r row, v [][]byte) {
		all = append(all, record.Out{ID: r.id, JID: string(v[0]), Stanza: v[1]})
	}, "SELECT id, who, sealed, 0, 0 FROM outbox WHERE stream IS NULL ORDER BY id")
	return all, err
}

// DropIn forgets a stanza that needs no handling. One that is not there is no error.
func (d *DB) DropIn(ctx context.Context, id int64) error {
	return d.with(ctx, func(c *connection) error { return c.exec("DELETE FROM inbox WHERE id = ?", id) })
}

// DropOut forgets stanzas that are not to be sent any more, or have been sent over a stream that counts nothing.
// Those given to a stream are left to StreamAcked and StreamEnded.
func (d *DB) DropOut(ctx context.Context, ids ...int64) error {
	return d.change(ctx, func(c *connection) error {
		for _, id := range ids {
			if err := c.exec("DELETE FROM outbox WHERE id = ? AND stream IS NULL", id); err != nil {
				return err
			}
		}
		d.sweepWithin(afterSending)
		return nil
	})
}

func (d *DB) putOut(c *connection, out record.Out) (int64, error) {
	who := d.seals.who(out.JID)
	return c.insert("INSERT INTO outbox (queued, who, sealed) VALUES (1, ?, ?)", who,
		d.seals.seal(outboxRow, who, pack([]byte(out.JID), out.Stanza)))
}

// blankStanza takes the place of a stanza whose content was erased while a stream counts it: XEP-0198 counts any
// message, presence or iq, and this ping of the own server tells nobody anything.
const blankStanza = `<iq type="get" id="erased"><ping xmlns="urn:xmpp:ping"/></iq>`

func (d *DB) blank(c *connection, id int64, who []byte) error {
	return c.exec("UPDATE outbox SET sealed = ? WHERE id = ? AND stream IS NOT NULL", d.sealBlank(who), id)
}

// blankAll blanks what streams hold for one address, of which not even the hash remains.
func (d *DB) blankAll(c *connection, who []byte) error {
	return c.exec("UPDATE outbox SET who = x'', sealed = ? WHERE who = ? AND stream IS NOT NULL", d.sealBlank(nil), who)
}

func (d *DB) sealBlank(who []byte) []byte {
	return d.seals.seal(outboxRow, who, pack(nil, []byte(blankStanza)))
}

// party is the bare address in an attribute of a stanza's root element, "from" or "to"; "" if there is none, or no
// such stanza. It decides whose row it is: nothing but what is erased with that learner hangs on it.
func party(stanza []byte, attribute string) string {
	token, err := xml.NewDecoder(bytes.NewReader(stanza)).RawToken()
	start, ok := token.(xml.StartElement)
	if err != nil || !ok {
		return ""
	}
	for _, a := range start.Attr {
		if a.Name.Space == "" && a.Name.Local == attribute {
			bare, _, _ := strings.Cut(a.Value, "/")
			return bare
		}
	}
	return ""
}
